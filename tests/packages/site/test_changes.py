"""The timeline shows what changed, before and after; its filters combine, and come back with the URL."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from support.tabs import PHONE, OpenTab

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

SEEN = """all => all.filter(one => one.checkVisibility()).map(one => ({
  severities: one.dataset.change.trim().split(" "),
  words: one.querySelector("[data-severity]").textContent,
  provider: one.closest("[data-changed]").dataset.provider ?? "",
  model: one.closest("[data-changed]").dataset.model ?? "",
  parameter: one.dataset.parameter,
}))"""
CHANGED = "changes.html?parameter=seed&model=ideogram-character"


def show(page: Page) -> list[dict[str, str]]:
    """Give the changes that are seen."""
    seen: list[dict[str, str]] = page.locator("[data-change]").evaluate_all(SEEN)
    return seen


def test_filters_of_changes_combine_and_come_back_with_the_url(open_tab: OpenTab) -> None:
    page = open_tab().open("changes.html")
    everything = show(page)
    assert all(one["words"] == one["severities"][0] for one in everything)
    severity, provider = (page.get_by_role("combobox", name=name) for name in ("Severity", "Provider"))
    severity.select_option("breaking")
    breaking = show(page)
    assert breaking == [one for one in everything if "breaking" in one["severities"]]
    provider.select_option("Luma Labs")
    both = show(page)
    assert both == [one for one in breaking if one["provider"] == "Luma Labs"]
    page.get_by_role("combobox", name="Parameter").fill(both[0]["parameter"])
    few, asked = show(page), dict(parse_qsl(urlsplit(page.url).query))
    assert 0 < len(few) < len(both) <= len(breaking) < len(everything)
    assert asked == {"severity": "breaking", "provider": "Luma Labs", "parameter": few[0]["parameter"]}
    assert page.get_by_role("status").inner_text().startswith(f"{len(few)} of {len(everything)} ")
    page.reload()
    assert show(page) == few
    page.get_by_role("button", name="Clear").click()
    expect(severity).to_have_value("")
    page.wait_for_url("**/changes.html")
    assert show(page) == everything
    search, model = page.get_by_role("searchbox"), page.get_by_role("combobox", name="Model")
    version = page.locator(".release h2 a").first.inner_text()
    for text in ("no longer lists", version):
        search.fill(text)
        assert 0 < len(show(page)) <= len(everything)
    search.fill("")
    model.fill(page.locator(".of a").first.inner_text())
    assert 0 < len(show(page)) < len(everything)
    search.fill("zzzz")
    assert show(page) == []
    page.get_by_role("button", name="Clear the filters").click()
    page.wait_for_url("**/changes.html")
    assert show(page) == everything


def test_a_change_opens_to_what_was_before_beside_what_is_after(open_tab: OpenTab) -> None:
    page = open_tab().open(CHANGED)
    page.locator("[data-change] summary:visible").first.press("Enter")
    table = page.locator("[data-change] table:visible")
    assert table.get_by_role("columnheader").all_inner_texts()[1:] == ["Before", "After"]
    before, after = (table.get_by_role("row", name="Max").get_by_role("cell").nth(at) for at in (0, 1))
    assert before.inner_text() == "2147483647"
    assert after.inner_text() != before.inner_text()
    assert box(before)["y"] == box(after)["y"]


def test_on_a_phone_they_fit_above_each_other_or_beside(open_tab: OpenTab) -> None:
    page = open_tab(viewport=PHONE, is_mobile=True).open(CHANGED)
    page.locator("[data-change] summary:visible").first.click()
    for cell in page.locator("[data-change] table:visible td").all():
        assert 0 <= box(cell)["x"] <= box(cell)["x"] + box(cell)["width"] <= PHONE["width"]


def box(cell: Any) -> Any:
    return cell.bounding_box()
