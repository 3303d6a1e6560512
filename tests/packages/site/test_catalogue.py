"""The catalogue finds models as one types, by mouse and by keyboard; what is asked stands in the URL, and comes back with it."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from support.site_roots import LIPSYNC
from support.tabs import OpenTab

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

Specs = dict[str, dict[str, Any]]

VISIBLE = "rows => rows.filter(row => row.checkVisibility()).map(row => row.querySelector('a').textContent)"
NOWHERE = ("é", "lipsync txt2img", "zzzz")
# Words, parts of words, words of the title and of a choice, of a parameter, of a provider, of a capability, of a description, digits, none.
QUERIES = [
    *("", "sync", "ipsyn", "LIPSYNC  bounce", "bounce lipsync", "aspectratio 16:9", "sync labs", "txt2img"),
    *("durations are out of", "1536X", *NOWHERE),
]


@pytest.fixture(scope="session")
def specs(site: Path) -> Specs:
    """Give all specs, with their providers, by title."""
    folder = site.parents[1] / "specs"
    read = {path: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*/*.json")}
    manifests = {path.parent: one for path, one in read.items() if path.name == "page.json"}
    return {
        spec["title"]: spec
        | {
            "provider": manifests[path.parent]
            .get("providers", {})
            .get(spec["x-model"], manifests[path.parent]["title"])
        }
        for path, spec in read.items()
        if path.name != "page.json"
    }


def show(page: Page) -> list[str]:
    """Give the titles that are seen, in their order."""
    titles: list[str] = page.locator("[data-models] [data-row]").evaluate_all(VISIBLE)
    return titles


def asked(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def texts_of(spec: dict[str, Any]) -> list[str]:
    """Give all that people look for in a spec."""
    own = [spec["title"], spec["x-model"], spec["provider"], *spec.get("x-capabilities", ())]
    return [*map(str.lower, own), *inner_texts(spec)]


def inner_texts(rules: dict[str, Any]) -> list[str]:
    """Give what stands in rules: descriptions, choices, and the names of what is inside."""
    own = [rules.get("description", ""), *map(str, rules.get("enum", ()))]
    inside = [*rules.get("properties", {}).items(), *([("", rules["items"])] if "items" in rules else [])]
    return [
        *map(str.lower, own),
        *(text for name, one in inside for text in (name.lower(), *inner_texts(one))),
    ]


def test_a_query_finds_the_models_that_have_each_of_its_words(open_tab: OpenTab, specs: Specs) -> None:
    page = open_tab().open("index.html")
    field = page.get_by_role("searchbox")
    field.focus()
    page.wait_for_function("() => window.descriptions")
    texts = {title: "\n".join(texts_of(spec)) for title, spec in specs.items()}
    for query in QUERIES:
        field.fill(query)
        words = query.lower().split()
        found = show(page)
        assert sorted(found) == sorted(
            title for title, text in texts.items() if all(word in text for word in words)
        ), query
        assert bool(found) is (query not in NOWHERE), query
        assert page.get_by_role("status").inner_text().split()[0] == str(len(found))
        assert asked(page) == ({"q": query} if query else {})
    field.fill("lipsync bounce")
    assert show(page) == LIPSYNC
    page.goto(f"{page.url.partition('?')[0]}?q=durations+are+out+of")  # which only a description says
    expect(page.locator("[data-models] [data-row]").first).to_be_visible()


def test_it_says_why_a_model_is_found_and_leads_there(open_tab: OpenTab) -> None:
    page = open_tab().open("index.html?q=lipsync+bounce")
    why = page.get_by_role("row", name="Sync Lipsync v2 model").get_by_role("link").nth(1)
    assert why.inner_text() == "syncMode: bounce"
    why.click()
    assert page.locator(":target").get_by_role("rowheader").inner_text().split()[0] == "syncMode"


TYPOS = {"lipsinc bounce": "lipsync bounce", "bouncee": "bounce", "aspectRtaio": "aspectratio"}


def test_where_nothing_is_found_it_offers_the_nearest_words(open_tab: OpenTab) -> None:
    page = open_tab().open("index.html")
    field = page.get_by_role("searchbox")
    for typo, meant in TYPOS.items():
        field.fill(typo)
        assert show(page) == []
        page.get_by_role("button", name=meant, exact=True).click()
        assert show(page)
        expect(field).to_be_focused()
    field.fill("qqqqqqqq")
    assert show(page) == []
    assert page.locator("[data-nothing] button").count() == 0


def test_filters_combine_and_come_back_with_the_url(open_tab: OpenTab, specs: Specs) -> None:
    page = open_tab().open("index.html")
    provider, capability = (page.get_by_role("combobox", name=name) for name in ("Provider", "Capability"))
    everything = show(page)
    capability.select_option("img2video")
    by_capability = show(page)
    assert {*by_capability} == {
        title for title, spec in specs.items() if "img2video" in spec["x-capabilities"]
    }
    provider.select_option("MiniMax")
    by_both = show(page)
    capability.select_option("")
    by_provider = show(page)
    assert 0 < len(by_both) < min(len(by_capability), len(by_provider))
    assert {*by_both} == {*by_capability} & {*by_provider}
    capability.select_option("img2video")
    page.get_by_role("searchbox").fill("o")
    sorted_by = page.get_by_role("combobox", name="Sorted by")
    sorted_by.select_option("name")
    state, seen = asked(page), show(page)
    assert state == {"q": "o", "provider": "MiniMax", "capability": "img2video", "sort": "name"}
    assert seen
    assert seen == sorted(seen, key=str.casefold)
    page.reload()
    assert (asked(page), show(page), provider.input_value()) == (state, seen, "MiniMax")
    page.get_by_role("link", name=seen[0], exact=True).click()
    page.wait_for_url("**/models/*")
    page.go_back()
    assert (asked(page), show(page), sorted_by.input_value()) == (state, seen, "name")
    page.goto(f"{page.url.partition('?')[0]}?q=sync&provider=MiniMax&capability=img23d")
    page.get_by_role("button", name="without filters").click()
    assert {*LIPSYNC} <= {*show(page)}
    page.goto(f"{page.url.partition('?')[0]}?provider=nobody&sort=%3Cb%3E&other=1")
    assert show(page) == everything  # what is not known asks for nothing


FOCUSED = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const isMarked = (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
  const isSeen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { text: (element.textContent || element.name).trim(), isMarked, isSeen };
}"""


