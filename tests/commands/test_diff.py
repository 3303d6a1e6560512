"""What `paramsync diff` says of two roots or revisions: in every style, from anywhere, and of what people get wrong."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from paramsync.changes.kinds import KINDS, Change
from paramsync.changes.reports import REPORTS
from paramsync.cli import main
from paramsync.findings import Place
from support.hostile import TEXTS, hostile_changes
from support.roots import CASES, PROJECT, Ran, Root
from support.small_root import HEADER, TOP, put, section

WHO = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
ROWS = {
    "strength": "| `strength` | number | No | `1` | 0 | 9 | - | How strong |",
    "mode": "| `mode` | string | No | - | - | - | `fast`, `slow` | How |",
    "size": "| `size` | number | No | - | - | - | - | How large |",
    "seed": "| `seed` | number | No | - | - | - | - | What makes it repeatable |",
    "image": "| `image` | file | Yes | - | - | - | - | Where to begin |",
    "loop": "| `loop` | boolean | No | - | - | - | - | Whether it ends as it begins |",
}


def git(folder: Path, *arguments: str) -> str:
    command = ["git", *WHO, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def page(**rows: str) -> str:
    """Make a page of a model with all rows, some of them changed."""
    model = f"## Alpha\n\n**Model ID:** `model_alpha`\n\n**Capabilities:** `txt2video`\n\n{HEADER}\n|{' --- |' * 8}\n"
    return TOP + model + "\n".join(row for row in (ROWS | rows).values() if row) + "\n\n" + section("beta")


OLD = page()
NEW = page(
    strength=ROWS["strength"].replace("| 9 |", "| 5 |"),
    mode=ROWS["mode"].replace("`fast`, `slow`", "`fast`, `best`").replace("How |", "In which way |"),
    size=ROWS["size"].replace("| No | -", "| No | `3`"),
    seed="",
    more="| `more` | string | No | - | - | - | - | X |",
)


@pytest.fixture
def repository(root: Root) -> Root:
    """Give a root that is a repository, with a page committed, and another one in its place."""
    put(root, {"templates/list/notes.txt": "A list.\n"})
    git(root.path, "init", "--quiet", "--initial-branch=main")
    commit(root, OLD)
    change(root, NEW)
    return root


def change(root: Root, text: str, *options: str) -> None:
    root.add_page("videos", text)
    assert root.run("scrape", *options).code == 0


def commit(root: Root, text: str) -> None:
    change(root, text, "--accept-removals")
    (root.path / ".gitignore").write_text(".paramsync_cache\n")
    git(root.path, "add", "--all")
    git(root.path, "commit", "--quiet", "--message", "A page")


def report(root: Root, *arguments: str) -> Any:
    ran = root.run("diff", "--format", "json", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def told(root: Root, *arguments: str) -> list[str]:
    return [change["kind"] for change in report(root, *arguments)["changes"]]


# Every style


def test_each_change_is_a_line_with_its_place_on_the_page(repository: Root) -> None:
    ran = repository.run("diff")
    lines = NEW.split("\n")
    found = [
        re.fullmatch(r"specs/videos/page\.md:(\d+):(\d+): (.*) [0-9a-f]{12}\]", line)
        for line in ran.out.splitlines()
    ]
    places = [lines[int(match[1]) - 1][int(match[2]) - 1 :] for match in found if match]
    assert [match[3] for match in found if match] == [
        "breaking: model_alpha: seed: the parameter was removed [parameter-removed",
        "breaking: model_alpha: strength: a bound was narrowed from maximum 9 to maximum 5 [bounds-narrowed",
        'breaking: model_alpha: mode: the choice "slow" was removed [choice-removed',
        "behaviour: model_alpha: size: the default changed from nothing to 3 [default",
        'compatible: model_alpha: mode: the choice "best" was added [choice-added',
        "compatible: model_alpha: more: the parameter was added [parameter-added",
        'prose: model_alpha: mode: the description changed from "How" to "In which way" [description',
    ]
    texts = ["Alpha", "5 |", "`fast`, `best`", "`3`", "`fast`, `best`", "string", "In which way"]
    at = [place.startswith(text) for place, text in zip(places, texts, strict=True)]
    assert all(at), places
    assert ran.out.endswith("\ndiff: 3 breaking, 1 behaviour, 2 compatible, 1 prose; suggests major\n")


def test_json_has_all_facts_and_leaves_out_what_is_empty(repository: Root) -> None:
    found = report(repository)
    assert found["step"] == "major"
    default = next(change for change in found["changes"] if change["kind"] == "default")
    assert re.fullmatch("[0-9a-f]{12}", default.pop("fingerprint"))
    assert default == {
        "kind": "default",
        "severity": "behaviour",
        "page": "videos",
        "model": "model_alpha",
        "parameter": "size",
        "new": 3,
        "sentence": "the default changed from nothing to 3",
        "file": "specs/videos/page.md",
        "line": 19,
        "column": 26,
    }
    assert told(repository, "HEAD", "HEAD") == []
    assert report(repository, "HEAD", "HEAD") == {"step": None, "changes": []}


def test_markdown_tells_people_what_to_do_about_it(repository: Root) -> None:
    text = repository.run("diff", "--format", "markdown").out
    assert text.startswith(
        "## What changed in the docs\n\n3 breaking, 1 behaviour, 2 compatible, 1 prose; suggests major.\n"
    )
    assert (
        "\n### Breaking: a valid request became invalid\n\n- `model_alpha`, `specs/videos/page.md:9:4`\n"
        in text
    )
    assert "  - `size`: the default changed from `nothing` to `3`" in text
    assert [line[:12] for line in text.splitlines() if line.startswith("###")] == [
        "### Breaking",
        "### Behaviou",
        "### Compatib",
        "### Prose: o",
    ]


def test_annotations_stand_on_the_lines_of_the_page_the_worst_first(repository: Root) -> None:
    lines = repository.run("diff", "--format", "github").out.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 3 + ["::warning"] + ["::notice"] * 3
    assert lines[0].startswith(
        "::error file=specs/videos/page.md,line=9,col=4,title=breaking%3A model_alpha%3A seed::the parameter was removed [parameter-removed "
    )


def test_what_is_the_same_is_said_to_be(repository: Root) -> None:
    assert repository.run("diff", "HEAD", "HEAD") == Ran(0, "diff: no changes\n", "")
    assert repository.run("diff", "HEAD", "HEAD", "--quiet") == Ran(0, "", "")
    assert repository.run("diff", "HEAD", "HEAD", "--format", "github") == Ran(0, "", "")
    assert "No changes." in repository.run("diff", "HEAD", "HEAD", "--format", "markdown").out
    change(repository, OLD.replace("2026-04-09", "2026-04-16"), "--accept-removals")
    assert repository.run("diff") == Ran(0, "diff: no changes\n", "")  # only the date has moved


@pytest.mark.parametrize(
    ("old", "new", "options", "code"),
    [
        ("HEAD", None, (), 0),
        ("HEAD", None, ("--fail-on", "breaking"), 1),
        ("HEAD", None, ("--fail-on", "any"), 1),
        ("HEAD", "HEAD", ("--fail-on", "any"), 0),
        ("HEAD~1", "HEAD", ("--fail-on", "breaking"), 0),
        ("HEAD~1", "HEAD", ("--fail-on", "any"), 1),
    ],
)
def test_it_fails_on_what_it_is_told_to(
    repository: Root, old: str, new: str | None, options: tuple[str, ...], code: int
) -> None:
    git(repository.path, "stash", "--quiet")
    commit(repository, OLD.replace("How strong", "How very strong"))
    change(repository, NEW, "--accept-removals")
    assert repository.run("diff", old, *([new] if new else []), *options).code == code


# From anywhere


def test_a_side_is_a_folder_or_a_revision_in_any_mix(
    repository: Root, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, NEW)
    other = tmp_path_factory.mktemp("other") / "root"
    git(repository.path, "worktree", "add", "--quiet", "--detach", str(other), "HEAD~1")
    expected = told(repository, "HEAD~1")
    assert len(expected) == 7
    for arguments in (
        ("HEAD~1", "HEAD"),
        (str(other),),
        (str(other), "HEAD"),
        ("main~1", str(repository.path)),
        (str(other), "."),
    ):
        monkeypatch.chdir(repository.path)
        assert told(repository, *arguments) == expected, arguments
    assert told(Root(other, repository.capture), "main~1") == []  # from a work tree beside
    assert len(told(repository, "HEAD", str(other))) == 7


def test_a_root_may_lie_below_the_top_of_its_repository(
    root: Root, tmp_path_factory: pytest.TempPathFactory
) -> None:
    top = tmp_path_factory.mktemp("top")
    below = Root(top / "docs" / "models", root.capture)
    shutil.copytree(root.path, below.path)
    git(top, "init", "--quiet")
    commit(below, OLD)
    change(below, NEW)
    assert len(told(below)) == 7
    assert " file=docs/models/specs/videos/page.md,line=9," in below.run("diff", "--format", "github").out
    assert below.run("diff").out.startswith("specs/videos/page.md:9:")


def test_a_hook_does_not_lead_it_to_another_repository(
    repository: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", "hook")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "hook" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "hook" / ".git" / "index"))
    assert len(told(repository)) == 7


def test_nothing_of_the_repository_is_run_or_written(repository: Root, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    (repository.path / ".gitattributes").write_text("* diff=trap filter=trap\n")
    for key in (
        "diff.trap.textconv",
        "filter.trap.smudge",
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "alias.rev-parse",
    ):
        git(repository.path, "config", key, f"!touch {trap}" if key.startswith("alias") else f"touch {trap}")
    before = sorted(repository.path.rglob("*"))
    assert len(told(repository)) == 7
    assert not trap.exists()
    assert sorted(repository.path.rglob("*")) == before


def test_links_in_a_revision_are_no_specs(repository: Root) -> None:
    (repository.path / "specs" / "videos" / "gamma.json").symlink_to("alpha.json")
    git(repository.path, "add", "--all")
    git(repository.path, "commit", "--quiet", "--message", "A link")
    assert told(repository, "HEAD", "HEAD~1") != []


# Places


def test_what_no_page_tells_stands_in_the_specs(repository: Root) -> None:
    commit(repository, NEW)
    (repository.path / "specs/videos/page.md").write_bytes(b"\xff")
    assert {change["file"] for change in report(repository, "HEAD~1")["changes"]} == {"specs/videos/page.md"}
    (repository.path / "specs/videos/page.md").unlink()
    assert {change["file"] for change in report(repository, "HEAD~1")["changes"]} == {
        "specs/videos/alpha.json"
    }
    shutil.rmtree(repository.path / "specs/videos")
    gone = report(repository, "HEAD")["changes"]
    assert [change["kind"] for change in gone] == ["model-removed", "model-removed", "page-removed"]
    assert {change["file"] for change in gone} == {"specs/videos/page.md"}


@pytest.mark.parametrize("form", ["index.md", "starlight.html", "readme.html", "folded.txt"])
def test_real_pages_in_every_form_have_their_changes_on_them(root: Root, tmp_path: Path, form: str) -> None:
    suffix = form.split(".")[1]
    for date in ("2026-04-09", "2026-06-15"):
        root.add_page(
            "ideogram", (CASES / f"{date}-third-party-model-generation-ideogram" / form).read_bytes(), suffix
        )
        assert root.run("scrape").code == 0
        if date == "2026-04-09":
            shutil.copytree(root.path, tmp_path / "old")
    found = report(root, str(tmp_path / "old"))["changes"]
    assert {change["parameter"] for change in found} == {"seed"}
    text = (root.path / f"specs/ideogram/page.{suffix}").read_text().split("\n")
    for change in found:
        assert text[change["line"] - 1][change["column"] - 1 :].startswith(
            "number"
        )  # the bound itself is gone


# Hostile text


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_of_a_page_acts_in_a_report(text: str) -> None:
    changes = hostile_changes(text)
    check_markdown(changes)
    check_annotations(changes)
    assert json.loads(REPORTS["json"](changes, ""))["changes"]
    for line in REPORTS["text"](changes, "").split("\n"):
        assert re.search(r"\[[a-z-]+ [0-9a-f]{12}\]$", line)


@given(text=st.text(st.characters() | st.sampled_from("`\\*_[]()<>!#@%:,\r\n&|~"), max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_text_at_all_acts_in_a_report(text: str) -> None:
    changes = [
        Change(kind, "prose", text, text, text, old=text, new=[text], place=Place("specs/page/page.md", 1))
        for kind in ("default", "choices-introduced")
    ]
    check_markdown(changes)
    check_annotations(changes)


def check_markdown(changes: list[Change]) -> None:
    """Check that there are only headings, lists, words of ours and code spans, and our own fingerprints in comments."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(REPORTS["markdown"](changes, ""))
    blocks = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert blocks <= {"heading", "paragraph", "inline", "bullet_list", "list_item"}
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {"text", "code_inline", "html_inline", "softbreak"}
    ours = " ".join(words for _, words in KINDS.values())
    for child in inline:
        if child.type == "html_inline":
            assert re.fullmatch("<!-- [0-9a-f]{12} -->", child.content)
        if child.type == "text":
            assert not re.search(r"[@#<>]|://|www\.", child.content), ours


