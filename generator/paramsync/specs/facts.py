"""Read the facts that the cells of a row state, with findings for what is no value, or is one in doubt. Pure."""

import re
from collections.abc import Iterable
from typing import Any

from paramsync.pages.meanings import FIXED, choose_keyword
from paramsync.pages.page import Text
from paramsync.pages.sources import INSIDE, REQUIRED_WITH, UNLESS
from paramsync.rules import LIMITS, RULES, list_types
from paramsync.specs import cells
from paramsync.specs.document import NAME_IN_CODE
from paramsync.specs.draft import Draft, Row
from paramsync.specs.schema import find_leaf
from paramsync.specs.sentences import read_sentences
from paramsync.text import Json, find_invisible, quote, remove_break_hints

# Meaning of a column, if it is no annotation -> the keywords of a spec that it determines.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "type": ("type", "x-type", "items", "$ref", "anyOf"),
    "required": ("required",),
    "default": ("default",),
    **{rule.keyword: (rule.keyword, rule.unenforced) for rule in RULES},
    "choices": ("enum",),
    "description": ("description",),
    "name": (),
    "prose": (),
    REQUIRED_WITH: ("dependentRequired",),
    UNLESS: ("allOf",),
    INSIDE: ("properties",),
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


def keywords_of(key: str) -> tuple[str, ...]:
    """Return the keywords of a spec that a fact determines."""
    return KEYWORDS.get(key, (key,))


def read_facts(row: Row, schema: Json, draft: Draft, name: str) -> Json:
    """Read the cells of a row by the schema of its type: meaning -> value, without cells that are empty or have errors."""
    words, origins, form = draft.profile.words, draft.origins[name], draft.profile.tables.values
    origins |= {KEYWORDS[column][0]: row.get(column, row["name"]) for column in ("required", "description")}
    facts: Json = {"type": row["type"].plain}
    said = {column: cell for column, cell in row.items() if not cells.is_nothing(cell, words, form)}
    if "choices" in said:
        _read_choices(said["choices"], find_leaf(schema), facts, draft, name)
    for column, cell in said.items():
        if column not in FIXED:
            keyword = choose_keyword(column, schema)
            read = _read_limit if keyword in LIMITS else _read_annotation
            read(cell, keyword, facts, draft, name)
    if "default" in said:
        _read_default(said["default"], schema, facts, draft, name)
    if "description" in said and (description := remove_break_hints(said["description"].prose)).strip():
        facts["description"] = description
    _read_required(row.get("required"), facts, draft, name)
    facts = draft.marks.get(name, {}) | facts
    for column in ("prose", "description"):
        if column in said:
            _read_sentences(said[column], schema, facts, draft, name)
    for column, cell in row.items():  # what says that there is nothing has a place, too
        for keyword in keywords_of(choose_keyword(column, schema)):
            origins.setdefault(keyword, cell)
    facts.setdefault("required", draft.profile.tables.required and "required" not in row)
    return facts


def _read_sentences(cell: Text, schema: Json, facts: Json, draft: Draft, name: str) -> None:
    for keyword, value in read_sentences(cell, schema, facts, draft, name).items():
        facts[keyword] = value
        draft.origins[name] |= dict.fromkeys(keywords_of(keyword), cell)
        if keyword in ("choices", "default"):
            check_texts(value if isinstance(value, list) else [value], cell, draft, name, keyword)


def _read_required(cell: Text | None, facts: Json, draft: Draft, name: str) -> None:
    words = draft.profile.words
    if cell is None:
        return
    if cell.plain in words.yes | words.no:
        facts["required"] = cell.plain in words.yes
    else:
        problem = f"{quote(cell.value)} is neither yes nor no"
        draft.report_unread("unknown-word", cell, problem, name, "required")


def _read_choices(cell: Text, schema: Json, facts: Json, draft: Draft, name: str) -> None:
    words = draft.profile.words
    items = cells.read_items(cell, words)
    if items and len(items) > MAX_CHOICES:
        draft.report("over-limit", cell, f"there are more than {MAX_CHOICES:,} choices", name)
        return
    choices = cells.read_values(items, schema, words) if items and cells.has_choices(schema) else None
    problem = cells.explain_no_list(cell, items, is_plain_allowed=draft.allows_plain_lists) if items else ""
    if choices and not problem:
        facts["choices"] = choices
        draft.origins[name]["enum"] = cell
        if items and cells.is_list_in_one_span(items):
            problem = f"{quote(items[0])} is a list in one code span"
            draft.doubt("bad-choices", cell, problem, name, "choices")
        check_texts(choices, cell, draft, name, "choices")
    else:
        kinds = " or ".join(list_types(schema))
        problem = problem or f"cannot be read as choices of type {kinds}"
        draft.report_unread("bad-choices", cell, f"{quote(cell.written)} {problem}", name, "choices")


def _read_limit(cell: Text, keyword: str, facts: Json, draft: Draft, name: str) -> None:
    limit = cells.read_limit(cell, LIMITS[keyword], draft.profile.words)
    if limit is None:
        problem = f"{quote(cell.written)} is not {LIMITS[keyword].limit_kind}"
        draft.report_unread("bad-number", cell, problem, name, keyword)
    else:
        facts[keyword] = limit
        draft.origins[name] |= dict.fromkeys(keywords_of(keyword), cell)


def _read_annotation(cell: Text, keyword: str, facts: Json, draft: Draft, name: str) -> None:
    annotation = cells.read_annotation(cell)
    if annotation != "":
        facts[keyword] = annotation
        draft.origins[name][keyword] = cell


def _read_default(cell: Text, schema: Json, facts: Json, draft: Draft, name: str) -> None:
    default = cells.read_default(cell, schema, draft.profile.words, draft.profile.tables.values)
    if isinstance(default, list) and len(default) > MAX_CHOICES:
        draft.report("over-limit", cell, f"the default has more than {MAX_CHOICES:,} elements", name)
        return
    if default is None:
        problem = f"{quote(cell.written)} cannot be read as {facts['type'] or 'JSON'}"
        draft.report_unread("bad-default", cell, problem, name, "default")
        return
    facts["default"] = default
    draft.origins[name]["default"] = cell
    check_texts(default if isinstance(default, list) else [default], cell, draft, name, "default")


def check_texts(values: Iterable[Any], text: Text, draft: Draft, name: str, column: str) -> None:
    """Report values with invisible characters or with notation: what is written may not be what is meant."""
    texts = [value for value in values if isinstance(value, str)]
    check_invisible(texts, text, draft, name, column)
    is_odd = TITLE_MARKUP.search if column == "title" else NOTATION.fullmatch
    odd = [
        value
        for value in texts
        if is_odd(value) or (column == "default" and value in NO_VALUE and _is_free(name, draft))
    ]
    if odd:
        draft.doubt(
            "doubtful-value", text, f"{quote(odd[0])} looks like notation, and not like a value", name, column
        )


def check_invisible(values: Iterable[Any], text: Text, draft: Draft, name: str, column: str) -> None:
    """Report values with invisible characters: two of them may look alike."""
    invisible = [value for value in values if isinstance(value, str) and find_invisible(value)]
    if invisible:
        points = ", ".join(find_invisible("".join(invisible)))
        problem = f"{quote(invisible[0])} has characters that nobody sees: {points}"
        draft.doubt("invisible-character", text, problem, name, column)


def _is_free(name: str, draft: Draft) -> bool:
    """Tell whether a parameter has no choices that would say whether `None` is a value."""
    return "enum" not in draft.origins[name]
