"""From what a job without rights has packed to a branch, a pull request and an issue; git and the second process are real."""

import base64
import importlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from paramsync.changes.kinds import Change
from paramsync.changes.review import as_markdown
from paramsync.findings import Place
from support.archives import body, sealed
from support.drift import (
    AFTER,
    BEFORE,
    BRANCH,
    DRIFT,
    GENERATED,
    PAGE,
    REPORT,
    SAID,
    SPECS,
    WELL,
    WORDING_BRANCH,
    World,
    publish,
    write,
)
from support.github_server import REPOSITORY, TOKEN, serve
from support.hostile import hostile_changes
from support.renderers import BLOCK_OF_CODE, elements, render_all
from support.repositories import git


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = tmp_path_factory.mktemp("world")
    write(path / "first", BEFORE)
    publish(path / "first", path / "bare.git")
    with serve(path / "bare.git") as github:
        yield World(path, github)


# The branch


def test_the_first_run_makes_a_commit_each_for_pages_specs_and_what_is_generated(world: World) -> None:
    assert world.run(AFTER) == "branch: new; pull request: opened\nissue: no problems; 0 closed\n"
    assert world.commits() == [
        (PAGE, ["M specs/videos/page.md"]),
        (SPECS, ["M specs/videos/alpha.json"]),
        (GENERATED, ["M generated/list/models/alpha.txt"]),
    ]
    shown = subprocess.run(
        ["git", "show", f"{BRANCH}:specs/videos/page.md"], cwd=world.bare, capture_output=True, check=True
    )
    assert shown.stdout == str(AFTER["specs/videos/page.md"]).encode("latin-1")
    assert (
        git(world.bare, "log", "-1", "--format=%an, %cn", BRANCH)
        == "github-actions[bot], github-actions[bot]"
    )
    assert git(world.bare, "rev-parse", f"{BRANCH}~3") == git(world.bare, "rev-parse", "main")


def test_an_identical_one_is_left_alone(world: World) -> None:
    world.run(AFTER)
    tip = world.github.head(BRANCH)
    again = {**AFTER, "specs/spec.schema.json": "An upgrade has brought it.\n"}
    assert world.run(again) == "branch: same; pull request: unchanged\nissue: no problems; 0 closed\n"
    assert world.github.writes == []
    assert world.github.head(BRANCH) == tip


def test_it_is_left_alone_where_main_has_gone_on_elsewhere(world: World) -> None:
    world.run(AFTER)
    tip = world.github.head(BRANCH)
    world.commit({"README.md": "More docs\n"})
    assert world.run(AFTER).startswith("branch: same; pull request: unchanged\n")
    assert world.github.head(BRANCH) == tip


def test_it_is_made_anew_where_main_has_changed_the_same_files(world: World) -> None:
    world.run(AFTER)
    world.commit({"specs/videos/alpha.json": '{"title": 1}\n'})
    assert world.run(AFTER).startswith("branch: updated; pull request: unchanged\n")
    assert git(world.bare, "rev-parse", f"{BRANCH}~3") == git(world.bare, "rev-parse", "main")


def test_what_is_new_replaces_what_was(world: World) -> None:
    world.run(AFTER)
    later = {"specs/videos/page.md": "# Later\n", "specs/videos/page.json": None}
    assert world.run(later, report="later", severity="prose").startswith(
        "branch: updated; pull request: updated\n"
    )
    assert world.commits() == [
        (PAGE, ["M specs/videos/page.md"]),
        (SPECS, ["D specs/videos/page.json"]),
    ]
    assert [(pull["title"], pull["state"]) for pull in world.github.pulls] == [("docs drift: prose", "open")]
    assert world.github.pulls[0]["body"].startswith(f"{RUN}later")


def test_a_page_moves_with_all_that_is_in_its_folder(world: World) -> None:
    moved: dict[str, str | None] = {}
    for name, content in BEFORE.items():
        if name.startswith("specs/videos/"):
            moved |= {name: None, name.replace("videos", "films"): content}
    world.run(moved)
    assert world.commits()[0] == (
        PAGE,
        [
            "A specs/films/alpha.overlay.toml",
            "A specs/films/page.md",
            "D specs/videos/alpha.overlay.toml",
            "D specs/videos/page.md",
        ],
    )


def test_a_branch_that_somebody_moves_meanwhile_is_left_alone_and_told(world: World) -> None:
    world.run(AFTER)
    world.look({"specs/videos/page.md": "# Later\n"})
    real, git_that_is_late = shutil.which("git"), world.path / "late" / "git"
    move = f"update-ref refs/heads/{BRANCH} refs/heads/main"  # between the job's fetch and its push
    git_that_is_late.parent.mkdir()
    git_that_is_late.write_text(
        f'#!/bin/sh\ncase "$*" in *push*) {real} -C \'{world.bare}\' {move};; esac\nexec {real} "$@"\n'
    )
    git_that_is_late.chmod(0o755)
    ran = world.propose(PATH=f"{git_that_is_late.parent}:{os.environ['PATH']}")
    assert (ran.code, "Traceback" in ran.err) == (1, False)
    assert "stale info" in ran.err, ran
    assert world.github.head(BRANCH) == world.github.head("main")


