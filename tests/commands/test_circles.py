"""A scrape makes no circles of objects, and so needs no collector of them."""

import gc
import shutil
from collections.abc import Callable
from string import ascii_lowercase

import pytest

from paramsync.commands.scrape import ScrapeOptions, scrape
from support.overlays import correction
from support.roots import PROJECT, Root
from support.small_root import TOP, put, section

SOURCES = [*(PROJECT / "tests/specs/sources").glob("*/*")]  # model_NAME.md or .json


def add_errors(root: Root) -> None:
    """Add a page of models that are sound, that have an error, and that have a row too many."""
    names = [f"song-{letter}" for letter in ascii_lowercase]
    sound, wrong = map(section, names[::3]), (section(name, "`many`") for name in names[1::3])
    root.add_page("songs", TOP + "".join((*sound, *wrong)))
    root.add_page("films", TOP + "".join(section(name) + "| row |\n\n" for name in names[2::3]))


def add_sources(root: Root) -> None:
    """Add a page whose models refer to another one, are described by other sources and, every second one, corrected."""
    names = sorted({path.stem.removeprefix("model_") for path in SOURCES})
    overlay = correction('type = "a beta"', 'type = "string"', parameter="strength")
    sections = "".join(section(name, "-").replace("| number |", "| a beta |") for name in names)
    root.add_page("songs", TOP + sections + section("beta"))
    root.edit("specs/profile.toml", "[types]", '[types]\n"a {T}" = { ref = "model_{T}" }')
    for path in SOURCES:
        ending = {".json": ".record.json", ".md": ".llm.md"}[path.suffix]
        shutil.copy(path, root.path / f"specs/songs/{path.stem.removeprefix('model_')}{ending}")
    put(root, {f"specs/songs/{name}.overlay.toml": overlay for name in names[::2]})


def add_vendor(root: Root) -> None:
    shutil.copytree(PROJECT / "tests/vendors/telegram/specs", root.path / "specs", dirs_exist_ok=True)


CASES: dict[str, tuple[Callable[[Root], None], str]] = {
    "errors": (add_errors, "2 pages, 26 models"),
    "records, LLM Markdown, overlays and references": (add_sources, "1 page, 37 models"),
    "HTML of another vendor": (add_vendor, "1 page, 4 models"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_scrape_leaves_nothing_to_the_collector(root: Root, case: str) -> None:
    add, subject = CASES[case]
    add(root)
    scrape(root.path, ScrapeOptions(check=True), iter)  # what is imported makes circles, once
    gc.collect()
    gc.disable()  # else it might find them before they are counted
    try:
        written = scrape(root.path, ScrapeOptions(), iter)
        read = scrape(root.path, ScrapeOptions(check=True), iter)
        found = gc.collect()
    finally:
        gc.enable()
    assert written.subject.startswith(subject)
    assert 0 < written.changed == read.unchanged
    assert found == 0
