"""Versions can be trusted: whatever branches, reverts and upgrades do, numbers rise, and no change is told twice or lost.

Modules: contents, numbers, release, versions.
"""

import json
import subprocess
from typing import Any

import pytest

from support.repositories import WHO, git
from support.roots import Ran, Root
from support.small_root import LEAD, TARGET, TOP, Files, everything, put, section

HISTORY, RELEASED = "specs/history.jsonl", "specs/released.jsonl"
LIST: Files = {f"templates/list/{path}": text for path, text in TARGET.items()}
LIST["templates/list/version.txt.jinja"] = "{{ version | prose }}\n{{ releases | changelog }}\n"
SONGS = TOP.replace(LEAD, LEAD.replace("Videos", "Songs"))
FIX: Files = {"templates/list/notes.txt": "By hand, and mended.\n"}
NOTE: Files = {"templates/notes/mended.toml": 'kind = "fixed"\ntext = "Lists are `mended`."\n'}


@pytest.fixture
def main(root: Root) -> Root:
    """Give a root in a repository whose branch `main` has released 0.1.0."""
    put(root, {**LIST, ".gitignore": ".paramsync_cache\n"})
    git(root.path, "init", "--quiet", "--initial-branch", "main")
    bring_in(root, videos=TOP + section("alpha") + section("beta"), songs=SONGS + section("gamma"))
    release(root)
    return root


def bring_in(root: Root, **pages: str) -> str:
    """Save pages, scrape, generate and commit; give the version then."""
    for name, text in pages.items():
        root.add_page(name, text)
    for verb in ("scrape", "generate"):
        ran = root.run(verb)
        assert ran.code == 0, ran.out + ran.err
    commit(root)
    return version(root)


def commit(root: Root, message: str = "A week") -> None:
    git(root.path, "add", "--all")
    git(root.path, "commit", "--quiet", "--allow-empty", "--message", message)


def release(root: Root) -> None:
    ran = root.run("release")
    assert ran.code == 0, ran.err
    commit(root, "Release")


def version(root: Root) -> str:
    return (root.path / "generated/list/version.txt").read_text().split("\n")[0]


def changelog(root: Root) -> str:
    return (root.path / "generated/list/version.txt").read_text()


def check(root: Root) -> list[Ran]:
    return [root.run(verb, "--check") for verb in ("scrape", "generate")]


def released_versions(root: Root) -> list[str]:
    lines = (root.path / HISTORY).read_text().splitlines()
    return list(dict.fromkeys(json.loads(line)["version"] for line in lines))


def test_two_branches_that_scraped_other_pages_merge_without_a_repair_of_specs(main: Root) -> None:
    git(main.path, "checkout", "--quiet", "-b", "week")
    bring_in(main, songs=SONGS + section("gamma", "`3`"))
    git(main.path, "checkout", "--quiet", "main")
    bring_in(main, videos=TOP + section("alpha", "`2`") + section("beta"))
    conflicts = merge(main, "week")
    assert conflicts == ["generated/list/version.txt"]
    assert bring_in(main) == "0.2.0"
    assert [ran.code for ran in check(main)] == [0, 0]
    for model in ("alpha", "gamma"):
        assert changelog(main).count(f"`model_{model}`, `strength`: the default changed") == 1


def test_a_page_with_a_conflict_is_read_when_one_side_was_taken(main: Root) -> None:
    git(main.path, "checkout", "--quiet", "-b", "week")
    bring_in(main, songs=SONGS + section("gamma", "`3`"))
    git(main.path, "checkout", "--quiet", "main")
    bring_in(main, songs=SONGS + section("gamma", "`4`"))
    assert {"specs/songs/gamma.json", "specs/songs/page.md"} < {*merge(main, "week")}
    ran = main.run("scrape")
    assert (ran.code, "specs/songs/page.md:" in ran.out, "git has left a conflict here" in ran.out) == (
        3,
        True,
        True,
    )
    git(main.path, "checkout", "--theirs", "specs/songs/page.md")
    assert bring_in(main) == "0.2.0"
    assert changelog(main).count("`model_gamma`, `strength`: the default changed from `1` to `3`") == 1


