"""Read a parameter table: each row becomes the rules of a parameter, with findings for what is wrong. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from paramsync.pages.page import Piece, Table, Text
from paramsync.pages.profile import Column, Profile
from paramsync.paths import SAFE_NAME
from paramsync.specs.document import NAME_IN_CODE
from paramsync.specs.draft import Draft
from paramsync.specs.facts import BOUNDS, read_facts
from paramsync.specs.problems import find_no_spec, find_value_problems
from paramsync.text import MAX_LENGTH, UNSAFE, Json, json_line, quote, shorten

UNENFORCED = {"minimum": "x-min", "maximum": "x-max"}  # the keywords of bounds that mean nothing for a type
# Findings about values that could be read; a correction may resolve them.
VALUE_CODES = {
    "single-choice",
    "duplicate-choice",
    "bounds-without-meaning",
    "bounds-crossed",
    "default-outside",
    "empty-description",
    "required-with-default",
}
EMPHASIS = ("**", "*", "__", "_", "***")
MAX_PARAMETERS = 1000  # of a model; the size of the generated code grows with their square
MIN_COLUMNS = 5  # known columns that make a table a parameter table; other tables have fewer


def is_parameter_table(table: Table, profile: Profile) -> bool:
    """Tell from its header whether a table documents parameters; some columns may be missing."""
    return len({*_read_header(table, profile)} - {None}) >= MIN_COLUMNS


def column_cells(table: Table, column: Column, profile: Profile) -> Iterator[Text]:
    """Return the cells of the columns of a meaning, without those of rows of the wrong length."""
    indexes = [index for index, one in enumerate(_read_header(table, profile)) if one == column]
    return (row[index] for row in table.rows if len(row) == len(table.header) for index in indexes)


def is_alone(cell: Text) -> bool:
    """Tell whether a cell is one code span, perhaps emphasized, or text without any: beside it, a badge or a mark would stand."""
    texts = [piece.text for piece in cell.pieces if not piece.is_code]
    is_emphasized = cell.value.startswith(EMPHASIS) and texts in ([mark, mark] for mark in EMPHASIS)
    return not cell.codes or (len(cell.codes) == 1 and (not texts or is_emphasized))


def read_parameters(table: Table, draft: Draft) -> None:
    """Read every row of a parameter table into the draft's spec."""
    draft.spec |= {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    columns = _read_columns(table, draft)
    if columns is None:
        return
    if len(table.rows) > MAX_PARAMETERS:
        first = (*table.rows[MAX_PARAMETERS], table.header[0])[0]
        draft.report("over-limit", first, f"the table has more than {MAX_PARAMETERS:,} rows")
        return
    for row in table.rows:
        if len(row) == len(table.header):
            _read_parameter({column: row[index] for column, index in columns.items()}, draft)
        else:
            place = row[0] if row else table.header[0]
            draft.report("cell-count", place, f"the row has {len(row)} cells for {len(table.header)} columns")


def _read_header(table: Table, profile: Profile) -> list[Column | None]:
    """Return the meaning of each column, in order; None for an unknown header."""
    by_header = {header.casefold(): column for header, column in profile.columns.items()}
    return [by_header.get(text.plain.casefold()) for text in table.header]


def _read_columns(table: Table, draft: Draft) -> dict[Column, int] | None:
    """Map each meaning to the index of its column; None if a column is unknown, duplicated or missing."""
    found = len(draft.findings)
    columns: dict[Column, int] = {}
    header = _read_header(table, draft.profile)
    wanted = {column: text for text, column in draft.profile.columns.items() if column != "ignored"}
    missing = {column: text for column, text in wanted.items() if column not in header}
    for index, column in enumerate(header):
        text = table.header[index]
        if column is None:
            lines = _write_columns(text, missing)
            draft.report("unknown-column", text, f"the column {quote(text.value)} is unknown", lines=lines)
        elif column in columns:
            problem = f"the column {quote(text.value)} and an earlier one both give the {column}"
            draft.report("duplicate-column", text, problem)
        elif column != "ignored":
            columns[column] = index
    wrong = len(header) - header.count("ignored") - len(columns)
    if wrong < len(missing):  # else each column that is unknown or double may be a missing one
        for name in missing.values():
            draft.report("missing-column", table.header[0], f"the column {name!r} is missing")
    return columns if len(draft.findings) == found else None


def _write_columns(text: Text, missing: Mapping[Any, str]) -> str:
    """Write the lines of the profile that declare an unknown column, which may be a missing one by a new name."""
    if len(text.plain) > MAX_LENGTH or UNSAFE.search(text.plain):
        return ""
    name = json_line(text.plain)
    renamed = (
        f'"{column}" # if it is the new name of {old!r}; else "ignored"' for column, old in missing.items()
    )
    meanings = [*renamed] or ['"ignored"']
    return "\n".join(["# specs/profile.toml, below [columns]", *(f"{name} = {one}" for one in meanings)])


def _write_type(text: Text) -> str:
    """Write the line of the profile that declares an unknown type; what it is in JSON, only people know."""
    if len(text.plain) > MAX_LENGTH or UNSAFE.search(text.plain):
        return ""
    types = '"string", "number", "boolean" or "object"; in brackets, an array of it'
    return f"# specs/profile.toml, below [types]\n{json_line(text.plain)} = … # {types}"


def _read_parameter(row: Mapping[Column, Text], draft: Draft) -> None:
    written = row["name"]
    if written.is_struck_out:
        row = {column: cell.without_strikes() for column, cell in row.items()}
    codes = row["name"].codes
    name = codes[0] if len(codes) == 1 else row["name"].value.removeprefix("**").removesuffix("**")
    if not SAFE_NAME.fullmatch(name):
        draft.report("unsafe-name", row["name"], f"{quote(name)} is not a valid parameter name")
    if name in draft.origins:
        draft.report("duplicate-parameter", row["name"], f"{quote(name)} has two rows in one table", name)
        return
    draft.origins.setdefault(name, {})
    if row["type"].plain in draft.profile.types:
        _read_row(row, draft, name, written)
    else:
        draft.untyped[name] = row, written
        problem = f"{quote(row['type'].value)} is not a known type"
        common = _write_type(row["type"])
        draft.report_unread("unknown-type", row["type"], problem, name, "type", common_lines=common)


def read_untyped(name: str, kind: str, draft: Draft) -> None:
    """Read the row of a parameter whose type is unknown as one of a known type; its place among the others is that of its row."""
    row, written = draft.untyped.pop(name)
    _read_row({**row, "type": replace(row["type"], pieces=(Piece(kind),))}, draft, name, written)
    properties = draft.spec["properties"]
    draft.facts = {one: draft.facts[one] for one in draft.origins if one in draft.facts}
    draft.spec["properties"] = {one: properties[one] for one in draft.origins if one in properties}


def _read_row(row: Mapping[Column, Text], draft: Draft, name: str, written: Text) -> None:
    """Read the facts of a row whose type is known; `written` is the cell of its name, with what strikes it out."""
    origins = draft.origins[name]
    origins |= {"type": row["type"], "x-type": row["type"], "items": row["type"]}
    draft.facts[name] = facts = read_facts(row, draft.profile.types[row["type"].plain], draft, name)
    if written.is_struck_out:
        problem = f"the row is struck out: {quote(written.prose)}"
        draft.report_unread("struck-out", written, problem, name, "name")
    elif SAFE_NAME.fullmatch(name) and not is_alone(written):
        problem = f"the cell of the name holds more than the name: {quote(written.prose)}"
        draft.report_unread("text-beside-name", written, problem, name, "name")
    draft.spec["properties"][name] = make_rules(facts, draft.profile)
    draft.spec["required"] += [name] if facts["required"] else []
    _check_values(name, facts, draft)


def rewrite_parameter(name: str, draft: Draft) -> None:
    """Rebuild the rules of a parameter after its facts were corrected, and check its values again."""
    facts = draft.facts[name]
    draft.spec["properties"][name] = make_rules(facts, draft.profile)
    draft.spec["required"] = [one for one, known in draft.facts.items() if known.get("required")]
    draft.findings[:] = [
        one for one in draft.findings if one.parameter != name or one.code not in VALUE_CODES
    ]
    _check_values(name, facts, draft)


def make_rules(facts: Json, profile: Profile) -> Json:
    """Make the rules of a parameter from its facts; in an array, choices and bounds are those of its elements."""
    json_type = profile.types[facts["type"]]
    rules: Json = {"type": "array" if isinstance(json_type, list) else json_type, "x-type": facts["type"]}
    rules |= {NAME_IN_CODE: facts["name_in_code"]} if "name_in_code" in facts else {}
    element = rules
    if isinstance(json_type, list):
        element = rules["items"] = {"type": json_type[0]}
    if "choices" in facts:
        element["enum"] = facts["choices"]
    bounds: Json = {key: facts[key] for key in BOUNDS if key in facts}
    if element["type"] == "number":
        element |= bounds
    else:
        rules |= {UNENFORCED[key]: bound for key, bound in bounds.items()}
    return rules | {key: facts[key] for key in ("default", "description") if key in facts}


def _check_values(name: str, facts: Json, draft: Draft) -> None:
    """Report contradictions and omissions among facts that could be read."""
    rules, origins = draft.spec["properties"][name], draft.origins[name]
    choices = facts.get("choices", ())
    if len(choices) == 1:
        draft.report("single-choice", origins["enum"], f"the only choice is {quote(str(choices[0]))}", name)
    for choice in _find_repeated(choices):
        draft.report(
            "duplicate-choice", origins["enum"], f"the choice {quote(str(choice))} is listed twice", name
        )
    bounds = [key for key in BOUNDS if key in facts]
    if any(UNENFORCED[key] in rules for key in bounds):
        draft.report(
            "bounds-without-meaning",
            origins[bounds[0]],
            f"bounds have no defined meaning for the type {facts['type']}",
            name,
        )
    if len(bounds) > 1 and facts["minimum"] > facts["maximum"]:
        problem = f"the minimum {facts['minimum']} is above the maximum {facts['maximum']}"
        draft.report("bounds-crossed", origins["minimum"], problem, name)
    elif "default" in facts:
        for wrong in find_value_problems(rules, facts["default"], find_no_spec):
            draft.report("default-outside", origins["default"], shorten(wrong.message), name)
    if not facts.get("description"):
        draft.report("empty-description", origins["description"], "the description is empty", name)
    if facts.get("required") and "default" in facts:
        problem = "the parameter is required and has a default"
        draft.report("required-with-default", origins["default"], problem, name)


def _find_repeated(choices: Iterable[Any]) -> Iterable[Any]:
    """Find the choices that repeat an earlier one; `1` and `1.0` are equal, and both are returned."""
    seen: set[Any] = set()
    again: dict[str, Any] = {}
    for choice in choices:
        if choice in seen:
            again[repr(choice)] = choice
        seen.add(choice)
    return again.values()
