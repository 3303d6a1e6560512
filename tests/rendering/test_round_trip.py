"""Nothing is lost: the reference, rendered from specs, is the page again."""

import copy
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.pages.prose import remove_link_backticks
from paramsync.pages.reader import read_page
from paramsync.rendering.pages import load_pages
from paramsync.rendering.remarks import REMARKS
from paramsync.rendering.target import Target
from paramsync.rules import BY_KEYWORD, RULES
from paramsync.specs.build import build_specs
from paramsync.specs.document import read_folder
from paramsync.specs.retention import retain
from paramsync.specs.spec_checks import check_spec
from paramsync.text import UNSAFE, collapse_whitespace
from support.example import EXAMPLE, SAVED, SYNC_LABS
from support.records import read_records, spec_of
from support.rendering import render
from support.roots import CASES, PROJECT, Root
from support.services import SERVICE
from support.spec_pages import page as as_page

# A column for each rule, and for an annotation.
COLUMNS = "".join(
    f'"{rule.header}" = "{rule.keyword}"\n' for rule in RULES if rule.header not in ("Min", "Max")
)
PROFILE_TEXT = (
    (SAVED / "profile.toml")
    .read_text()
    .replace(
        "[possible_columns]",
        f'[possible_columns]\n"Unit" = "x-unit"\n"Mask From" = "x-mask-from"\n{COLUMNS}',
        1,
    )
)
PROFILE = read_config(PROFILE_TEXT, "profile.toml", Profile)
TEMPLATES = {
    path: (PROJECT / "templates/docs" / path).read_text()
    for path in ("macros.jinja", "macros/examples.jinja", "reference/{page}.md.jinja")
}
TARGETS = {
    path.parent.name: read_config(path.read_text(), "target.toml", Target)
    for path in (PROJECT / "templates").glob("*/target.toml")
}
REAL = sorted(path.name for path in CASES.iterdir())  # the day of a page, and its name


@pytest.mark.parametrize("day", sorted({name[:10] for name in REAL}))
def test_the_reference_of_each_real_page_of_a_day_is_that_page_byte_for_byte(root: Root, day: str) -> None:
    pages = {name: (CASES / name / "index.md").read_bytes() for name in REAL if name.startswith(day)}
    root.add_target("docs")
    for name, page in pages.items():
        root.add_page(name, page)
    assert root.run("scrape").code == 0
    assert root.run("generate").code == 0
    written = root.tree("generated/docs/reference")
    assert written == {f"{name}.md": page for name, page in pages.items()}


def test_the_reference_of_the_users_page_is_that_page_but_for_line_breaks() -> None:
    page = (SAVED / SYNC_LABS / "page.txt").read_text()
    reference = (EXAMPLE / f"generated/docs/reference/{SYNC_LABS}.md").read_text()
    assert collapse_whitespace(reference) == page


DOUBTS = {
    "invisible-character",
    "doubtful-value",
    "bad-choices",
}  # of values that are read, or the specs differ


def scrape(text: str, profile: Profile = PROFILE) -> dict[str, str]:
    """Give the files of a page; nothing may be found but warnings, and doubts about values."""
    built = build_specs(read_page(text, "specs/page/page.md", profile), profile)
    found = [*built.findings, *(one for draft in built.drafts for one in draft.findings)]
    assert not [str(one) for one in found if one.level == "error" and one.code not in DOUBTS]
    return retain({"page": built}, {"page": read_folder({}, SERVICE.vendor.prefix)}, frozenset()).folders[
        "page"
    ]


def reference(specs: dict[str, str]) -> str:
    tree = {f"page/{name}": text for name, text in specs.items()}
    pages = load_pages(tree, SERVICE)
    return render("docs", TEMPLATES, TARGETS.__getitem__, pages, service=SERVICE)["reference/page.md"]


