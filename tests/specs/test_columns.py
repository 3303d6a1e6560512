"""What a column and a word for a type may mean, and what a page then says: each is one line of the profile.

Modules: headers, limits.
"""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PROFILE
from paramsync.rules import RULES
from paramsync.specs.build import build_specs
from paramsync.specs.draft import Draft
from paramsync.specs.spec_checks import check_spec
from support.cells import html_page, markdown_page
from support.overlays import correction
from support.roots import Root
from support.small_root import put

POSSIBLE = "[possible_columns]"
OVERLAY = "specs/page/one.overlay.toml"


def declare(root: Root, table: str, *lines: str) -> None:
    """Declare columns or types in the profile."""
    file = root.path / "specs/profile.toml"
    header, found, rest = file.read_text(encoding="utf-8").partition(f"\n{table}")
    assert found
    comment, _, rest = rest.partition("\n")
    file.write_text("\n".join([header + found + comment, *lines, rest]), encoding="utf-8")


def build(root: Root, rows: Sequence[dict[str, str]], *more: str) -> Draft:
    """Build the model of a page of such rows, with more columns."""
    profile = read_config((root.path / PROFILE).read_text(encoding="utf-8"), PROFILE, Profile)
    page = read_page(markdown_page(rows, more=more), "specs/page/page.md", profile)
    [draft] = build_specs(page, profile).drafts
    return draft


def read(root: Root, rows: Sequence[dict[str, str]], *more: str) -> list[dict[str, Any]]:
    """Give what the spec says of each parameter beside the word for its type and the description."""
    draft = build(root, rows, *more)
    assert not [str(one) for one in draft.findings if one.is_error]
    assert check_spec(draft.spec) == ""
    silent = ("x-type", "description")
    properties = draft.spec["properties"].values()
    return [{key: rule for key, rule in one.items() if key not in silent} for one in properties]


