"""The problems of a value by its schema, as the validators in every language must find them. Pure."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Any

from paramsync.rules import BY_KEYWORD, TYPES, JsonType, find_rules, has_type, json_key, list_once, list_types
from paramsync.text import Json, json_line

MAX_DEPTH = 100  # of a reference in a payload, in parts of its pointer
MAX_SHOWN_CHOICES = 40  # in a message, which is shortened further

FindSpec = Callable[[str], Json]  # the `$id` of a spec -> the spec


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: where (a JSON Pointer), the code of what is broken, the value, and what it should be.

    That is its types, its choices, or the limit of the rule of which `code` is the keyword.
    """

    pointer: str
    code: str
    value: Any = None
    expected: Any = None

    @property
    def message(self) -> str:
        """What is wrong, for people."""
        if self.code in BY_KEYWORD:
            return BY_KEYWORD[self.code].describe(self.expected, _show(self.value))
        match self.code:
            case "required":
                return f"{self.value} is required"
            case "unknown":
                return f"there is no parameter {json_line(self.value)}"
            case "enum":
                choices = ", ".join(map(json_line, list_once(self.expected[:MAX_SHOWN_CHOICES])))
                return f"{_show(self.value)} is none of {choices}"
        if self.expected is None:
            return "it is nested too deeply"
        return f"{_show(self.value)} is not of type {' or '.join(self.expected)}"


def find_value_problems(schema: Json, value: Any, find_spec: FindSpec) -> Iterator[Problem]:
    """Find the problems of a value; the pointers are relative to it."""
    return iter(Judge(find_spec).find(schema, value, ""))


def find_no_spec(reference: str) -> Json:
    """Find nothing: for values that refer to no spec."""
    raise LookupError(reference)


def find_any_object(_: str) -> Json:
    """Find a spec that any object keeps: for values that are judged before the specs to which they refer are there."""
    return {"properties": {}}