def folded(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return texts.map(lambda text: collapse_whitespace(UNSAFE.sub("", text)).strip() or "x")


# Anything that a person could write, with much of what Markdown takes for signs or makes a link.
SIGNS = st.sampled_from("ab 7_*[](){}~`<>|\\#&;!-.:/'\"“”–é🍌$%\n") | st.characters(codec="utf-8")
LINKS = st.sampled_from(["https://x.y/z", "www.x", "a@b.co", "x.com", "//x", "`www.x`", "`a`"])
PROSE = folded(st.text(SIGNS, max_size=40) | st.lists(SIGNS | LINKS, max_size=8).map("".join)).map(
    remove_link_backticks
)
NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,8}[A-Za-z0-9]", fullmatch=True).filter(
    lambda name: not re.match(r"(con|prn|aux|nul|com\d|lpt\d|page)\b", name, re.IGNORECASE)
)
# A bar behind a backslash cannot stand in a code span of a table: Markdown has no way to write it.
CODE = folded(st.text(max_size=12)).filter(lambda text: "\\|" not in text)
FOLDED_SIGNS = str.maketrans("", "", "\\`")  # which folded text has, or has lost, in a heading
NUMBER = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def parameters(draw: st.DrawFn) -> dict:
    """Give the rules of a parameter as a page can say them."""
    kind = draw(st.sampled_from(sorted(PROFILE.types)))
    rules: dict = {**copy.deepcopy(PROFILE.find_type(kind)), "x-type": kind}
    element = rules.get("items", rules)
    element_type = element["type"]
    values = {"string": CODE, "number": NUMBER, "boolean": st.booleans()}.get(element_type)
    if values is not None and draw(st.booleans()):
        element["enum"] = draw(
            st.lists(
                values | (st.just("") if element_type == "string" else st.nothing()), min_size=1, max_size=4
            )
        )
    elif element_type == "number":
        low, high = sorted(draw(st.tuples(NUMBER, NUMBER)))
        element |= draw(
            st.sampled_from([{}, {"minimum": low}, {"maximum": high}, {"minimum": low, "maximum": high}])
        )
        values = st.sampled_from([element.get("minimum", low), element.get("maximum", high)])
    elif draw(st.booleans()):
        rules["x-min"] = draw(NUMBER)
    values = st.sampled_from(element["enum"]) if "enum" in element else values
    if draw(st.booleans()):
        defaults = st.lists(values, max_size=3) if values is not None else st.just([])
        # One element that looks like a whole list in a code span is refused, not guessed at; an empty one is the empty list.
        defaults = defaults.filter(
            lambda items: len(items) != 1 or (items != [""] and not re.search(r"[\[,]", str(items[0])))
        )
        rules["default"] = draw(defaults if "items" in rules else values)
    elif "enum" not in element and not element.keys() & BY_KEYWORD.keys():
        # One limit of each measure, which could break a default or choices; of numbers there are some above.
        for rule in (one for one in RULES if one.is_count or one.side == "multiple"):
            for one in (rules, element):
                if rule.limits(one["type"]) and draw(st.booleans()):
                    one.setdefault(rule.keyword, 2)
    if draw(st.booleans()):
        rules["x-unit"] = "in " + draw(PROSE)
    description = PROSE.filter(lambda text: text != "-")  # which means that there is none
    return rules | ({"description": draw(description)} if draw(st.booleans()) else {})


@st.composite
def specs(draw: st.DrawFn) -> dict[str, str]:
    """Give the files of a page: any models with any parameters."""
    names = draw(st.lists(NAME, min_size=1, max_size=3, unique_by=str.lower))
    tree = {}
    for name in names:
        properties = draw(st.dictionaries(NAME, parameters(), max_size=4))
        spec = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:scenario:model_{name}",
            "title": draw(PROSE | st.sampled_from(["`", "``", "` x", "x `", "\\"])),
            **({"description": draw(PROSE)} if draw(st.booleans()) else {}),
            "x-model": f"model_{name}",
            "x-capabilities": draw(st.lists(NAME, max_size=2)),
            **({"x-markdown": f"https://example.com/{name}_a"} if draw(st.booleans()) else {}),
            "type": "object",
            "properties": properties,
            "required": [one for one in properties if draw(st.booleans())],
            "additionalProperties": False,
        }
        assert not check_spec(spec)
        tree[f"{name}.json"] = json.dumps(spec)
    providers = {f"model_{name}": "Provider" for name in names} if draw(st.booleans()) else {}
    manifest = {
        "title": draw(PROSE),
        "kind": "image",
        "updated": "2026-04-09",
        "models": [f"model_{name}" for name in names],
    }
    return tree | {"page.json": json.dumps(manifest | ({"providers": providers} if providers else {}))}


def list_choices_once(spec: dict) -> dict:
    """Give a spec as the reference says it: a choice that stands in a list twice is listed once."""
    for rules in spec.get("properties", {}).values():
        element = rules.get("items", rules)
        if "enum" in element:
            element["enum"] = list(dict.fromkeys(element["enum"]))
    return spec


@settings(max_examples=120, derandomize=True, deadline=None, phases=[Phase.generate])
@given(specs())
def test_any_specs_become_a_page_that_gives_the_same_specs_in_every_form(tree: dict[str, str]) -> None:
    page = reference(tree)
    expected = {name: list_choices_once(json.loads(text)) for name, text in tree.items()}
    again = scrape(page)
    assert {name: json.loads(text) for name, text in again.items()} == expected
    assert reference(again) == page
    assert {name: json.loads(text) for name, text in scrape(html(page)).items()} == expected
    for spec in expected.values():
        spec.pop("x-markdown", None)
    folded_page = re.sub(r"LLM Markdown:\*\* <[^>]*>", "LLM Markdown:**", page)
    if not is_clear_when_folded(tree):
        return
    assert {
        name: json.loads(text) for name, text in scrape(collapse_whitespace(folded_page)).items()
    } == expected


@pytest.mark.parametrize("record", read_records().values(), ids=lambda record: record["id"])
def test_the_reference_has_columns_for_what_a_record_says_in_one_value_without_words_of_its_own(
    record: dict,
) -> None:
    spec = spec_of(record)
    pages = [spec | {"properties": rules} for rules in (spec["properties"], bare(spec["properties"]))]
    told, plain = (
        reference({path.partition("/")[2]: text for path, text in as_page(one).items()}) for one in pages
    )
    assert told == plain
    profile = read_config(
        PROFILE_TEXT.replace('"Step" = "multipleOf"', '"Step" = "x-step"'), "profile.toml", Profile
    )
    (read,) = (json.loads(text) for name, text in scrape(told, profile).items() if name != "page.json")
    assert read == {key: one for key, one in pages[1].items() if key != "dependentRequired"}


