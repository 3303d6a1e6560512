"""What is wrong with a request, by the spec of its model, in the words of the API. Pure."""

import json
import math
from collections.abc import Callable, Container, Iterator, Mapping
from fractions import Fraction
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from .error_messages import shorten
from .rules import RULES

Schema = Mapping[str, Any]
FindSpec = Callable[[str], Schema]  # the `$id` of a spec -> the spec
Path = tuple[str | int, ...]
Found = Iterator[tuple[Path, str]]  # where something is wrong, and what

MAX_DEPTH = 100  # names and indices that lead to an object of another model: models may refer to each other without end
MAX_FLOAT = math.nextafter(math.inf, 0)
IN_ORDER = ("type", "enum", *RULES)


def find_problem(spec: Schema, body: Mapping[str, Any], find_spec: FindSpec) -> str:
    """Describe the first problem of a request, in the order of the docs; empty if there is none."""
    for path, words in _find_in_properties(spec, body, (), _Specs(find_spec)):
        return f"Input {'.'.join(shorten(one) for one in path if isinstance(one, str))} {words}"
    return ""


def list_missing(schema: Schema, names: Container[str]) -> list[str]:
    """Return the names that an object lacks: required ones, those that others need, and the first of some alternatives."""
    needed = {*schema.get("required", ())}
    for name, others in schema.get("dependentRequired", {}).items():
        needed.update(others if name in names else ())
    for group in schema.get("allOf", ()):
        alternatives = [one["required"] for one in group["anyOf"]]
        if not any(all(name in names for name in each) for each in alternatives):
            needed.update(alternatives[0])
    return [name for name in schema["properties"] if name in needed and name not in names]


class _Specs:
    """The specs that references name, and the first problem of each object by each: alternatives may look at one again and again."""

    def __init__(self, find_spec: FindSpec) -> None:
        self.find_spec = find_spec
        self.judged: dict[tuple[str, Path], list[tuple[Path, str]]] = {}

    def judge(self, reference: str, value: Mapping[str, Any], path: Path) -> list[tuple[Path, str]]:
        key = reference, path
        if key not in self.judged:
            self.judged[key] = [*islice(_find_in_properties(self.find_spec(reference), value, path, self), 1)]
        return self.judged[key]


def _find(schema: Schema, value: Any, path: Path, specs: _Specs) -> Found:
    if "$ref" in schema:
        yield from _find_in_reference(schema["$ref"], value, path, specs)
    elif "anyOf" in schema:
        yield from _find_in_alternatives(schema["anyOf"], value, path, specs)
    else:
        if words := _find_broken(schema, value, path):
            yield path, words
        if isinstance(value, list) and "items" in schema:
            yield from _find_in_elements(schema["items"], value, path, specs)
        if isinstance(value, dict) and "properties" in schema:
            yield from _find_in_properties(schema, value, path, specs)


def _find_in_reference(reference: str, value: Any, path: Path, specs: _Specs) -> Found:
    if not isinstance(value, dict):
        yield path, _describe_type(["object"], path)
    elif len(path) > MAX_DEPTH:
        yield path, "is nested too deeply"
    else:
        yield from specs.judge(reference, value, path)


def _find_in_alternatives(schemas: list[Schema], value: Any, path: Path, specs: _Specs) -> Found:
    """Find the problem of a value that none of some schemas allows: by the first whose type it has."""
    fitting = [one for one in schemas if _fits(one, value)]
    found = [first for one in fitting for first in islice(_find(one, value, path, specs), 1)]
    if not fitting:
        kinds = (kind for one in schemas for kind in _list_types(one))
        yield path, _describe_type([*dict.fromkeys(kinds)], path)
    elif len(found) == len(fitting):
        yield found[0]


def _find_in_elements(schema: Schema, values: list[Any], path: Path, specs: _Specs) -> Found:
    known: set[tuple[type, Any]] = set()  # the reference validator is slow for long arrays
    for index, value in enumerate(values):
        key = None if isinstance(value, list | dict) else (type(value), value)
        if key is None or key not in known:
            yield from _find(schema, value, (*path, index), specs)
            known.update([key] if key else ())


def _find_in_properties(schema: Schema, value: Mapping[str, Any], path: Path, specs: _Specs) -> Found:
    missing = {*list_missing(schema, value)}
    for name, inner in schema["properties"].items():
        if name in value:
            yield from _find(inner, value[name], (*path, name), specs)
        elif name in missing:
            yield (*path, name), "is required"
    if schema.get("additionalProperties") is False:
        unknown = (name for name in value if name not in schema["properties"])
        yield from (((*path, name), "is unknown") for name in unknown)


def _find_broken(schema: Schema, value: Any, path: Path) -> str:
    """Describe the first rule that a value itself breaks; empty if there is none."""
    broken = {str(error.validator): error.validator_value for error in ITSELF.descend(value, schema)}
    for keyword in filter(broken.__contains__, IN_ORDER):
        limit: Any = broken[keyword]
        if keyword == "type":
            return _describe_type(_list_types(schema), path)
        if keyword == "enum":
            return f"must be one of {json.dumps(limit, ensure_ascii=False)[1:-1]}"
        return RULES[keyword].message.format(limit=limit)
    return ""


def _describe_type(kinds: list[str], path: Path) -> str:
    """Say of which type a value must be; of an element, of which type the array must be."""
    names = next((place for place, part in enumerate(reversed(path)) if isinstance(part, str)), 0)
    return f"must be {'an ' + 'array of ' * names if names else 'of type '}{' or '.join(kinds)}"


def _list_types(schema: Schema) -> list[str]:
    if "anyOf" in schema:
        return [kind for one in schema["anyOf"] for kind in _list_types(one)]
    kinds = schema.get("type", "object" if "$ref" in schema else [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _fits(schema: Schema, value: Any) -> bool:
    """Tell whether a value has the type that a schema asks for."""
    if "anyOf" in schema:
        return any(_fits(one, value) for one in schema["anyOf"])
    kinds = _list_types(schema)
    return not kinds or any(ITSELF.is_type(value, kind) for kind in kinds)


# What the reference validator does not do as JSON has it: numbers are decimals, and none is infinite.


def _is_number(_: Any, value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_FLOAT


def _is_integer(_: Any, value: Any) -> bool:
    return _is_number(_, value) and value == int(value)


def _check_multiple(_: Any, step: float, value: Any, __: Any) -> Iterator[ValidationError]:
    if _is_number(_, value) and _exact(value) % _exact(step):
        yield ValidationError("not a multiple")


def _exact(number: float) -> Fraction:
    """Return the value of a number as JSON writes it: 0.15 is a multiple of 0.05."""
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)


def _check_choice(_: Any, choices: list[Any], value: Any, __: Any) -> Iterator[ValidationError]:
    """Look a value up among choices, fast: 1.0 is 1, but true is not."""
    is_boolean = isinstance(value, bool)
    if value not in choices or not any(
        value == one and isinstance(one, bool) is is_boolean for one in choices
    ):
        yield ValidationError("no such choice")


# Checks a value itself, not what is inside it.
INSIDE = ("items", "properties", "required", "additionalProperties")
_extend: Any = extend  # which has no types
ITSELF = _extend(
    Draft202012Validator,
    {**dict.fromkeys(INSIDE), "multipleOf": _check_multiple, "enum": _check_choice},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"number": _is_number, "integer": _is_integer}
    ),
)({})
