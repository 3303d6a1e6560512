"""What a cell says, in each form of a page, or what one is told: a value that nobody meant is never read."""

import json
import re
from collections.abc import Sequence

import pytest

from support.cells import html_page, markdown_page
from support.roots import Root

# Plain text in a cell of choices, where a page writes choices so -> the choices.
PLAIN_CHOICES = {
    "General Use (Light)": None,  # alone, it may be anything
    "General Use (Light), Portrait": ["General Use (Light)", "Portrait"],
    "512, 1024, 1536": ["512", "1024", "1536"],
    "16:9, 9:16,1280*720": ["16:9", "9:16", "1280*720"],
    "None, Not set, 500K Triangle": ["None", "Not set", "500K Triangle"],
    "``, a-pose, t-pose": ["", "a-pose", "t-pose"],
    "digital_illustration/2d_art_poster, 3d-rendered": ["digital_illustration/2d_art_poster", "3d-rendered"],
    "Recraft V3 - SVG, FLUX.1-dev, it's": ["Recraft V3 - SVG", "FLUX.1-dev", "it's"],
    "4k": ["4k"],
    "a&amp;b, c&lt;d": ["a&b", "c<d"],
    "<span>a, b</span>": ["a", "b"],
}
# Plain text that is no list of values, wherever it stands.
PROSE = [
    "Any language code, e.g. en",
    "any",
    "N/A",
    "n/a",
    "None",
    "all",
    "string",
    "–",
    "…",
    "*",
    "ISO 639-1 codes",
    "a value of the list below",
    "a, b or c",
    "a, b, or c",
    "a, b and c",
    "a or b",
    "a / b",
    "a | b",
    "a; b",
    "One of: a, b",
    "see the guide, below",
    "a, b, …",
    "a, b, etc.",
    "0 to 10",
    "1-6",
    "0..1",
    "between 0 and 1",
    "auto (default), fast",
    "a, b.",
    "one two three four five six seven, b",
    "“auto”, “fast”",
    '"auto", "fast"',
    "'auto', 'fast'",
    "https://a.b/c, d",
    "**a**, b",
    "Multiples of 8, 16",
    "No limit, 1",
    "1-4, 8",
    "-1, 0 to 100",
    "n/a, x",
    "At least 1, at most 4",
    "Same as input, 720p",
    "All languages, en",
    "less than 5, 6",
    "auto default, low",
]
PROSE_IN_HTML = [
    "a<br>b",
    "<ul><li>a</li><li>b</li></ul>",
    "<p>a</p><p>b</p>",
    "a<span>default</span>, b",
    "a, <em>b</em>",
    "<a href='/codes'>Codes</a>",
    "a, b <button>+3 more</button>",
]
# What stands beside code spans in a cell of HTML -> the choices.
BESIDE_CODE = {
    "<code>a</code><button>Copy</button>, <code>b</code> <button>Copy</button>": ["a", "b"],
    "<code>a</code>, <button data-state='closed'><code>b</code></button>": ["a", "b"],
    "<code>a</code><span hidden>, <code>b</code></span> <button>Show 1 more</button>": None,
    "<code>a</code><span style='display: none'>, <code>b</code></span>": ["a", "b"],
    "<code>a</code><span hidden>Copied</span>": ["a"],
    "<code>a</code><i class='govuk-visually-hidden'>code</i>": ["a"],
    "<code>a</code> <button>and 2 more</button>": None,
}
# Code spans that are no list of values.
CODE = ["`a, b`", "`a|b`", "`a` or `b`", "`a`, `b`, …", "e.g. `a`", "`a` (default), `b`", "`a`, `b`."]


def test_plain_text_is_a_list_of_choices_where_the_profile_says_so(root: Root) -> None:
    texts = [*PLAIN_CHOICES, *PROSE, *PROSE_IN_HTML]
    choices = scrape_choices(root, "html", texts)
    assert choices == {text: PLAIN_CHOICES.get(text) for text in texts}


def test_what_stands_beside_code_spans_is_left_out_or_reported(root: Root) -> None:
    assert scrape_choices(root, "html", [*BESIDE_CODE]) == BESIDE_CODE


# What a heading of HTML holds -> the title, or None where one is told instead.
TITLES = {
    "<a href='#one'>One</a><span> Beta</span>": "One Beta",
    "<button aria-expanded='false'>One</button>": "One",
    "<button>One</button><span>New</span>": "One New",
    "One<button>Copy</button>": "One",
    "One <a href='#one' class='x'>Section titled One</a>": "One",
    "One<a href='#x'>¶</a>": "One",
    "<strong>One</strong>": "One",
    "<del>Old</del> One": None,
    "One<a href='/page#one'>Link</a>": None,
    "One\u200b": None,
}


