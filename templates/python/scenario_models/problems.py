"""What a validator finds, and how it says so."""

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple, TypeGuard

Code = Literal["required", "type", "enum", "minimum", "maximum", "unknown"]

LONGEST_SHOWN = 60
QUERY = re.compile(r"(https?:[^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE)  # behind a question mark may be a signature


class Problem(NamedTuple):
    """One thing that is wrong with a payload."""

    pointer: str
    """Where: a JSON Pointer (RFC 6901) into the payload, such as `/loras/0`."""

    code: Code
    """Which rule is broken, by its name in the spec; `unknown` is a parameter the model does not have."""

    message: str
    """What to tell a person."""


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a number in JSON: no boolean, no NaN, no infinity."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def elements(payload: Mapping[Any, Any], name: str, problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    """Give the pointer and the value of each element of an array, if the payload has it and it is one."""
    values = payload.get(name, [])
    if isinstance(values, list):
        yield from ((f"/{name}/{index}", value) for index, value in enumerate(values))
    else:
        problems.append(wrong_type(f"/{name}", "array", values))


def missing(pointer: str) -> Problem:
    """Say that a required parameter is not there."""
    return Problem(pointer, "required", f"{pointer[1:]} is required")


def wrong_type(pointer: str, expected: str, value: object) -> Problem:
    """Say that a value is not of its type."""
    article = "an" if expected[0] in "aeiou" else "a"
    return Problem(pointer, "type", f"{_shown(value)} is not {article} {expected}")


def not_a_choice(pointer: str, choices: Collection[object], value: object) -> Problem:
    """Say that a value is none of the choices, and which comes nearest."""
    allowed = ", ".join(map(_shown, choices))
    hint = nearest(value, [choice for choice in choices if isinstance(choice, str)])
    return Problem(pointer, "enum", f"{_shown(value)} is none of {allowed}{hint}")


def below(pointer: str, minimum: float, value: float) -> Problem:
    """Say that a number is too small."""
    return Problem(pointer, "minimum", f"{_shown(value)} is below {minimum}")


def above(pointer: str, maximum: float, value: float) -> Problem:
    """Say that a number is too large."""
    return Problem(pointer, "maximum", f"{_shown(value)} is above {maximum}")


def unknown(payload: Mapping[Any, Any], names: Collection[str]) -> list[Problem]:
    """Say of each name in a payload that the model does not have it, and which comes nearest."""
    return [
        Problem(
            "/" + str(name).replace("~", "~0").replace("/", "~1"),
            "unknown",
            f"there is no parameter {_shown(name)}{nearest(name, names)}",
        )
        for name in payload
        if name not in names
    ]


def nearest(value: object, names: Collection[str]) -> str:
    """Give the hint `; did you mean ...?`, or nothing where no name comes near."""
    if not isinstance(value, str) or len(value) > LONGEST_SHOWN:
        return ""
    plain = {name.lower().replace("_", ""): name for name in names}
    near = get_close_matches(value.lower().replace("_", ""), plain, 1)
    return f"; did you mean {_shown(plain[near[0]])}?" if near else ""


def _shown(value: object) -> str:
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = type(value).__name__
    text = QUERY.sub(r"\1?…", text)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
