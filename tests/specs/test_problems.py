"""Whether a payload is right as JSON Schema says, and what is wrong with it: where, by which code, and in which order."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from paramsync.rules import BY_KEYWORD
from paramsync.specs.problems import MAX_DEPTH, find_no_spec, find_value_problems
from paramsync.specs.spec_checks import check_spec
from support.hand_written import TWICE, CountedSpecs, nest
from support.random_payloads import ANYTHING, objects
from support.random_specs import spec_sets
from support.vectors import made_spec
from support.verdicts import find_problems


def test_an_object_that_several_alternatives_look_at_is_judged_once_by_each_model() -> None:
    specs = CountedSpecs()
    for last, number in (({"y": "a"}, 1), ({"y": 1}, 0)):
        found = [*find_problems(TWICE["model_p"], nest("x", 14, last), specs.find)]
        assert len(found) == number
    assert specs.asked < 100  # and not 2 ** 14


def test_the_verdict_is_that_of_json_schema() -> None:
    found: list[bool] = []

    @settings(max_examples=100, derandomize=True, deadline=None)
    @given(st.data())
    def compare(data: st.DataObject) -> None:
        spec, other = data.draw(spec_sets())
        assert check_spec(spec) == check_spec(other) == ""
        specs = {spec["$id"]: spec, other["$id"]: other}
        resources = [(key, DRAFT202012.create_resource(each)) for key, each in specs.items()]
        validator = Draft202012Validator(spec, registry=Registry().with_resources(resources))
        for payload in (*(data.draw(objects(spec, specs)) for _ in range(3)), data.draw(ANYTHING)):
            problems = [*find_problems(spec, payload, specs.__getitem__)]
            assert validator.is_valid(payload) == (not problems), (payload, problems)
            found.append(not problems)

    compare()
    assert min(found.count(True), found.count(False)) > len(found) / 6


def test_choices_are_named_once_and_true_is_not_1() -> None:
    found = find_value_problems({"enum": [1, True, 1.0, 0, False]}, 2, find_no_spec)
    assert [one.message for one in found] == ["2 is none of 1, true, 0, false"]


OTHER = "urn:scenario:model_made"
NODE = made_spec({"next": {"$ref": OTHER}, "size": {"type": "integer", "maximum": 2}})
TREE = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"items": {"type": "number"}}}}
# A schema of a value, and the value -> where what is broken.
FOUND: list[tuple[Any, Any, list[str]]] = [
    ({"type": "string", "enum": ["a"], "minLength": 2}, 1, [" type"]),
    ({"type": "string", "enum": ["a"], "minLength": 2}, "b", [" enum"]),
    ({"type": "string", "enum": ["a"], "minLength": 2}, "a", [" minLength"]),
    ({"type": "number", "multipleOf": 0.1, "maximum": 1}, 1.05, [" maximum"]),
    ({"type": "number", "multipleOf": 0.05}, 0.15, []),
    ({"type": "number", "multipleOf": 0.1}, 1.15, [" multipleOf"]),
    ({"type": "number"}, True, [" type"]),
    ({"type": "number"}, 10**400, [" type"]),
    ({"enum": [1]}, True, [" enum"]),
    ({"enum": [1]}, 1.0, []),
    ({"type": "integer"}, 1.0, []),
    ({"type": "integer"}, 1.5, [" type"]),
    ({"type": ["string", "number"], "maxLength": 1, "maximum": 1}, "ab", [" maxLength"]),
    ({"type": ["string", "number"], "maxLength": 1, "maximum": 1}, 2, [" maximum"]),
    ({"type": ["string", "number"], "maxLength": 1, "maximum": 1}, None, [" type"]),
    ({"maxItems": 1, "items": {"type": "string"}}, None, []),
    ({"maxItems": 1, "items": {"type": "string"}}, [1, "a", 2], [" maxItems", "/0 type", "/2 type"]),
    ({**TREE, "required": ["b"]}, {"a": 1}, ["/a type", "/b required"]),
    ({**TREE, "required": ["a"]}, {"b": ["x"], "c": 1}, ["/a required", "/b/0 type"]),
    ({**TREE, "additionalProperties": False}, {"c~/": 1, "a": "x"}, ["/c~0~1 unknown"]),
    ({"anyOf": [{"type": "string", "maxLength": 1}, {"type": "string", "enum": ["abc"]}]}, "abc", []),
    ({"anyOf": [{"type": "string", "maxLength": 1}, {"enum": ["abc"]}]}, "ab", [" maxLength"]),
    ({"anyOf": [{"type": "string"}, {"type": "array", "maxItems": 0}]}, [1], [" maxItems"]),
    ({"anyOf": [{"type": "string"}, {"anyOf": [{"type": "number"}, {"$ref": OTHER}]}]}, True, [" type"]),
    ({"anyOf": [{"type": "string"}, {"$ref": OTHER}]}, {"size": 3}, ["/size maximum"]),
    ({"$ref": OTHER}, [], [" type"]),
    ({"$ref": OTHER}, {"next": {"next": {"size": 9}}, "c": 1}, ["/next/next/size maximum", "/c unknown"]),
]


@pytest.mark.parametrize(("schema", "value", "expected"), FOUND)
def test_what_is_wrong_is_told_in_order_with_its_place(schema: Any, value: Any, expected: list[str]) -> None:
    problems = [*find_value_problems(schema, value, {OTHER: NODE}.__getitem__)]
    assert [f"{one.pointer} {one.code}" for one in problems] == expected
    assert all(one.message for one in problems)
    assert {one.code for one in problems} <= {"type", "enum", "required", "unknown", *BY_KEYWORD}


NAMED: dict[str, Any] = {name: {"type": "number"} for name in "abcd"}
AT_LEAST_ONE = {"anyOf": [{"required": ["c", "d"]}, {"required": ["b"]}]}
# What a model requires, and the names that are there -> those that are missing.
MISSING: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"required": ["d", "a"]}, "", ["/a", "/d"]),
    ({"dependentRequired": {"a": ["c", "b"]}}, "a", ["/b", "/c"]),
    ({"dependentRequired": {"a": ["b"]}}, "c", []),
    ({"dependentRequired": {"a": ["b"], "b": ["c"]}}, "a", ["/b"]),
    ({"allOf": [AT_LEAST_ONE]}, "a", ["/c", "/d"]),
    ({"allOf": [AT_LEAST_ONE]}, "c", ["/d"]),
    ({"allOf": [AT_LEAST_ONE]}, "b", []),
    ({"allOf": [AT_LEAST_ONE, {"anyOf": [{"required": ["a"]}]}]}, "", ["/a", "/c", "/d"]),
]


@pytest.mark.parametrize(("rules", "names", "expected"), MISSING)
def test_what_is_missing_is_told_in_its_place(rules: dict[str, Any], names: str, expected: list[str]) -> None:
    payload = dict.fromkeys(names, 1)
    problems = find_problems(made_spec(NAMED) | rules, payload, {}.__getitem__)
    assert [(one.pointer, one.code) for one in problems] == [(name, "required") for name in expected]


def test_references_are_followed_as_deep_as_is_said() -> None:
    payload: Any = {"size": 2}
    for _ in range(MAX_DEPTH):
        payload = {"next": payload}
    assert [*find_problems(NODE, payload, {OTHER: NODE}.__getitem__)] == []
    [problem] = find_problems(NODE, {"next": payload}, {OTHER: NODE}.__getitem__)
    assert (problem.pointer, problem.code) == ((MAX_DEPTH + 1) * "/next", "type")
