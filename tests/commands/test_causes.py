"""One cause is one message, with a count, an example and what to write; what follows from it is not told.

Modules: consequences, messages.
"""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest

from paramsync.commands.causes import group_by_cause
from paramsync.findings import Finding, Place
from support.repositories import git
from support.roots import Root
from support.small_root import HEADER, TOP, put, section

MODELS = [f"m{number}" for number in range(1, 7)]
PAGE = TOP + "".join(map(section, MODELS))
LISTED = PAGE.replace(
    "## M1\n", "".join(f"- [{name.title()}](#{name})\n" for name in MODELS) + "\n## M1\n", 1
)
ACCEPTED = (
    '\n[[accept]]\ncode = "single-choice"\nmodel = "model_m2"\nparameter = "strength"\nreason = "Asked."\n'
)
CORRECTED = '[[correct]]\nparameter = "strength"\nexpect = { default = 1 }\nset = { default = 2 }\nreason = "Asked."\n'
NUMBER = re.compile(r"(\d+) errors?(?: of (\d+) causes?)?, ")


@pytest.fixture
def films(root: Root) -> Root:
    """Give a root with two pages of six models, one of which has a warning that is accepted, all written."""
    for name in ("films", "songs"):
        text = LISTED if name == "films" else LISTED.replace("model_m", "model_s")
        root.add_page(name, text)
    root.edit(
        "specs/films/page.md", "| 0 | 9 | - | How strong |\n\n## M3", "| 0 | 9 | `1` | How strong |\n\n## M3"
    )
    profile = root.path / "specs/profile.toml"
    profile.write_text(profile.read_text() + ACCEPTED)
    assert root.run("scrape").code == 0
    return root


def edit_all(old: str, new: str) -> Callable[[Root], None]:
    """Give an edit of both pages."""

    def edit(root: Root) -> None:
        for name in ("films", "songs"):
            root.edit(f"specs/{name}/page.md", old, new)

    return edit


def edit_films(old: str, new: str) -> Callable[[Root], None]:
    return lambda root: root.edit("specs/films/page.md", old, new)


def add_column(root: Root, names: Sequence[str] = ("films", "songs"), more: str = " Notes |") -> None:
    for name in names:
        page = f"specs/{name}/page.md"
        root.edit(page, HEADER, HEADER + more)
        root.edit(page, " --- |\n", f" --- |{' --- |' * more.count('|')}\n")
        root.edit(page, "| How strong |", f"| How strong |{' 1 |' * more.count('|')}")


def add_column_beside_new_ids(root: Root) -> None:
    """Add a column to a page with a correction, most models of which have other ids."""
    put(root, {"specs/films/m4.overlay.toml": CORRECTED})
    assert root.run("scrape").code == 0
    add_column(root, ["films"], " Step |")
    for number in (1, 3, 5, 6):
        root.edit("specs/films/page.md", f"`model_m{number}`", f"`model_n{number}`")


def cut_off(root: Root) -> None:
    text = (root.path / "specs/films/page.md").read_text()
    root.add_page("films", text[: text.index("| No |", text.index("## M4"))])


def move_page(root: Root) -> None:
    root.add_page("movies", (root.path / "specs/films/page.md").read_bytes())


def lose_file(root: Root) -> None:
    (root.path / "specs/films/page.md").unlink()


def lose_bytes(root: Root) -> None:
    root.add_page("films", b"\xff")


def show_another(root: Root) -> None:
    root.add_page("films", "# Not found\n")


# What happens -> what does it, the codes of the messages, and how many errors they stand for.
CAUSES: dict[str, tuple[Callable[[Root], None], list[str], int]] = {
    "a new column": (add_column, ["unknown-column"], 12),
    "two new columns": (partial(add_column, more=" Step | Unit |"), ["unknown-column"] * 2, 24),
    "a new column on one page": (partial(add_column, names=["films"]), ["unknown-column"], 6),
    "a new column beside other ids": (add_column_beside_new_ids, ["unknown-column"], 6),
    "a column by a new name": (edit_all("| Max |", "| Most |"), ["unknown-column"], 12),
    "a column by the name of another": (
        edit_films(HEADER, HEADER.replace("Max", "Min")),
        ["duplicate-column"],
        6,
    ),
    "a type by a new name": (edit_all("| number |", "| float |"), ["unknown-type"], 12),
    "a word by a new name": (edit_all("| No |", "| Nope |"), ["unknown-word"], 12),
    "half a page": (cut_off, ["missing-section"], 2),
    "a label by a new name": (edit_films("**Model ID:**", "**Model Id:**"), ["no-model-id"], 6),
    "a page in two folders": (move_page, ["duplicate-page"], 1),
    "a page that is no text": (lose_bytes, ["unreadable-page"], 1),
    "a page without a file": (lose_file, ["unreadable-page"], 1),
    "a page that is another": (show_another, ["lost-models"], 1),
    "a model twice on a page": (edit_films("`model_m3`", "`model_m2`"), ["duplicate-model"], 1),
    "a typo in many rows": (edit_all("| `1` | 0 |", "| `1` | O |"), ["bad-number"], 12),
}