# A column, as it is declared -> the type of a parameter and a cell -> what the spec says of the parameter.
COLUMNS: dict[str, dict[tuple[str, str], dict[str, Any]]] = {
    '"More" = "multipleOf"': {
        ("number", "0.1"): {"type": "number", "multipleOf": 0.1},
        ("number", "**5**"): {"type": "number", "multipleOf": 5},
        ("number", "-"): {"type": "number"},
        ("number_array", "2"): {"type": "array", "items": {"type": "number", "multipleOf": 2}},
        ("string", "2"): {"type": "string", "x-multiple-of": 2},
    },
    '"More" = "maxLength"': {
        ("string", "2.0"): {"type": "string", "maxLength": 2},
        ("string", "0"): {"type": "string", "maxLength": 0},
        ("string_array", "1e3"): {"type": "array", "items": {"type": "string", "maxLength": 1000}},
        ("boolean", "5"): {"type": "boolean", "x-max-length": 5},
        ("inputs_array", "5"): {"type": "array", "items": {"type": "object"}, "x-max-length": 5},
    },
    '"More" = ["maxLength", "maxItems"]': {
        ("string", "3"): {"type": "string", "maxLength": 3},
        ("string_array", "3"): {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        ("inputs_array", "3"): {"type": "array", "items": {"type": "object"}, "maxItems": 3},
        ("number", "3"): {"type": "number", "x-max-length": 3},
    },
    '"More" = "x-unit"': {
        ("number", "s"): {"type": "number", "x-unit": "s"},
        ("number", "0.50"): {"type": "number", "x-unit": 0.5},
        ("number", "`px`"): {"type": "number", "x-unit": "px"},
        ("number", "null"): {"type": "number", "x-unit": "null"},
        ("number", "`s` or `ms`"): {"type": "number", "x-unit": "`s` or `ms`"},
        ("number", "007"): {"type": "number", "x-unit": "007"},
        ("number", "-"): {"type": "number"},
        ("number", ""): {"type": "number"},
    },
    '"More" = "ignored"': {("number", "s"): {"type": "number"}},
    '"More" = "x-more"\n"Other" = "x-other"': {("number", "s"): {"type": "number", "x-more": "s"}},
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_is_one_line_of_the_profile_and_a_page_may_lack_it(root: Root, column: str) -> None:
    assert [*read(root, [{}])] == [{"type": "string"}]
    declare(root, POSSIBLE, column)
    assert [*read(root, [{}])] == [{"type": "string"}]
    says = COLUMNS[column]
    rows = [{"type": kind, "More": cell} for kind, cell in says]
    assert dict(zip(says, read(root, rows, "More"), strict=True)) == says


def test_annotations_stand_in_the_order_in_which_the_profile_declares_them(root: Root) -> None:
    declare(root, POSSIBLE, '"B" = "x-b"', '"Step" = "multipleOf"', '"A" = "x-a"')
    [said] = read(
        root, [{"A": "1", "B": "2", "Step": "5", "type": "number", "default": "`5`"}], "A", "Step", "B"
    )
    assert [*said] == ["type", "multipleOf", "x-b", "x-a", "default"]


def test_a_page_must_have_a_column_that_is_declared_for_each_page(root: Root) -> None:
    declare(root, "[columns]", '"Step" = "multipleOf"')
    assert [one.problem for one in build(root, [{}]).findings] == ["the column 'Step' is missing"]


# Words for types, as they are declared, with a default and choices -> what the spec says.
TYPES: dict[tuple[str, str, str], dict[str, Any]] = {
    ('"integer"', "`2`", "`1`, `2.0`"): {"type": "integer", "enum": [1, 2], "default": 2},
    ('"any"', "`2`", "`1`, `2`"): {"enum": ["1", "2"], "default": "2"},
    ('["any"]', "`2`", "-"): {"type": "array", "items": {}, "default": ["2"]},
    ('"array"', "``", "-"): {"type": "array", "default": []},
    ('[["number"]]', "-", "`1`, `2`"): {
        "type": "array",
        "items": {"type": "array", "items": {"type": "number", "enum": [1, 2]}},
    },
    ('{ any = ["integer", "string"] }', "`auto`", "`1`, `auto`"): {
        "type": ["integer", "string"],
        "enum": [1, "auto"],
        "default": "auto",
    },
    ('{ any = ["boolean", "number", "string"] }', "`0.5`", "`true`, `1`, `0.5`"): {
        "type": ["boolean", "number", "string"],
        "enum": [True, 1, 0.5],
        "default": 0.5,
    },
    ('[{ any = ["string", "integer"] }]', "`1`, `b`", "-"): {
        "type": "array",
        "items": {"type": ["string", "integer"]},
        "default": ["1", "b"],
    },
}


def test_a_word_for_a_type_is_one_line_of_the_profile(root: Root) -> None:
    words = {f"t{number}": type_ for number, (type_, _, _) in enumerate(TYPES)}
    declare(root, "[types]", *(f"{word} = {type_}" for word, type_ in words.items()))
    rows = [
        {"type": word, "default": default, "choices": choices}
        for word, (_, default, choices) in zip(words, TYPES, strict=True)
    ]
    said = read(root, rows)
    assert dict(zip(TYPES, said, strict=True)) == TYPES
    assert repr(said[0]) == repr(TYPES['"integer"', "`2`", "`1`, `2.0`"])  # 2, and not 2.0


UNREAD_VALUES = {  # type, default, choices -> the code of what is told
    ('"array"', "`a`", "-"): "bad-default",
    ('"array"', "-", "`a`"): "bad-choices",
    ('{ any = ["string", "array"] }', "-", "`a`"): "bad-choices",
    ('["object"]', "-", "`a`"): "bad-choices",
    ('[["number"]]', "`1`", "-"): "bad-default",
    ('"integer"', "`1.5`", "-"): "bad-default",
    ('{ any = ["integer", "boolean"] }', "-", "`1`, `auto`"): "bad-choices",
}


def test_what_is_no_value_of_its_type_is_told(root: Root) -> None:
    declare(root, "[types]", *(f"t{number} = {type_}" for number, (type_, _, _) in enumerate(UNREAD_VALUES)))
    rows = [
        {"type": f"t{number}", "default": default, "choices": choices}
        for number, (_, default, choices) in enumerate(UNREAD_VALUES)
    ]
    told = [(one.parameter, one.code) for one in build(root, rows).findings]
    assert told == [(f"p{number}", code) for number, code in enumerate(UNREAD_VALUES.values())]


# Unknown columns: the headers of a page that has Min and Max, or others in their places -> the lines that declare each.
UNKNOWN: dict[tuple[str, ...], list[str]] = {
    ("Step",): ['"Step" = "multipleOf" # a rule; or "x-step", which nothing enforces; or "ignored"'],
    ("Max Characters",): [
        '"Max Characters" = "x-max-characters" # which nothing enforces; or "ignored"',
    ],
    ("max. length",): [
        '"max. length" = "maxLength" # a rule; or "x-max-length", which nothing enforces; or "ignored"'
    ],
    ("Unit", "Steps"): [
        '"Unit" = "x-unit" # which nothing enforces; or "ignored"',
        '"Steps" = "multipleOf" # a rule; or "x-steps", which nothing enforces; or "ignored"',
    ],
    ("Größe",): ['"Größe" = "x-gr-e" # which nothing enforces; or "ignored"'],
    ("!",): ['"!" = "ignored"'],
    ("Min→Least",): [
        '"Least" = "minimum" # if it is the new name of \'Min\'; or "x-least", which nothing enforces; or "ignored"'
    ],
    ("Min→Minimum",): [
        '"Minimum" = "minimum" # if it is the new name of \'Min\'; or "x-minimum", which nothing enforces; or "ignored"'
    ],
    ("Max→Step",): [
        '"Step" = "multipleOf" # a rule; or "maximum", if it is the new name of \'Max\'; or "x-step", which nothing enforces; or "ignored"'
    ],
}
WRITE = {"md": markdown_page, "html": html_page, "txt": markdown_page}


@pytest.mark.parametrize("form", WRITE)
def test_an_unknown_column_is_one_finding_and_its_line_declares_it(root: Root, form: str) -> None:
    before = (root.path / PROFILE).read_text(encoding="utf-8")
    for headers, lines in UNKNOWN.items():
        renamed = [one.split("→") for one in headers if "→" in one]
        more = [] if renamed else headers
        page = WRITE[form]([{"type": "number"} | dict.fromkeys(more, "2")], more=more)
        for old, new in renamed:
            page = page.replace(f"| {old} |", f"| {new} |").replace(f"<th>{old}<", f"<th>{new}<")
        root.add_page("page", " ".join(page.split()) if form == "txt" else page, form)
        (root.path / PROFILE).write_text(before, encoding="utf-8")
        ran = root.run("scrape", "--check")
        assert ran.out.count(": error: ") == len(lines), ran.out
        shown = re.findall(r"^    # specs/profile.toml, below (\[\w+\])\n    (.*)$", ran.out, re.MULTILINE)
        assert [line for _, line in shown] == lines
        for table, line in shown:
            declare(root, table, line)
        ran = root.run("scrape", "--check")
        missing = ["missing-column"] if "Max→Step" in headers else []
        assert re.findall(r": error: .*\[([\w-]+)\]", ran.out) == missing, ran.out


def test_a_profile_without_the_table_is_shown_how_to_begin_it(root: Root) -> None:
    root.edit("specs/profile.toml", POSSIBLE, "#")
    root.add_page("page", markdown_page([{}], more=["Step"]))
    out = root.run("scrape").out
    lines = re.findall(r"^    (.*)$", out, re.MULTILINE)
    assert lines[1] == POSSIBLE
    with (root.path / "specs/profile.toml").open("a", encoding="utf-8") as profile:
        profile.write("\n".join(["", *lines, ""]))
    assert root.run("scrape").code == 0


# Overlays

LIMITS = {"least": (2, 3), "most": (9, 8), "multiple": (2, 4)}  # what a page says, and what is right


def test_an_overlay_corrects_each_rule_and_explain_shows_it(root: Root) -> None:
    declared = (root.path / PROFILE).read_text(encoding="utf-8")
    more = [rule.keyword for rule in RULES if f'= "{rule.keyword}"\n' not in declared]
    declare(root, POSSIBLE, *(f'"{keyword}" = "{keyword}"' for keyword in more), '"Unit" = "x-unit"')
    declare(
        root,
        "[types]",
        'of_array = ["string"]',
        *(f'of_{kind} = "{kind}"' for kind in ("number", "string", "object")),
    )
    says, rights, corrections = [], [], []
    for number, rule in enumerate(RULES):
        said, right = LIMITS[rule.side]
        says.append({"type": f"of_{rule.type}", rule.keyword: str(said), "Unit": "O"})
        rights.append(says[-1] | {rule.keyword: str(right), "Unit": "s"})
        expect, correct = f'{rule.keyword} = SAID, x-unit = "O"', f'{rule.keyword} = {right}, x-unit = "s"'
        corrections.append(correction(expect, correct, f"p{number}"))
    root.add_page("page", markdown_page(rights, more=(*more, "Unit")))
    assert root.run("scrape").code == 0
    wanted = root.read_json("specs/page/one.json")
    for is_readable in (True, False):
        cells = [
            row if is_readable else row | {rule.keyword: "O"} for row, rule in zip(says, RULES, strict=True)
        ]
        expected = [
            row[rule.keyword] if is_readable else '"O"' for row, rule in zip(says, RULES, strict=True)
        ]
        overlay = [text.replace("SAID", one) for text, one in zip(corrections, expected, strict=True)]
        root.add_page("page", markdown_page(cells, more=(*more, "Unit")))
        put(root, {OVERLAY: "".join(overlay)})
        ran = root.run("scrape")
        assert ran.code == 0, ran.out
        assert root.read_json("specs/page/one.json") == wanted
    rows = [re.split("  +", line.strip()) for line in root.run("explain", "one").out.splitlines()]
    for number, rule in enumerate(RULES):
        place = f"{OVERLAY}:{5 * number + 4}:9"
        assert [rule.keyword, str(LIMITS[rule.side][1]), 'the text "O"', place] in rows
    assert [row[1:3] for row in rows if row[0] == "x-unit"] == [['"s"', '"O"']] * len(RULES)


def test_a_limit_is_that_of_the_right_type(root: Root) -> None:
    """The column says what it says of the type that an overlay sets; a limit that the overlay states has its own rule."""
    declare(root, POSSIBLE, '"Max Length" = ["maxLength", "maxItems"]')
    rows = {kind: [{"type": kind, "Max Length": "3"}] for kind in ("string", "string_array")}
    specs = {}
    for kind, row in rows.items():
        root.add_page("page", markdown_page(row, more=["Max Length"]))
        assert root.run("scrape").code == 0
        specs[kind] = root.read_json("specs/page/one.json")
    put(root, {OVERLAY: correction('type = "string_array"', 'type = "string"', "p0")})
    assert root.run("scrape").code == 0
    assert root.read_json("specs/page/one.json") == specs["string"]
    more = 'type = "string_array", maxItems = 3'
    put(root, {OVERLAY: correction(more, 'type = "string", maxLength = 4', "p0")})
    ran = root.run("scrape")
    assert ran.code == 0, ran.out
    assert root.read_json("specs/page/one.json")["properties"]["p0"]["maxLength"] == 4
    put(root, {OVERLAY: correction(more, 'type = "string"', "p0")})
    assert root.run("scrape").code == 0
    assert "maxLength" not in root.read_json("specs/page/one.json")["properties"]["p0"]
