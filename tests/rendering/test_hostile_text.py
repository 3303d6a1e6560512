"""Web text never becomes code: whatever a page or a spec says, a generated file holds it as text.

Modules: filters, target.
"""

import ast
import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from doctest import DocTestParser
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from paramsync.changes.history import Release
from paramsync.changes.kinds import KINDS, Change
from paramsync.changes.rows import ModelRow, ParameterRow
from paramsync.paths import SAFE_NAME
from paramsync.rendering.filters import Filters
from paramsync.rendering.pages import Page
from paramsync.rendering.remarks import write_header
from paramsync.text import UNSAFE, json_line
from support.hostile import (
    HARMLESS,
    HOT,
    PREFIXES,
    SPEC_TEXTS,
    SPELLING,
    STRICT,
    TEXTS,
    annotated_files,
    blocks,
    disarm,
    find_differences,
    find_problems,
    load,
    spec_files,
    templates_of,
    write_page,
)
from support.hostile_html import find_acting, read_pages
from support.hostile_roots import TARGETS, add_specs, check_messages, generate, others, rendered
from support.rendering import render
from support.roots import PROJECT, Root, make_root
from support.services import SERVICE

Specs = dict[str, Any]  # the files of a page: name -> JSON


SHARP = [
    text for text in TEXTS if {*"<&\"'"} & {*text} and len(text) < 1000
]  # what is more than text in HTML
# A text that is not escaped may change what is around it on a page, so each field is tried alone there.
CASES = [
    *(("md", [field]) for field in HARMLESS if field not in ("kind", "date")),
    ("md", ["kind", "date"]),
    *(("html", [field]) for field in STRICT),
    ("html", HARMLESS.keys() - STRICT),
]


