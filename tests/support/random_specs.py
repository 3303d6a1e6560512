"""Hypothesis' specs: all that a spec can say, by the table of rules; and other specs that are near to one."""

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from paramsync.rules import RULES, TYPES, JsonType, Rule, list_types
from paramsync.specs.spec_checks import check_spec
from support.spec_pages import spec

Json = dict[str, Any]
MODELS = ("model_a", "model_b")
REFERENCES = [f"urn:scenario:{model}" for model in MODELS]
CHOICES = [0, 1, 1.5, 2, 3, "", "a", "bb", True, False]
ANNOTATIONS = [{}, {}, {}, {"x-unit": "s"}, {"description": "Some"}, {"x-min": 1}]
NAMES = "pqr"


def limits(rule: Rule) -> st.SearchStrategy[float]:
    """Draw a limit of a rule, from so few that two schemas often have the same."""
    if rule.side == "multiple":
        return st.sampled_from([1, 2, 3] if rule.is_count else [0.5, 1, 1.5, 2, 3])
    return st.integers(0, 4) if rule.is_count else st.sampled_from([-1, 0, 0.5, 1, 1.5, 2, 3, 5])


@st.composite
def some_rules(draw: st.DrawFn, kinds: Sequence[JsonType]) -> Json:
    """Draw rules of values that have one of some types."""
    rules = [rule for rule in RULES if not kinds or any(map(rule.limits, kinds))]
    return {rule.keyword: draw(limits(rule)) for rule in rules if draw(st.integers(0, 2)) == 0}


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2, among: Sequence[JsonType] = tuple(TYPES)) -> Json:
    """Draw the schema of a value that has one of some types; `depth` is how deep others can be in it."""
    can_be_any = len(among) == len(TYPES)
    whole = [*(["$ref"] if "object" in among else ()), *(["anyOf"] if depth and can_be_any else ())]
    form = draw(st.sampled_from(["type"] * 6 + whole))
    if form == "$ref":
        return {"$ref": draw(st.sampled_from(REFERENCES))}
    if form == "anyOf":
        return {"anyOf": draw(branches(depth - 1))}
    made = draw(type_of(among, can_be_any=can_be_any))
    kinds = list_types(made)
    made |= draw(some_rules(kinds))
    if {*kinds} <= {"array"} and kinds and depth and draw(st.booleans()):
        made["items"] = draw(schemas(depth - 1))
    if "object" in kinds and depth and draw(st.booleans()):
        made |= draw(objects(depth - 1))
    fitting = [one for one in CHOICES if not kinds or any(TYPES[kind](one) for kind in kinds)]
    if fitting and not {*kinds} & {"array", "object"} and draw(st.integers(0, 3)) == 0:
        made["enum"] = draw(st.lists(st.sampled_from(fitting), min_size=1, max_size=3))
    return made | draw(st.sampled_from(ANNOTATIONS))


@st.composite
def type_of(draw: st.DrawFn, among: Sequence[JsonType], *, can_be_any: bool) -> Json:
    chosen = draw(st.integers(0, 7))
    if chosen == 0 and can_be_any:
        return {}
    if chosen == 1 and len(among) > 1:
        return {"type": draw(st.lists(st.sampled_from(among), min_size=2, max_size=3, unique=True))}
    return {"type": draw(st.sampled_from(among))}


@st.composite
def branches(draw: st.DrawFn, depth: int) -> list[Json]:
    """Draw two schemas, mostly of different types."""
    if draw(st.integers(0, 4)) == 0:
        return [draw(schemas(depth)), draw(schemas(depth))]
    first: tuple[JsonType, ...] = ("string", "boolean", "array")
    second: tuple[JsonType, ...] = ("number", "integer", "object")
    return draw(st.permutations([draw(schemas(depth, first)), draw(schemas(depth, second))]))


@st.composite
def objects(draw: st.DrawFn, depth: int) -> Json:
    properties = draw(st.dictionaries(st.sampled_from(NAMES[:2]), schemas(depth), max_size=2))
    made: Json = {"properties": properties}
    if required := [name for name in properties if draw(st.integers(0, 2)) == 0]:
        made["required"] = required
    return made | draw(st.sampled_from([{}, {"additionalProperties": False}]))


@st.composite
def models(draw: st.DrawFn, model: str) -> Json:
    parameters = draw(st.dictionaries(st.sampled_from(NAMES), schemas(), min_size=1, max_size=3))
    required = [name for name in parameters if draw(st.integers(0, 3)) == 0]
    made = spec(model, tuple(required), **parameters)
    for key in ("dependentRequired", "allOf"):
        if parameters and draw(st.booleans()):
            made[key] = draw(REQUIREMENTS[key](sorted(parameters)))
    return made