def test_the_keyboard_alone_is_enough(open_tab: OpenTab) -> None:
    page = open_tab().open("index.html")
    press = page.keyboard.press
    press("Tab")
    stops = [page.evaluate(FOCUSED)]
    assert stops[0]["text"].startswith("Skip")
    while stops[-1]["text"] != LIPSYNC[1] and len(stops) < 100:
        press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert [stop["text"] for stop in stops if not (stop["isMarked"] and stop["isSeen"])] == []
    names = [stop["text"].partition("any")[0] for stop in stops]
    expected = ["Models", "Parameters", "Changes", "Pictures", "q", LIPSYNC[0]]
    assert [name for name in names if name in expected] == expected
    page.reload()
    press("Tab")
    press("Enter")
    assert page.evaluate("document.activeElement.localName") == "main"
    press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("lipsync bounce/")
    press("Backspace")
    assert show(page) == LIPSYNC
    press("ArrowDown")
    press("ArrowDown")
    assert page.evaluate(FOCUSED)["text"] == LIPSYNC[1]
    press("ArrowUp")
    press("ArrowUp")
    expect(page.get_by_role("searchbox")).to_be_focused()
    press("Escape")
    assert len(show(page)) > len(LIPSYNC)
    assert asked(page) == {}
    page.keyboard.type("v2 pro")
    press("Enter")
    page.wait_for_url("**/models/sync-lipsync-v2-pro.html")
    page.go_back()
    assert show(page) == [LIPSYNC[2]]


NAMES = {
    "syncmode": ["syncMode", "lipsyncMode"],
    "mode": ["mode", "modelMode", "lipsyncMode"],
    "sync number": [],
    "qqqq": [],
}


def test_names_of_parameters_are_found_by_any_word_of_their_rows(open_tab: OpenTab) -> None:
    page = open_tab().open("parameters.html")
    field = page.get_by_role("searchbox")
    rows = page.locator("[data-names] [data-row]")
    everything = rows.count()
    for query, names in NAMES.items():
        field.fill(query)
        found = rows.evaluate_all(VISIBLE)
        assert [name for name in names if name not in found] == []
        assert (found == []) is (names == []), query
        assert page.get_by_text("No matches").is_visible() is (names == []), query
    field.fill("mode")
    page.get_by_role("combobox", name="Sorted by").select_option(index=1)
    state, seen = asked(page), rows.evaluate_all(VISIBLE)
    page.reload()
    assert (asked(page), rows.evaluate_all(VISIBLE)) == (state, seen)
    assert len(seen) < everything
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/parameters/*.html")
    assert page.get_by_role("heading", level=1).inner_text() == seen[0]
