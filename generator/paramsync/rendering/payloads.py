"""Make payloads of a model to test validators with, valid and invalid ones, each with a name. Pure."""

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from paramsync.rendering.examples import make_example, make_object, to_number
from paramsync.rendering.samples import Context
from paramsync.rendering.substitutes import Substitute, expand
from paramsync.rules import MAX_FLOAT, Rule, base_type, exact, find_rules, list_types
from paramsync.specs.intervals import read_interval
from paramsync.specs.problems import Judge, find_value_problems, join_pointer
from paramsync.text import Json

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
MAX_WRITTEN = 100  # characters or elements that a file holds as they are
MAX_TRIED = {
    "string": 1_000_000,
    "array": 1_000_000,
    "object": 1000,
}  # characters, elements and properties, at most
MAX_NESTED = 3  # objects or arrays inside each other of which all is tried

NamedValues = Iterator[tuple[str, Any]]
ValuesByName = Mapping[str, Sequence[tuple[str, Any]]]


def make_payloads(spec: Json, context: Context, judge: Judge) -> NamedValues:
    """Make payloads: the smallest and the largest, and the smallest with one thing changed at a time, then with many mistakes.

    What is a mistake, `judge` knows.
    """
    smallest, values = make_object(spec, context), _list_values(spec, context, 0)
    yield "what is required", smallest
    yield "everything", {name: make_example(one, context, name) for name, one in spec["properties"].items()}
    yield "nothing", {}
    yield from ((f"{name}, no object", value) for name, value in ONE_OF_EACH_TYPE.items())
    yield from _change_one(spec, smallest, values)
    yield from _make_conditions(spec, smallest, context)
    yield from _make_many_mistakes(spec, values, judge)


def _list_values(schema: Json, context: Context, depth: int) -> ValuesByName:
    """List the values of each property of an object."""
    return {
        name: [*_make_values(inner, context, name, depth)] for name, inner in schema["properties"].items()
    }


def _change_one(schema: Json, smallest: Json, values: ValuesByName) -> NamedValues:
    """Change one thing at a time of the smallest valid object."""
    for name in smallest:
        yield f"without {name}", {other: smallest[other] for other in smallest if other != name}
    for name in _unknown_names(schema):
        yield f"an unknown name: {name}", {**smallest, name: 1}
    for name, of_name in values.items():
        for said, value in of_name:
            yield f"{name}: {said}", {**smallest, name: value}


def _unknown_names(schema: Json) -> list[str]:
    """Return names that an object does not have; one is the name of a property in upper case."""
    names = [*schema["properties"]]
    return [name for name in (*UNKNOWN_NAMES, *(name.upper() for name in names[:1])) if name not in names]


def _make_conditions(spec: Json, smallest: Json, context: Context) -> NamedValues:
    """Make payloads with and without the parameters that are required only with, or without, others."""
    values = {name: make_example(one, context, name) for name, one in spec["properties"].items()}
    for name, others in spec.get("dependentRequired", {}).items():
        whole = smallest | {one: values[one] for one in (name, *others)}
        yield f"{name} with all that it needs", whole
        for other in others:
            yield f"{name} without {other}", {one: whole[one] for one in whole if one != other}
    for number, group in enumerate(spec.get("allOf", ()), 1):
        alternatives = [one["required"] for one in group["anyOf"]]
        named = {name for one in alternatives for name in one}
        without = {name: value for name, value in smallest.items() if name not in named}
        yield f"none of the alternatives {number}", without
        for index, one in enumerate(alternatives, 1):
            yield f"alternative {index} of {number}", without | {name: values[name] for name in one}
            for left in one if len(one) > 1 else ():
                some = {name: values[name] for name in one if name != left}
                yield f"alternative {index} of {number} without {left}", without | some


def _make_many_mistakes(spec: Json, values: ValuesByName, judge: Judge) -> NamedValues:
    """Make payloads in which almost every value is invalid, in the reverse order; each omits another third of the parameters."""
    broken = {
        name: [value for _, value in values[name] if judge.find(one, expand(value), join_pointer("", name))]
        for name, one in reversed(spec["properties"].items())
    }
    first, *others = _unknown_names(spec)
    for turn in range(3):
        mistakes = {
            name: wrong[(index + turn) % len(wrong)]
            for index, (name, wrong) in enumerate(broken.items())
            if wrong and (index + turn) % 3
        }
        yield f"many mistakes {turn + 1}", {first: None, **mistakes, **dict.fromkeys(others, 1)}


def _make_values(schema: Json, context: Context, name: str, depth: int) -> NamedValues:
    """Make values of a schema: what is on either side of each rule, and one of each type."""
    yield from _make_own_values(schema, context, name, depth)
    yield "a right value", make_example(schema, context, name)
    yield from ONE_OF_EACH_TYPE.items()


def _make_own_values(schema: Json, context: Context, name: str, depth: int) -> NamedValues:
    if "$ref" in schema:
        yield from _make_referred(context.find_spec(schema["$ref"]), context, depth)
    for number, one in enumerate(schema.get("anyOf", ()), 1):
        yield from (
            (f"{said} ({number})", value) for said, value in _make_own_values(one, context, name, depth)
        )
    yield from _make_choices(schema.get("enum", ()))
    for rule in find_rules(schema):
        yield from _make_near(rule, schema, context, name)
    kinds = list_types(schema)
    if "number" in map(base_type, kinds):
        yield from _make_numbers(schema, context)
    if "string" in kinds:
        yield from _make_texts(schema, context)
    if "boolean" in kinds:
        yield from (("true", True), ("false", False))
    if "array" in kinds or ("items" in schema and not kinds):
        yield from _make_arrays(schema, context, name, depth)
    if "properties" in schema:
        yield from _make_objects(schema, context, depth)
    elif "object" in kinds:
        yield "an object with anything", {"a": [None, {"b": 1.5}]}


