"""A model's page does what a reader expects: tabs remember, buttons copy, links open what is folded, dates count days."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from support.tabs import PHONE, OpenTab

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

MODEL = "models/sync-lipsync-v2.html"
OTHER = "models/sync-lipsync-react-1.html"


def chosen(page: Page) -> str:
    return page.get_by_role("tab", selected=True).inner_text()


@pytest.mark.parametrize("base", ["", "http"])
def test_a_language_is_chosen_once_for_all_pages(open_tab: OpenTab, base: str) -> None:
    opened = open_tab(base)
    page = opened.open(MODEL)
    assert chosen(page) == "Python"
    page.get_by_role("tab", name="TypeScript").click()
    assert page.get_by_role("tabpanel").locator("visible=true").count() == 1
    assert "syncLipsyncV2" in page.get_by_role("tabpanel", name="TypeScript").inner_text()
    page = opened.open(OTHER)
    assert chosen(page) == "TypeScript"
    tabs = page.get_by_role("tab").all_inner_texts()
    page.get_by_role("tab", selected=True).focus()
    for key, there in {"ArrowRight": 2, "End": -1, "Home": 0, "ArrowLeft": -1}.items():
        page.keyboard.press(key)
        assert chosen(page) == tabs[there]
        expect(page.get_by_role("tab", selected=True)).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=tabpanel]').dataset.tab") == tabs[-1]


@pytest.mark.parametrize("base", ["", "http"])
def test_what_has_a_button_is_copied_as_it_is(open_tab: OpenTab, base: str) -> None:
    opened = open_tab(base, permissions=["clipboard-read", "clipboard-write"])
    page = opened.open(MODEL)
    for button in page.locator("button.copy:not(.link)").all():
        if not button.is_visible():  # in a tab that is not chosen
            continue
        source = button.evaluate("one => one.previousElementSibling.textContent")
        button.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == source
        button.blur()
    assert source.startswith("from scenario_models")
    page.get_by_role("button", name="Copy the link to temperature").click()
    expect(page.get_by_text("✓", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{page.url}#temperature"


def test_where_nothing_can_be_copied_it_is_selected(open_tab: OpenTab) -> None:
    opened = open_tab()
    opened.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page = opened.open(MODEL)
    page.locator("button.copy").first.click()
    page.wait_for_function("() => getSelection().toString()")
    assert page.evaluate("getSelection().toString()") == "model_sync-lipsync-v2"


def test_a_link_to_a_parameter_leads_to_its_row(open_tab: OpenTab) -> None:
    page = open_tab().open(f"{MODEL}#temperature")
    row = page.locator(":target")
    assert row.get_by_role("rowheader").inner_text().split()[0] == "temperature"
    expect(row).to_be_in_viewport()


def test_the_box_of_a_row_opens_beside_its_button_and_closes(open_tab: OpenTab) -> None:
    page = open_tab(viewport=PHONE, has_touch=True).open(MODEL)
    button, box = page.get_by_role("button", name="Source of temperature"), page.locator(":popover-open")
    row = button.locator("xpath=ancestor::tr").get_by_role("rowheader")
    assert "Source" not in row.inner_text()
    for _ in range(2):
        button.tap()
        expect(box).to_be_visible()
        button.tap()
        expect(box).to_have_count(0)
    button.hover()
    expect(box).to_contain_text("From the page")
    at, beside = button.bounding_box(), box.bounding_box()
    assert at
    assert beside
    assert 0 <= beside["x"] < beside["x"] + beside["width"] <= PHONE["width"]
    assert min(abs(at["y"] + at["height"] - beside["y"]), abs(beside["y"] + beside["height"] - at["y"])) < 8
    button.click()
    box.hover()
    expect(box).to_be_visible()
    page.mouse.move(0, 0)
    expect(box).to_have_count(0)
    page.get_by_role("button", name="Source of syncMode").press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(box).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)


FOLDED = "[hidden='until-found'], details:not([open]) > :not(summary)"
FIRST_FOLDED = f"""() => [...document.querySelectorAll("main [id]")]
  .filter(one => one.closest("{FOLDED}")).map(one => one.id)[0] ?? null"""


def test_a_link_to_what_is_folded_opens_it(open_tab: OpenTab, site: Path) -> None:
    opened = open_tab()
    tried = 0
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if "until-found" not in text and "<details" not in text and "data-tabs" not in text:
            continue
        page = opened.open(path.relative_to(site).as_posix())
        if (anchor := page.evaluate(FIRST_FOLDED)) is None:
            continue
        page.evaluate("to => { location.hash = to }", anchor)
        expect(page.locator(f'[id="{anchor}"]')).to_be_visible()
        tried += 1
        if tried == 5:
            break
    assert tried


# How long after the beginning of its day, where the reader is -> what a date says.
DAYS = {
    -timedelta(hours=10): "today",  # it is already tomorrow elsewhere
    timedelta(minutes=1): "today",
    timedelta(hours=23, minutes=59): "today",
    timedelta(days=1, hours=1): "yesterday",
    timedelta(days=12, hours=20): "12 days ago",
}


def test_a_date_says_how_many_days_ago_it_was(open_tab: OpenTab, site: Path) -> None:
    dated = next(
        path for path in sorted(site.rglob("*.html")) if "data-days" in path.read_text(encoding="utf-8")
    )
    opened = open_tab(timezone_id="Pacific/Auckland")
    page = opened.open(dated.relative_to(site).as_posix())
    date = page.locator("time[data-days]").first.get_attribute("datetime")
    assert date
    day = datetime.fromisoformat(date).replace(tzinfo=ZoneInfo("Pacific/Auckland"))
    for after, said in DAYS.items():
        page.clock.set_fixed_time(day + after)
        page.reload()
        time = page.locator("time[data-days]").first
        assert time.inner_text() == f"{date} ({said})", after