def merge(root: Root, branch: str) -> list[str]:
    """Merge a branch; give the files with a conflict."""
    command = ["git", *WHO, "merge", "--quiet", "--no-edit", branch]
    subprocess.run(command, cwd=root.path, capture_output=True, check=False)
    return git(root.path, "diff", "--name-only", "--diff-filter=U").splitlines()


def test_branches_that_both_released_are_told_until_one_side_is_taken(main: Root) -> None:
    git(main.path, "checkout", "--quiet", "-b", "week")
    bring_in(main, songs=SONGS + section("gamma", "`3`"))
    release(main)
    git(main.path, "checkout", "--quiet", "main")
    bring_in(main, videos=TOP + section("alpha").replace("## Alpha", "## Al") + section("beta"))
    release(main)
    assert {HISTORY, RELEASED} < {*merge(main, "week")}
    for path in (HISTORY, RELEASED):
        marked = (main.path / path).read_text()
        line = marked[: marked.index("<<<<<<<")].count("\n") + 1
        ran = main.run("generate")
        assert (
            ran.code,
            ran.err.startswith(f"{path}:{line}: error: git has left a conflict here; take "),
        ) == (3, True)
        kept = "".join(one for one in marked.splitlines(keepends=True) if one[0] == "{")
        put(main, {path: kept})  # both sides
        assert main.run("generate").code == 3
        git(main.path, "checkout", "main", "--", path)
    assert bring_in(main) == "0.2.0"  # of the branch, what it changed is there, and none of its numbers
    assert released_versions(main) == ["0.1.0", "0.1.1"]
    release(main)
    assert changelog(main).count("`model_gamma`, `strength`") == 1


def test_a_week_that_is_reverted_is_undone_before_a_release_and_goes_on_after_it(main: Root) -> None:
    before = everything(main)
    assert bring_in(main, songs=SONGS + section("gamma", "`3`")) == "0.2.0"
    git(main.path, "revert", "--no-edit", "HEAD")
    assert [ran.code for ran in check(main)] == [0, 0]
    assert {path: one for path, one in everything(main).items() if path[:4] != ".git"} == {
        path: one for path, one in before.items() if path[:4] != ".git"
    }
    bring_in(main, songs=SONGS + section("gamma", "`3`"))
    release(main)
    git(main.path, "revert", "--no-edit", "HEAD~1")
    assert bring_in(main) == "0.3.0"
    assert "`model_gamma`, `strength`: the default changed from `3` to `1`" in changelog(main)


def test_a_number_that_a_commit_has_released_is_not_used_again(main: Root) -> None:
    bring_in(main, songs=SONGS + section("gamma", "`3`"))
    release(main)
    commit_id = git(main.path, "rev-parse", "HEAD")[:12]
    git(main.path, "revert", "--no-edit", "HEAD")
    restore = f"git checkout {commit_id} -- {HISTORY} {RELEASED}"
    for command in (["generate"], ["generate", "--check"], ["release"]):
        ran = main.run(*command)
        assert (ran.code, f"{HISTORY}: error: no longer has all of 0.2.0" in ran.err, restore in ran.err) == (
            3,
            True,
            True,
        )
    git(main.path, *restore.split()[1:])
    assert bring_in(main) == "0.2.0"
    assert main.run("release").out.startswith("release: nothing to release since 0.2.0")


def test_the_numbers_of_another_repository_do_not_count_in_a_fork(main: Root) -> None:
    git(main.path, "checkout", "--quiet", "-b", "upstream")
    put(main, {**FIX, **NOTE})
    bring_in(main)
    release(main)
    git(main.path, "checkout", "--quiet", "main")
    for default in ("`2`", "`3`"):
        bring_in(main, songs=SONGS + section("gamma", default))
        release(main)
    assert {HISTORY, RELEASED} < {*merge(main, "upstream")}
    git(main.path, "checkout", "main", "--", HISTORY, RELEASED)
    assert bring_in(main) == "0.3.1"  # the fix comes with its note
    assert "- Lists are `mended`." in changelog(main)
    assert [ran.code for ran in check(main)] == [0, 0]


