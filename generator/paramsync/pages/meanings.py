"""What the profile may declare that a column means. Pure."""

import re
from typing import Annotated

from pydantic import BeforeValidator

from paramsync.rules import BY_KEYWORD, find_limited
from paramsync.text import Json, quote, suggest_name

FIXED = ("name", "type", "required", "default", "choices", "description", "prose", "ignored")
ANNOTATION = re.compile(r"x-[a-z0-9]+(?:-[a-z0-9]+)*")
# Annotations that do not come from a column.
RESERVED = {"x-type", "x-model", "x-name-in-code", "x-capabilities", "x-markdown"}
# Of a column: one, or the keywords of rules of which the one applies whose type a parameter has.
Meaning = str | tuple[str, ...]


def list_keywords(meaning: Meaning) -> tuple[str, ...]:
    """Return the keywords of which a column states one: several if it depends on the type of a parameter."""
    return (meaning,) if isinstance(meaning, str) else meaning


def is_annotation(keyword: str) -> bool:
    """Tell whether a keyword is an annotation that a page can state."""
    return bool(ANNOTATION.fullmatch(keyword)) and keyword not in RESERVED


def choose_keyword(meaning: Meaning, schema: Json | None) -> str:
    """Return the keyword that a column states of a parameter: of several, the first whose type it has, arrays before their elements."""
    keywords = list_keywords(meaning)
    while schema is not None and len(keywords) > 1:
        for keyword in keywords:
            if find_limited(BY_KEYWORD[keyword], schema) is schema:
                return keyword
        schema = schema.get("items")
    return keywords[0]


def read_meaning(value: object) -> Meaning:
    """Read the meaning of a column as it is declared.

    Raises:
        ValueError: it is none.

    """
    if isinstance(value, str):
        if value not in FIXED and value not in BY_KEYWORD and not is_annotation(value):
            raise ValueError(_explain_meaning(value))
        return value
    if not isinstance(value, list) or not value:
        raise ValueError("must be a text in quotes, or an array of rules")
    for one in value:
        if one not in BY_KEYWORD:
            near = suggest_name(str(one), BY_KEYWORD)
            raise ValueError(f"{quote(str(one))} is not a rule{near}; the rules are {', '.join(BY_KEYWORD)}")
    if len({BY_KEYWORD[one].type for one in value}) < len(value):
        raise ValueError("two of these rules are of one type: it does not tell which of them applies")
    return value[0] if len(value) == 1 else tuple(value)


def _explain_meaning(value: str) -> str:
    if value in RESERVED:
        return f"{quote(value)} is written by paramsync itself; write another annotation"
    near = suggest_name(value, (*FIXED, *BY_KEYWORD))
    if value.startswith("x-"):
        return f"{quote(value)} is not an annotation: after x- come small letters and digits, in parts between dashes"
    known = f"there are {', '.join(FIXED)}, the rules {', '.join(BY_KEYWORD)}, and annotations such as x-unit"
    return f"{quote(value)} is not a meaning of a column{near}; {known}"


DeclaredMeaning = Annotated[Meaning, BeforeValidator(read_meaning)]
