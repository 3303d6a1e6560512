"""A value of JSON knows where it stands, however the file is written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paramsync.findings import InputError
from paramsync.pages.json_values import MAX_SIZE, JsonValue, read_values

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(
    value=VALUES,
    indent=st.sampled_from([None, 1, "\t"]),
    is_ascii=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=200, deadline=None)
def test_at_the_place_of_each_value_it_begins(
    *, value: Any, indent: int | str | None, is_ascii: bool, end: str
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii).replace("\n", end)
    lines = text.split("\n")
    found = read_values(text, "a.json")
    assert found.value == value
    for one in list_all(found):
        rest = "\n".join([lines[one.place.line - 1][one.place.column - 1 :], *lines[one.place.line :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == one.value


def list_all(value: JsonValue) -> Iterator[JsonValue]:
    yield value
    for one in (*value.members.values(), *value.items):
        yield from list_all(one)


WRONG = {
    "": "a.json:1:1: error: not JSON",
    '{"a": 1,\n "b": }': "a.json:2:7: error: not JSON",
    '{"a": 1, "é": 2,\n  "\\u00e9": 3}': "a.json:2:3: error: the key 'é' is there twice in one object",
    '{"a": NaN}': "a.json: error: not JSON: NaN",
    "[" * 100_000: "a.json: error: nested too deeply",
    "[1" + "0" * 5000 + "]": "a.json: error: a number has too many digits",
    '"' + "a" * MAX_SIZE + '"': "a.json: error: the file has more than",
    "<<<<<<< a\n1\n=======\n2\n>>>>>>> b\n": "a.json:1: error: git has left a conflict here",
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_no_json_is_told_with_its_place(text: str) -> None:
    with pytest.raises(InputError) as raised:
        read_values(text, "a.json")
    assert str(raised.value).startswith(WRONG[text])
