"""A checkout that git has given the line ends of Windows is in order, and a run leaves them as they are."""

import json
from pathlib import Path

import pytest

from paramsync.text import unify_line_ends
from paramsync.workspace.difference import compare
from paramsync.workspace.plan import Step, carry_out, digest
from support.repositories import git
from support.roots import PROJECT, Root
from support.sites import FILMS, PHOTOS, Site, fetch, rows
from support.small_root import HEADER, TOP, forget, put

AUTOCRLF = ("-c", "core.autocrlf=true")
BINARY = b"\x89PNG\r\n\x1a\n\0\r\n"
ATTRIBUTES = "* -text\n"


def clone(root: Root, folder: Path, files: dict[str, str | bytes | None]) -> Root:
    """Commit a root with these files, and clone it as Git for Windows does, with the line ends of Windows."""
    put(root, {".gitignore": ".paramsync_cache\n", **files})
    assert [root.run(verb).code for verb in ("scrape", "generate", "release")] == [0, 0, 0]
    git(root.path, "init", "--quiet")
    git(root.path, "add", "--all")
    git(root.path, "commit", "--quiet", "--message", "All")
    git(folder, "clone", "--quiet", *AUTOCRLF, str(root.path), "clone")
    return Root(folder / "clone", root.capture)


def changed(root: Root) -> list[str]:
    """Give the paths that git takes for changed."""
    return [line[3:] for line in git(root.path, "status", "--porcelain").splitlines()]


@pytest.fixture
def crlf(done: Root, tmp_path_factory: pytest.TempPathFactory) -> Root:
    files: dict[str, str | bytes | None] = {
        "templates/list/icon.png": BINARY,
        "templates/list/run.bat": "a\r\nb\r\n",
    }
    return clone(done, tmp_path_factory.mktemp("windows"), files)


def test_an_untouched_checkout_is_in_order_and_no_verb_writes_to_it(crlf: Root) -> None:
    before = crlf.tree(".")
    with_crlf = [path for path, content in before.items() if b"\r\n" in content and path[0] != "."]
    assert {
        "specs/videos/page.md",
        "specs/videos/alpha.json",
        "specs/history.jsonl",
        "specs/released.jsonl",
        "templates/list/notes.txt",
    } < {*with_crlf}
    assert before["generated/list/icon.png"] == BINARY
    for arguments in (
        ["scrape", "--check"],
        ["generate", "--check"],
        ["scrape"],
        ["generate"],
        ["release"],
        ["scrape"],
        ["diff", "HEAD", "--fail-on", "any"],
    ):
        ran = crlf.run(*arguments)
        assert (ran.code, ran.err) == (0, ""), (arguments, ran)
        assert " 0 files " in ran.out or ran.out == "diff: no changes\n", ran.out
    forget(crlf)
    ours = {path: content for path, content in before.items() if not path.startswith(".git/")}
    assert {path: content for path, content in crlf.tree(".").items() if not path.startswith(".git/")} == ours
    assert changed(crlf) == []


def test_an_edit_changes_one_line_in_a_crlf_checkout(crlf: Root) -> None:
    crlf.edit("specs/videos/page.md", "| 9 |", "| 5 |")
    ran = crlf.run("scrape", "--check")
    assert ran.code == 1
    assert '-      "maximum": 9' in ran.out + ran.err
    assert '"type"' not in ran.out + ran.err  # what has not changed is not in the diff
    assert crlf.run("scrape").code == crlf.run("generate").code == 0
    said = crlf.run("diff", "HEAD").out
    assert "specs/videos/page.md:17:" in said, said
    assert said.endswith("diff: 2 breaking, 0 behaviour, 0 compatible, 0 prose; suggests minor\n")
    assert crlf.run("release").code == 0
    history = (crlf.path / "specs/history.jsonl").read_bytes()
    assert history.count(b"\r\n") in (0, history.count(b"\n"))
    assert [json.loads(line)["kind"] for line in history.splitlines()[-2:]] == ["bounds-narrowed"] * 2
    diff = git(crlf.path, *AUTOCRLF, "diff", "--numstat", "--", "specs/videos/alpha.json")
    assert diff.split()[:2] == ["1", "1"]


def test_a_page_that_is_served_as_it_is_saved_is_unchanged(site: Site, root: Root) -> None:
    assert fetch(root).code == 0
    pages = [*root.path.rglob("page.md")]
    for path in pages:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = {path: path.read_bytes() for path in pages}
    site.requests.clear()
    ran = fetch(root)
    assert ran.code == 0
    assert {*rows(ran).values()} == {"unchanged"}
    assert {path: path.read_bytes() for path in pages} == before
    asked = [headers for path, headers, _ in site.requests if path.endswith("index.md")]
    assert asked
    assert all("If-None-Match" in headers for headers in asked)
    site.pages[FILMS] += b"\n"
    assert rows(fetch(root))[FILMS] == "changed"
    assert rows(fetch(root))[PHOTOS] == "unchanged"


ALIKE = {
    "the same": ("a\nb\n", "a\nb\n", True),
    "other line ends": ("a\r\nb\r\n", "a\nb\n", True),
    "some other line ends": ("a\r\nb\n", "a\nb\n", True),
    "other line ends should be there": ("a\nb\n", "a\r\nb\r\n", True),
    "another line end at its end": ("a", "a\r\n", False),
    "a carriage return alone": ("a\rb", "a\nb", False),
    "two carriage returns": ("a\r\r\nb", "a\nb", False),
    "no text: a NUL": ("\0\r\n", "\0\n", False),
    "no text: no UTF-8": ("\udcff\r\n", "\udcff\n", False),
    "nothing": (None, "", False),
}


@pytest.mark.parametrize("case", ALIKE)
def test_line_ends_alone_are_no_difference_between_texts(case: str) -> None:
    before, after, alike = ALIKE[case]
    trees = [{"a": text} if text is not None else {} for text in (before, after)]
    assert (compare(trees[1], trees[0]) == ()) is alike
    assert (digest(before) == digest(after)) is alike


def test_a_plan_goes_on_where_git_has_changed_the_line_ends_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/a.json").write_bytes(b"{\r\n}\r\n")
    (tmp_path / "staged").mkdir()
    (tmp_path / "staged/0").write_bytes(b"[]\n")
    steps = [Step("specs/a.json", digest("{\n}\n"), digest("[]\n"), "0")]
    assert carry_out(steps, tmp_path, tmp_path / "staged") == {}
    assert (tmp_path / "specs/a.json").read_bytes() == b"[]\n"


def test_what_the_readme_tells_others_keeps_the_bytes_as_this_repository_does(
    done: Root, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert ATTRIBUTES in (PROJECT / ".gitattributes").read_text()
    assert f"`{ATTRIBUTES.strip()}`" in (PROJECT / "README.md").read_text()
    copy = clone(done, tmp_path_factory.mktemp("windows"), {".gitattributes": ATTRIBUTES})
    assert copy.tree("specs") == done.tree("specs")
    assert copy.tree("generated") == done.tree("generated")


def test_a_byte_that_is_no_utf8_has_its_place_in_a_file_with_any_line_ends(root: Root) -> None:
    page = TOP + HEADER
    for end in ("\n", "\r\n"):
        root.add_page("videos", page.replace("\n", end).encode() + end.encode() + b"ab\xff")
        assert f"specs/videos/page.md:{page.count(chr(10)) + 2}:3: error" in root.run("scrape").out
    assert unify_line_ends("a\r\n") == "a\n"