@pytest.mark.parametrize("case", CAUSES)
def test_one_cause_is_one_message_and_what_follows_from_it_is_none(films: Root, case: str) -> None:
    happen, codes, errors = CAUSES[case]
    happen(films)
    ran = films.run("scrape", "--check")
    assert ran.code == 3, ran.out
    assert re.findall(r"^specs/\S+: error: .*\[([\w-]+)\]$", ran.out, re.MULTILINE) == codes, ran.out
    counted = NUMBER.search(ran.out)
    assert counted
    assert (int(counted[1]), int(counted[2] or counted[1])) == (errors, len(codes))
    results = json.loads(films.run("scrape", "--format", "json").out)["results"]
    assert len([one for one in results if one["level"] == "error"]) == errors
    told = films.run("scrape", "--verbose").out
    assert len(re.findall(r"^specs/\S+: error: ", told, re.MULTILINE)) == errors
    noticed = films.run("scrape", "--format", "github").out
    assert re.findall(r"title=([\w-]+)::", noticed) == codes
    assert noticed.count("\n::") == len(codes) - 1


def test_what_a_message_says_beside_its_example(films: Root) -> None:
    add_column(films)
    lines = films.run("scrape").out.splitlines()
    assert lines[0].startswith("specs/films/page.md:")
    assert lines[1:4] == [
        "    # specs/profile.toml, below [possible_columns]",
        '    "Notes" = "x-notes" # which nothing enforces; or "ignored"',
        "    and 11 more in 2 files: model_m2, model_m3, model_m4, …; --verbose shows all",
    ]
    films.add_page("songs", LISTED.replace("model_m", "model_s").replace("`1`", "`x`", 2))
    films.add_page("films", LISTED.replace("`1`", "`x`", 1))
    also = [line for line in films.run("scrape").out.splitlines() if line.startswith("    also")]
    assert [line.rpartition(": model_")[2] for line in also] == ["s1: strength", "s2: strength"]


@pytest.mark.parametrize(
    "case",
    ["a new column", "two new columns", "a new column on one page", "a column by a new name"],
)
def test_the_line_that_a_message_shows_mends_its_cause(films: Root, case: str) -> None:
    CAUSES[case][0](films)
    lines = films.run("scrape").out.splitlines()
    for before, after in pairwise(lines):
        if table := re.search(r"profile.toml, below (\[\w+\])", before):
            films.edit("specs/profile.toml", table[1], f"{table[1]}\n{after} #")
    ran = films.run("scrape")
    assert (ran.code, films.run("scrape", "--check").code) == (0, 0), ran.out


def test_the_commands_that_a_moved_page_shows_move_it(films: Root) -> None:
    put(films, {"specs/films/m1.overlay.toml": CORRECTED, ".gitignore": ".paramsync_cache/\n"})
    assert films.run("scrape").code == 0
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "A page"]):
        git(films.path, *arguments)
    before = films.tree("specs/films")
    move_page(films)
    shown = [line.strip() for line in films.run("scrape").out.splitlines() if line.startswith("    git ")]
    for command in shown:
        subprocess.run(command, shell=True, cwd=films.path, check=True, capture_output=True)
    assert films.run("scrape").code == 0
    assert (films.tree("specs/movies"), films.tree("specs/films")) == (before, {})


def test_of_many_causes_of_one_kind_the_first_are_shown(films: Root) -> None:
    rows = "".join(f"| `p{number}` | number | No | - | no{number} | - | - | What |\n" for number in range(11))
    films.add_page("films", TOP + section("m1").rstrip() + "\n" + rows)
    lines = [line for line in films.run("scrape").out.splitlines() if "[bad-number]" in line]
    assert len(lines) == 11
    assert lines[-1] == "1 more of other causes; --verbose shows all [bad-number]"


def test_of_many_differences_the_first_are_shown(films: Root) -> None:
    put(films, {f"templates/list/{number}.txt": "New.\n" for number in range(30)})
    out = films.run("generate", "--check").out
    assert (out.count("+New."), "\ngenerated/list: 10 more files missing; --verbose shows all\n" in out) == (
        20,
        True,
    )
    assert films.run("generate", "--check", "--verbose").out.count("+New.") == 30


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("specs/a/page.md", "a"),
        ("specs/a/b.overlay.toml", "a"),
        ("specs/a", "a"),
        ("specs/a.toml", "a.toml"),
        ("specs/profile.toml", ""),
        ("templates/a/target.toml", ""),
    ],
)
def test_a_finding_has_the_page_in_whose_folder_it_is(file: str, page: str) -> None:
    assert Finding("bad-url", Place(file), "").page == page


COMMAND = "paramsync scrape --root models --accept-removals"
# The lines of findings with one cause -> what to write for all of them.
TOGETHER: list[tuple[list[str], str]] = [
    (["", ""], ""),
    (["a line", "a line"], "a line"),
    ([f"{COMMAND} model_a", f"{COMMAND} model_b", f"{COMMAND} model_a"], f"{COMMAND} model_a model_b"),
    ([f"{COMMAND} model_a", "paramsync scrape --accept-removals model_b"], f"{COMMAND} model_a"),
    (["# a.overlay.toml\n[[correct]]", "# b.overlay.toml\n[[correct]]"], "# a.overlay.toml\n[[correct]]"),
]


def test_what_to_write_for_one_cause_is_one_text() -> None:
    for number, (texts, expected) in enumerate(TOGETHER):
        problems = [
            f"{number} of 4 parameters disappeared at once: 'seed2'" for number, _ in enumerate(texts)
        ]
        findings = [
            Finding("many-parameters-gone", Place("specs/a/page.md"), problem, f"model_{index}", lines=text)
            for index, (problem, text) in enumerate(zip(problems, texts, strict=True))
        ]
        [cause] = group_by_cause(findings)
        assert cause.lines == expected, number
    others = [
        replace(findings[0], problem=one) for one in ("'seed2' is gone", "'seed3' is gone", "'seed2' went")
    ]
    assert len(group_by_cause(others)) == 3
