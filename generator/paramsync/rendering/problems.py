"""Find the problems of a payload, by codes, as the validators in every language must find them. Defaults: `specs/rules`. Pure."""

import math
from collections.abc import Iterator
from typing import Any

from paramsync.rendering.models import Model, Parameter

TYPES = {"string": str, "boolean": bool, "object": dict}
MAX_FLOAT = math.nextafter(math.inf, 0)

Problems = Iterator[tuple[str, str]]  # JSON Pointer, code


def find_problems(model: Model, payload: Any) -> Problems:
    """Find the problems of a payload: first those of each parameter, in the model's order, then unknown names."""
    if not isinstance(payload, dict):
        yield "", "type"
        return
    for parameter in model.parameters:
        if parameter.name in payload:
            yield from (
                (f"/{parameter.name}{at}", code)
                for at, code in find_value_problems(parameter, payload[parameter.name])
            )
        elif parameter.is_required:
            yield f"/{parameter.name}", "required"
    names = {parameter.name for parameter in model.parameters}
    yield from ((join_pointer("", name), "unknown") for name in payload if name not in names)


def find_value_problems(parameter: Parameter, value: Any) -> Problems:
    """Find the problems of a parameter's value; the pointers are relative to it."""
    if parameter.is_array and not isinstance(value, list):
        yield "", "type"
        return
    elements = value if parameter.is_array else [value]
    distinct = dict(zip(map(id, elements), elements, strict=True))  # a vector may have one value many times
    broken = {key: code for key, one in distinct.items() if (code := broken_rule(parameter, one))}
    for index, one in enumerate(elements if broken else ()):
        if id(one) in broken:
            yield f"/{index}" if parameter.is_array else "", broken[id(one)]


def broken_rule(parameter: Parameter, value: Any) -> str:
    """Return the first rule that a value, or an element of an array, breaks; empty if it breaks none."""
    if (
        not _is_number(value)
        if parameter.element == "number"
        else not isinstance(value, TYPES[parameter.element])
    ):
        return "type"
    if parameter.choices and value not in parameter.allowed:
        return "enum"
    if parameter.minimum is not None and value < parameter.minimum:
        return "minimum"
    return "maximum" if parameter.maximum is not None and value > parameter.maximum else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_FLOAT


def join_pointer(pointer: str, key: object) -> str:
    """Append a key or an index to a JSON Pointer (RFC 6901)."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