def check_annotations(changes: list[Change]) -> None:
    lines = REPORTS["github"](changes, "").split("\n")
    assert len(lines) <= 31
    for line in lines:
        assert re.fullmatch(r"::(error|warning|notice) [^:\r]*::[^\r]*", line), line
        assert not re.search("%(?!25|0A|0D|3A|2C)", line)


def test_a_report_for_people_is_never_longer_than_github_takes() -> None:
    changes = [
        Change(
            "default",
            "behaviour",
            "page",
            f"model_{number}",
            "p",
            old="x" * 500,
            new=number,
            place=Place("specs/page/page.md", number),
        )
        for number in range(10_000)
    ]
    text = REPORTS["markdown"](changes, "")
    assert len(text) <= 65_536
    shown = text.count("the default changed")
    assert f"… and {10_000 - shown} more changes" in text
    assert 100 < shown < 10_000
    lines = REPORTS["github"](changes, "").split("\n")
    assert lines[-1] == "::notice title=paramsync diff::9991 more changes: paramsync diff shows all"


# What people get wrong

MISTAKES = {
    "a misspelt revision": (
        ("mian",),
        2,
        "'mian' is neither a root folder, with specs/ in it, nor a revision",
    ),
    "a folder that is no root": (("/",), 2, "/ has no specs/; give a root folder, or a git revision"),
    "a style that there is not": (("--format", "yaml"), 2, "invalid choice: 'yaml'"),
    "three sides": (("a", "b", "c"), 2, "unrecognized arguments: c"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_answered_by_what_to_do(repository: Root, case: str) -> None:
    arguments, code, said = MISTAKES[case]
    ran = repository.run("diff", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_no_revision_is_an_option_of_git(repository: Root) -> None:
    assert main(["diff", "--root", str(repository.path), "--", "--output=x"]) == 2
    assert not (repository.path / "x").exists()


def test_without_a_repository_or_git_there_are_folders(
    done: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = done.run("diff")
    assert ran.code == 2
    assert "is in no git repository, so 'HEAD' is no revision; give a root folder" in ran.err
    shutil.copytree(done.path, tmp_path / "copy" / "root")
    assert done.run("diff", str(tmp_path / "copy" / "root")).out == "diff: no changes\n"
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = done.run("diff")
    assert (ran.code, ran.err) == (
        2,
        "paramsync: git cannot be run (No such file or directory); install it, or give two root folders\n",
    )


def test_specs_that_cannot_be_read_are_named_with_their_side(repository: Root) -> None:
    put(repository, {"specs/videos/alpha.json": "{"})
    ran = repository.run("diff")
    assert (ran.code, ran.err) == (
        3,
        "specs/videos/alpha.json:1:2: error: not JSON: Expecting property name enclosed in double quotes\n",
    )
    git(repository.path, "commit", "--quiet", "--all", "--message", "Broken")
    change(repository, OLD)
    ran = repository.run("diff")
    assert ran.code == 3
    assert ran.err.startswith("HEAD:specs/videos/alpha.json:1:2: error: not JSON: ")


def test_a_revision_before_there_were_specs_makes_all_of_it_new(root: Root) -> None:
    git(root.path, "init", "--quiet")
    assert "'HEAD' is neither" in root.run("diff").err  # there is no commit
    git(root.path, "commit", "--quiet", "--allow-empty", "--message", "Nothing")
    change(root, OLD)
    assert told(root) == ["page-added", "model-added", "model-added"]


def test_the_project_itself_can_be_compared_with_its_last_commit() -> None:
    assert Root(PROJECT, None).run_process("diff", "HEAD", "HEAD").out == "diff: no changes\n"  # type: ignore[arg-type]


# A repository that is damaged


@pytest.mark.parametrize("what", ["HEAD:specs/videos/alpha.json", "HEAD:specs/videos", "HEAD:specs", "HEAD"])
@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_what_git_cannot_read_is_told_and_nothing_is_compared(
    repository: Root, what: str, damage: bytes | None
) -> None:
    name = git(repository.path, "rev-parse", what).strip()
    file = repository.path / ".git/objects" / name[:2] / name[2:]
    file.unlink()
    if damage is not None:
        file.write_bytes(damage)
    ran = repository.run("diff")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("paramsync: ")
    assert ran.err.count("\n") == 1