def test_a_branch_to_which_somebody_has_added_is_left_alone(world: World) -> None:
    world.run(AFTER)
    world.commit({"specs/videos/alpha.json": "{}\n\n"}, BRANCH)
    tip = world.github.head(BRANCH)
    assert "::warning::Somebody has added commits" in world.run({"specs/videos/page.md": "# Later\n"})
    assert "somebody has added commits to" in world.run({})
    assert (world.github.writes, world.github.head(BRANCH)) == ([], tip)
    assert world.github.pulls[0]["state"] == "open"


def test_hooks_and_filters_of_the_clone_have_no_say(world: World) -> None:
    world.commit({".gitattributes": "* filter=evil\n"})
    world.look(AFTER)
    clone = world.clone()
    for way in ("clean", "smudge", "process"):
        git(clone, "config", f"filter.evil.{way}", f"touch {world.path}/filter-ran; cat")
    for hook in ("pre-push", "reference-transaction", "post-commit"):
        (clone / ".git/hooks" / hook).write_text(f"#!/bin/sh\ntouch {world.path}/{hook}-ran\n")
        (clone / ".git/hooks" / hook).chmod(0o755)
    ran = world.run_script(clone, "propose.py")
    assert (ran.code, ran.err) == (0, "")
    assert [subject for subject, _ in world.commits()] == [PAGE, SPECS, GENERATED]
    assert not list(world.path.glob("*-ran"))


def test_git_gets_the_token_where_nobody_else_sees_it(world: World) -> None:
    world.look(AFTER)
    clone = world.clone()
    git(clone, "remote", "set-url", "origin", f"{world.github.url}/{REPOSITORY}.git")
    ran = world.run_script(clone, "propose.py", GITHUB_SERVER_URL=world.github.url)
    assert (ran.code, ran.out.split("\n")[0]) == (1, "git ls-remote ended with 128")
    login = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    assert set(world.github.logins) == {f"basic {login}"}
    for text in (ran.out, ran.err, (clone / ".git/config").read_text()):
        assert TOKEN not in text
        assert login not in text


# What is refused


def pack(world: World, changes: Mapping[str, bytes], attacked: str = "review") -> None:
    """Pack what an enemy would: sound facts, and files as they are."""
    entries = {"outcome.json": facts(base=git(world.bare, "rev-parse", "main")), "report.md": REPORT.encode()}
    said = {name: text.encode() for name, text in SAID.items()}
    (world.path / "packs").mkdir(exist_ok=True)
    empty = {**entries, **said, "report.md": b""}
    for kind in ("review", "wording"):
        made = {**entries, **said, **changes} if kind == attacked else empty
        (world.path / f"packs/{kind}.pack").write_bytes(sealed(body(made)))


def facts(**changes: Any) -> bytes:
    return json.dumps({"codes": WELL, "base": "0" * 40, "removed": [], "severity": "", **changes}).encode()


