"""From the rows of a parameter table to the rules of a spec, and what is wrong with them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jsonschema import Draft202012Validator

from generator import cells
from generator.errors import Finding
from generator.profile import Column, JsonType, Profile
from generator.reading.page import Table, Text
from generator.specs import SAFE_NAME, Json
from generator.texts import quote, shorten

Origins = dict[str, dict[str, Text]]  # parameter ("" for the model itself) -> keyword -> where it comes from


@dataclass
class Draft:
    """One model while it is built: its spec so far, the cell behind each keyword, and what was found."""

    profile: Profile
    model: str
    spec: Json = field(default_factory=dict)
    origins: Origins = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def report(self, code: str, text: Text, problem: str, parameter: str = "") -> None:
        """File a finding about a piece of the page."""
        self.findings.append(Finding(code, text.place, problem, self.model, parameter))


FEWEST_COLUMNS = 5  # known ones that make a table a parameter table; guides have tables with fewer


def is_parameter_table(table: Table, profile: Profile) -> bool:
    """Tell whether a table is meant to document parameters, told by its header, whole or not."""
    return len({*_meanings(table, profile)} - {None}) >= FEWEST_COLUMNS


def read_parameters(table: Table, draft: Draft) -> None:
    """Read every row of a parameter table into the draft's spec."""
    draft.spec |= {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    columns = _read_columns(table, draft)
    if columns is None:
        return
    for row in table.rows:
        if len(row) == len(table.header):
            _read_parameter({column: row[index] for column, index in columns.items()}, draft)
        else:
            place = row[0] if row else table.header[0]
            draft.report("cell-count", place, f"the row has {len(row)} cells for {len(table.header)} columns")


def _meanings(table: Table, profile: Profile) -> list[Column | None]:
    """Say what each column of a table holds, told by its header; None for a header that is not known."""
    by_header = {header.casefold(): column for header, column in profile.columns.items()}
    return [by_header.get(text.value.casefold()) for text in table.header]


def _read_columns(table: Table, draft: Draft) -> dict[Column, int] | None:
    """Find the column of each meaning; None where one is unknown, twice there or missing."""
    found = len(draft.findings)
    columns: dict[Column, int] = {}
    for index, column in enumerate(_meanings(table, draft.profile)):
        text = table.header[index]
        if column is None:
            draft.report("unknown-column", text, f"no column is called {quote(text.value)}")
        elif column in columns:
            draft.report(
                "duplicate-column", text, f"the {column} stands in a column before {quote(text.value)} too"
            )
        elif column != "ignored":
            columns[column] = index
    for header, column in draft.profile.columns.items():
        if column != "ignored" and column not in columns:
            draft.report("missing-column", table.header[0], f"the column {header!r} is not there")
    return columns if len(draft.findings) == found else None


def _read_parameter(row: Mapping[Column, Text], draft: Draft) -> None:
    words = draft.profile.words
    name = row["name"].value
    if not SAFE_NAME.fullmatch(name):
        draft.report("unsafe-name", row["name"], f"{quote(name)} cannot be the name of a parameter")
    if name in draft.spec["properties"]:
        draft.report("duplicate-parameter", row["name"], f"{quote(name)} stands twice in one table", name)
        return
    origins = draft.origins.setdefault(name, {})
    json_type = draft.profile.types.get(row["type"].value)
    if json_type is None:
        draft.report("unknown-type", row["type"], f"{quote(row['type'].value)} is not a known type", name)
        return
    parameter = draft.spec["properties"][name] = _read_rules(row, json_type, draft, name)
    origins |= {"type": row["type"], "x-type": row["type"], "items": row["type"]}
    if row["description"].prose.strip() and not cells.is_nothing(row["description"], words):
        parameter["description"] = row["description"].prose
        origins["description"] = row["description"]
    else:
        draft.report("empty-description", row["description"], "the description is empty", name)
    is_required = row["required"].value in words.yes
    if is_required:
        draft.spec["required"].append(name)
        origins["required"] = row["required"]
    elif row["required"].value not in words.no:
        draft.report(
            "unknown-word", row["required"], f"{quote(row['required'].value)} is neither yes nor no", name
        )
    if is_required and "default" in parameter:
        draft.report(
            "required-with-default", row["default"], "the parameter is required and has a default", name
        )


def _read_rules(
    row: Mapping[Column, Text], json_type: JsonType | list[JsonType], draft: Draft, name: str
) -> Json:
    """Read type, choices, bounds and default, in this order; an array's elements carry choices and bounds."""
    words = draft.profile.words
    parameter: Json = {
        "type": "array" if isinstance(json_type, list) else json_type,
        "x-type": row["type"].value,
    }
    element = parameter
    if isinstance(json_type, list):
        element = parameter["items"] = {"type": json_type[0]}
    element_type: JsonType = element["type"]
    if not cells.is_nothing(row["choices"], words):
        _read_choices(row["choices"], element, draft, name)
    bounds: dict[str, tuple[Text, float]] = {}
    for column in ("minimum", "maximum"):
        if not cells.is_nothing(row[column], words):
            _read_bound(row[column], column, bounds, draft, name)
    if element_type == "number":
        element |= {column: bound for column, (_, bound) in bounds.items()}
    elif bounds:
        parameter |= {f"x-{column[:3]}": bound for column, (_, bound) in bounds.items()}
        text = next(iter(bounds.values()))[0]
        draft.report("bounds-without-meaning", text, f"a {parameter['x-type']} has bounds", name)
    if len(bounds) > 1 and bounds["minimum"][1] > bounds["maximum"][1]:
        problem = (
            f"the minimum {bounds['minimum'][0].value} is above the maximum {bounds['maximum'][0].value}"
        )
        draft.report("bounds-crossed", bounds["minimum"][0], problem, name)
    elif not cells.is_nothing(row["default"], words):
        _read_default(row["default"], json_type, parameter, draft, name)
    return parameter


def _read_choices(cell: Text, element: Json, draft: Draft, name: str) -> None:
    words = draft.profile.words
    items = cells.read_items(cell, words)
    choices = cells.read_values(items, element["type"], words) if items else None
    if not choices:
        draft.report(
            "bad-choices",
            cell,
            f"{quote(cell.written)} cannot be read as choices of type {element['type']}",
            name,
        )
        return
    element["enum"] = choices
    draft.origins[name]["enum"] = cell
    if len(choices) == 1:
        draft.report("single-choice", cell, f"the only choice is {quote(cell.value)}", name)
    for choice in {
        repr(choice): choice for index, choice in enumerate(choices) if choice in choices[:index]
    }.values():
        draft.report("duplicate-choice", cell, f"the choice {quote(str(choice))} stands twice", name)


def _read_bound(
    cell: Text, column: str, bounds: dict[str, tuple[Text, float]], draft: Draft, name: str
) -> None:
    bound = None if len(cell.pieces) > 1 else cells.read_number(cell.value)
    if bound is None:
        draft.report("bad-number", cell, f"{quote(cell.written)} is not a number", name)
        return
    bounds[column] = (cell, bound)
    draft.origins[name][column] = draft.origins[name][f"x-{column[:3]}"] = cell


def _read_default(
    cell: Text, json_type: JsonType | list[JsonType], parameter: Json, draft: Draft, name: str
) -> None:
    default = cells.read_default(cell, json_type, draft.profile.words)
    if default is None:
        draft.report(
            "bad-default", cell, f"{quote(cell.written)} cannot be read as {parameter['x-type']}", name
        )
        return
    for error in Draft202012Validator(parameter).iter_errors(default):
        draft.report("default-outside", cell, shorten(error.message), name)
    parameter["default"] = default
    draft.origins[name]["default"] = cell
