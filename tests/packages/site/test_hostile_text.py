"""A hostile text stays text in a browser: in pages and the feed, in what the search shows, in URLs, titles and code."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from paramsync.changes.history import Release
from paramsync.text import UNSAFE, Tree
from support.hostile import LINKS, SPEC_TEXTS, disarm, hostile_changes, load, spec_files
from support.roots import make_once
from support.services import build
from support.tabs import tab

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

TEXTS = [*SPEC_TEXTS, *LINKS[::4]]
# Those that would do the most if they were more than text.
WORST = [one for one in TEXTS if "<" in one and len(one) < 300]
# What a parser makes of files: all elements with the names of their attributes. Which words of a text are code may differ,
# and how a literal is coloured.
READ = """const read = (text, kind) =>
  [...new DOMParser().parseFromString(text, kind).querySelectorAll(":not(code, pre span)")]
    .map(one => [one.localName, ...one.getAttributeNames()].join(" "));"""
DIFFER = """([text, twin, kind]) => {
  const [found, expected] = [read(text, kind), read(twin, kind)];
  const at = found.findIndex((one, index) => one !== expected[index]);
  return at < 0 && found.length === expected.length ? "" : `${found.slice(at, at + 9)} instead of ${expected.slice(at, at + 9)}`;
}"""
EXCEED = "([text, usual]) => read(text, 'text/html').filter(one => !usual.includes(one))"
LIST = "texts => [...new Set(texts.flatMap(text => read(text, 'text/html')))]"
SHOWN = """() => ({
  title: document.title.slice(0, document.title.lastIndexOf(" · ")),
  heading: document.querySelector("h1").textContent,
  choices: [...document.querySelectorAll(".choices code")].map(one => one.textContent),
})"""
NAMED_BY_TEXTS = (
    "providers/",
    "pictures.html",
)  # by their names, or by the order and the angle of what is drawn
KINDS = {".html": "text/html", ".xml": "text/xml", ".svg": "image/svg+xml"}


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


def make_sites(folder: Path) -> tuple[Tree, Path]:
    """Make a site of hostile texts, in a folder, and its twin with plain words."""
    specs: dict[str, Any] = {}
    for number, text in enumerate(TEXTS):
        files = spec_files(number, text)
        if number % 10:  # a deprecated model now and then
            del files[f"p{number}/m{number}-gone.json"]
            files[f"p{number}/page.json"]["deprecated"] = {}
        specs |= files
    pages = load(specs)
    released, plainly = (
        make_history(one) for one in (WORST, [f"qx{number}qx" for number in range(len(WORST))])
    )
    for path, text in build("site", pages, released).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="")
    return build("site", disarm(pages)[0], plainly), folder


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tree, Path]:
    return make_once(tmp_path_factory, "hostile", lambda: make_sites(tmp_path_factory.mktemp("hostile")))


def test_no_file_has_an_element_or_an_attribute_of_a_text(
    browser: Browser, sites: tuple[Tree, Path], site: Path
) -> None:
    twin, folder = sites
    paths = sorted(path for path in folder.rglob("*") if path.suffix in KINDS)
    assert len(paths) > len(TEXTS)
    with tab(browser, "about:") as opened:

        def ask(how: str, *given: object) -> Any:
            return opened.page.evaluate(f"given => {{ {READ} return ({how})(given); }}", [*given])

        usual = ask(
            LIST,
            *(path.read_text(encoding="utf-8") for path in site.glob("p*.html")),
            *(text for name, text in twin.items() if name.startswith(NAMED_BY_TEXTS)),
        )
        for path in paths:
            name, text = path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")
            if name.startswith(NAMED_BY_TEXTS):
                assert ask(EXCEED, text, usual) == [], name
            else:
                assert ask(DIFFER, text, twin[name], KINDS[path.suffix]) == "", name
        text = (folder / f"models/m{TEXTS.index(WORST[0])}.html").read_text(encoding="utf-8")
        assert ask(DIFFER, html.unescape(text), text, "text/html")  # as it would be if a text were more


def test_no_text_does_anything_where_it_is_shown_or_looked_for(
    browser: Browser, sites: tuple[Tree, Path]
) -> None:
    _, folder = sites
    with tab(browser, folder.as_uri()) as opened:
        page = opened.open("index.html")
        field = page.get_by_role("searchbox")
        known: set[str] = set()
        for harmless in ("plain", "plian", "zzzz", ""):
            field.fill(harmless)
            known |= list_elements(page)
        for text in (one for one in TEXTS if len(one) < 1000 and one.strip()):
            typed = text_of(text).encode(errors="replace").decode()
            field.fill(typed)
            assert list_elements(page) <= known, text
        for text in WORST:
            asked = {"q": text, "provider": text, "capability": text}
            page = opened.open(f"index.html?{urlencode(asked)}#{urlencode({text: text})}")
            assert page.get_by_role("searchbox").input_value() == text
            number = TEXTS.index(text)
            assert page.get_by_role("row", name=f"model_m{number}").first.is_visible()
            assert list_elements(page) <= known, text
            page = opened.open(f"models/m{number}.html")
            shown = page.evaluate(SHOWN)
            assert shown == {"title": text, "heading": text, "choices": ["plain", text, text, "plain"]}
        page = opened.open(f"changes.html?{urlencode({'q': WORST[0], 'model': WORST[0]})}")
        known = list_elements(page)
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
