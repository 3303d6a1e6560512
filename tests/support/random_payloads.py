"""Hypothesis' payloads of specs, right and wrong: at, below and above the limits of the table of rules."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from paramsync.rules import RULES, TYPES, list_types

Draw = Callable[[st.SearchStrategy[Any]], Any]
Specs = Mapping[str, Any]  # `$id` -> spec

NUMBERS = [0, 1, 2, 3, 4, 6, -1, -2, 0.5, 1.5, 2.0, -0.0, 100]
TEXTS = ["", "x", "1", "😀", "e\u0301", "xxx"]
SMALL = st.sampled_from([None, True, False, *NUMBERS, *TEXTS])
ANYTHING = st.recursive(
    SMALL,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from("pqr"), one, max_size=3),
    max_leaves=4,
)


@st.composite
def values(draw: Draw, schema: Mapping[str, Any], specs: Specs, depth: int = 3) -> Any:
    """Give a value that a schema may allow: mostly of its types, and at, below and above its limits."""
    if not depth or draw(st.integers(0, 11)) == 0:
        return draw(ANYTHING)
    if "anyOf" in schema:
        return draw(values(draw(st.sampled_from(schema["anyOf"])), specs, depth))
    if "$ref" in schema:
        return draw(objects(specs[schema["$ref"]], specs, depth - 1))
    kind = draw(st.sampled_from(list_types(schema) or [*TYPES]))
    near = [schema[rule.keyword] for rule in RULES if rule.limits(kind) and rule.keyword in schema] or [2]
    size = int(draw(st.sampled_from(near))) + draw(st.integers(-1, 1))
    count = min(max(size, 0), 5)
    made = {
        "string": st.just(count * "😀"),
        "number": st.sampled_from([size, *NUMBERS]),
        "integer": st.sampled_from([size, float(size)]),
        "boolean": st.booleans(),
        "array": st.lists(values(schema.get("items", {}), specs, depth - 1), min_size=count, max_size=count),
        "object": objects({"properties": {}, **schema}, specs, depth - 1),
    }
    return draw(st.sampled_from(schema["enum"]) | made[kind] if "enum" in schema else made[kind])


@st.composite
def objects(draw: Draw, schema: Mapping[str, Any], specs: Specs, depth: int = 3) -> dict[str, Any]:
    """Give an object with some of the properties of a schema, and at times with another one."""
    required = schema.get("required", ())
    chosen = [one for one in schema["properties"] if draw(st.integers(0, 4)) < (4 if one in required else 2)]
    payload = {one: draw(values(schema["properties"][one], specs, depth)) for one in chosen}
    return payload | (draw(st.sampled_from([{}] * 8 + [{"c": 1}, {"a/b~": None}])))
