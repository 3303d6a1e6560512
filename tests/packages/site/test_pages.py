"""Each page is whole: told to readers and to machines, quiet, in light and dark, on a phone, on paper, without JavaScript, from the disk and over http."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from support.site_roots import KINDS
from support.tabs import PHONE, Tab, tab

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

OpenTab = Callable[..., Tab]
DARK, LIGHT = 70, 200  # of 255

# In a tab of its own, the page as a parser of HTML reads it: what is wrong with it, whatever it is.
CHECK = """([path, text, policy]) => {
  const read = new DOMParser().parseFromString(text, "text/html");
  const all = [...read.querySelectorAll("*")];
  const count = selector => read.querySelectorAll(selector).length;
  const faults = [];
  const expect = (holds, what) => holds || faults.push(`${path}: ${what}`);
  expect(read.compatMode === "CSS1Compat" && /^<!doctype html>/i.test(text), "is in quirks mode");
  expect(read.documentElement.lang === "en", "has no language");
  expect(read.title.trim() && read.title === read.title.trim(), "has no title");
  expect(read.head.firstElementChild.getAttribute("charset") === "utf-8", "says late in which characters it is");
  expect(count("meta[http-equiv]") === 1 && read.head.children[1].content === policy, "has another policy, or says it late");
  for (const one of ["h1", "main", "header.top", "footer", "nav[aria-label]"])
    expect(count(one) === 1 || (count(one) > 1 && one.startsWith("nav")), `has ${count(one)} of ${one}`);
  const levels = [...read.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(one => Number(one.localName[1]));
  levels.forEach((level, at) => expect(at === 0 ? level === 1 : level <= levels[at - 1] + 1, `skips a level of headings: ${levels}`));
  const ids = all.map(one => one.id).filter(Boolean);
  expect(new Set(ids).size === ids.length, `has an id twice: ${ids.filter((id, at) => ids.indexOf(id) !== at)}`);
  expect(count("style, base, iframe, object, embed, meta[http-equiv=refresh], script:not([src])") === 0, "has an element that is never needed");
  for (const one of all)
    for (const { name, value } of one.attributes) {
      const where = `${one.localName} ${name}="${value.slice(0, 60)}"`;
      expect(!name.startsWith("on") && name !== "style", `has ${where}`);
      if (["src", "href", "action", "formaction", "poster", "data"].includes(name)) {
        const isLink = one.localName === "a";
        const isOwn = !/^[a-z][a-z0-9+.-]*:|^[/\\\\]/i.test(value);
        expect(isOwn || (isLink && /^https?:/.test(value)), `leads elsewhere by ${where}`);
        expect(isOwn || one.rel.split(" ").includes("noreferrer"), `tells other sites where it is by ${where}`);
      }
    }
  return faults;
}"""


@pytest.fixture(scope="session")
def policy() -> str:
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types site"
    )


def test_each_page_has_its_parts_and_nothing_that_the_policy_refuses(
    browser: Browser, site: Path, policy: str
) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > len(KINDS)
    titles: dict[str, Path] = {}
    with tab(browser, "about:") as opened:
        for path in pages:
            name, text = path.relative_to(site).as_posix(), path.read_text(encoding="utf-8")
            assert opened.page.evaluate(CHECK, [name, text, policy]) == []
            title = text.partition("<title>")[2].partition("</title>")[0]
            assert titles.setdefault(title, path) == path


def test_each_page_says_nothing_and_asks_nobody_else(open_tab: OpenTab, site: Path) -> None:
    disk, http = open_tab(), open_tab("http")
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    of_parameters = [name for name in names if name.startswith("parameters/")]
    for name in sorted({*names} - {*of_parameters}) + of_parameters[::5]:
        disk.open(name)
    for path in KINDS:
        http.open(path)


TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1 && !one.closest("pre, .scroll"))
  .map(one => one.outerHTML.slice(0, 80))"""
BROKEN = "all => all.filter(one => one.getClientRects().length > 1 || one.offsetHeight > 45).map(one => one.textContent)"


def test_each_kind_of_page_fits_on_a_phone(open_tab: OpenTab) -> None:
    opened = open_tab(viewport=PHONE, is_mobile=True, has_touch=True)
    for path in KINDS:
        page = opened.open(path)
        is_narrow = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert is_narrow, (path, page.evaluate(TOO_WIDE))
        assert page.locator("header a, header button").evaluate_all(BROKEN) == [], path


def test_each_kind_of_page_reads_without_javascript(open_tab: OpenTab) -> None:
    opened = open_tab(java_script_enabled=False)
    for path, said in KINDS.items():
        page = opened.open(path)
        main = page.locator("main")
        assert main.get_by_text(said).first.is_visible(), path
        hidden = main.locator("[hidden]:not(form, .nothing)")
        assert hidden.evaluate_all("all => all.map(one => one.outerHTML)") == [], path
        dead = page.locator("button:not([popovertarget]):visible, [role=tab]:visible, form:visible")
        assert dead.count() == 0, path
        for button in main.locator("button[popovertarget]:visible").all()[:1]:
            button.click()
            assert page.locator("[popover]:popover-open").is_visible(), path


def test_each_kind_of_page_is_for_paper_too(open_tab: OpenTab) -> None:
    opened = open_tab()
    page = opened.open("index.html")
    page.get_by_role("button", name="Theme").click(click_count=2)
    for path in KINDS:
        page = opened.open(path)
        assert lightness(page, "backgroundColor") < DARK, path
        page.emulate_media(media="print")
        for_screens = (
            "header nav:visible, input:visible, select:visible, button:not([aria-selected=true]):visible"
        )
        assert page.locator(for_screens).count() == 0, path
        assert lightness(page, "color") < DARK < LIGHT < lightness(page, "backgroundColor"), path
        assert page.pdf().startswith(b"%PDF")
        page.emulate_media(media="screen")


def test_light_and_dark_follow_the_system_until_one_chooses(open_tab: OpenTab) -> None:
    opened = open_tab(color_scheme="dark")
    for path in KINDS:
        page = opened.open(path)
        assert lightness(page, "backgroundColor") < DARK, path
        page.emulate_media(color_scheme="light")
        assert lightness(page, "backgroundColor") > LIGHT, path
        page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    switch = page.get_by_role("button", name="Theme")
    switch.click(click_count=2)
    assert "dark" in switch.inner_text()
    for path in KINDS:
        assert lightness(opened.open(path), "backgroundColor") < DARK, path


def lightness(page: Page, what: str) -> float:
    """Give the mean of the red, green and blue of a page's ink or paper."""
    color: str = page.evaluate("what => getComputedStyle(document.body)[what]", what)
    return sum(map(float, color[color.index("(") + 1 : -1].split(",")[:3])) / 3
