"""Sets of values: whether one is empty, and whether one is in another. Against payloads, `tests/changes/test_breaking.py` tries them.

Modules: values, intervals, names, inclusion.
"""

from typing import Any

import pytest

from paramsync.rules import MAX_FLOAT
from paramsync.specs.inclusion import is_subset
from paramsync.specs.intervals import COUNTS
from paramsync.specs.values import Models
from support.spec_pages import spec

Json = dict[str, Any]
LIST: Json = {"$ref": "urn:scenario:list"}
NEVER: Json = {"type": "string", "minLength": 2, "maxLength": 1}
NUMBERS: Json = {"type": "array", "items": {"type": "number"}}
MODELS = Models(
    {
        one["$id"]: one
        for one in (
            spec("list", head={"type": "integer"}, tail=LIST),
            spec("wider", head={"type": "number"}, tail={"$ref": "urn:scenario:wider"}),
            spec("turns", head={"type": "integer"}, tail={"$ref": "urn:scenario:back"}),
            spec("back", head={"type": "integer"}, tail={"$ref": "urn:scenario:turns"}),
            spec("p-never", p={"type": "number"}, q=NEVER, dependentRequired={"p": ["q"]}),
            spec("p-text", p={"type": "string"}),
            spec("endless", ("more",), more={"$ref": "urn:scenario:endless"}),
            spec("choice", ("more",), more={"anyOf": [{"$ref": "urn:scenario:choice"}, {"type": "string"}]}),
        )
    }
)


def refer(model: str) -> Json:
    return {"$ref": f"urn:scenario:{model}"}


EMPTY: dict[str, Json] = {
    "crossed limits": {"type": "number", "minimum": 2, "maximum": 1},
    "no multiple between them": {"type": "number", "minimum": 1, "maximum": 2, "multipleOf": 5},
    "no whole number between them": {"type": "integer", "minimum": 1.1, "maximum": 1.9},
    "no common multiple between them": {
        "type": "integer",
        "minimum": 1,
        "maximum": 2,
        "multipleOf": 1.5,
    },
    "no choice that keeps the rules": {"type": "string", "enum": ["a", "b"], "minLength": 2},
    "no elements, and some are needed": {
        "type": "array",
        "minItems": 1,
        "items": NEVER,
    },
    "a property that must be there and cannot": {
        "properties": {"a": {"enum": [1], "maximum": 0}},
        "required": ["a"],
        "type": "object",
    },
    "a model that needs itself": refer("endless"),
}
FILLED: dict[str, Json] = {
    "a multiple in decimals": {"type": "number", "minimum": 0.15, "maximum": 0.15, "multipleOf": 0.05},
    "the largest number": {"type": "number", "minimum": MAX_FLOAT},
    "an array without elements": {"type": "array", "items": refer("endless")},
    "what has another type": {"minimum": 2, "maximum": 1},
    "a model that may hold itself": LIST,
    "a model that may hold itself or a text": refer("choice"),
    "a model that is not there": refer("gone"),
}


@pytest.mark.parametrize("case", EMPTY | FILLED)
def test_it_is_known_whether_any_value_is_allowed(case: str) -> None:
    assert MODELS.read_values((EMPTY | FILLED)[case]).is_empty == (case in EMPTY)