REFUSED: dict[str, tuple[dict[str, bytes], str]] = {
    "a path that is not ours": ({"files/.github/workflows/ci.yml": b"x"}, "is not the path of a source"),
    "another commit": ({"outcome.json": facts()}, "made from commit 0000"),
    "a file copied from a template": (
        {"files/generated/list/notes.txt": b"By somebody else\n"},
        "is copied from templates/, but differs from it",
    ),
    "an overlay": (
        {"files/specs/videos/alpha.overlay.toml": b"# theirs\n"},
        "it may only move with its page",
    ),
    "a new overlay": (
        {"files/specs/videos/beta.overlay.toml": b"# ours\n"},
        "it may only move with its page",
    ),
    "a file for a folder": ({"files/generated/list/models": b""}, "cannot both be files"),
    "a folder for a file": ({"files/generated/list/notes.txt/a": b""}, "cannot both be files"),
    "one name in two spellings": ({"files/specs/videos/Alpha.json": b""}, "cannot both be files"),
    "a file that is not there": (
        {"outcome.json": facts(removed=["specs/videos/beta.json"])},
        "is removed, but does not exist",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_first_job_does_not_make_is_refused(world: World, case: str) -> None:
    changes, problem = REFUSED[case]
    if case == "a file that is not there":
        base = git(world.bare, "rev-parse", "main")
        changes = {"outcome.json": facts(base=base, removed=["specs/videos/beta.json"])}
    pack(world, changes)
    ran = world.propose()
    assert (ran.code, ran.err) == (1, "")
    assert problem in ran.out
    assert not world.github.head(BRANCH)
    assert not world.github.pulls


def test_what_is_no_archive_is_refused(world: World) -> None:
    pack(world, {})
    (world.path / "packs/wording.pack").write_bytes(b"::warning::no archive\n" * 100)
    ran = world.propose()
    assert (ran.code, ran.out, ran.err) == (1, "archive rejected: not an archive written by pack.py\n", "")


UNPACKED: dict[str, tuple[str, str]] = {
    "no run before": ("rm .paramsync_cache/drift/outcome.json", "outcome.json"),
    "a link": ("ln -s page.md specs/videos/beta.json", "'specs/videos/beta.json' is a symbolic link"),
    "a name of other letters": ("touch specs/videos/ä.json", "a name must be ASCII"),
    "a repository inside": ("git init --quiet specs/more && touch specs/more/a", "directory"),
}


@pytest.mark.parametrize("case", UNPACKED)
def test_what_cannot_be_packed_is_told(world: World, case: str) -> None:
    command, problem = UNPACKED[case]
    world.look(AFTER)
    subprocess.run(command, shell=True, cwd=world.path / "clone", check=True)
    ran = world.run_script(world.path / "clone", "pack.py")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("nothing is packed: ")
    assert problem in ran.err
    assert ran.err.count("\n") == 1


# The pull request

RUN = "[The run](https://github.com/acme/docs/actions/runs/1).\n\n"
HOSTILE = (
    "::stop-commands::x\n##[add-mask]a\n$(touch ran) `touch ran` ${{ github.token }} %0A::error::x\r\n"
    "\"; touch ran; echo \"\n@everyone <script>alert(1)</script> 🍌 \u202e\n'EOF'\nEOF\n"
)


def test_hostile_text_stands_in_a_fence_of_the_bodies_and_nowhere_else(world: World) -> None:
    said = world.run(AFTER, report=HOSTILE, codes={"scrape": 3}, said={"scrape.txt": HOSTILE})
    [pull], [issue] = world.github.pulls, world.github.issues
    assert pull["body"].startswith(
        f"What cannot be read, and why: #1. {RUN}```text\n{HOSTILE.strip()}\n```\n"
    )
    assert HOSTILE.strip() in issue["body"]
    assert said == "branch: new; pull request: opened\nissue: opened\n"
    told = json.dumps(
        [pull["title"], issue["title"], issue["labels"], world.commits(), world.github.comments]
    )
    assert not [word for word in ("touch", "stop-commands", "everyone", "EOF") if word in told]
    assert not list(world.path.rglob("ran"))


# What a report of another make may hold, in code or outside of it: what GitHub acts on, and what ends a span, a cell, a fold or a fence.
# fmt: off
ACTIVE = [
    *("@team", "Fixes #12", "GH-1", "a/b#1", "0123456789abcdef0123456789abcdef01234567", "deadbee1", "<img src=x onerror=y>", "<!-- x", "https://x", "www.x", "www.", "x.com", "a@b.co", "[a](//x)", "![a](//x)", "[a]: //x", "&lt;", "\\`", "*a*", "~~~", "````text", "`", "`` a ` @team", "- [ ] a", "- a", "> a", "1. a\r\r@team", "a\u2028@team", "\1@team", "`a\r\r@team`", "`a\r@team`"),
    *("| a |\n| - |", "| `a|b @team` |", "a\n| --- |\n`a|b @team`", "a\n| --- |\n`a\\\\|b @team`", "| `a\\\\|b` @team |", "| a |\n@team", "| <details>a</details> |", "| <details><summary>`a`</summary>a</details> |", "| a | b", "| <b>a</b> |"),
    *("<details><summary>a</summary>", "</details>", "<details><summary>a</summary>\n`<img src=x>`\n\n</details>", "<details><summary><b>a</b></summary>\n\n</details>", "<details open><summary>a</summary>\n\n</details>", "<details><summary>a</summary>\n\n</details>\n`<img src=x>`", "a\n<details><summary>a</summary>\n\n</details>"),
    *("[docs](https://evil.example/)", "[docs](https://docs.example@evil.example/)", "[docs](https://docs.example/?q=1)", "[docs](javascript:x)", "[a](https://docs.example/a)", "[line 1](specs/a/page.md)", "[line 1](specs/../../page.md?plain=1#L1)", "[line 1](/specs/a/page.md?plain=1#L1)", "[line 1](//evil/specs/a/page.md?plain=1#L1)", "[line `1`](specs/a/page.md?plain=1#L1)", "[line 1](specs/`a`/page.md?plain=1#L1)", "![line 1](specs/a/page.md?plain=1#L1)", "[line 1][docs](https://docs.example/a)"),
]
# What it may hold.
FINE = ["", "a `@team` b.", "# a `b`", "[line 1](specs/a/page.md?plain=1#L1), `a` [docs](https://docs.example/a)", "| a | `b\\|@team` |\n| --- | --: |\n| <details><summary>2 models of 1 page</summary>`a` [line 1](specs/a/page.md?plain=1#L1)</details> |  |", "<details><summary>a: b</summary>\n\n`@team`\n\n</details>\n\na"]
PIECES = ["|", "| ", " |", "\\|", "\\", "`", "`", "``", "```", " ", "\n", "\n\n", "a", "`@team`", "@team", "#12", "<b>", "<details><summary>a</summary>", "</details>", "[line 1](specs/a/page.md?plain=1#L1)", "[docs](https://docs.example/y)", "[", "](", ")", "\n| --- |\n", "https://x", "~~~", "    ", "\t", "- ", "# ", "www.x", ":", "*a*", "_a_", "\r"]
SPANS = ["`@team`", "`a\\|b`", "`\\\\|@team`", "`` ` @team ``", "`<b>`", "`a", "b`", "`|@team`", "a", ", ", "[line 1](specs/a/page.md?plain=1#L1)", "[docs](https://docs.example/a)", "`[line 1](specs/a/page.md?plain=1#L1)`", " | ", "|", "\\", "\n\n"]
# fmt: on
HOSTS = ("docs.example",)
SHOWN_CODE = re.compile(r"<code\b[^>]*>.*?</code>|<pre>.*?</pre>", re.DOTALL)
ALLOWED = re.compile(
    r"</?(?:h[123]|p|table|thead|tbody|tr|t[hd](?: align=\"right\"| style=\"text-align:right\")?|details|summary|br ?/?|a)>"
    r"|<a href=\"(?:specs/a/page\.md\?plain=1#L1|https://docs\.example/[ay])\">"
)


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(DRIFT))
    return importlib.import_module("messages")


def test_a_report_of_nine_hundred_changes_is_linked_and_within_what_github_takes(messages: Any) -> None:
    changes = [
        Change(
            kind,
            severity,
            f"page-{number % 22}",
            f"model_of-some-vendor-{number}",
            f"p{number}",
            old="old|" * 50,
            new="🍌" * 9,
            place=Place(f"specs/page-{number % 22}/page.md", number + 1),
        )
        for number in range(900)
        for kind, severity in [
            (("type", "breaking"), ("default", "behaviour"), ("description", "prose"))[number % 3]
        ]
    ]
    links = messages.Links(
        "https://github.com/a-team-of-maintainers/models-of-some-vendor",
        "https://run",
        issue=12,
        pulls={"wording": 13},
    )
    body = messages.pull_body(as_markdown(changes), links, commit="0123456789" * 4)
    assert 50_000 < len(body.encode()) <= 65_536
    assert "```" not in body
    assert (
        "300 breaking, 300 behaviour, 0 compatible, 300 prose: 900 different changes in 900 models of 22 pages"
        in body
    )
    assert body.count("/blob/0123456789") == len(re.findall(r"\| `p\d", body)) > 100
    assert re.search(r"… and \d+ more changes: \d+ breaking, 300 behaviour, 0 compatible, 300 prose; ", body)
    assert messages.CUT_NOTE not in body


def test_of_a_report_nothing_acts_but_what_paramsync_writes(messages: Any) -> None:
    ours = as_markdown(hostile_changes("@team #12 `www.x` <b> a|b \\|")[:60])
    assert "a\\|b" in ours
    assert messages.pull_body(ours, commit="") == messages.unlink_lines(ours) + messages.PULL_NOTE.format(
        branch="", more=""
    )
    bodies = [
        messages.pull_body(f"{before}{text}{behind}", messages.Links(hosts=HOSTS))
        for text in ACTIVE
        for before, behind in (
            ("", ""),
            ("# a ", "\n`b` c\n"),
            ("`a`: ", "\n```\n@team"),
            ("<details><summary>a</summary>\n\n", "\n\n</details>"),
        )
    ]
    note = messages.PULL_NOTE.format(branch="", more="")
    for renderer, (plain, *made) in render_all([note, *bodies]).items():
        fenced = ["<pre>", *elements(plain)]
        assert [body for body, page in zip(bodies, made, strict=True) if elements(page) != fenced] == [], (
            renderer
        )


def test_whatever_is_taken_for_inert_is_so_in_every_renderer(messages: Any) -> None:
    """Put pieces together by chance, and look at what passes: that the check refuses much is no proof that it refuses enough."""
    chance = Random(18)  # noqa: S311 - nothing is secret here
    assert all(messages.is_inert(text, HOSTS) for text in FINE)
    drawn = [
        "".join(
            chance.choices(PIECES, k=2)
            + chance.choices(SPANS, k=chance.randint(1, 4))
            + chance.choices(PIECES)
        )
        for _ in range(12_000)
    ]
    drawn += ["".join(chance.choices(SPANS, k=chance.randint(2, 5))) for _ in range(4_000)]
    frames = ("{}", "| a |\n| --- |\n| {} |", "<details><summary>a</summary>\n\n{}\n\n</details>")
    texts = {frame.replace("{}", text) for text in drawn for frame in frames}
    inert = sorted(text for text in texts if messages.is_inert(text, HOSTS))
    assert len([text for text in inert if "@team" in text]) > 500
    assert len([text for text in inert if re.search(r"^\|.*\\\|", text, re.MULTILINE)]) > 100
    pages = render_all([*FINE, *inert])
    for renderer, made in pages.items():
        for text, page in zip((*FINE, *inert), made, strict=True):
            rest = SHOWN_CODE.sub("", page)
            assert not re.search("<", ALLOWED.sub("", rest)), (renderer, text, page)
            assert not re.search("@team|#12|www|https", re.sub("<a [^>]*>", "", rest)), (renderer, text, page)


@pytest.mark.parametrize(
    "text", ["`" * 70_000, "`` " * 30_000, f"- `{'a' * 70_000} @team`", "@team " * 30_000, "🍌`" * 20_000]
)
def test_what_is_cut_stays_in_its_fence_and_within_what_github_takes(messages: Any, text: str) -> None:
    bodies = [
        messages.pull_body(text),
        messages.issue_body(SimpleNamespace(codes=dict.fromkeys(WELL, 3), output=dict.fromkeys(WELL, text))),
    ]
    assert all(len(body.encode()) <= 65_536 for body in bodies)
    for pages in render_all(bodies).values():
        assert [page.count("<pre>") for page in pages] == [1, 4]
        assert not [page for page in pages if re.search("team|🍌|aaa|``", BLOCK_OF_CODE.sub("", page))]


@pytest.mark.parametrize(
    ("severity", "title"),
    [("breaking", "docs drift: breaking"), ("", "docs drift"), ("x\n::error::", "docs drift")],
)
def test_the_title_has_the_severity_of_the_worst_change(world: World, severity: str, title: str) -> None:
    world.run(AFTER, severity=severity)
    assert [pull["title"] for pull in world.github.pulls] == [title]


LONG = {
    "many lines": "- `alpha`: now 2 🍌\n" * 10_000,
    "one line": "x" * 200_000,
    "an open fence": "````text\n" + "y\n" * 100_000,
    "as long as it may be": "z" * 64_900,
}


@pytest.mark.parametrize("case", LONG)
def test_a_body_is_as_long_as_github_takes(world: World, case: str) -> None:
    world.run(AFTER, report=LONG[case])
    body = world.github.pulls[0]["body"]
    assert len(body.encode()) <= 65_536
    assert "GitHub starts no checks" in body
    if case == "as long as it may be":
        assert body.startswith(RUN + LONG[case])
    else:
        assert len(body.encode()) > 65_000
        assert "The whole report is in the artifact" in body
    assert len(re.findall("^`{3,}(?:text)?$", body, re.MULTILINE)) in (0, 2, 3)


def test_a_pull_request_without_anything_to_merge_is_closed(world: World) -> None:
    world.run(AFTER)
    assert world.run({}).startswith("pull request: closed, as nothing is left to merge\n")
    assert world.github.pulls[0]["state"] == "closed"
    assert not world.github.head(BRANCH)
    assert len(world.github.comments) == 1
    assert world.run({}).startswith("pull request: none is open, and nothing has changed\n")
    assert world.github.writes == []


def test_it_stays_open_where_the_site_could_not_be_read(world: World) -> None:
    world.run(AFTER)
    assert "left as it is" in world.run({}, codes={"fetch": 3})
    assert world.github.pulls[0]["state"] == "open"


def test_one_that_somebody_has_closed_comes_back_only_with_something_new(world: World) -> None:
    world.run(AFTER)
    world.github.close()
    assert "closed by somebody" in world.run(AFTER)
    assert world.github.writes == []
    assert "branch: updated; pull request: opened" in world.run({**AFTER, "specs/videos/page.json": "{} \n"})
    assert [pull["state"] for pull in world.github.pulls] == ["closed", "open"]


def test_after_a_merge_the_next_drift_is_a_new_pull_request(world: World) -> None:
    world.run(AFTER)
    git(world.bare, "update-ref", "refs/heads/main", BRANCH)
    world.github.close()
    assert world.run({}).startswith("pull request: none is open, and nothing has changed\n")
    later = {"specs/videos/page.md": "# Later\n"}
    assert world.run(later).startswith("branch: updated; pull request: opened\n")
    assert world.commits() == [(PAGE, ["M specs/videos/page.md"])]


def test_a_branch_without_its_pull_request_gets_one(world: World) -> None:
    world.github.fail = {"POST pulls": 403}
    world.look(AFTER, codes={"scrape": 3})
    ran = world.propose()
    assert ran.code == 1
    assert ran.out.startswith("GitHub responded with 403: ")
    assert ran.out.count("\n") == 3
    assert "##[" not in ran.out
    assert len(world.github.issues) == 1  # which is told nevertheless
    world.github.fail.clear()
    assert world.run(AFTER).startswith("branch: same; pull request: opened\n")


@pytest.mark.parametrize(
    ("status", "problem"), [(500, "GitHub responded with 500"), (302, "GitHub responded with 302")]
)
def test_an_error_of_github_is_told(world: World, status: int, problem: str) -> None:
    world.github.fail = {"GET pulls": status, "GET issues": status}
    world.look(AFTER)
    ran = world.propose()
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.count(problem) == 3
    assert TOKEN not in ran.out


INVALID_RESPONSES = {
    "not JSON": b"<html>::error::no</html>",
    "not text": b"\xff\xfe",
    "nested too deep": b"[" * 200_000,
    "a number that is too long": b"[" + b"9" * 5_000 + b"]",
    "too large": b"[" + b" " * 60_000_000 + b"]",
    "cut off": b"[] cut off",
    "not a list": b'{"message": "no"}',
    "a list of numbers": b"[1]",
    "without a number": b'[{"title": "a"}]',
    "a number that is text": b'[{"number": "1/../2", "title": "a", "body": "", "head": {"sha": ""}}]',
    "a title of another type": b'[{"number": 1, "title": 1, "body": [], "head": {"sha": ""}}]',
    "a head of another type": b'[{"number": 1, "title": "", "body": null, "head": 1}]',
}


def test_an_invalid_response_of_github_is_told_in_one_line(world: World) -> None:
    world.look(AFTER)
    for case, content in INVALID_RESPONSES.items():
        world.github.odd = dict.fromkeys(("GET pulls", "GET issues"), content)
        ran = world.propose()
        assert (ran.code, ran.err) == (1, ""), case
        told = [line.partition(":")[0] for line in ran.out.splitlines()]
        assert told == ["unexpected response from GitHub"] * 3, case
    assert world.github.writes == []


def test_no_response_is_told(world: World) -> None:
    world.look(AFTER)
    ran = world.propose(GITHUB_API_URL="http://127.0.0.1:9")
    assert (ran.code, ran.err) == (1, "")
    assert "no response from GitHub" in ran.out


def test_without_git_it_is_not_github_that_is_blamed(world: World) -> None:
    world.look(AFTER)
    ran = world.propose(PATH="")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("git cannot be run: No such file or directory\n")
    assert "no response" not in ran.out


def test_a_wrong_token_is_told(world: World) -> None:
    world.look(AFTER)
    assert "GitHub responded with 401" in world.propose(GITHUB_TOKEN="other").out


# What needs no eyes

WORDS: dict[str, str | None] = {
    "specs/songs/page.md": "# Songs in other words\n",
    "specs/songs/tune.json": json.dumps(
        {"title": "A tune", "x-model": "tune", "properties": {"a": {"enum": [1, 2]}}}
    ),
    "generated/list/models/tune.txt": "A tune\n",
}
SONGS: dict[str, str | None] = {
    "specs/songs/page.md": "# Songs\n",
    "specs/songs/tune.json": json.dumps(
        {"x-model": "tune", "title": "Tune", "properties": {"a": {"enum": [2, 1]}}}
    ),
    "generated/list/models/tune.txt": "Tune\n",
}


def test_what_needs_no_eyes_is_a_pull_request_of_its_own_with_a_label_and_all_name_each_other(
    world: World, golden: Callable[[str, str], None]
) -> None:
    world.commit(SONGS)
    codes, said = (
        {"scrape": 3},
        {"scrape.txt": "specs/videos/page.md:3:1: error: no [bad-number]\nscrape: 2 pages; 1 error\n"},
    )
    told = world.run(AFTER, wording=WORDS, codes=codes, said=said)
    assert told == (
        "branch: new; pull request: opened\nwording: branch: new; pull request: opened\nissue: opened\n"
    )
    [issue], [review, wording] = world.github.issues, world.github.pulls
    assert [one["number"] for one in (issue, review, wording)] == [1, 2, 3]
    assert [one["title"] for one in (review, wording)] == [
        "docs drift: compatible",
        "docs drift: wording and order alone",
    ]
    assert [one["labels"] for one in (review, wording)] == [[], [{"name": "docs drift: wording"}]]
    for name, one in (("issue", issue), ("review", review), ("wording", wording)):
        golden(
            f"{name}.md",
            one["body"]
            .replace(world.github.head(BRANCH), "c0ffee")
            .replace(world.github.head(WORDING_BRANCH), "c0ffee"),
        )
    assert world.commits(WORDING_BRANCH) == [
        (PAGE, ["M specs/songs/page.md"]),
        (SPECS, ["M specs/songs/tune.json"]),
        (GENERATED, ["M generated/list/models/tune.txt"]),
    ]
    assert "songs" not in str(world.commits())
    again = world.run(AFTER, wording=WORDS, codes=codes, said=said, run=2)
    assert (
        again
        == "branch: same; pull request: unchanged\nwording: branch: same; pull request: unchanged\nissue: unchanged\n"
    )
    assert world.github.writes == []


def test_the_step_summary_has_what_the_pull_requests_say(world: World) -> None:
    world.commit(SONGS)
    world.look(AFTER, wording=WORDS)
    world.propose(GITHUB_STEP_SUMMARY=str(world.path / "summary"))
    bodies = [pull["body"] for pull in world.github.pulls]
    assert (world.path / "summary").read_text() == "\n\n---\n\n".join(bodies)


def test_after_one_is_merged_the_other_is_made_anew_without_it(world: World) -> None:
    world.commit(SONGS)
    world.run(AFTER, wording=WORDS)
    git(world.bare, "update-ref", "refs/heads/main", WORDING_BRANCH)
    world.github.pulls[1]["state"] = "closed"
    assert (
        world.run(AFTER) == "branch: same; pull request: updated\nissue: no problems; 0 closed\n"
    )  # it names no other any more
    both = {**AFTER, "generated/list/models/tune.txt": "A tune, and alpha\n"}
    assert world.run(both).startswith("branch: updated; pull request: unchanged\n")
    assert git(world.bare, "rev-parse", f"{BRANCH}~3") == git(world.bare, "rev-parse", "main")


@pytest.mark.parametrize("codes", [{}, {"scrape": 3}, {"fetch": 3}])
def test_a_page_that_comes_to_need_eyes_leaves_the_pull_request_that_may_merge_by_itself(
    world: World, codes: dict[str, int]
) -> None:
    world.commit(SONGS)
    world.run({}, wording=WORDS)
    [pull] = world.github.pulls
    told = world.run({"specs/songs/page.md": "# Less\n", "specs/songs/tune.json": None}, codes=codes)
    assert told.startswith(
        "branch: new; pull request: opened\nwording: pull request: closed, as nothing is left to merge\n"
    )
    assert (pull["state"], world.github.head(WORDING_BRANCH)) == ("closed", "")
    # And back; where something else cannot be read, what was there stays only as far as it is of other pages.
    told = world.run({}, wording=WORDS, codes=codes)
    assert told.startswith(
        "pull request: closed, as nothing is left to merge\nwording: branch: new; pull request: opened\n"
    )


def test_a_site_that_cannot_be_read_closes_neither(world: World) -> None:
    world.commit(SONGS)
    world.run(AFTER, wording=WORDS)
    assert world.run({}, codes={"fetch": 3}).count("left as it is") == 2
    assert {pull["state"] for pull in world.github.pulls} == {"open"}


def spec(**changes: Any) -> str:
    facts = {
        "title": "T",
        "x-model": "tune",
        "x-capabilities": ["a", "b"],
        "x-markdown": "https://x",
        "deprecated": True,
        "required": ["a", "b"],
        "dependentRequired": {"title": ["a"]},
    }
    rules = {
        "type": "string",
        "description": "A",
        "enum": ["x", "y"],
        "default": ["x", {"title": "x"}],
        "minimum": 1,
        "x-min": 1,
    }
    return json.dumps(
        {
            **facts,
            "properties": {"description": {**rules, **changes.pop("rules", {})}, **changes.pop("more", {})},
            **changes,
        }
    )


MORE_THAN_WORDS: dict[str, str | None] = {
    "a bound": spec(rules={"minimum": 2}),
    "a bound of another type": spec(rules={"minimum": True}),
    "a type": spec(rules={"type": "number"}),
    "the page's type": spec(rules={"x-type": "file"}),
    "a choice more": spec(rules={"enum": ["x", "y", "z"]}),
    "a choice less": spec(rules={"enum": ["x"]}),
    "a default": spec(rules={"default": "y"}),
    "a title in a default": spec(rules={"default": ["x", {"title": "y"}]}),
    "the order of a default": spec(rules={"default": [{"title": "x"}, "x"]}),
    "a parameter more": spec(more={"title": {}}),
    "a parameter less": json.dumps({**json.loads(spec()), "properties": {}}),
    "a required one": spec(required=["a", "b", "c"]),
    "what another one requires": spec(dependentRequired={"title": ["b"]}),
    "a kind of file": spec(rules={"x-kind": "video"}),
    "a name in code": spec(**{"x-name-in-code": "t"}),
    "a capability": spec(**{"x-capabilities": ["a"]}),
    "another model": spec(**{"x-model": "other"}),
    "no JSON": "{",
    "nested too deep": "[" * 100_000,
    "nothing": None,
}
ONLY_WORDS = {
    "a title": spec(title="U"),
    "a description": spec(rules={"description": "B"}, description="C"),
    "orders": spec(required=["b", "a"], rules={"enum": ["y", "x", "x"]}, **{"x-capabilities": ["b", "a"]}),
    "what has no meaning": spec(rules={"x-min": 2}, **{"x-markdown": "https://y"}),
}


def test_what_is_more_than_wording_is_refused_as_such(world: World) -> None:
    world.commit(
        {
            **SONGS,
            "specs/songs/tune.json": spec(),
            "specs/songs/page.json": '{"title": "S", "models": ["a", "b"]}',
        }
    )
    for name, text in MORE_THAN_WORDS.items():
        world.look({}, wording={"specs/songs/tune.json": text})
        ran = world.propose()
        assert (ran.code, ran.err) == (1, ""), name
        assert "'specs/songs/tune.json'" in ran.out, name
        assert "more than wording" in ran.out, name
    for path, text in {"specs/songs/new.json": spec(), "specs/songs/page.json": '{"models": ["a"]}'}.items():
        world.look({}, wording={path: text})
        assert "more than wording" in world.propose().out
    assert not world.github.head(WORDING_BRANCH)
    for name, text in ONLY_WORDS.items():
        assert "wording: branch: " in world.run({}, wording={"specs/songs/tune.json": text}), name
    assert "wording: branch: " in world.run(
        {}, wording={"specs/songs/page.json": '{"models": ["b", "a"], "updated": "2026"}'}
    )


def test_a_link_leads_to_the_line_at_the_commit_of_the_branch_and_to_no_other_site(world: World) -> None:
    world.commit({"specs/profile.toml": '[site]\nhosts = ["docs.example"]\n'})
    line, site = "[line 7](specs/videos/page.md?plain=1#L7)", "[docs](https://docs.example/videos)"
    world.run(AFTER, report=f"# Changes\n\n| `a` {line} | {site} |\n")
    [pull] = world.github.pulls
    commit = world.github.head(BRANCH)
    shown = f"[line 7](https://github.com/acme/docs/blob/{commit}/specs/videos/page.md?plain=1#L7)"
    assert f"| `a` {shown} | {site} |\n" in pull["body"]
    assert git(world.bare, "cat-file", "-t", f"{commit}:specs/videos/page.md") == "blob"
    world.run(AFTER, report=f"{line}\n" * 800)
    assert pull["body"].count("blob") == 0  # so many links have no room
    assert pull["body"].count("line 7\n") == 800
    world.run(AFTER, report=site.replace("docs.example", "evil.example"))
    assert "```text\n[docs](https://evil.example/videos)\n```" in pull["body"]


# The issue


def test_problems_are_one_issue_and_the_good_part_is_proposed_all_the_same(world: World) -> None:
    codes, said = {"fetch": 3, "scrape": 3}, {"scrape.txt": "specs/videos/page.md:3:1: error: no\n"}
    assert world.run(AFTER, codes=codes, said=said) == "branch: new; pull request: opened\nissue: opened\n"
    assert (
        world.run(AFTER, codes=codes, said=said)
        == "branch: same; pull request: unchanged\nissue: unchanged\n"
    )
    assert world.github.writes == []
    [issue] = world.github.issues
    assert "`paramsync fetch` ended with 3" in issue["body"]
    assert "specs/videos/page.md:3:1: error: no\n" in issue["body"]
    assert "generate" not in issue["body"]
    assert world.run(AFTER, codes=codes).endswith("issue: updated\n")
    assert world.run(AFTER).endswith("issue: no problems; 1 closed\n")
    assert (issue["state"], len(world.github.comments)) == ("closed", 1)
    assert world.run(AFTER, codes=codes).endswith("issue: opened\n")


@pytest.mark.parametrize(
    "text", ["```\n@you\n```", "`" * 9, "~~~\n" * 3, "x" * 200_000, "`\n" * 50_000, "", "\0"]
)
def test_no_text_closes_the_fence_around_it(world: World, text: str) -> None:
    world.run({}, codes=dict.fromkeys(WELL, 3), said=dict.fromkeys(SAID, text))
    body = world.github.issues[0]["body"]
    assert len(body.encode()) <= 65_536
    fences = [line for line in body.split("\n") if line.startswith("```") and line.endswith("`text")]
    assert len(fences) == 4
    rest = body
    for fence in fences:
        closing = fence.removesuffix("text")
        _, _, rest = rest.partition(f"{fence}\n")
        inside, found, rest = rest.partition(f"\n{closing}\n")
        assert found
        assert closing not in inside


def test_an_issue_that_is_too_long_keeps_its_summary_and_its_errors(world: World) -> None:
    warnings = [
        f"specs/videos/page.md:{number}:1: warning: hm {'x' * 60} [hidden-content]" for number in range(400)
    ]
    error = "specs/videos/page.md:999:1: error: this one matters [bad-number]\n    # specs/videos/alpha.overlay.toml"
    lines = [*warnings, error, "scrape: 1 page, 2 models; 1 error, 400 warnings; 0 files written"]
    world.run({}, codes={"scrape": 3}, said={"scrape.txt": "\n".join(lines) + "\n"})
    [issue] = world.github.issues
    begin = issue["body"].partition("```text\n")[2]
    assert begin.startswith(f"{lines[-1]}\n{error}\n{warnings[0]}\n")
    shown = begin.count("warning: hm")
    assert begin.endswith(f"\n… and {400 - shown} more\n```\n")
    assert 100 < shown < 400