def test_a_hostile_text_on_a_page_is_text_or_an_error(
    full_root: Root, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, *cases = (
        scrape_texts(make_root(tmp_path / f"case{number}", capsys), *case)
        for number, case in enumerate([("md", []), *CASES])
    )
    pages = put_together(plain, cases)
    add_specs(
        full_root, {f"{page}/{name}": value for page, tree in pages.items() for name, value in tree.items()}
    )
    before = others(full_root)
    problems = generate(full_root)
    assert not problems, "\n".join(problems)
    assert others(full_root) == before


def scrape_texts(root: Root, form: str, fields: Iterable[str]) -> dict[str, Specs]:
    """Read a page for each text, which stands in some of its fields; give the JSON of each page on which there is a model."""
    for number, text in enumerate(TEXTS):
        facts = {field: PREFIXES.get(field, "") + text for field in fields}
        root.add_page(f"p{number}", write_page(form, HARMLESS | {"id": f"model_m{number}"} | facts), form)
    before = others(root)
    for options in (["--verbose"], []):  # each finding, and each cause
        ran = root.run("scrape", *options)
        assert ran.code in (0, 3)
        check_messages(ran)
        assert others(root) == before
    pages: dict[str, Specs] = {}
    for path in sorted((root.path / "specs").glob("p*/*")):
        assert SAFE_NAME.fullmatch(path.name)
        if path.suffix == ".json":
            pages.setdefault(path.parent.name, {})[path.name] = json.loads(path.read_bytes())
    return {page: tree for page, tree in pages.items() if len(tree) > 1}


def put_together(plain: Mapping[str, Specs], cases: Sequence[Mapping[str, Specs]]) -> dict[str, Specs]:
    """Put what the cases say in place of plain words on one page for each text, and what they say beyond that on pages of its own."""
    together = copy.deepcopy(dict(plain))
    apart: dict[str, str] = {}  # what is said, without the number -> its first number
    tried = {frozenset[Any]()}  # what a page may lack, and one of those that lack it is there as it is
    for index, case in enumerate(cases):
        for page, tree in case.items():
            was, now, found = (dict(leaves(one)) for one in (plain[page], together[page], tree))
            changed = [path for path in found if found[path] != was.get(path)]
            lacking = frozenset((name == "page.json", *path) for name, *path in was.keys() - found.keys())
            is_alike = found.keys() <= was.keys() and lacking in tried
            tried.add(lacking)
            if changed and is_alike and all(now[path] in (was[path], found[path]) for path in changed):
                for *above, last in changed:
                    reduce(getitem, above, together[page])[last] = found[*above, last]
            else:
                said = json.dumps(tree).replace(f'm{page[1:]}"', 'm"').replace(f"m{page[1:]}.json", "m.json")
                apart.setdefault(said, f"{index}x{page[1:]}")
    for said, number in apart.items():
        tree = said.replace('_m"', f'_m{number}"').replace('"m.json"', f'"m{number}.json"')
        together[f"p{number}"] = json.loads(tree)
    return together


def leaves(value: Any, *path: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Give what is in a JSON value and holds nothing itself, with its path."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from leaves(below, *path, key)
    if not inner:
        yield path, value


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_harmless_page_is_in_order(full_root: Root, form: str) -> None:
    full_root.add_page("p0", write_page(form, HARMLESS), form)
    assert full_root.run("scrape").out.startswith(
        "changes: p0: 1 new\nscrape: 1 page, 1 model, 2 parameters; 0 errors, 0 warnings;"
    )
    assert generate(full_root) == []


def test_what_a_page_says_is_text_where_the_site_shows_it_as_a_source(root: Root) -> None:
    root.add_target("site")
    sides = SHARP, [f"qx{number}qx" for number in range(len(SHARP))]
    tree, twin = (generate_from_pages(root, side) for side in sides)
    assert len(SHARP) > len(tree) > len(SHARP) * 0.8  # the others are errors
    for path, text in tree.items():
        elements, expected = read_pages(text, twin[path])
        assert "popover" in text
        assert [one.shape for one in elements] == [one.shape for one in expected], path
        assert not [*find_acting(elements)], path


def generate_from_pages(root: Root, texts: Sequence[str]) -> dict[str, str]:
    """Give the pages of models for which a page says each text in several places."""
    for number, text in enumerate(texts):
        said = {"id": f"model_m{number}", **dict.fromkeys(("description", "parameter", "choice"), text)}
        root.add_page(f"p{number}", write_page("html", HARMLESS | said), "html")
    assert root.run("scrape").code in (0, 3)
    ran = root.run("generate", "--target", "site")
    assert ran.code == 0, ran.err
    made = root.tree("generated/site/models")
    return {path: text.decode() for path, text in made.items() if path.endswith(".html")}


def releases_of(text: str) -> tuple[Release, ...]:
    """Give a version in which a text is all that can be text: of each kind of change, in texts, lists and bounds."""
    kinds = [(kind, severity) for kind, (severity, _) in KINDS.items()]
    changes = [Change(*facts, text, text, text, old=text, new=[text, {"minimum": text}]) for facts in kinds]
    return (Release("1.0.0", text, tuple(changes)), Release("0.1.0", text, tuple(changes), is_first=True))


HISTORIES = {"python": "CHANGELOG.md", "typescript": "CHANGELOG.md", "docs": "CHANGES.md"}


def history(name: str, text: str) -> str:
    """Render the history of a text for a target."""
    path = HISTORIES[name]
    only = {f"{path}.jinja": templates_of(PROJECT, name)[0][f"{path}.jinja"]}
    return render(name, only, SPELLING.__getitem__, (), releases_of(text), service=SERVICE)[path]


@pytest.mark.parametrize("name", HISTORIES)
def test_a_hostile_text_in_the_history_is_text(name: str) -> None:
    plain = [*blocks(history(name, "plain"), {})]
    for text in SPEC_TEXTS:
        found = history(name, text)
        assert [*blocks(found, {})] == plain, text[:100]
        assert not {*UNSAFE.findall(found)} - {"\n"}, text[:100]


@cache
def history_on_site(text: str) -> dict[str, str]:
    """Render the history of a text for the site, with a parameter and a model as they were."""
    schema = {"type": "string", "enum": ["plain", text], "description": text, f"x-{text}": text}
    after = ParameterRow(
        schema | {"enum": [text], "default": text, "description": f"{text} more"},
        requires=(text,),
        required_with=(text,),
        required_unless=(((text,), (text,)),),
    )
    rows = {"before": ParameterRow(schema), "after": after}
    known = {"before": ModelRow(text, text, (text,)), "after": ModelRow(text, text)}
    newest, first = releases_of(text)
    changes = (replace(one, **(known if one.kind.startswith("model") else rows)) for one in newest.changes)
    releases = (replace(newest, changes=tuple(changes)), first)
    return rendered(PROJECT, "site", (), releases, re.compile(r"changes.*\.html|feed|macros"))


def test_a_hostile_text_in_the_history_is_text_on_the_site() -> None:
    for text in SHARP:
        word = f"qx{'1' * max(len(json_line(text)) - 6, 1)}qx"  # as long: a value is left out where it is too long
        texts = {word: text, word.replace("qx", "Qx"): write_header(f"x-{text}")}
        twin = history_on_site(word)
        problems = find_differences("site", history_on_site(text), twin, texts, ())
        assert not problems, "\n".join(problems)


def test_no_word_is_broken_where_a_text_is_wrapped() -> None:
    text = f"{'word' * 60} {'well-known-' * 20}end of it " * 3
    wrapped = Filters(SPELLING["python"], SPELLING.__getitem__).prose(text)
    assert wrapped.split() == text.split()
    assert "\n" in wrapped


@pytest.mark.parametrize("text", ["a~|~~|~~|~![x](//evil)", "~|~", "~|", "|~a", "a"])
def test_no_choice_and_no_default_is_cut_into_a_description_by_rapidoc(text: str) -> None:
    document = json.loads(rendered(PROJECT, "openapi", load(spec_files(0, text)))["openapi.json"])
    style, prompt, tags = document["components"]["schemas"]["M0Request"]["properties"].values()
    for rules, key in ((style, "enum"), (style, "default"), (prompt, "default"), (tags["items"], "enum")):
        assert (key in rules) is (text == "a")


def test_a_hostile_text_in_a_spec_is_text(full_root: Root) -> None:
    for number, text in enumerate(SPEC_TEXTS):
        add_specs(full_root, spec_files(number, text))
    before = others(full_root)
    problems = generate(full_root)
    assert not problems, "\n".join(problems)
    assert others(full_root) == before


@pytest.mark.parametrize("name", [one for one in TARGETS if one != "vectors"])  # which hold values alone
def test_a_hostile_word_for_a_type_and_a_hostile_annotation_are_text(name: str) -> None:
    threes = [SPEC_TEXTS[begin : begin + 3] for begin in range(0, len(SPEC_TEXTS), 3)]
    each = [annotated_files(number, texts) for number, texts in enumerate(threes)]
    pages = load({path: value for files in each for path, value in files.items()})
    plain, texts = disarm(pages)
    tree, twin = rendered(PROJECT, name, pages), rendered(PROJECT, name, plain)
    problems = find_differences(name, tree, twin, texts, pages)
    assert not problems, "\n".join(problems)


NAMED = {
    "parameter": lambda _, spec, text: spec.update(
        properties={text if name == "style" else name: rules for name, rules in spec["properties"].items()},
        required=[text if name == "style" else name for name in spec["required"]],
    ),
    "keyword": lambda _, spec, text: spec["properties"]["style"].update({text: text}),
    "property": lambda _, spec, text: spec["properties"].update(
        style={"type": "object", "properties": {text: {"type": "number"}}}
    ),
    "rule": lambda _, spec, text: spec["properties"].update({text: {"type": text}}),
    "x-model": lambda _, spec, text: spec.update({"x-model": text}),
    "$id": lambda _, spec, text: spec.update({"$id": text}),
    "models": lambda manifest, _, text: manifest["models"].append(text),
}


@pytest.mark.parametrize("place", NAMED)
def test_a_hostile_name_in_a_spec_is_refused_or_harmless(root: Root, place: str) -> None:
    root.add_target("python")
    for text in SPEC_TEXTS:
        specs = spec_files(0, "plain")
        NAMED[place](specs["p0/page.json"], specs["p0/m0.json"], text)
        add_specs(root, specs)
        ran = root.run("generate")
        check_messages(ran)
        assert ran.code == (0 if place in ("parameter", "property") and SAFE_NAME.fullmatch(text) else 3), (
            text[:100]
        )


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "9" * 5000])
@pytest.mark.parametrize("key", ["default", "minimum", "x-max", "enum"])
def test_a_number_without_a_literal_is_refused(full_root: Root, key: str, number: str) -> None:
    specs = spec_files(0, "plain")
    rules = {"type": "number", "x-type": "number", key: ["MARK"] if key == "enum" else "MARK"}
    specs["p0/m0.json"]["properties"]["scale"] = rules
    add_specs(full_root, specs)
    full_root.edit("specs/p0/m0.json", '"MARK"', number)
    ran = full_root.run("generate")
    assert ran.code == 3
    check_messages(ran)


