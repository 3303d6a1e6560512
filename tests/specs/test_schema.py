"""What the schema for specs lets pass is a JSON Schema, and it lets pass what a spec can say."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any
from urllib.parse import urljoin

import pytest
from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped] # of jsonschema itself

from paramsync.specs.schema import DIALECT, check_spec, make_schema
from paramsync.text import Json
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


def find_passed(keywords: Iterable[str], put: Callable[[Json], Json]) -> set[str]:
    """Give the keywords that the schema lets pass with some value, once each such spec was found to be a JSON Schema."""
    tried = [(keyword, put({keyword: value})) for keyword in keywords for value in VALUES]
    passed = [(keyword, spec) for keyword, spec in tried if not check_spec(spec)]
    for _, spec in passed:
        Draft202012Validator.check_schema(spec)
    return {keyword for keyword, _ in passed}


# What a spec cannot say, whatever its keywords allow alone.
REFUSED: dict[str, Any] = {
    "a line break behind a name": {"a\n": {}},
    "a line break behind a name deep inside": {"a": {"properties": {"b\n": {}}}},
    "a point behind a name": {"a.": {}},
    "a long name": {101 * "a": {}},
    "a line break behind a reference": {"a": {"$ref": "urn:scenario:b\n"}},
    "a type beside a reference": {"a": {"$ref": "urn:scenario:b", "type": "object"}},
    "a rule beside alternatives": {"a": {"anyOf": [{}, {"type": "string"}], "minLength": 1}},
    "a rule of another type": {"a": {"type": "number", "minLength": 1}},
    "a rule of none of the types": {"a": {"type": ["number", "array"], "minLength": 1}},
    "elements of a text": {"a": {"type": "string", "items": {}}},
    "choices of another type": {"a": {"type": "integer", "enum": [1, 1.5]}},
    "choices of a list": {"a": {"type": "array", "enum": ["a"]}},
    "a step of nothing": {"a": {"multipleOf": 0}},
    "what is required of no properties": {"a": {"type": "object", "required": ["b"]}},
    "a default that is nothing": {"a": {"default": None}},
    "an empty text for a type": {"a": {"x-type": ""}},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_spec_cannot_say_is_refused(case: str) -> None:
    assert check_spec(made_spec(REFUSED[case]))


def test_what_a_spec_says_beside_a_reference_limits_nothing() -> None:
    beside = {
        "description": "A",
        "default": {},
        "x-type": "b",
        "x-name-in-code": "c",
        "x-cost": {"any": [None]},
    }
    assert check_spec(made_spec({"a": {"$ref": "urn:scenario:b", **beside}})) == ""


def test_a_spec_that_is_nested_too_deeply_is_refused() -> None:
    deep: Any = {}
    for _ in range(300):
        deep = {"items": deep}
    assert check_spec(made_spec({"a": deep})) == "it is nested too deeply"
