"""A hostile text stays text where scripts show it: in what the search finds, in the query of a URL, in titles."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from paramsync.changes.history import Release
from paramsync.text import UNSAFE
from paramsync.workspace import files
from support.hostile import LINKS, SPEC_TEXTS, hostile_changes, load, spec_files
from support.roots import make_once
from support.services import build
from support.tabs import tab

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

# What could be more than text, and what would do the most.
SHARP = [one for one in [*SPEC_TEXTS, *LINKS[::4]] if {*"<&\"'`"} & {*one} and len(one) < 1000]
WORST = [one for one in SHARP if "<" in one and len(one) < 300]
SHOWN = """() => ({
  title: document.title.slice(0, document.title.lastIndexOf(" · ")),
  heading: document.querySelector("h1").textContent,
  choices: [...document.querySelectorAll(".choices code")].map(one => one.textContent),
})"""


def text_of(value: str) -> str:
    """Say how a text stands in HTML: as it is, but for what no text may hold."""
    return UNSAFE.sub("\ufffd", value)


def make_history(texts: Sequence[str]) -> tuple[Release, ...]:
    """Make a history in which the changes of each version are told by one of the texts, and all kinds are among them."""
    every = [
        [one for one in hostile_changes(text) if isinstance(one.old, str) or "renamed" not in one.kind]
        for text in texts
    ]
    return tuple(
        Release(f"1.{number}.0", "2026-04-09", tuple(changes[number % 20 :: 20]))
        for number, changes in enumerate(every)
    )


def make_site(folder: Path) -> Path:
    """Make the pages of a site of hostile texts that scripts change, and what they read."""
    specs: dict[str, Any] = {}
    for number, text in enumerate(WORST):
        specs |= spec_files(number, text)
    read = ("index.html", "changes.html", "models/", "assets/")
    made = build("site", load(specs), make_history(WORST), wanted=lambda path: path.startswith(read))
    files.write_tree(folder, made)
    return folder


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_once(tmp_path_factory, "hostile", lambda: make_site(tmp_path_factory.mktemp("hostile")))


def test_no_text_does_anything_where_it_is_shown_or_looked_for(browser: Browser, hostile_site: Path) -> None:
    with tab(browser, hostile_site.as_uri()) as opened:
        page = opened.open("index.html")
        field = page.get_by_role("searchbox")
        known: set[str] = set()
        for harmless in ("plain", "plian", "zzzz", ""):  # found, nearly found, not found, all
            field.fill(harmless)
            known |= list_elements(page)
        for text in SHARP:
            typed = text_of(text).encode(errors="replace").decode()
            field.fill(typed)
            assert list_elements(page) <= known, text
        for number, text in enumerate(WORST):
            asked = {"q": text, "provider": text, "capability": text}
            page = opened.open(f"index.html?{urlencode(asked)}#{urlencode({text: text})}")
            assert page.get_by_role("searchbox").input_value() == text
            assert page.get_by_role("row", name=f"model_m{number}").first.is_visible()
            assert list_elements(page) <= known, text
            page = opened.open(f"models/m{number}.html")
            shown = page.evaluate(SHOWN)
            assert shown == {"title": text, "heading": text, "choices": ["plain", text, text, "plain"]}
        page = opened.open(f"changes.html?{urlencode({'q': WORST[0]})}")
        known = list_elements(page)
        for harmless in ("zzzz", ""):  # not found, all
            page.get_by_role("searchbox").fill(harmless)
            known |= list_elements(page)
        for text in WORST:
            page.get_by_role("searchbox").fill(text)
            assert list_elements(page) <= known, text
        assert opened.find_faults() == []


def list_elements(page: Page) -> set[str]:
    """List which elements there are, with the names of their attributes."""
    found: list[str] = page.locator("main *").evaluate_all(
        "all => all.map(one => [one.localName, ...one.getAttributeNames()].join(' '))"
    )
    return {*found}