def _make_choices(choices: list[Any]) -> NamedValues:
    known = frozenset(choices)
    for index, choice in enumerate(choices, 1):
        yield f"choice {index}", choice
        yield from ((f"a near miss of choice {index}", near) for near in _near_misses(choice, known))


def _near_misses(choice: Any, choices: Container[Any]) -> list[Any]:
    """Return a value that is similar to a choice, but not a choice; the list is empty if there is none."""
    if isinstance(choice, str):
        candidates = chain([choice.swapcase()], (choice + " " * spaces for spaces in count(1)))
        return [next(one for one in candidates if one not in choices)]
    beside = [not choice] if isinstance(choice, bool) else [near for _, near in _neighbours(choice, 1)]
    return [near for near in beside if near not in choices][:1]


def _make_near(rule: Rule, schema: Json, context: Context, name: str) -> NamedValues:
    """Make values at, below and above the limit of a rule."""
    limit = rule.read_limit(schema)
    near = [("", limit), *((f"{where} ", one) for where, one in _near_measures(rule, limit, schema))]
    for where, measure in near if not rule.is_count or limit < MAX_TRIED[rule.type] else ():
        yield f"{where}its {rule.keyword}", _with_measure(rule, measure, schema, context, name)


def _near_measures(rule: Rule, limit: Any, schema: Json) -> NamedValues:
    if rule.is_count:
        yield from (
            (where, one) for where, one in (("one below", limit - 1), ("one above", limit + 1)) if one >= 0
        )
    elif rule.side == "multiple":
        yield from _near_multiples(limit, schema)
    else:
        yield from (*_neighbours(limit, -1), *_neighbours(limit, 1))
        if "integer" in list_types(schema) and not _is_whole(limit):
            yield from (
                ("a whole number below", math.floor(limit)),
                ("a whole number above", math.ceil(limit)),
            )


def _near_multiples(step: float, schema: Json) -> NamedValues:
    """Return multiples of a step near the smallest value that is allowed, and numbers between them."""
    first = read_interval(schema, "number").find_nearest(step) or exact(step)
    for times, said in enumerate(("a multiple of", "the next multiple of", "another multiple of")):
        yield said, to_number(first + times * exact(step))
    yield "halfway to the next multiple of", to_number(first + exact(step) / 2)
    yield "just above a multiple of", math.nextafter(to_number(first), math.inf)


def _with_measure(rule: Rule, measure: Any, schema: Json, context: Context, name: str) -> Any:
    """Make a value of which a rule limits this much."""
    if rule.type == "string":
        return _make_long("text", "🍌" if measure <= MAX_WRITTEN else "a", measure)
    if rule.type == "array":
        return _make_long("item", make_example(schema.get("items", {}), context, name), measure)
    return {f"name{index}": 1 for index in range(measure)} if rule.type == "object" else measure


def _make_long(key: str, one: Any, times: int) -> Any:
    if times > MAX_WRITTEN:
        return Substitute({key: one, "times": times})
    return one * times if key == "text" else [one] * times


def _make_texts(schema: Json, context: Context) -> NamedValues:
    file = context.start_of_file(schema)
    yield "an empty text", ""
    yield "an odd text", file + ODD_TEXT
    yield "a huge text", Substitute({"text": file or "a", "times": 100_000 // len(file or "a")})


def _make_numbers(schema: Json, context: Context) -> NamedValues:
    right = make_example({key: one for key, one in schema.items() if key != "x-type"}, context)
    is_whole = isinstance(right, int | float) and not isinstance(right, bool) and _is_whole(right)
    yield "a whole number with a point", float(right) if is_whole else 1.0
    yield "a fraction", 0.5
    yield from (("a huge number", HUGE_NUMBER), ("a huge negative number", -HUGE_NUMBER))
    yield from ((name, Substitute({"number": name})) for name in ("NaN", "Infinity", "-Infinity"))


def _make_arrays(schema: Json, context: Context, name: str, depth: int) -> NamedValues:
    items = schema.get("items", {}) | ({"x-type": schema["x-type"]} if "x-type" in schema else {})
    right = make_example(items, context, name)
    yield "the same twice", [right, right]
    if not any(find_value_problems(items, right, context.find_spec)):
        yield "a huge array", Substitute({"item": right, "times": 10_000})
    yield "one element, no array", right
    if "items" not in schema:
        yield "an array of all types", [*ONE_OF_EACH_TYPE.values()]
        return
    if depth == MAX_NESTED:
        return
    elements = dict(_make_values(items, context, name, depth + ("items" in items)))
    yield from ((f"an array of {said}", [value]) for said, value in elements.items())
    yield "an array of all types", [right, *ONE_OF_EACH_TYPE.values()]
    yield "an array of all of these", [*elements.values(), right]


def _make_objects(schema: Json, context: Context, depth: int) -> NamedValues:
    """Make objects: the smallest, and the smallest with one thing changed at a time."""
    smallest = make_object(schema, context)
    yield "the smallest object", smallest
    yield "an array with an element", [None]
    if depth < MAX_NESTED:
        yield from _change_one(schema, smallest, _list_values(schema, context, depth + 1))


def _make_referred(spec: Json, context: Context, depth: int) -> NamedValues:
    """Make a few objects of another model, which has vectors of its own: the smallest and, in a parameter, some with many mistakes."""
    yield "the smallest object", make_object(spec, context)
    if depth == 0:
        yield from _make_many_mistakes(spec, _list_values(spec, context, depth + 1), Judge(context.find_spec))


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