@pytest.mark.parametrize(
    "manifest", ["", "[]", '{"models": 1}', '{"models": [1]}', '{"models": ["\\u001b"]}', "[" * 100_000]
)
def test_a_hostile_manifest_stops_no_reading(full_root: Root, manifest: str) -> None:
    page = (
        write_page("md", HARMLESS)
        + "\n## Other\n\n"
        + write_page("md", HARMLESS).split("<https://a.b/one>\n")[1]
    )
    full_root.add_page("p0", page)
    (full_root.path / "specs/p0/page.json").write_text(manifest, encoding="utf-8")
    ran = full_root.run("scrape")
    assert ran.code == 3
    check_messages(ran)


TEXT = (
    st.text(st.sampled_from(HOT), min_size=1)
    | st.text(st.characters(), min_size=1)
    | st.sampled_from(SPEC_TEXTS[:-20])
)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=30, derandomize=True, deadline=None, phases=[Phase.generate])
@given(texts=st.lists(TEXT.filter(str.strip), min_size=1, max_size=8))
def test_no_text_that_can_be_thought_of_becomes_code(name: str, texts: list[str]) -> None:
    pages = load(
        {path: value for number, text in enumerate(texts) for path, value in spec_files(number, text).items()}
    )
    plain = rendered(PROJECT, name, disarm(pages)[0])
    problems = find_problems(name, rendered(PROJECT, name, pages), pages, plain)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("text", ["i\xa0", "\xa0i", "i\u2003", "\u3000x\u3000"])