def join_pointer(pointer: str, key: object) -> str:
    """Append a key or an index to a JSON Pointer (RFC 6901)."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def list_missing(schema: Json, names: Container[str]) -> list[str]:
    """Return the names that must be added to those of an object, in the order of its properties.

    That is: the required ones, those that others depend on and, where none of some alternatives is there, the first of them.
    """
    needed = {*schema.get("required", ())}
    for name, others in schema.get("dependentRequired", {}).items():
        needed.update(others if name in names else ())
    for group in schema.get("allOf", ()):
        alternatives = [one["required"] for one in group["anyOf"]]
        if not any(all(name in names for name in each) for each in alternatives):
            needed.update(alternatives[0])
    return [name for name in schema["properties"] if name in needed and name not in names]


class Judge:
    """Judges values, and none twice: payloads share most of theirs, and several alternatives may look at one again and again.

    What it has judged must not change. `find_spec` gives the specs that references name.
    """

    def __init__(self, find_spec: FindSpec) -> None:
        self.find_spec = find_spec
        # By schema, value and pointer; both are kept, so that nothing else can have their ids.
        self._judged: dict[tuple[int, int, str], tuple[Json, Any, Sequence[Problem]]] = {}

    def find_problems(self, spec: Json, payload: Any) -> Sequence[Problem]:
        """Find the problems of a payload of a model: in the order of the parameters, then unknown names."""
        return [*_find_in_object(spec, payload, "", self)]

    def find(self, schema: Json, value: Any, at: str) -> Sequence[Problem]:
        """Find the problems of a value that stands at a JSON Pointer."""
        key = id(schema), id(value), at
        if key not in self._judged:
            self._judged[key] = schema, value, [*_find(schema, value, at, self)]
        return self._judged[key][2]


def _find(schema: Json, value: Any, at: str, judge: Judge) -> Iterator[Problem]:
    if "$ref" in schema:
        if at.count("/") > MAX_DEPTH:
            yield Problem(at, "type")
        else:
            yield from _find_in_object(judge.find_spec(schema["$ref"]), value, at, judge)
    elif "anyOf" in schema:
        yield from _find_in_alternatives(schema["anyOf"], value, at, judge)
    else:
        yield from _find_broken(schema, value, at)
        if isinstance(value, list) and "items" in schema:
            yield from _find_in_elements(schema["items"], value, at, judge)
        if isinstance(value, dict) and "properties" in schema:
            yield from _find_in_properties(schema, value, at, judge)


def _find_broken(schema: Json, value: Any, at: str) -> Iterator[Problem]:
    """Find the first rule that a value itself breaks."""
    kinds = list_types(schema)
    if kinds and not has_type(value, kinds):
        yield Problem(at, "type", value, kinds)
    elif "enum" in schema and not (_is_scalar(value) and json_key(value) in _keys(_Same(schema["enum"]))):
        yield Problem(at, "enum", value, schema["enum"])
    else:
        for rule in find_rules(schema):
            limit = rule.read_limit(schema)
            if TYPES[rule.type](value) and not rule.holds(limit, value):
                yield Problem(at, rule.keyword, value, limit)
                return


def _find_in_elements(schema: Json, values: list[Any], at: str, judge: Judge) -> Iterator[Problem]:
    distinct = dict(zip(map(id, values), values, strict=True))  # a vector may have one value many times
    first = f"{at}/0"  # as deep as any other
    found = {key: judge.find(schema, one, first) for key, one in distinct.items()}
    for index, one in enumerate(values if any(found.values()) else ()):
        for each in found[id(one)]:
            yield replace(each, pointer=f"{at}/{index}{each.pointer[len(first) :]}")


def _find_in_object(schema: Json, value: Any, at: str, judge: Judge) -> Iterator[Problem]:
    if isinstance(value, dict):
        yield from _find_in_properties(schema, value, at, judge)
    else:
        yield from _find_broken({"type": "object"}, value, at)


def _find_in_properties(schema: Json, value: Json, at: str, judge: Judge) -> Iterator[Problem]:
    missing = {*list_missing(schema, value)}
    for name, inner in schema["properties"].items():
        if name in value:
            yield from judge.find(inner, value[name], f"{at}/{name}")
        elif name in missing:
            yield Problem(f"{at}/{name}", "required", name)
    if schema.get("additionalProperties") is False:
        for name in value:
            if name not in schema["properties"]:
                yield Problem(join_pointer(at, name), "unknown", name)


def _find_in_alternatives(schemas: Sequence[Json], value: Any, at: str, judge: Judge) -> Iterator[Problem]:
    """Find the problems of a value that none of some schemas allows: those by the first whose type it has."""
    fitting = [one for one in schemas if _fits(one, value)]
    found = [judge.find(one, value, at) for one in fitting]
    if not fitting:
        yield from _find_broken({"type": _list_all_types({"anyOf": schemas})}, value, at)
    elif all(found):
        yield from found[0]


def _fits(schema: Json, value: Any) -> bool:
    """Tell whether a value has the type that a schema asks for."""
    kinds = _list_all_types(schema)
    return not kinds or has_type(value, kinds)


def _list_all_types(schema: Json) -> tuple[JsonType, ...]:
    """Return the JSON types that a schema asks for, or one of its alternatives; none if any will do."""
    if "$ref" in schema:
        return ("object",)
    if "anyOf" not in schema:
        return list_types(schema)
    found = [_list_all_types(one) for one in schema["anyOf"]]
    return tuple(dict.fromkeys(chain(*found))) if all(found) else ()


class _Same:
    """A list, which equals itself alone: to compare what it holds would take as long as to look through it."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def __hash__(self) -> int:
        return id(self.values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.values is other.values


@lru_cache(1024)  # many payloads, and many elements, are checked against the same choices
def _keys(choices: _Same) -> frozenset[Any]:
    return frozenset(map(json_key, choices.values))


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | bool) or TYPES["number"](value)


def _show(value: Any) -> str:
    return json_line(value) if _is_scalar(value) else _type_of(value)


def _type_of(value: Any) -> str:
    return next((f"an {kind}" for kind in ("array", "object") if TYPES[kind](value)), "a number")
