"""The timeline: filters combine, stand in the URL and come back; each change opens to its row before and after."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from support.tabs import PHONE, Tab

pytestmark = pytest.mark.foreign

OpenTab = Callable[..., Tab]
SHOWN = """items => items.filter(one => one.checkVisibility()).map(one =>
  [one.dataset.change.trim(), one.closest("[data-changed]").dataset.provider ?? "", one.textContent, one.closest("[data-changed]").textContent])"""


def show(page: Page) -> set[tuple[str, ...]]:
    """Give the changes that are shown: severities, provider, text, and all that is said of its model there."""
    return {tuple(one) for one in page.locator("[data-change]").evaluate_all(SHOWN)}


def asked(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def test_filters_of_changes_combine_and_come_back_with_the_url(open_tab: OpenTab) -> None:
    page = open_tab().open("changes.html")
    severity, provider = (page.get_by_role("combobox", name=name) for name in ("Severity", "Provider"))
    field, model = page.get_by_role("searchbox"), page.get_by_role("combobox", name="Model")
    everything = show(page)
    provider.select_option("Academia")
    by_provider = show(page)
    assert by_provider == {one for one in everything if one[1] == "Academia"}
    severity.select_option("behaviour")
    by_both = show(page)
    assert by_both == {one for one in by_provider if "behaviour" in one[0].split()}
    assert 0 < len(by_both) < len(by_provider) < len(everything)
    field.fill("Z-Image NO LONGER")
    state, seen = asked(page), show(page)
    assert state == {"q": "Z-Image NO LONGER", "severity": "behaviour", "provider": "Academia"}
    assert len(seen) == 1
    assert seen < by_both
    page.reload()
    assert (asked(page), show(page), provider.input_value()) == (state, seen, "Academia")
    page.get_by_role("link", name="Parameters", exact=True).click()
    page.go_back()
    assert (asked(page), show(page), field.input_value()) == (state, seen, "Z-Image NO LONGER")
    page.get_by_role("button", name="Clear").click()
    expect(field).to_have_value("")
    assert (asked(page), show(page)) == ({}, everything)
    model.fill("no-such-model")
    assert show(page) == set()
    expect(page.get_by_role("status")).to_contain_text(f"0 of {page.locator('[data-change]').count()}")
    page.goto(f"{page.url.partition('?')[0]}?provider=nobody&severity=%3Cb%3E&parameter=SEED")
    assert {one[2].split()[0] for one in show(page)} == {"seed"}


@pytest.mark.parametrize("settings", [{}, {"viewport": PHONE}, {"java_script_enabled": False}])
def test_a_change_opens_to_its_row_before_and_after(open_tab: OpenTab, settings: dict[str, object]) -> None:
    page = open_tab(**settings).open("changes.html")
    page.get_by_text("a limit was widened").first.click()
    before, after = (
        page.locator(f"details[open] td[data-side={side}]").first for side in ("Before", "After")
    )
    expect(before).to_have_text("2147483647")
    expect(after).to_contain_text("nothing")
    left, right = before.bounding_box(), after.bounding_box()
    assert left
    assert right
    is_narrow = settings.get("viewport") == PHONE
    assert (right["y"] > left["y"], right["x"] > left["x"]) == (is_narrow, not is_narrow)
    page.locator("details[open] a").first.click()
    expect(page.locator(":target")).to_contain_text("seed")