def bare(properties: dict) -> dict:
    """Leave out of parameters what has words of its own on the pages of models, and what no cell can hold."""
    left_out = (*REMARKS, "x-model-types")
    return {
        name: {key: one for key, one in rules.items() if key not in left_out}
        for name, rules in properties.items()
    }


def is_clear_when_folded(tree: dict[str, str]) -> bool:
    """Tell whether no title of signs alone stands before a description that begins with another title: folded text has no line ends."""
    specs = [json.loads(text) for name, text in tree.items() if name != "page.json"]
    titles = [spec["title"].translate(FOLDED_SIGNS).strip() for spec in specs]
    texts = [
        spec.get("description", "").translate(FOLDED_SIGNS).strip()
        for spec, title in zip(specs, titles, strict=True)
        if not title
    ]
    return not any(title and text.startswith(title) for text in texts for title in titles)


# How a page may write a link, and what a spec and the reference say then.
WRITTEN = {
    "See https://x.y/z.": ("See https://x.y/z.", "See `https://x.y/z`."),
    "See `https://x.y/z`.": ("See https://x.y/z.", "See `https://x.y/z`."),
    "See ``https://x.y/z``.": ("See https://x.y/z.", "See `https://x.y/z`."),
    "See <https://x.y/z>.": ("See https://x.y/z.", "See `https://x.y/z`."),
    r"See \`https://x.y/z\`.": ("See https://x.y/z.", "See `https://x.y/z`."),
    r"See https\://x.y&#47;z.": ("See https://x.y/z.", "See `https://x.y/z`."),
    "See [z](https://x.y/z).": ("See [z](https://x.y/z).", r"See \[z]\(`https://x.y/z`)."),
    "(www.x.y/a_(b)), `x.yz`": ("(www.x.y/a_(b)), x.yz", "(`www.x.y/a_(b)`), `x.yz`"),
    r"https://x/\<b\>": ("https://x/<b>", r"`https://x/`\<b>"),
    "`a`https://x `b`": ("`a`https://x `b`", r"\`a\``https://x` `b`"),
    r"\\`www.x` \` www.y": (r"\www.x ` www.y", r"\\`www.x` \` `www.y`"),
    "a@b.co, @image1, 0.5, v2.1, e.g. this...": (
        "a@b.co, @image1, 0.5, v2.1, e.g. this...",
        "`a@b.co`, @image1, 0.5, v2.1, e.g. this...",
    ),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_however_a_page_writes_a_link_the_spec_is_the_same_and_the_reference_writes_it_as_code(
    text: str,
) -> None:
    said, shown = WRITTEN[text]
    page = (CASES / "2026-07-01-audio-generation-bytedance/index.md").read_text()
    specs = scrape(page.replace("Makes media with the Seed Audio 1.0 family, quickly.", text))
    [spec] = [json.loads(one) for name, one in specs.items() if name != "page.json"]
    assert spec["description"] == said
    assert f"\n{shown}\n" in reference(specs)
    for form in (reference(specs), html(reference(specs)), collapse_whitespace(reference(specs))):
        assert scrape(form) == specs


def html(page: str) -> str:
    """Give the page as a CommonMark library of others renders it."""
    _, front, body = page.split("---\n", 2)
    title = MarkdownIt().renderInline(yaml.safe_load(front)["title"])
    return f"<html><h1>{title}</h1>{MarkdownIt().enable('table').render(body)}</html>"


SPOILED = [
    CASES / "2026-07-01-audio-generation-bytedance" / name
    for name in ("index.md", "starlight.html", "readme.html", "folded.txt")
]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.sampled_from(SPOILED),
    st.text(st.sampled_from('ab`*_|\\#-[]()<>&:!\n 1\r"=/') | st.characters(codec="utf-8")),
    st.integers(0, 1000),
)
def test_a_spoiled_page_gives_findings_or_specs_that_come_back(file: Path, noise: str, where: int) -> None:
    page = file.read_text()
    spoiled = page[: where * len(page) // 1000] + noise + page[where * len(page) // 1000 :]
    built = build_specs(read_page(spoiled, "specs/page/page.md", PROFILE), PROFILE)
    errors = [one for draft in built.drafts for one in draft.findings if one.level == "error"]
    failed = frozenset(one.model for one in errors)
    tree = retain({"page": built}, {"page": read_folder({}, SERVICE.vendor.prefix)}, failed).folders["page"]
    if len(tree) > 1 and not any(
        re.search(r"\\[ubf]", text) for text in tree.values()
    ):  # the docs show U+FFFD for unsafe characters
        specs_again = {
            name: json.loads(text) for name, text in scrape(reference(tree)).items() if name != "page.json"
        }
        assert specs_again == {name: json.loads(text) for name, text in tree.items() if name != "page.json"}
