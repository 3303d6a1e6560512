"""What the schema for specs lets pass is a JSON Schema, and it lets pass what a spec can say.

Modules: spec_checks.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import chain
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped] # of jsonschema itself

from paramsync.findings import InputError, Place
from paramsync.rules import RULES
from paramsync.specs.document import find_references, read_spec, write_spec
from paramsync.specs.schema import DIALECT, make_schema
from paramsync.specs.spec_checks import check_spec
from paramsync.text import Json
from support.random_specs import spec_sets
from support.vectors import made_spec

# Values of any keyword, some of which are right.
# fmt: off
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, "", "a", "^(", "string", "object", DIALECT, "urn:scenario:a", [], [1], ["a"], ["a", "a"], ["a", 1, True], ["string", "array"], [[]], [{}], {}, {"a": 1}, {"a": {}}, {"a": ["a"]}, {"a": []}, {"a": {"type": "x"}}),
    *({"type": "string"}, {"type": "x"}, {"$ref": "a b"}, [{"type": "string"}, {}], [{"required": ["a"]}], [{"anyOf": [{"required": ["a"]}]}], [{"anyOf": []}], [{"anyOf": [{"required": ["a", 1]}]}]),
]
# fmt: on
PLACES: list[Callable[[Json], Json]] = [  # a keyword -> a spec that has it in a value
    lambda keyword: made_spec({"a": {"type": "string", "x-type": "string", **keyword}}),
    lambda keyword: made_spec({"a": {"items": {"anyOf": [{}, {"properties": {"a": keyword}}]}}}),
    lambda keyword: made_spec({"a": {"items": {"type": "object", "properties": {"a": {}}, **keyword}}}),
]


def test_whatever_the_schema_for_specs_lets_pass_is_a_json_schema() -> None:
    base, parts = Draft202012Validator.META_SCHEMA["$id"], Draft202012Validator.META_SCHEMA["allOf"]
    known = {*chain(*(REGISTRY.contents(urljoin(base, part["$ref"]))["properties"] for part in parts))}
    passed_of_models = find_passed(known, lambda keyword: made_spec({"a": {}}) | keyword)
    passed_of_values = {*chain(*(find_passed(known, place) for place in PLACES))}
    of_models, of_values = make_schema()["properties"], make_schema()["$defs"]["value"]["properties"]
    assert passed_of_models == {keyword for keyword in of_models if keyword[:2] != "x-"}
    assert passed_of_values == {keyword for keyword in of_values if keyword[:2] != "x-"}


# Values at which validators may differ, each in a keyword that may take such a value.
# fmt: off
EDGES: list[tuple[str, Any]] = [
    *(("maximum", one) for one in (10**400, int(1.7976931348623157e308), int(1.7976931348623157e308) + 1, 1e308, float("inf"), float("nan"), -0.0, True)),
    *(("multipleOf", one) for one in (5e-324, 0.0, -0.0, 1, False)),
    *(("maxLength", one) for one in (1.0, 1.5, 2**53 - 1, 2**53, float(2**53), 1e300, -1.0)),
    *(("enum", one) for one in ([1, 1.0, True, 1e300, 10**500], ["\ud800"], [None], [[1]], [])),
    *(("type", one) for one in (["string", "string"], ["number", "number "], "", "String")),
    *(("description", one) for one in ("", "\ud800", "\0", 1)),
    *(("x-a", one) for one in ({"\ud800": 1}, {"": None}, float("nan"), 10**500)),
    *(("x-\ud800", 1), ("x-", 1), ("X-a", 1), ("", 1), ("required", ["a", "a"]), ("additionalProperties", 0), ("default", None)),
    *(("$ref", f"urn:a:{one}") for one in ("b", "b\n", "%0A", "%0a", "é", "b\u2028", "")),
    *(("properties", {one: {}}) for one in ("b\n", "\nb", "b.", "b" * 100, "b" * 101, "é", "١", "\ud800", "")),
]
# fmt: on


def test_what_is_checked_fast_is_what_jsonschema_lets_pass() -> None:
    judge = Draft202012Validator(make_schema())
    for keyword, value in EDGES:
        spec = made_spec({"a": {keyword: value}})
        assert (check_spec(spec) == "") == judge.is_valid(spec), (keyword, value)
    for point in chain(range(0x3100), range(0xD700, 0x10000, 3), range(0x10000, 0x110000, 4096)):
        spec = made_spec({}) | {"x-model": f"a{chr(point)}"}
        assert (check_spec(spec) == "") == judge.is_valid(spec), hex(point)


@settings(max_examples=60, deadline=None)  # the first that is refused loads jsonschema
@given(spec_sets(), st.data())
def test_what_is_checked_fast_is_what_jsonschema_lets_pass_of_random_specs(
    specs: list[Json], data: st.DataObject
) -> None:
    for spec in specs:
        assert check_spec(spec) == ""
        changed = deepcopy(spec)
        place = data.draw(st.sampled_from([*list_containers(changed)]))
        key = data.draw(st.sampled_from([*(place if isinstance(place, dict) else range(len(place)))]))
        edit = st.sampled_from([(key, value) for value in VALUES] + EDGES)
        keyword, place[key] = data.draw(edit)
        if isinstance(place, dict):
            place[keyword] = place.pop(key)
        assert (check_spec(changed) == "") == Draft202012Validator(make_schema()).is_valid(changed)


def list_containers(value: Any) -> Iterable[Any]:
    """List the objects and arrays of a value that are not empty, itself among them."""
    if isinstance(value, dict | list) and value:
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from list_containers(one)


def find_passed(keywords: Iterable[str], put: Callable[[Json], Json]) -> set[str]:
    """Give the keywords that the schema lets pass with some value, once each such spec was found to be a JSON Schema."""
    tried = [(keyword, put({keyword: value})) for keyword in keywords for value in VALUES]
    passed = [(keyword, spec) for keyword, spec in tried if not check_spec(spec)]
    for _, spec in passed:
        Draft202012Validator.check_schema(spec)
    return {keyword for keyword, _ in passed}


# What a spec cannot say, whatever its keywords allow alone.
REFUSED: dict[str, tuple[Any, str]] = {
    "a line break behind a name": ({"a\n": {}}, '$.properties: "a\\n" is not valid here'),
    "a line break behind a name deep inside": (
        {"a": {"properties": {"b\n": {}}}},
        '$.properties.a.properties: "b\\n" is not valid here',
    ),
    "a point behind a name": ({"a.": {}}, '$.properties: "a." is not valid here'),
    "a long name": ({101 * "a": {}}, '$.properties: "aaaa'),
    "a line break behind a reference": (
        {"a": {"$ref": "urn:scenario:b\n"}},
        "$.properties.a['$ref']: \"urn:scenario:b\\n\" is not the $id of a spec, which begins with urn:",
    ),
    "a reference into a spec": (
        {"a": {"items": {"$ref": "#/properties/b"}}},
        "$.properties.a.items['$ref']: \"#/properties/b\" is not the $id of a spec, which begins with urn:",
    ),
    "a type beside a reference": (
        {"a": {"$ref": "urn:scenario:b", "type": "object"}},
        "$.properties.a.type: '$ref' cannot stand beside this 'type'",
    ),
    "a rule beside alternatives": (
        {"a": {"anyOf": [{}, {"type": "string"}], "minLength": 1}},
        "$.properties.a.minLength: 'anyOf' cannot stand beside this 'minLength'",
    ),
    "a rule of another type": (
        {"a": {"type": "number", "minLength": 1}},
        "$.properties.a.type: 'minLength' cannot stand beside this 'type'",
    ),
    "a rule of none of the types": (
        {"a": {"type": ["number", "array"], "minLength": 1}},
        "$.properties.a.type: 'minLength' cannot stand beside this 'type'",
    ),
    "elements of a text": (
        {"a": {"type": "string", "items": {}}},
        "$.properties.a.type: 'items' cannot stand beside this 'type'",
    ),
    "choices of another type": (
        {"a": {"type": "integer", "enum": [1, 1.5]}},
        "$.properties.a.enum[1]: 1.5 is not of type 'integer'",
    ),
    "choices of a list": (
        {"a": {"type": "array", "enum": ["a"]}},
        "$.properties.a.type: 'enum' cannot stand beside this 'type'",
    ),
    "a step of nothing": ({"a": {"multipleOf": 0}}, "$.properties.a.multipleOf: 0 is less than or equal to"),
    "what is required of no properties": (
        {"a": {"type": "object", "required": ["b"]}},
        "$.properties.a: 'properties' is a required property",
    ),
    "a default that is nothing": ({"a": {"default": None}}, "$.properties.a.default: None is not of type"),
    "an empty text for a type": ({"a": {"x-type": ""}}, "$.properties.a['x-type']: '' should be non-empty"),
    "an unknown type": (
        {"a": {"type": "text"}},
        '$.properties.a.type: "text" is not a type; the types are string, number,',
    ),
    "a type with a slip": (
        {"a": {"items": {"type": "strin"}}},
        "$.properties.a.items.type: \"strin\" is not a type; did you mean 'string'?",
    ),
    "a type with a slip among others": (
        {"a": {"type": ["string", "nmber"]}},
        "$.properties.a.type: \"nmber\" is not a type; did you mean 'number'?",
    ),
    "one type in a list": (
        {"a": {"type": ["string"]}},
        '$.properties.a.type: ["string"] is not a type, and no list of several',
    ),
    "a type twice": (
        {"a": {"type": ["string", "string"]}},
        '$.properties.a.type: ["string", "string"] is not a type, and no list of several',
    ),
    "a type that is a number": (
        {"a": {"type": 1}},
        "$.properties.a.type: 1 is not a type, and no list of several",
    ),
    "a type that no JSON has": (
        {"a": {"type": [float("inf"), "string"]}},
        '$.properties.a.type: [Infinity, "string"] is not a type, and no list of several',
    ),
    "a keyword with a slip": (
        {"a": {"items": {"minimun": 1}}},
        "$.properties.a.items: a spec has no keyword 'minimun' here; did you mean 'minimum'?",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_spec_cannot_say_is_refused(case: str) -> None:
    properties, problem = REFUSED[case]
    assert check_spec(made_spec(properties)).startswith(problem)


def test_what_a_spec_says_beside_a_reference_limits_nothing() -> None:
    beside = {
        "description": "A",
        "default": {},
        "x-type": "b",
        "x-name-in-code": "c",
        "x-cost": {"any": [None]},
    }
    assert check_spec(made_spec({"a": {"$ref": "urn:scenario:b", **beside}})) == ""


def test_what_is_said_of_a_value_refers_to_no_spec() -> None:
    inner = {"properties": {"d": {"$ref": "urn:scenario:d", "default": {"$ref": "hello"}}}}
    alternatives = [{"$ref": "urn:scenario:b"}, {"items": inner, "x-note": [{"$ref": "urn:scenario:x"}]}]
    spec = made_spec({"a": {"anyOf": alternatives, "default": {"$ref": 1}}, "default": {}})
    assert check_spec(spec) == ""
    assert [*find_references(spec)] == ["urn:scenario:b", "urn:scenario:d"]


@pytest.mark.parametrize("depth", [15, 16, 300, 100_000])
def test_a_spec_that_is_nested_too_deeply_is_refused(depth: int) -> None:
    deep: Any = {}
    for _ in range(depth):
        deep = {"items": deep}
    problem = "it is nested too deeply: more than 16 values inside each other"
    assert check_spec(made_spec({"a": deep})) == (problem if depth > 15 else "")
    while deep:  # for Python cannot delete it at once
        deep = deep["items"]


def test_a_bound_that_is_not_enforced_is_a_limit_all_the_same() -> None:
    for rule in RULES:
        assert check_spec(made_spec({"a": {rule.unenforced: 1}})) == ""
        assert check_spec(made_spec({"a": {rule.unenforced: "1"}})) != ""


UNKNOWN: dict[str, Json] = {  # which no schema can compare with the properties
    "required": made_spec({"a": {}}, ["z"]),
    "required deep inside": made_spec(
        {"a": {"items": {"anyOf": [{}, {"properties": {}, "required": ["z"]}]}}}
    ),
    "depended on": made_spec({"a": {}}) | {"dependentRequired": {"a": ["z"]}},
    "depending": made_spec({"a": {}}) | {"dependentRequired": {"z": ["a"]}},
    "an alternative": made_spec({"a": {}})
    | {"allOf": [{"anyOf": [{"required": ["a"]}, {"required": ["z"]}]}]},
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_is_required_and_is_no_parameter_is_refused(case: str) -> None:
    assert check_spec(UNKNOWN[case]) == ""
    with pytest.raises(
        InputError, match="^a.json: error: 'z' is required, but is not a parameter; restore it"
    ):
        read_spec(write_spec(UNKNOWN[case]), Place("a.json"), "model_made")


@pytest.mark.parametrize("model", ["POST /v1/images/{id}", "可灵 v1.6", "a", "x" * 200])
def test_the_id_of_a_model_may_be_any_text_that_is_seen_as_it_is(model: str) -> None:
    assert check_spec(made_spec({}) | {"x-model": model}) == ""


@pytest.mark.parametrize("model", ["", " a", "a ", "a\nb", "a\u202eb", "a\u200bb", "a\x00", "x" * 201])
def test_an_id_that_shows_as_another_is_refused(model: str) -> None:
    assert "$['x-model']: " in check_spec(made_spec({}) | {"x-model": model})
