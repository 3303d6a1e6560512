"""Read the values in table cells. Pure.

The readers return None for a cell that does not hold such a value; no value of a page is null.
"""

import json
import math
import re
from typing import Any

from paramsync.findings import InputError, Place
from paramsync.pages.declared import Words
from paramsync.pages.html_tags import read_tags
from paramsync.pages.page import Text
from paramsync.pages.tables import ValueForm
from paramsync.rules import SCALARS, TYPES, JsonType, Rule, has_type, list_types
from paramsync.text import Json, collapse_whitespace, read_json, remove_break_hints

# What a text shows that is a sentence, or several values in another notation, and not a value.
PROSE = re.compile(
    r"""
      \b(?:e\.?g|i\.?e|etc)\b | \b(?:any|or|either|between|depends?|such\ as|one\ of|up\ to|must|should|see)\b | ^and\b
    | \b(?:multiples?|codes?|integers?|numbers?|positive|negative|no\ limit|(?:at|less|more|greater)\ (?:least|most|than)|same\ as|languages?|min|max)\b
    | \w\s+default\b | \d\s*(?:–|to|\.\.+)\s*\d | ^\d+-\d+$ | ^n/a$
    | \((?:default|recommended|optional|required|deprecated)\)
    | [.!?…]$ | ; | :(?:\s|$)
    | \s[/|]\s | \*\* | ~~ | \]\( | ://
    | ^["'`“”‘’„«»] | ["'`“”‘’„«»]$
    | ^\W*$
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What says that there are no choices, or of which type they are, if it stands alone.
NO_CHOICE = re.compile(
    r"n/?a|none|null|nil|all|various|unknown|unlimited|tb[ad]|string|text|url|number|integer|float|boolean|\d+ ?(?:-|–|to|\.\.+) ?\d+",
    re.IGNORECASE,
)
LIST = re.compile(r"\S(?:[,;|]\s?|\s(?:/|or)\s)\S")
EMPHASIS = ("**", "*", "__", "_", "***")
MAX_WORDS = 6  # of a choice in plain text
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
MAX_NUMBER_LENGTH = 64
MAX_JSON = 10_000  # characters of a default
MAX_EXACT = 2**53  # up to here a float has each whole number


def is_alone(cell: Text) -> bool:
    """Tell whether a cell is one code span, perhaps emphasized, or text without any: beside it, a badge or a mark would stand."""
    texts = [piece.text for piece in cell.pieces if not piece.is_code]
    is_emphasized = cell.value.startswith(EMPHASIS) and texts in ([mark, mark] for mark in EMPHASIS)
    return not cell.codes or (len(cell.codes) == 1 and (not texts or is_emphasized))


def is_nothing(cell: Text, words: Words, form: ValueForm = "code") -> bool:
    """Tell whether the cell says "no value": `-`, but not as a code span, unless JSON stands in these."""
    return (form == "json" or not cell.codes) and cell.value in words.nothing


def is_empty(cell: Text, words: Words) -> bool:
    """Tell whether the cell is an empty code span, or one of the words that a page shows for it."""
    return (not cell.codes and cell.value in words.empty) or (bool(cell.codes) and not cell.value)


def read_items(cell: Text, words: Words) -> list[str] | None:
    """Read a list of code spans or of texts, separated by commas."""
    items: list[str] = []
    for piece in cell.pieces:
        if piece.is_code:
            items.append(piece.text)
            continue
        texts = [text.strip(" ") for text in piece.text.split(",")]
        if any(text and text not in words.empty for text in texts) and cell.codes:
            return None
        items.extend("" if text in words.empty else text for text in texts if text)
    return items or None


def is_list_in_one_span(items: list[str]) -> bool:
    """Tell whether the only item of a cell looks like several."""
    return len(items) == 1 and bool(LIST.search(items[0]))


def explain_no_list(cell: Text, items: list[str], *, is_plain_allowed: bool) -> str:
    """Return why the items of a cell are not the values that it lists, or an empty string.

    Text without code spans is a list only if it `is_plain_allowed`, and does not show itself as prose.
    """
    if cell.codes or not any(items):  # or words for an empty code span
        return ""
    if not is_plain_allowed:
        return "is text without code spans"
    words = max(len(item.split()) for item in items)
    is_lone = len(items) == 1 and (words > 1 or NO_CHOICE.fullmatch(items[0]))
    is_sentence = words > MAX_WORDS or any(item and PROSE.search(item) for item in items)
    if is_lone or is_sentence or (len(items) > 1 and " and " in items[-1]):
        return "reads as prose"
    texts = (collapse_whitespace(part) for part in read_tags(cell.written) if isinstance(part, str))
    return "" if cell.value in texts else "has markup among its values"


def read_default(cell: Text, schema: Json, words: Words, form: ValueForm = "code") -> Any:
    """Read a default, in the form in which a page writes it: a value as a schema has it, or a list of them for an array."""
    if form != "code":
        is_bare = form == "bare" and is_empty(cell, words)
        return read_default_text("" if is_bare else cell.value, schema, words, form)
    if schema.get("type") == "array":
        items = [] if is_empty(cell, words) else read_items(cell, words)
        if items and any(items) and not cell.codes:
            return None
        return (
            None if items is None or is_list_in_one(items) else read_values(items, schema.get("items"), words)
        )
    if is_empty(cell, words):
        return read_value("", schema, words)
    # A default is always one code span; plain text is something else, for example another kind of dash.
    return read_value(cell.value, schema, words) if len(cell.pieces) == len(cell.codes) == 1 else None


def read_default_text(text: str, schema: Json, words: Words, form: ValueForm) -> Any:
    """Read a default from a text without code spans."""
    return _read_json(text, schema) if form == "json" else _read_bare(text, schema, words)


def _read_bare(text: str, schema: Json, words: Words) -> Any:
    """Read a text, or JSON where an array or object is due."""
    kinds = {*list_types(schema)}
    if text[:1] in ("[", "{") and kinds & {"array", "object"}:
        return _read_json(text, schema)
    if kinds == {"array"}:
        items = [text] if text else []
        return None if is_list_in_one(items) else read_values(items, schema.get("items"), words)
    return read_value(text, schema, words)


def _read_json(text: str, schema: Json) -> Any:
    """Read JSON, or a text without quotes; of a parameter that is a text, anything but a quoted text is one without quotes."""
    kinds = list_types(schema)
    if kinds and {*kinds}.isdisjoint(("array", "object")) and not text.startswith('"'):
        return read_value(text, schema, Words())
    try:
        value = read_json(text, Place("")) if len(text) <= MAX_JSON else None
    except InputError:
        value = text if not kinds or "string" in kinds else None
    return value if not kinds or has_type(value, kinds) else None


def is_list_in_one(items: list[str]) -> bool:
    """Tell whether what should be one element looks like a list."""
    return len(items) == 1 and bool(re.search(r"[\[,]", items[0]))


def read_values(items: list[str], schema: Json | None, words: Words) -> list[Any] | None:
    """Read values, each as a schema has it; without a schema nobody knows how."""
    values = [None if schema is None else read_value(item, schema, words) for item in items]
    return None if None in values else values


def read_value(text: str, schema: Json, words: Words) -> str | float | bool | None:
    """Read a value of the first type of a schema as which it can be read; a text if there is no type."""
    found = (_read_as(text, kind, words) for kind in list_types(schema) or ("string",))
    return next((value for value in found if value is not None), None)


def _read_as(text: str, kind: JsonType, words: Words) -> str | float | bool | None:
    if kind == "string":
        return text
    if kind == "number":
        return read_number(text)
    if kind == "integer":
        return read_whole(text)
    if kind == "boolean" and text in words.true | words.false:
        return text in words.true
    return None


def has_choices(schema: Json) -> bool:
    """Tell whether the values of a schema can be listed."""
    return not {"$ref", "anyOf"} & schema.keys() and all(kind in SCALARS for kind in list_types(schema))


def read_limit(cell: Text, rule: Rule, words: Words) -> float | None:
    """Read the limit of a rule, which may have a unit."""
    number, _, unit = cell.plain.partition(" ")
    written = number if unit in words.units else cell.plain
    limit = None if len(cell.pieces) > 1 else read_limit_text(written, rule)
    return limit if limit is not None and rule.allows_limit(limit) else None


def read_limit_text(text: str, rule: Rule) -> float | None:
    """Read a number that may be the limit of a rule."""
    return read_whole(text) if rule.is_count else read_number(text)


def read_annotation(cell: Text) -> str | float:
    """Read what is said beside the rules: a number if it is written as one, else the text."""
    written = cell.plain if len(cell.pieces) == 1 else cell.prose
    number = read_number(written)
    return remove_break_hints(written).strip() if number is None else number


def read_whole(text: str) -> float | None:
    """Read a whole number: `2.0` is 2."""
    number = read_number(text)
    if number is None or not TYPES["integer"](number):
        return None
    return int(number) if abs(number) < MAX_EXACT else number


def read_number(text: str) -> float | None:
    """Read a number as JSON writes it: `1` is an integer, `0.5` a float."""
    if len(text) > MAX_NUMBER_LENGTH or not NUMBER.fullmatch(text):
        return None
    number: float = json.loads(text)
    return number if math.isfinite(number) else None
