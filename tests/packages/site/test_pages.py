"""Each page is whole: told to readers and to machines, in light and dark, wide, on a phone and on paper, without JavaScript, from the disk and over http; axe finds nothing."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from support.node import NPM_PACKAGES
from support.roots import PROJECT
from support.site_roots import KINDS
from support.tabs import PHONE, WIDE, OpenTab, tab

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

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

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types site"
)


def test_each_page_has_its_parts_and_nothing_that_the_policy_refuses(browser: Browser, site: Path) -> None:
    titles: dict[str, Path] = {}
    with tab(browser, "about:") as opened:
        for path in sorted(site.rglob("*.html")):
            name, text = path.relative_to(site).as_posix(), path.read_text(encoding="utf-8")
            assert opened.page.evaluate(CHECK, [name, text, POLICY]) == []
            title = text.partition("<title>")[2].partition("</title>")[0]
            assert titles.setdefault(title, path) == path
    assert len(titles) > len(KINDS)


def test_there_is_a_page_of_each_kind() -> None:
    templates = PROJECT / "templates/site"
    kinds = {path.relative_to(templates).as_posix() for path in templates.rglob("*.html.jinja")}
    patterns = {re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(one.removesuffix(".jinja"))): one for one in kinds}
    found = [one for path in KINDS for pattern, one in patterns.items() if re.fullmatch(pattern, path)]
    assert {*found} == kinds


# Where pages are, and what they are seen on.
LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "light, over http": ("http", {"color_scheme": "light", "viewport": WIDE}),
    "dark, on a phone": (
        "",
        {"color_scheme": "dark", "viewport": PHONE, "is_mobile": True, "has_touch": True},
    ),
}
# All rules, those of good practice among them; stylesheets are not asked for again, which the policy would refuse.
AXE = """axe.run(document, { preload: false, resultTypes: ["violations"] })
  .then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))"""
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1 && !one.closest("pre, .wide"))
  .map(one => one.outerHTML.slice(0, 80))"""
BROKEN = "all => all.filter(one => one.getClientRects().length > 1 || one.offsetHeight > 45).map(one => one.textContent)"


@pytest.mark.parametrize("look", LOOKS)
def test_each_kind_of_page_is_for_all_readers(open_tab: OpenTab, look: str) -> None:
    base, settings = LOOKS[look]
    opened = open_tab(base, **settings)
    axe = (NPM_PACKAGES / "axe-core/axe.min.js").read_text(encoding="utf-8")
    for path in KINDS:
        page = opened.open(path)
        check_lightness(page, settings["color_scheme"])
        is_narrow = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert is_narrow, (path, page.evaluate(TOO_WIDE))
        assert page.locator("header a, header button").evaluate_all(BROKEN) == [], path
        page.evaluate(f"{axe}; null")
        assert page.evaluate(AXE) == [], path


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


def test_each_kind_of_page_is_as_one_chooses_but_on_paper(open_tab: OpenTab) -> None:
    opened = open_tab(color_scheme="light")
    page = opened.open("index.html")
    page.get_by_role("combobox", name="Theme").select_option("dark")
    for path in KINDS:
        page = opened.open(path)
        check_lightness(page, "dark")
        page.emulate_media(media="print")
        for_screens = (
            "header nav:visible, input:visible, select:visible, button:not([aria-selected=true]):visible"
        )
        assert page.locator(for_screens).count() == 0, path
        check_lightness(page, "light")
        page.emulate_media(media="screen")


def check_lightness(page: Page, scheme: str) -> None:
    """Expect light on dark, or dark on light."""
    ink, paper = (lightness(page, what) for what in ("color", "backgroundColor"))
    low, high = (ink, paper) if scheme == "light" else (paper, ink)
    assert low < DARK < LIGHT < high, page.url


def lightness(page: Page, what: str) -> float:
    """Give the mean of the red, green and blue of a page's ink or paper."""
    color: str = page.evaluate("what => getComputedStyle(document.body)[what]", what)
    return sum(map(float, color[color.index("(") + 1 : -1].split(",")[:3])) / 3
