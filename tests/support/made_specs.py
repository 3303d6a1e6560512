"""Hypothesis' specs with all that a spec can say, odd names and steps and files among it, from the table of rules."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from hypothesis import strategies as st

from paramsync.rules import RULES, SCALARS, TYPES, Rule
from support.random_payloads import NUMBERS, TEXTS
from support.vectors import made_spec

Draw = Callable[[st.SearchStrategy[Any]], Any]

NAMES = ["a", "b", "description", "type", "class", "x-y", "a.b", "toString"]  # of which two are keywords
IDS = [f"urn:scenario:model_{letter}" for letter in "ab"]
WHOLE = [*map(int, NUMBERS)]  # steps that jsonschema is right about
STEPS = [0.05, 0.1, 2.5, 1e-7, 5e-324, 1e21, *NUMBERS]


def limits(rule: Rule, steps: Sequence[float]) -> st.SearchStrategy[Any]:
    """Give the limits that a rule can have."""
    return st.sampled_from([*filter(rule.allows_limit, steps if rule.side == "multiple" else NUMBERS)])


@st.composite
def value_schemas(draw: Draw, steps: Sequence[float], depth: int = 2) -> dict[str, Any]:
    """Give a schema of a value: of one type, several or none; a reference; or alternatives."""
    inner = value_schemas(steps, depth - 1) if depth else st.just({"type": "boolean"})
    form = draw(st.sampled_from(["types", "types", "types", "$ref", "anyOf"]))
    if form == "$ref":
        return {"$ref": draw(st.sampled_from(IDS))}
    if form == "anyOf":
        return {"anyOf": draw(st.lists(inner, min_size=2, max_size=3))}
    kinds = draw(st.lists(st.sampled_from([*TYPES]), max_size=2, unique=True))
    schema: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
    for rule in RULES:
        if (not kinds or any(map(rule.limits, kinds))) and draw(st.integers(0, 3)) == 0:
            schema[rule.keyword] = draw(limits(rule, steps))
    choices = [one for one in (True, *NUMBERS, *TEXTS) if len(kinds) != 1 or TYPES[kinds[0]](one)]
    if {*kinds} <= {*SCALARS} and draw(st.integers(0, 3)) == 0:
        schema["enum"] = draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3))
    if (not kinds or "array" in kinds) and draw(st.booleans()):
        schema["items"] = draw(inner)
    if (not kinds or "object" in kinds) and draw(st.booleans()):
        schema["properties"] = draw(st.dictionaries(st.sampled_from(NAMES), inner, max_size=2))
        schema |= draw(st.sampled_from([{}, {"additionalProperties": False}]))
        schema |= draw(st.sampled_from([{}, {"required": [*schema["properties"]][:1]}]))
    return schema


def with_word(schema: dict[str, Any]) -> dict[str, Any]:
    """Make a text, or an array of texts, files."""
    words = {"string": "file", "array": "file_array"} if "enum" not in schema.get("items", schema) else {}
    word = words.get(str(schema.get("type")))
    is_text = schema.get("items", schema).get("type") == "string"
    return schema | ({"x-type": word} if word and is_text else {})


@st.composite
def models(draw: Draw, steps: Sequence[float]) -> dict[str, Any]:
    """Give a spec, without its `$id`."""
    schemas = value_schemas(steps) | value_schemas(steps).map(with_word)
    properties = draw(st.dictionaries(st.sampled_from(NAMES), schemas, min_size=1, max_size=4))
    names = st.lists(st.sampled_from([*properties]), min_size=1, max_size=2, unique=True)
    spec = made_spec(properties, draw(st.just([]) | names))
    if draw(st.booleans()):
        spec["dependentRequired"] = draw(
            st.dictionaries(st.sampled_from([*properties]), names, min_size=1, max_size=2)
        )
    if draw(st.booleans()):
        group = st.lists(st.builds(lambda each: {"required": each}, names), min_size=1, max_size=2)
        spec["allOf"] = draw(st.lists(st.builds(lambda each: {"anyOf": each}, group), min_size=1, max_size=2))
    return spec


def spec_sets(steps: Sequence[float] = WHOLE) -> st.SearchStrategy[dict[str, Any]]:
    """Give specs that refer to each other, by `$id`."""
    named = [models(steps).map(partial(_name, key)) for key in IDS]
    return st.tuples(*named).map(lambda specs: {spec["$id"]: spec for spec in specs})


def _name(key: str, spec: dict[str, Any]) -> dict[str, Any]:
    return spec | {"$id": key, "x-model": key.rpartition(":")[2]}