SUBSETS: dict[str, tuple[Json, Json]] = {
    "all numbers up to the largest": ({"type": "number"}, {"type": "number", "maximum": MAX_FLOAT}),
    "a single number as a multiple": (
        {"type": "number", "minimum": 3, "maximum": 3},
        {"type": "number", "multipleOf": 1.5},
    ),
    "choices of which one has not the type": (
        {"type": ["integer", "boolean"], "enum": [1, "a"]},
        {"enum": [1]},
    ),
    "no array at all": (
        {"type": "array", "minItems": 2, "maxItems": 1, "items": {"type": "string"}},
        NUMBERS,
    ),
    "a parameter that is never there": (refer("p-never"), refer("p-text")),
    "the empty text alone": ({"type": "string", "maxLength": 0}, {"type": "string", "enum": ["", "a"]}),
    "whole numbers as choices": ({"type": "integer", "minimum": 1, "maximum": 3}, {"enum": [1, 2, 3, "a"]}),
    "choices of several types": ({"enum": [1, "a", True]}, {"type": ["integer", "string", "boolean"]}),
    "arrays in each other": (
        {"type": "array", "items": NUMBERS},
        {"type": "array", "items": {"type": "array"}},
    ),
    "a model in one that holds more": (LIST, refer("wider")),
    "a model as two that take turns": (LIST, refer("turns")),
    "one of two types": ({"type": "string"}, {"anyOf": [{"type": "number"}, {"type": "string"}]}),
    "choices from both branches": (
        {"enum": [1, 9]},
        {"anyOf": [{"type": "number", "maximum": 2}, {"type": "number", "minimum": 8}]},
    ),
    "a model as any value": (LIST, {}),
    "a closed object as an open one": (
        {"type": "object", "properties": {"a": NUMBERS, "b": LIST}, "additionalProperties": False},
        {"type": "object", "properties": {"a": {"type": "array"}}},
    ),
}
OTHERS: dict[str, tuple[Json, Json]] = {
    "true for 1": ({"enum": [True]}, {"enum": [1]}),
    "null": ({}, {"type": ["string", "number", "boolean", "array", "object"]}),
    "texts of one character": ({"type": "string", "maxLength": 1}, {"type": "string", "enum": ["", "a"]}),
    "numbers without a step": ({"type": "number", "minimum": 1, "maximum": 2}, {"enum": [1, 2]}),
    "choices that are no multiples": ({"enum": [1, 2]}, {"type": "integer", "multipleOf": 2}),
    "what was assumed in vain": (
        {"type": "object", "properties": {"p": refer("wider"), "q": refer("wider")}},
        {"type": "object", "properties": {"p": {"anyOf": [LIST, refer("wider")]}, "q": LIST}},
    ),
    "a step of three in one of two": (
        {"type": "number", "multipleOf": 3},
        {"type": "number", "multipleOf": 2},
    ),
    "a model in one that holds less": (refer("wider"), LIST),
    "any object as a model": ({"type": "object"}, LIST),
    "towards breaking: what both branches share": (
        {"type": "number", "minimum": 0, "maximum": 9},
        {"anyOf": [{"type": "number", "maximum": 5}, {"type": "number", "minimum": 5}]},
    ),
}


@pytest.mark.parametrize("case", SUBSETS | OTHERS)
def test_it_is_known_whether_all_values_are_allowed(case: str) -> None:
    one, other = map(MODELS.read_values, (SUBSETS | OTHERS)[case])
    assert is_subset(one, other) == (case in SUBSETS)
    assert is_subset(one, one)
    assert is_subset(other, other)


def test_a_single_number_is_a_multiple_of_a_greater_step() -> None:
    three = COUNTS.limit("least", 3).limit("most", 3)
    assert three.is_subset_of(COUNTS.limit("multiple", 3))
    assert not three.is_subset_of(COUNTS.limit("multiple", 2))


def test_no_object_has_a_name_and_has_it_not() -> None:
    names = MODELS.read_objects(spec(p={}, q={}, r=NEVER)).names
    assert names.allows(["p"], ["q"])
    assert not names.allows(["r"])
    assert not names.allows(["p"], ["p"])


def test_a_group_of_very_many_alternatives_counts_as_broken() -> None:
    names = [f"n{number}" for number in range(40)]
    wide = {"anyOf": [{"required": names[at : at + 4]} for at in range(0, 40, 4)]}
    made = {name: {"type": "string"} for name in names}
    old, new = (MODELS.read_objects(spec(**made) | facts) for facts in ({}, {"allOf": [wide]}))
    assert old.names.allows(absent=names)
    assert not new.names.allows(absent=names[::4])
    breaches = [*new.requirements.list_breaches(old.requirements)]
    assert 1000 < len(breaches) < 1002
    assert all(old.names.allows(*breach) for breach in breaches)
    assert not [*new.requirements.list_breaches(new.requirements)]