def test_an_odd_space_at_the_end_of_a_title_keeps_it_bold(text: str) -> None:
    pages = load(spec_files(0, text))
    plain = rendered(PROJECT, "docs", disarm(pages)[0])
    assert find_problems("docs", rendered(PROJECT, "docs", pages), pages, plain) == []


# fmt: off
EXAMPLES = [">>> boom()", ">>>boom()", ">" * 7, f"{'word ' * 18}>>> boom()", f"{'word ' * 22}>>> boom()", ".. include:: /etc/passwd", ".. raw:: html"]
# fmt: on


@pytest.mark.parametrize("text", EXAMPLES)
def test_no_docstring_has_an_example_that_doctest_runs_or_a_directive(text: str) -> None:
    tree = rendered(PROJECT, "python", load(spec_files(0, text)))
    nodes = [node for path, code in tree.items() if "/typed/m" in path for node in ast.walk(ast.parse(code))]
    values = [node.value for node in nodes if isinstance(node, ast.Expr)]
    docs = [one.value for one in values if isinstance(one, ast.Constant)]
    assert docs
    assert not [doc for doc in docs if re.search(r"^ *(>>>|\.\. )", doc, re.MULTILINE)]
    assert not [doc for doc in docs if DocTestParser().get_examples(doc)]


