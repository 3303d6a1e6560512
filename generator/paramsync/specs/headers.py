"""Read the header of a parameter table: the meaning of each column, or what to declare of one that is unknown. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from paramsync.pages.meanings import Meaning, is_annotation, list_keywords
from paramsync.pages.page import Table, Text
from paramsync.pages.profile import Profile
from paramsync.paths import PROFILE
from paramsync.rules import RULES
from paramsync.specs.draft import Draft
from paramsync.specs.facts import keywords_of
from paramsync.text import MAX_LENGTH, UNSAFE, json_line, quote

ALIKE = 0.75  # how much of a header must be that of a rule


def is_parameter_table(table: Table, profile: Profile) -> bool:
    """Tell from its header whether a table documents parameters: it has what `needs` says, or most of the columns that each page has."""
    known = {*_read_header(table, profile)} - {None, "ignored"}
    if profile.tables.needs:
        return known.issuperset(profile.tables.needs)
    return 2 * len(known) > len(profile.needed)


def column_cells(table: Table, column: Meaning, profile: Profile) -> Iterator[Text]:
    """Return the cells of the columns of a meaning, without those of rows of the wrong length."""
    indexes = [index for index, one in enumerate(_read_header(table, profile)) if one == column]
    return (row[index] for row in table.rows if len(row) == len(table.header) for index in indexes)


def read_columns(table: Table, draft: Draft) -> dict[Meaning, int] | None:
    """Map each meaning to the index of its column; None if a column is unknown, duplicated or missing."""
    found = len(draft.findings)
    columns: dict[Meaning, int] = {}
    seen: set[str] = set()
    header = _read_header(table, draft.profile)
    wanted: dict[Meaning, str] = {}
    for name, meaning in draft.profile.columns.items():
        if meaning != "ignored":
            wanted.setdefault(meaning, name)
    missing = {column: text for column, text in wanted.items() if column not in header}
    known = {keyword for column in header if column for keyword in list_keywords(column)}
    for index, (text, column) in enumerate(zip(table.header, header, strict=True)):
        if column is None:
            lines = _write_column(text, missing, known, draft)
            draft.report("unknown-column", text, f"the column {quote(text.value)} is unknown", lines=lines)
        elif again := [keyword for keyword in _list_given(column) if keyword in seen]:
            problem = f"the column {quote(text.value)} and an earlier one both give the {again[0]}"
            draft.report("duplicate-column", text, problem)
        elif column != "ignored":
            columns[column] = index
            seen.update(_list_given(column))
    wrong = len(header) - header.count("ignored") - len(columns)
    if wrong < len(missing):  # else each column that is unknown or double may be a missing one
        for name in missing.values():
            draft.report("missing-column", table.header[0], f"the column {name!r} is missing")
    return columns if len(draft.findings) == found else None


def _list_given(column: Meaning) -> list[str]:
    """List what a column may give: its meanings, and the keywords that these determine."""
    return [each for one in list_keywords(column) for each in (one, *keywords_of(one))]


def _read_header(table: Table, profile: Profile) -> list[Meaning | None]:
    """Return the meaning of each column, in order; None for an unknown header."""
    by_header = profile.meanings
    return [by_header.get(text.plain.casefold()) for text in table.header]


def _write_column(text: Text, missing: Mapping[Meaning, str], known: Collection[str], draft: Draft) -> str:
    """Write the line of the profile that declares an unknown column, the likeliest meaning first.

    It may be a missing one by a new name, a rule whose header it resembles, or what no rule says.
    """
    if len(text.plain) > MAX_LENGTH or UNSAFE.search(text.plain):
        return ""
    rule = _find_rule(text.plain, known)
    renamed = {column: f"if it is the new name of {old!r}" for column, old in missing.items()}
    annotation = _name_annotation(text.plain)
    said: dict[Meaning, str] = {
        **({rule: renamed.pop(rule, "a rule")} if rule else {}),
        **renamed,
        **({annotation: "which nothing enforces"} if annotation else {}),
        "ignored": "",
    }
    (first, about), *others = said.items()
    notes = [about, *(", ".join(filter(None, (f"or {json_line(one)}", note))) for one, note in others)]
    comment = f" # {'; '.join(notes)}" if others else ""
    return f"# {PROFILE}, {_find_table(first, missing, draft)}\n{json_line(text.plain)} = {json_line(first)}{comment}"


def _find_table(column: Meaning, missing: Mapping[Meaning, str], draft: Draft) -> str:
    """Say below which table of the profile to declare a column: one that is not missing may be on this page alone."""
    if column in missing or draft.tables:
        return f"below [{draft.tables}columns]"
    is_there = "possible_columns" in draft.profile.model_fields_set
    return "below [possible_columns]" if is_there else "in a table of its own\n[possible_columns]"


def _find_rule(header: str, known: Collection[str]) -> str:
    """Find the rule whose header, or keyword, a header resembles, of those that no other column of the table gives."""
    names = {_normalize(name): rule.keyword for rule in RULES for name in (rule.header, rule.keyword)}
    near = get_close_matches(_normalize(header), list(names), 1, ALIKE)
    return names[near[0]] if near and names[near[0]] not in known else ""


def _normalize(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


def _name_annotation(header: str) -> str:
    """Name an annotation after a header; empty if there is no name that no other one has."""
    words = re.findall("[a-z0-9]+", header.lower())
    name = "-".join(["x", *words])
    return name if is_annotation(name) else ""