def test_a_template_that_has_changed_needs_a_note(main: Root) -> None:
    put(main, FIX)
    assert main.run("generate").code == 0
    assert version(main) == "0.1.0"
    for command in (["generate", "--check"], ["release"]):
        ran = main.run(*command)
        assert ran.code == 1
        assert (
            "templates/list/notes.txt: warning: has changed since 0.1.0 without a note; say in a note "
            in ran.out
        )
    shown = ran.out.split("[unnoted-change]\n")[1]
    name, *lines = [line.strip() for line in shown.splitlines()[:4]]
    put(main, {name: "\n".join(lines)})
    assert main.run("generate").code == 0
    assert version(main) == "0.1.1"
    assert "Fixed in the package itself:\n\n- What users notice.\n" in changelog(main)
    assert main.run("generate", "--check").code == 0
    release(main)
    assert main.run("generate", "--check").code == main.run("release", "--check").code == 0
    (main.path / name).unlink()  # what was released is in the history
    assert main.run("generate", "--check").code == 0
    put(main, {"templates/list/notes.txt": "Again.\n"})
    assert main.run("generate").code == 0
    assert main.run("generate", "--check").code == 1


def test_what_packages_say_of_their_vendor_needs_a_note_when_it_changes(main: Root) -> None:
    main.edit("specs/profile.toml", 'docs = "https://docs.scenario.com"', 'docs = "https://docs.acme.com"')
    assert main.run("generate").code == 0
    ran = main.run("release")
    assert ran.code == 1
    assert "specs/profile.toml: warning: [vendor] has changed since 0.1.0 without a note; " in ran.out
    put(main, NOTE)
    assert bring_in(main) == "0.1.1"
    release(main)
    assert [one.code for one in check(main)] == [0, 0]


def test_a_change_that_nobody_notices_has_a_number_of_its_own_and_no_line(main: Root) -> None:
    put(main, {**FIX, "templates/notes/comment.toml": 'kind = "internal"\ntext = "A comment."\n'})
    assert bring_in(main) == "0.1.1"
    assert "A comment" not in changelog(main)
    assert "## 0.1.1\n\nNothing changed in this package.\n" in changelog(main)
    assert [ran.code for ran in check(main)] == [0, 0]


def test_a_note_counts_by_what_it_says(main: Root) -> None:
    put(main, {**FIX, **NOTE})
    bring_in(main)
    release(main)
    (main.path / "templates/notes/mended.toml").rename(main.path / "templates/notes/other.toml")
    assert main.run("release").out.startswith("release: nothing to release since 0.1.1")
    main.edit("templates/notes/other.toml", "`mended`", "longer")
    assert bring_in(main) == "0.1.2"
    assert changelog(main).count("Lists are") == 2


BAD_NOTES = {
    "templates/notes/a.txt": (
        "",
        "templates/notes/a.txt: error: is no note; give it a name that ends in .toml",
    ),
    "templates/notes/a/b.toml": (
        "",
        "templates/notes/a: error: is no note; give it a name that ends in .toml",
    ),
    "templates/notes/b.toml": (
        'kind = "fixed"\ntext = "x"\ntargets = ["lits"]\n',
        "templates/notes/b.toml: error: targets: there is no target 'lits'; did you mean 'list'?",
    ),
    "templates/notes/c.toml": ('kind = "fixed"\ntext = " "\n', "templates/notes/c.toml:2:1: error: text: "),
}


@pytest.mark.parametrize("path", BAD_NOTES)
def test_a_note_that_would_be_forgotten_is_an_error(main: Root, path: str) -> None:
    text, said = BAD_NOTES[path]
    put(main, {path: text})
    ran = main.run("generate")
    assert (ran.code, ran.err.startswith(said)) == (3, True), ran.err


