"""Read the facts that the cells of a row state, with findings for what is no value, or is one in doubt. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from paramsync.pages.page import Text
from paramsync.pages.profile import Column, JsonType
from paramsync.specs import cells
from paramsync.specs.document import NAME_IN_CODE
from paramsync.specs.draft import Draft
from paramsync.text import Json, find_invisible, quote, remove_break_hints

BOUNDS: tuple[Column, ...] = ("minimum", "maximum")
# Column -> the keywords of a spec that it determines.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "type": ("type", "x-type", "items"),
    "required": ("required",),
    "default": ("default",),
    "minimum": ("minimum", "x-min"),
    "maximum": ("maximum", "x-max"),
    "choices": ("enum",),
    "description": ("description",),
    "name": (),
    "name_in_code": (NAME_IN_CODE,),  # no column: only an overlay gives it
}
# What a page may have written for people: signs around a value, what says more of it, and signs for others.
NOTATION = re.compile(
    r"""([\"'`]).+\1 | [“”„].+[“”] | [‘’‚].+[‘’] | «.+» | ~~.+~~
    | … | \.{3} | etc\.? | .*\be\.g\..* | .+\ \((?:default|recommended|optional|deprecated)\)""",
    re.DOTALL | re.VERBOSE,
)
TITLE_MARKUP = re.compile(r"\]\( | \{[%{] | </?[A-Za-z] | :\w+\[ | \[\^", re.VERBOSE)
NO_VALUE = frozenset(
    {"null", "None", "nil", "undefined", "N/A", "n/a", "[]", "{}"}
)  # in a default of a text without choices
MAX_CHOICES = 10_000  # of a parameter, and elements of a default


def read_facts(
    row: Mapping[Column, Text], json_type: JsonType | list[JsonType], draft: Draft, name: str
) -> Json:
    """Read the cells of a row: column -> value, without cells that are empty or have errors."""
    words, origins = draft.profile.words, draft.origins[name]
    origins |= {KEYWORDS[column][0]: row[column] for column in ("required", "description")}
    facts: Json = {"type": row["type"].plain}
    if not cells.is_nothing(row["choices"], words):
        element_type = json_type[0] if isinstance(json_type, list) else json_type
        _read_choices(row["choices"], element_type, facts, draft, name)
    for column in BOUNDS:
        if not cells.is_nothing(row[column], words):
            _read_bound(row[column], column, facts, draft, name)
    if not cells.is_nothing(row["default"], words):
        _read_default(row["default"], json_type, facts, draft, name)
    description = remove_break_hints(row["description"].prose)
    if description.strip() and not cells.is_nothing(row["description"], words):
        facts["description"] = description
    facts["required"] = row["required"].plain in words.yes
    if row["required"].plain not in words.yes | words.no:
        problem = f"{quote(row['required'].value)} is neither yes nor no"
        draft.report_unread("unknown-word", row["required"], problem, name, "required")
    return facts


def _read_choices(cell: Text, element_type: JsonType, facts: Json, draft: Draft, name: str) -> None:
    words = draft.profile.words
    items = cells.read_items(cell, words)
    if items and len(items) > MAX_CHOICES:
        draft.report("over-limit", cell, f"there are more than {MAX_CHOICES:,} choices", name)
        return
    choices = cells.read_values(items, element_type, words) if items else None
    problem = cells.explain_no_list(cell, items, is_plain_allowed=draft.allows_plain_lists) if items else ""
    if choices and not problem:
        facts["choices"] = choices
        draft.origins[name]["enum"] = cell
        if items and cells.is_list_in_one_span(items):
            problem = f"{quote(items[0])} is a list in one code span"
            draft.doubt("bad-choices", cell, problem, name, "choices")
        check_texts(choices, cell, draft, name, "choices")
    else:
        problem = problem or f"cannot be read as choices of type {element_type}"
        draft.report_unread("bad-choices", cell, f"{quote(cell.written)} {problem}", name, "choices")


def _read_bound(cell: Text, column: Column, facts: Json, draft: Draft, name: str) -> None:
    bound = None if len(cell.pieces) > 1 else cells.read_number(cell.plain)
    if bound is None:
        draft.report_unread("bad-number", cell, f"{quote(cell.written)} is not a number", name, column)
        return
    facts[column] = bound
    draft.origins[name] |= dict.fromkeys(KEYWORDS[column], cell)


def _read_default(
    cell: Text, json_type: JsonType | list[JsonType], facts: Json, draft: Draft, name: str
) -> None:
    default = cells.read_default(cell, json_type, draft.profile.words)
    if isinstance(default, list) and len(default) > MAX_CHOICES:
        draft.report("over-limit", cell, f"the default has more than {MAX_CHOICES:,} elements", name)
        return
    if default is None:
        problem = f"{quote(cell.written)} cannot be read as {facts['type']}"
        draft.report_unread("bad-default", cell, problem, name, "default")
        return
    facts["default"] = default
    draft.origins[name]["default"] = cell
    check_texts(default if isinstance(default, list) else [default], cell, draft, name, "default")


def check_texts(values: Iterable[Any], text: Text, draft: Draft, name: str, column: str) -> None:
    """Report values with invisible characters or with notation: what is written may not be what is meant."""
    texts = [value for value in values if isinstance(value, str)]
    invisible = [value for value in texts if find_invisible(value)]
    is_odd = TITLE_MARKUP.search if column == "title" else NOTATION.fullmatch
    odd = [
        value
        for value in texts
        if is_odd(value) or (column == "default" and value in NO_VALUE and _is_free(name, draft))
    ]
    if invisible:
        points = ", ".join(find_invisible("".join(invisible)))
        problem = f"{quote(invisible[0])} has characters that nobody sees: {points}"
        draft.doubt("invisible-character", text, problem, name, column)
    if odd:
        draft.doubt(
            "doubtful-value", text, f"{quote(odd[0])} looks like notation, and not like a value", name, column
        )


def _is_free(name: str, draft: Draft) -> bool:
    """Tell whether a parameter has no choices that would say whether `None` is a value."""
    return "enum" not in draft.origins[name]