def name_lists(names: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)


REQUIREMENTS: dict[str, Callable[[Sequence[str]], st.SearchStrategy[Any]]] = {
    "dependentRequired": lambda names: st.dictionaries(
        st.sampled_from(names), name_lists(names), min_size=1, max_size=2
    ),
    "allOf": lambda names: st.lists(
        st.lists(name_lists(names).map(lambda one: {"required": one}), min_size=1, max_size=3).map(
            lambda some: {"anyOf": some}
        ),
        min_size=1,
        max_size=2,
    ),
}


def spec_sets() -> st.SearchStrategy[list[Json]]:
    """Draw two models, which can refer to each other."""
    return st.tuples(*map(models, MODELS)).map(list)


@st.composite
def near_to(draw: st.DrawFn, old: list[Json]) -> list[Json]:
    """Draw specs that differ from others in a few places."""
    new = copy.deepcopy(old)
    for _ in range(draw(st.integers(1, 2))):
        one = new[draw(st.integers(0, len(new) - 1))]
        places = list_places(one)
        is_inside = bool(places) and draw(st.integers(0, 3)) > 0
        edit = draw(st.sampled_from(VALUE_EDITS if is_inside else MODEL_EDITS))
        edit(draw, draw(st.sampled_from(places)) if is_inside else one)
    assume(not any(map(check_spec, new)))
    return new


def list_places(schema: Json) -> list[Json]:
    """List the schemas that are in another."""
    found = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    found += [schema["items"]] if "items" in schema else []
    return [each for one in found for each in (one, *list_places(one))]


def edit_rule(draw: st.DrawFn, schema: Json) -> None:
    if "$ref" not in schema and "anyOf" not in schema:
        for rule in RULES if draw(st.booleans()) else ():
            schema.pop(rule.keyword, None)
        schema |= draw(some_rules(list_types(schema)))


def edit_type(draw: st.DrawFn, schema: Json) -> None:
    schema["type"] = draw(
        st.sampled_from(
            ["integer", "number", "string", [*list_types(schema), "boolean"], ["integer", "number", "string"]]
        )
    )


def drop_keyword(draw: st.DrawFn, schema: Json) -> None:
    if schema and "$ref" not in schema and "anyOf" not in schema:
        del schema[draw(st.sampled_from(sorted(schema)))]


def edit_choices(draw: st.DrawFn, schema: Json) -> None:
    chosen = draw(st.sampled_from(CHOICES))
    choices = schema.get("enum", [])
    schema["enum"] = [one for one in choices if one != chosen] or [*choices, chosen]


def edit_names(draw: st.DrawFn, schema: Json) -> None:
    if properties := schema.get("properties"):
        name, required = draw(st.sampled_from(sorted(properties))), schema.get("required", [])
        schema["required"] = (
            [one for one in required if one != name] if name in required else [*required, name]
        )


def edit_openness(draw: st.DrawFn, schema: Json) -> None:
    if schema.pop("additionalProperties", None) is None and "properties" in schema:
        schema["additionalProperties"] = False


def edit_properties(draw: st.DrawFn, schema: Json) -> None:
    if "properties" in schema:
        name = draw(st.sampled_from(NAMES))
        if schema["properties"].pop(name, None) is None:
            schema["properties"][name] = draw(schemas(1))
        elif name in json.dumps([schema.get(key) for key in REQUIREMENTS]):
            for key in REQUIREMENTS:
                schema.pop(key, None)
        if name in schema.get("required", ()):
            schema["required"] = [one for one in schema["required"] if one != name]


def redraw(draw: st.DrawFn, schema: Json) -> None:
    made = draw(schemas(1))
    schema.clear()
    schema.update(made)


def edit_requirements(draw: st.DrawFn, schema: Json) -> None:
    key = draw(st.sampled_from(sorted(REQUIREMENTS)))
    if schema["properties"] and schema.pop(key, None) is None:
        schema[key] = draw(REQUIREMENTS[key](sorted(schema["properties"])))


OBJECT_EDITS = [edit_names, edit_properties]
MODEL_EDITS = [*OBJECT_EDITS, edit_requirements]
VALUE_EDITS = [*[edit_rule] * 5, edit_type, drop_keyword, edit_choices, *OBJECT_EDITS, edit_openness, redraw]