def test_what_is_released_stays_as_it_is(main: Root) -> None:
    bring_in(
        main, songs=SONGS + section("gamma", "`3`"), videos=TOP + section("alpha", "`2`") + section("beta")
    )
    release(main)
    history, released = ((main.path / path).read_text() for path in (HISTORY, RELEASED))
    first, *lines = released.splitlines(keepends=True)
    assert main.run("generate", "--check").code == 0
    put(
        main, {HISTORY: history.replace('", "', '","').replace(": ", ":")}
    )  # a formatter, which changes nothing
    assert main.run("generate").code == 0
    edits: list[tuple[str, str, str]] = [
        (HISTORY, "".join(history.splitlines(keepends=True)[:-1]), "no longer has all of 0.2.0 that commit "),
        (HISTORY, history.replace('"behaviour"', '"compatible"'), "no longer has all of 0.2.0 that commit "),
        (
            RELEASED,
            first,
            "is not as paramsync release has written it; restore it from git, or take both files",
        ),
        (RELEASED, "".join([first, *lines[:-1]]), "is not as paramsync release has written it; "),
        (
            RELEASED,
            released.replace('"default": 3', '"default": 4'),
            "is not as paramsync release has written it; ",
        ),
    ]
    for path, text, said in edits:
        put(main, {HISTORY: history, RELEASED: released} | {path: text})
        for command in (["generate"], ["generate", "--check"], ["release"]):
            ran = main.run(*command)
            assert (ran.code, said in ran.err, ran.err.startswith(path)) == (3, True, True), (path, said, ran)


def test_both_sides_of_a_history_are_no_history_even_if_their_numbers_rise(main: Root) -> None:
    git(main.path, "checkout", "--quiet", "-b", "week")
    bring_in(main, videos=TOP + section("alpha").replace("## Alpha", "## Al") + section("beta"))
    release(main)
    git(main.path, "checkout", "--quiet", "main")
    bring_in(main, songs=SONGS + section("gamma", "`3`"))
    release(main)
    merge(main, "week")
    lines = [line for line in (main.path / HISTORY).read_text().splitlines(keepends=True) if line[0] == "{"]
    put(main, {HISTORY: "".join(sorted(lines, key=lambda line: json.loads(line)["version"]))})
    git(main.path, "checkout", "main", "--", RELEASED)
    ran = main.run("generate")
    assert (ran.code, "0.2.0 was released after 0.1.0, and follows 0.1.1; take both files" in ran.err) == (
        3,
        True,
    ), ran.err


def test_a_number_that_a_tag_has_or_that_cannot_be_known_is_not_released(
    main: Root, tmp_path_factory: Any
) -> None:
    bring_in(main, songs=SONGS + section("gamma", "`3`"))
    git(
        main.path,
        "clone",
        "--quiet",
        "--depth",
        "1",
        f"file://{main.path}",
        str(tmp_path_factory.mktemp("x") / "shallow"),
    )
    shallow = Root(tmp_path_factory.getbasetemp() / "x0" / "shallow", main.capture)
    assert shallow.run("generate", "--check").code == 0
    ran = shallow.run("release")
    assert (ran.code, "run git fetch --unshallow" in ran.err) == (3, True)
    git(main.path, "tag", "packages-v0.2.0")
    ran = main.run("release")
    assert (ran.code, "0.2.0 is next, but the tag packages-v0.2.0 is there already" in ran.err) == (3, True)
    git(main.path, "tag", "--delete", "packages-v0.2.0")
    git(main.path, "config", "log.date", "odd")
    ran = main.run("release")
    assert (ran.code, "git says: " in ran.err) == (2, True)
    git(main.path, "config", "--unset", "log.date")
    release(main)
    assert released_versions(main) == ["0.1.0", "0.2.0"]


def test_a_history_of_an_older_paramsync_is_gone_on_with(main: Root) -> None:
    (main.path / RELEASED).unlink()
    before = everything(main)
    ran = main.run("generate")
    assert (ran.code, "an older paramsync has written the history, run paramsync release" in ran.err) == (
        3,
        True,
    )
    assert main.run("release").code == 0
    assert {path for path, one in everything(main).items() if before.get(path) != one} == {RELEASED}
    assert bring_in(main, songs=SONGS + section("gamma", "`3`")) == "0.2.0"


@pytest.mark.parametrize("verb", ["release", "generate"])
def test_specs_that_are_damaged_are_not_released(main: Root, verb: str) -> None:
    put(main, {"specs/videos/alpha.json": "{}"})
    before = everything(main)
    ran = main.run(verb)
    assert (ran.code, ran.err.startswith("specs/videos/alpha.json: error: ")) == (3, True)
    assert everything(main) == before
