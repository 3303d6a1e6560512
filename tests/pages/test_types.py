"""Words for types: by themselves and by patterns."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramsync.pages.types import find_type, list_references, replace_references

WORDS = {
    "Integer": "integer",
    "String": "string",
    "True": "boolean",
    "": "any",
    "JSON": "any",
    "Part": {"ref": "Part object"},
    "Array of {T}": {"array": "{T}"},
    "array<{T}>": {"array": "{T}"},
    "{T}[]": {"array": "{T}"},
    "{T} or null": "{T}",
    "{T}, {U}": {"any": ["{T}", "{U}"]},
    "{T} or {U}": {"any": ["{T}", "{U}"]},
    "{T} Object": {"ref": "{T}"},
}
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
# A word of a page -> what stands for it, with other models by their ids; None: it is not declared.
FOUND: dict[str, dict[str, Any] | None] = {
    "String": TEXT,
    "": {},
    "string": None,
    "Float": None,
    "Array of Integer": {"type": "array", "items": WHOLE},
    "Array of Array of String": {"type": "array", "items": {"type": "array", "items": TEXT}},
    "array<array<Integer>>": {"type": "array", "items": {"type": "array", "items": WHOLE}},
    "Integer or String": {"type": ["integer", "string"]},
    "Integer, String or True": {"type": ["integer", "string", "boolean"]},
    "String or null": TEXT,
    "String or String": TEXT,
    "String or JSON": {},
    "String or Array of String": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
    "User Object": {"$ref": "User"},
    "Part": {"$ref": "Part object"},
    "Part or String": {"anyOf": [{"$ref": "Part object"}, TEXT]},
    "User Object[]": {"type": "array", "items": {"$ref": "User"}},
    "Array of ": None,
    "{T} or null": None,
    "Array of Float": None,
    "x" * 1000 + " Object": None,
}


@pytest.mark.parametrize("word", FOUND)
def test_a_word_has_the_type_of_the_first_pattern_that_fits(word: str) -> None:
    assert find_type(word, WORDS) == FOUND[word]


def test_a_model_that_is_not_there_is_any_object_and_two_of_them_are_one() -> None:
    known = {"User": "urn:acme:User"}
    either = find_type("Part or User Object, Sail Object", WORDS)
    assert either is not None
    assert [*list_references(either)] == ["Part object", "User", "Sail"]
    assert replace_references(either, known) == {"anyOf": [{"type": "object"}, {"$ref": "urn:acme:User"}]}
    assert replace_references(either, {}) == {"type": "object"}
    assert replace_references({"type": "array", "items": either}, {})["items"] == {"type": "object"}


TYPES = st.recursive(
    st.sampled_from([("Integer", WHOLE), ("String", TEXT), ("User Object", {"$ref": "User"})]),
    lambda inner: st.one_of(
        inner.map(lambda one: (f"Array of {one[0]}", {"type": "array", "items": one[1]})),
        inner.map(lambda one: (f"array<{one[0]}>", {"type": "array", "items": one[1]})),
    ),
    max_leaves=8,
)


@given(TYPES)
def test_what_is_written_by_patterns_is_read_back(written: tuple[str, dict[str, Any]]) -> None:
    word, schema = written
    assert find_type(word, WORDS) == schema


HOSTILE = {
    "itself": ({"{T}": "{T}"}, "x" * 400),
    "longer": ({"{T}": "{T} or more", "{T} or more": "{T} or more or more"}, "x"),
    "many ways": ({"{T} {U}": {"any": ["{T}", "{U}"]}, "{T}, {U}": {"any": ["{T}", "{U}"]}}, "a, b " * 90),
    "all of them": ({f"{'a' * n}{{T}}": {"array": "{T}"} for n in range(1, 60)}, "a" * 400),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_no_word_takes_long(case: str) -> None:
    types, word = HOSTILE[case]
    start = time.process_time()
    find_type(word, types)
    assert time.process_time() - start < 2