WEAKER = [
    ("python", r"""'[\\"]'""", r"""'[\\]'"""),
    ("python", r"""'[\\"]'""", r"""'["]'"""),
    ("python", r">>>|\A\.\.", r"\A\.\."),
    ("python", r">>>|\A\.\.", ">>>"),
    ("python", r"\u{code:04x}", " "),
    ("python", r"\U{code:08x}", r"\u{code:04x}"),
    ("typescript", r"{ match = '\*/', write = '*\\/' }, ", ""),
    ("typescript", r", { match = '@', write = '\\@' }", ""),
    ("typescript", r"\u{{code:x}}", r"\u{code:08x}"),
    *(("docs", r"[_*\[~`<]", r"[_*\[~`<]".replace(sign, "")) for sign in ("_", "*", r"\[", "~", "`", "<")),
    ("docs", r"|\\(?=[!-/:-@\[-`{-~]|\Z)", ""),
    ("docs", "|&(?=[A-Za-z#])", ""),
    ("site", '{ match = "<", write = "&lt;" },', ""),
    ("site", '{ match = "&", write = "&amp;" },', ""),
    ("site", r"\u{{code:x}}", r"\u{code:08x}"),
]
# The same where a template does without a filter.
WEAKER_PAGES = [
    ("models/{model}.html.jinja", "<h1>{{ model.title | html }}", '<h1>{{ model.title | prose("docs") }}'),
    ("models/{model}.html.jinja", "{{ one | query }}", "{{ one | html }}"),
    ("macros/layout.jinja", "<title>{{ title | html }}", '<title>{{ title | prose("docs") }}'),
    ("macros/parameters.jinja", 'href="#{{ row.name | fragment }}', 'href="#{{ row.name | html }}'),
    ("macros/parameters.jinja", "{{ row.description | prose }}", "{{ row.description | code }}"),
]
# fmt: off
WITNESSES = [
    *(">>> boom()", ".. raw:: html", "*/ boom() /*", "@deprecated", "[x]: y", 'a"""', '\\"""', "\\N{BEL}", "\x07\u202e", "\U000e0041", "_a_", "*a*", "[x](//evil)", "~~a~~", "\\`<b>`", "<b>x</b>", "\\*a", "&lt;" ),
]
# fmt: on
ON_PAGES = ["<b>x</b>", "&lt;", "\U000e0041"]


@cache
def witnessed(name: str) -> tuple[tuple[Page, ...], dict[str, str]]:
    """Give pages of all witnesses and what a target writes for plain words; with all protections, each is text."""
    texts = ON_PAGES if name == "site" else WITNESSES
    each = [spec_files(number, text) for number, text in enumerate(texts)]
    each += (
        [annotated_files(len(each), texts)] if name == "site" else []
    )  # whose rows are of what is inside, too
    pages = load({path: value for files in each for path, value in files.items()})
    plain = rendered(PROJECT, name, disarm(pages)[0])
    assert find_problems(name, rendered(PROJECT, name, pages), pages, plain) == []
    return pages, plain


@pytest.mark.parametrize(("name", "old", "new"), WEAKER)
def test_with_one_protection_less_a_text_becomes_more_than_text(
    root: Root, name: str, old: str, new: str
) -> None:
    pages, plain = witnessed(name)
    root.add_target(name)
    root.edit(f"templates/{name}/target.toml", old, new)
    root.edit(f"templates/{name}/target.toml", "\nends = [", "\nends = [] # [")  # which would refuse the text
    assert find_problems(name, rendered(root.path, name, pages), pages, plain) != []


@pytest.mark.parametrize(("file", "old", "new"), WEAKER_PAGES)
def test_with_one_filter_less_a_text_becomes_more_than_text_on_a_page(
    root: Root, file: str, old: str, new: str
) -> None:
    pages, plain = witnessed("site")
    root.add_target("site")
    root.edit(f"templates/site/{file}", old, new)
    assert find_problems("site", rendered(root.path, "site", pages), pages, plain) != []


@pytest.mark.parametrize("pair", [("python", "typescript"), ("typescript", "python")])
def test_with_another_languages_literals_an_example_in_the_docs_is_wrong(
    full_root: Root, pair: tuple[str, str]
) -> None:
    pages = load(spec_files(0, "\U000e0041"))
    plain = rendered(PROJECT, "docs", disarm(pages)[0])
    old, new = (f'literal("{name}")' for name in pair)
    full_root.edit("templates/docs/macros.jinja", old, new)
    problems = find_problems("docs", rendered(full_root.path, "docs", pages), pages, plain)
    assert [problem.partition(":")[0] for problem in problems] == ["models/m0-gone.md", "models/m0.md"]