@pytest.mark.parametrize("heading", TITLES)
def test_a_title_is_what_a_heading_says_or_a_finding(root: Root, heading: str) -> None:
    root.add_page("page", html_page([{}], title=heading), "html")
    ran = root.run("scrape")
    title = TITLES[heading]
    assert ran.code == (0 if title else 3), ran.out
    spec = root.path / "specs/page/one.json"
    assert (json.loads(spec.read_text())["title"] if spec.exists() else None) == title


def test_rows_that_a_click_shows_are_parameters(root: Root) -> None:
    page = (
        html_page([{}, {}, {}])
        .replace("<tr><td>p1", "<tr hidden><td>p1")
        .replace("<tr><td>p2", "<tr style='display:none'><td>p2")
    )
    root.add_page("page", page, "html")
    assert root.run("scrape").code == 0
    assert list(root.read_json("specs/page/one.json")["properties"]) == ["p0", "p1", "p2"]


def test_plain_text_is_no_choice_on_a_page_with_code_spans(root: Root) -> None:
    choices = scrape_choices(root, "html", [*PLAIN_CHOICES, "<code>a</code>, <code>b</code>"])
    assert choices.pop("<code>a</code>, <code>b</code>") == ["a", "b"]
    assert choices == dict.fromkeys(PLAIN_CHOICES)


def test_plain_text_is_no_choice_in_a_form_that_the_profile_does_not_name(root: Root) -> None:
    texts = [text.replace("|", r"\|") for text in (*PLAIN_CHOICES, *PROSE, *CODE)]
    assert scrape_choices(root, "md", [*texts, "`a`, `b`,`c`"]) == {
        **dict.fromkeys(texts),
        "`a`, `b`,`c`": ["a", "b", "c"],
    }


def scrape_choices(root: Root, form: str, texts: Sequence[str]) -> dict[str, list[str] | None]:
    """Scrape a page with each text in a cell of choices; give the choices that are read, None where one is told instead.

    A spec is written without an error only, so the texts that are told stand in a model of their own.
    """
    told = _find_told(root, form, texts)
    good = [text for index, text in enumerate(texts) if index not in told]
    write = html_page if form == "html" else markdown_page
    root.add_page("page", write([{"choices": text} for text in good]), form)
    assert root.run("scrape").code == 0
    properties = root.read_json("specs/page/one.json")["properties"].values()
    found = {text: rules["enum"] for text, rules in zip(good, properties, strict=True)}
    return {text: found.get(text) for text in texts}


def _find_told(root: Root, form: str, texts: Sequence[str]) -> set[int]:
    write = html_page if form == "html" else markdown_page
    root.add_page("page", write([{"choices": text} for text in texts]), form)
    told = re.findall(
        r"error: model_one: p(\d+): .* \[bad-choices\]$", root.run("scrape", "--verbose").out, re.MULTILINE
    )
    return {int(number) for number in told}


# Form of a page -> cells with a name that is struck out.
STRUCK_OUT = {
    "md": ["~~`p0`~~", "~~p1~~", "<del>`p2`</del>", "<s>p3</s>"],
    "html": [
        "<s>p0</s>",
        "<del><code>p1</code></del>",
        "<strike>p2</strike>",
        "<span class='x line-through'>p3</span>",
        "<code style='color: red; text-decoration: line-through red'>p4</code>",
        "<code><del>p5</del></code>",
    ],
    "txt": ["~~`p0`~~", "~~p1~~"],
}


@pytest.mark.parametrize("form", STRUCK_OUT)
def test_a_row_that_is_struck_out_is_no_parameter_until_an_overlay_confirms_it(root: Root, form: str) -> None:
    names = STRUCK_OUT[form]
    rows = [*({"name": name} for name in names), {"name": "kept"}]
    page = html_page(rows) if form == "html" else markdown_page(rows)
    if form == "txt":
        page = " ".join(page.split())
    root.add_page("page", page, form)
    out = root.run("scrape", "--verbose").out
    told = re.findall(r"error: model_one: (\w+): .* \[struck-out\]$", out, re.MULTILINE)
    assert told == [f"p{number}" for number in range(len(names))], out
    assert not (root.path / "specs/page/one.json").exists()
    correction = '[[correct]]\nparameter = "{}"\nexpect = {{ name = {{ text = "{}" }} }}\nreason = "Asked."\n'
    texts = {name: re.search(rf"{name}: the row is struck out: '(.*?)'; ", out) for name in told}
    overlay = "".join(correction.format(name, text[1]) for name, text in texts.items() if text)
    (root.path / "specs/page/one.overlay.toml").write_text(overlay)
    assert root.run("scrape").code == 0
    assert list(root.read_json("specs/page/one.json")["properties"]) == [*told, "kept"]
