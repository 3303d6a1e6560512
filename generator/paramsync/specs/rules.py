"""Check defaults against the rules of a parameter, for findings in words. Payloads: `rendering/problems`. Pure."""

from collections.abc import Iterator
from math import inf
from typing import Any

from paramsync.text import Json

# JSON type -> Python types. In Python, bool is a subclass of int; booleans are not numbers here.
TYPES: dict[str, Any] = {"string": str, "number": int | float, "boolean": bool, "object": dict, "array": list}
MAX_SHOWN_CHOICES = 40  # in a message, which is shortened further


def find_violations(rules: Json, value: Any) -> Iterator[str]:
    """Describe each rule that a value, or an element of an array, violates."""
    if rules["type"] == "array" and isinstance(value, list):
        yield from _find_violations(rules["items"], value)
    else:
        yield from _find_violations(rules, [value])


def _find_violations(rules: Json, values: list[Any]) -> Iterator[str]:
    kind, minimum, maximum = rules["type"], rules.get("minimum", -inf), rules.get("maximum", inf)
    choices = frozenset(rules["enum"]) if "enum" in rules else None
    shown = repr([*dict.fromkeys(rules.get("enum", []))][:MAX_SHOWN_CHOICES])
    for value in values:
        if not isinstance(value, TYPES[kind]) or (kind == "number" and isinstance(value, bool)):
            yield f"{value!r} is not of type {kind!r}"
        elif choices is not None and value not in choices:
            yield f"{value!r} is not one of {shown}"
        elif kind == "number" and value < minimum:
            yield f"{value!r} is less than the minimum of {minimum!r}"
        elif kind == "number" and value > maximum:
            yield f"{value!r} is greater than the maximum of {maximum!r}"
