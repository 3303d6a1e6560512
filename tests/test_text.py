"""JSON that is written without circles of objects is what `json` writes."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from paramsync.text import UNSAFE, json_text

TEXTS = st.text() | st.text(
    st.sampled_from('a"\\/\n\t\r\b\f\x00\x1f\x7f\xad\u2028\ud83d\ue000\U0001f600\U000e0001é')
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(TEXTS, inner),
)


@given(VALUES)
@settings(max_examples=50, deadline=None)
@example({"": {}, "a": [], "b": (), "c": [{}, [[]], {"d": [True, None, -0.0, 1e-7, 1e22, 2**70]}]})
def test_json_is_written_as_python_writes_it_and_what_is_unsafe_is_escaped(value: Any) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    assert json_text(value) == "".join(map(escape, text))


def escape(character: str) -> str:
    """Write a character that is unsafe as ASCII, by the escapes that Python knows; line feeds are of the layout."""
    is_unsafe = character != "\n" and UNSAFE.search(character)
    return json.dumps(character)[1:-1] if is_unsafe else character
