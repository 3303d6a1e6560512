"""Whatever stands on a page, reading it takes time in proportion to its size, and a large one takes seconds."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from support.growth import BOTH, FACTOR, FORMS, HEADER, IN_CELLS, ROW, TOP, as_html, folded, marked, rows
from support.hostile import HARMLESS, write_page
from support.roots import PROJECT, Root

MOST = 8  # times as long, for a text that is FACTOR times as large
PAGE = 2 * 1024 * 1024  # characters, the largest page that is fetched
LONGEST = 30  # seconds that so large a page may take


@pytest.mark.parametrize("form", FORMS)
def test_time_grows_with_the_size_of_a_page_and_not_faster(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "support.growth", form],
        cwd=PROJECT / "tests",
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert len(found) == len(FORMS[form][0]) >= (8 if form in ("specs", "records") else 35)
    slow = {
        name: f"{size:,} characters: {first:.3f} s, {FACTOR} times as many: {second:.3f} s"
        for name, (size, first, second) in found.items()
        if second > MOST * first
    }
    assert slow == {}


def many_models(count: int) -> str:
    """Give a page of as many parameters as a page is read with, a thousand of each model."""
    table = rows(1000, ROW.replace("`a`", "`a#`")).partition(HEADER)[2]
    facts = (
        f"## A {one}\n\n**Model ID:** `model_a{one}`\n\n**Capabilities:** `x`\n\n" for one in range(count)
    )
    return TOP + "".join(f"{fact}{HEADER}{table}\n" for fact in facts)


def filled(make: Callable[[int], str], count: int) -> str:
    """Give a page with as much of something as may be on one, and no smaller than the largest that is fetched."""
    return make(count).ljust(PAGE)


# Written when it is needed: each process of a run knows all cases.
LARGE: dict[str, tuple[str, Callable[[], str]]] = {
    "models": ("md", lambda: filled(many_models, 9)),
    "models, folded": ("txt", lambda: filled(lambda n: folded(many_models(n)), 3)),
    "models in HTML": ("html", lambda: filled(lambda n: as_html(many_models(n)), 3)),
    "cells": ("md", lambda: filled(BOTH["bars"], 99_000)),
    "code spans": ("md", lambda: IN_CELLS["open code spans"](400_000)),
    "signs": ("txt", lambda: filled(FORMS["folded"][0]["signs alone"], 99_000)),
    "headings": ("html", lambda: filled(marked("<h2>a"), 95_000)),
    "cells in HTML": ("html", lambda: filled(marked("<table><tr>|<td>"), 95_000)),
    "links": ("html", lambda: filled(marked("<a href=b>c</a>"), 47_000)),
    "more than is read": ("md", lambda: BOTH["bars"](PAGE)),
}


@pytest.mark.parametrize("case", LARGE)
def test_the_largest_page_takes_seconds_and_says_little(root: Root, case: str) -> None:
    suffix, write = LARGE[case]
    root.add_page("large", write(), suffix)
    root.add_page("page", write_page("md", HARMLESS))
    root.add_target("python")
    before = time.process_time()
    ran = root.run("scrape")
    assert time.process_time() - before < LONGEST
    assert ran.err == ""
    assert len(ran.out) < 100_000
    assert root.read_json("specs/page/page.json")["models"] == ["model_one"]


def test_what_is_found_very_often_is_counted(root: Root) -> None:
    root.add_page("page", rows(300, "| a |\n"))
    ran = root.run("scrape")
    first, more, *_ = ran.out.splitlines()
    assert first.endswith("[cell-count]")
    assert more == "    and 299 more: model_a, …; --verbose shows all"
    assert "300 errors of 1 cause, 0 warnings" in ran.out
    assert root.run("scrape", "--verbose").out.count("[cell-count]\n") == 300


LIMITS = {
    "rows": (
        rows(1001, "| `a#` | string | No | - | - | - | - | What. |\n"),
        "the table has more than 1,000 rows",
    ),
    "choices": (BOTH["choices"](10_001), "there are more than 10,000 choices"),
    "elements": (IN_CELLS["a default of many"](10_001), "the default has more than 10,000 elements"),
    "lines": ("\n" * 100_001, "more than 100,000 lines, cells, headings and tags"),
    "tags": ("<a>" * 100_001, "more than 100,000 lines, cells, headings and tags"),
    "letters": (
        TOP + f"## {'A' * 200_000}\n" + "## B\n" * 60,
        "the heading is too long for a page with 62 sections",
    ),
    "paragraphs": ("<object><p>" * 25, "paragraphs, headings and cells are nested more than 20 levels deep"),
    "tables": ("<table><td>" * 10, "tables are nested more than 8 levels deep"),
}


@pytest.mark.parametrize("what", LIMITS)
def test_more_than_is_read_is_a_finding_with_its_place_and_keeps_the_specs(root: Root, what: str) -> None:
    text, said = LIMITS[what]
    root.add_page("page", write_page("md", HARMLESS | {"id": "model_a"}))
    assert root.run("scrape").code == 0
    before = root.read_json("specs/page/a.json")
    root.add_page("page", text)
    ran = root.run("scrape")
    assert ran.code == 3
    assert re.search(
        rf"^specs/page/page.md:\d+:\d+: error: .*{said}.* \[over-limit\]$", ran.out, re.MULTILINE
    )
    assert root.read_json("specs/page/a.json") == before
