"""Messages for input of the wrong shape, in the words of the API. Pure."""

import re

from pydantic import BaseModel, ValidationError

MAX_SHOWN = 100
SIGNATURE = re.compile(r"(https?:[^?#]*)[?#].*", re.IGNORECASE | re.DOTALL)
WORDS = {
    "bool_type": "must be of type boolean",
    "dict_type": "must be of type object",
    "extra_forbidden": "is unknown; use {known}",
    "finite_number": "must be a number",
    "float_parsing": "must be a number",
    "float_type": "must be of type number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "less_than_equal": "must be at most {le:g}",
    "list_type": "must be of type array",
    "literal_error": "must be one of {expected}",
    "missing": "is required",
    "multiple_of": "must be a whole number",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_long": "must be at most {max_length} characters long",
    "string_too_short": "must be at least {min_length} characters long",
    "string_type": "must be of type string",
    "too_short": "must be at least {min_length} items long",
    "too_long": "must be at most {max_length} items long",
}


def describe_error(error: ValidationError, shape: type[BaseModel]) -> str:
    """Describe the first error of a shape."""
    first = error.errors(include_url=False, include_input=False)[0]
    if not first["loc"]:
        return first["msg"].removeprefix("Value error, ")
    facts = {**first.get("ctx", {}), "known": ", ".join(shape.model_fields)}
    said = first["msg"].removeprefix("Value error, ").replace("{", "{{").replace("}", "}}")
    words = WORDS.get(first["type"], said)
    return f"Input {'.'.join(shorten(str(part)) for part in first['loc'])} {words.format(**facts)}"


def shorten(text: str) -> str:
    """Shorten what a caller sent, to show it; also cut what may be the signature of a URL."""
    shown = SIGNATURE.sub(r"\1?…", text[: MAX_SHOWN + 1])
    return shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 1] + "…"
