"""Make payloads of a model to test validators with, valid and invalid ones, each with a name. Pure."""

import math
from collections.abc import Container, Iterator
from dataclasses import replace
from itertools import chain, count
from typing import Any

from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.problems import MAX_FLOAT, broken_rule, find_value_problems
from paramsync.rendering.substitutes import Substitute, expand

ONE_OF_EACH_TYPE: dict[str, Any] = {
    "null": None,
    "a boolean": True,
    "a number": 1,
    "a text": "12",
    "an array": [],
    "an object": {},
}
UNKNOWN_NAMES = ("__proto__", "constructor", "", "a/b~c", "a name 🍌")
ODD_TEXT = "\"quoted\" \\ '${a}' </b> \x00 \r\n \u2028 e\u0301 🍌"
HUGE_NUMBER = 1e300
MAX_WHOLE = 2**52  # below it, n + 0.5 can be represented for every whole number n

NamedValues = Iterator[tuple[str, Any]]


def make_payloads(model: Model) -> NamedValues:
    """Make payloads: the smallest and the largest, and the smallest with one thing changed at a time, then with many mistakes."""
    smallest = {one.name: _valid_value(one) for one in model.parameters if one.is_required}
    yield "what is required", smallest
    yield "everything", {one.name: _valid_value(one) for one in model.parameters}
    yield "nothing", {}
    yield from ((f"{name}, no object", value) for name, value in ONE_OF_EACH_TYPE.items())
    for name in smallest:
        yield f"without {name}", {other: smallest[other] for other in smallest if other != name}
    for name in _unknown_names(model):
        yield f"an unknown name: {name}", {**smallest, name: 1}
    for one in model.parameters:
        yield from (
            (f"{one.name}: {name}", {**smallest, one.name: value}) for name, value in _make_values(one)
        )
    yield from _make_many_mistakes(model)


def _unknown_names(model: Model) -> list[str]:
    """Return names that the model does not have; one is the name of a parameter in upper case."""
    names = [one.name for one in model.parameters]
    return [name for name in (*UNKNOWN_NAMES, *(name.upper() for name in names[:1])) if name not in names]


def _make_many_mistakes(model: Model) -> NamedValues:
    """Make payloads in which almost every value is invalid, in the reverse order; each omits another third of the parameters."""
    broken = {
        one.name: [value for _, value in _make_values(one) if any(find_value_problems(one, expand(value)))]
        for one in model.parameters[::-1]
    }
    first, *others = _unknown_names(model)
    for turn in range(3):
        mistakes = {
            name: values[(index + turn) % len(values)]
            for index, (name, values) in enumerate(broken.items())
            if (index + turn) % 3
        }
        yield f"many mistakes {turn + 1}", {first: None, **mistakes, **dict.fromkeys(others, 1)}


def _valid_value(parameter: Parameter) -> Any:
    return [_valid_element(parameter)] if parameter.is_array else _valid_element(parameter)


def _valid_element(parameter: Parameter) -> Any:
    """Return an element that breaks no rule, if the rules allow any."""
    return replace(parameter, is_array=False, default=None).example


def _make_values(parameter: Parameter) -> NamedValues:
    yield from _make_array_values(parameter) if parameter.is_array else _make_elements(parameter)
    for name, value in ONE_OF_EACH_TYPE.items():
        if name != "an array" or not parameter.is_array:
            yield name, value


def _make_array_values(parameter: Parameter) -> NamedValues:
    right = _valid_element(parameter)
    elements = dict(_make_elements(parameter))
    yield "an empty array", []
    yield "the same twice", [right, right]
    if not broken_rule(parameter, right):
        yield "a huge array", Substitute({"item": right, "times": 10_000})
    yield "one element, no array", right
    yield from ((f"an array of {name}", [value]) for name, value in elements.items())
    yield "an array of all types", [right, *ONE_OF_EACH_TYPE.values()]
    yield "an array of all of these", [*elements.values(), right]


def _make_elements(parameter: Parameter) -> NamedValues:
    for index, choice in enumerate(parameter.choices, 1):
        yield f"choice {index}", choice
        near_misses = _near_misses(choice, parameter.allowed)
        yield from ((f"a near miss of choice {index}", near) for near in near_misses)
    if parameter.element == "number":
        yield from _make_numbers(parameter)
    elif parameter.element == "string":
        file = "asset_" if parameter.is_file else ""
        yield "an empty text", ""
        yield "an odd text", file + ODD_TEXT
        yield "a huge text", Substitute({"text": file or "a", "times": 100_000 // len(file or "a")})
    elif parameter.element == "boolean":
        yield from (("true", True), ("false", False))
    else:
        yield from (("an empty object", {}), ("an object with anything", {"a": [None, {"b": 1.5}]}))


def _near_misses(choice: Any, choices: Container[Any]) -> list[Any]:
    """Return a value that is similar to a choice, but not a choice; the list is empty if there is none."""
    if isinstance(choice, str):
        candidates = chain([choice.swapcase()], (choice + " " * spaces for spaces in count(1)))
        return [next(one for one in candidates if one not in choices)]
    beside = [not choice] if isinstance(choice, bool) else [near for _, near in _neighbours(choice, 1)]
    return [near for near in beside if near not in choices][:1]


def _make_numbers(parameter: Parameter) -> NamedValues:
    for bound, value in (("minimum", parameter.minimum), ("maximum", parameter.maximum)):
        if value is not None:
            yield f"its {bound}", value
            for name, near in (*_neighbours(value, -1), *_neighbours(value, 1)):
                yield f"{name} its {bound}", near
    right = _valid_element(parameter)
    yield "a whole number with a point", float(right) if _is_whole(right) else 1.0
    yield from (("a huge number", HUGE_NUMBER), ("a huge negative number", -HUGE_NUMBER))
    yield from ((name, Substitute({"number": name})) for name in ("NaN", "Infinity", "-Infinity"))


def _neighbours(number: float, sign: int) -> NamedValues:
    """Return numbers just below (`sign` -1) or above (1) a number; the last is the nearest 64-bit float."""
    where = "below" if sign < 0 else "above"
    if _is_whole(number):
        yield f"a half {where}", number + sign * 0.5
        yield f"one {where}", number + sign
    if abs(number) < MAX_FLOAT:
        yield f"just {where}", math.nextafter(number, sign * math.inf)


def _is_whole(number: float) -> bool:
    return abs(number) < MAX_WHOLE and number == int(number)
