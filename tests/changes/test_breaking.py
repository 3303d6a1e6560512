"""Breaking means breaking: for all that a spec can say, a payload that was valid and is not is found exactly where `diff` says so.

Modules: facts, names, pairs, schemas.
"""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paramsync.changes import facts
from paramsync.rules import RULES, TYPES, Rule, list_types
from paramsync.specs import schema, spec_checks
from paramsync.specs.schema import find_leaf
from support.payload_search import NOTHING, Found, Search
from support.random_specs import MODELS, REFERENCES, near_to, spec_sets
from support.services import compare
from support.spec_pages import page, spec

Json = dict[str, Any]
# What the table has of no measure yet, and a second rule of one: `diff` must judge them without a change.
# fmt: off
MADE_UP = (
    Rule("minProperties", "object", "least",    "", "has too few properties",  "x-min-properties"),
    Rule("maxProperties", "object", "most",     "", "has too many properties", "x-max-properties"),
    Rule("lengthStep",    "string", "multiple", "", "has an odd length",       "x-length-step"),
    Rule("atMost",        "string", "most",     "", "is too long",             "x-at-most"),
)
# fmt: on


@pytest.fixture(scope="module", autouse=True)
def longer_table() -> Iterator[None]:
    """Add the rules to the table, wherever it was imported."""
    table = RULES
    with pytest.MonkeyPatch.context() as patch:
        for module in [*sys.modules.values()]:
            if getattr(module, "RULES", None) is table:
                patch.setattr(module, "RULES", (*table, *MADE_UP))
        patch.setattr(facts, "UNENFORCED", {rule.unenforced for rule in (*table, *MADE_UP)})
        forget_schema()
        yield
    forget_schema()


def forget_schema() -> None:
    """Forget all that follows from the table."""
    for module in (schema, spec_checks):
        for one in vars(module).values():
            if hasattr(one, "cache_clear"):
                one.cache_clear()


def find_kinds(value: Json) -> set[str]:
    if "anyOf" in value:
        return {kind for one in value["anyOf"] for kind in find_kinds(one)}
    kinds = {"object"} if "$ref" in value else {*list_types(value)} or {*TYPES, "null"}
    return {"number" if kind == "integer" else kind for kind in kinds}


def is_exact(value: Json) -> bool:
    """Tell whether no `anyOf` has several branches of one type."""
    branches = [find_kinds(one) for one in value.get("anyOf", ())]
    inner = [*value.get("anyOf", ()), *value.get("properties", {}).values(), value.get("items", {})]
    return sum(map(len, branches)) == len(set().union(*branches)) and all(
        map(is_exact, (one for one in inner if one))
    )


def loses_names(old: Json, new: Json) -> bool:
    """Tell whether the packages lose a name: a parameter, or the type of its choices."""
    before, after = old["properties"], new["properties"]
    return any(
        name not in after or ("enum" in find_leaf(before[name]) and "enum" not in find_leaf(after[name]))
        for name in before
    )


@given(old=spec_sets(), data=st.data())
@settings(max_examples=200, deadline=None)
def test_a_change_is_breaking_exactly_if_a_payload_or_a_name_is_lost(
    old: list[Json], data: st.DataObject
) -> None:
    new = data.draw(near_to(old))
    changes = compare(page(*old), page(*new))
    search = Search(*({one["$id"]: one for one in side} for side in (old, new)))
    for model, id_, before, after in zip(MODELS, REFERENCES, old, new, strict=True):
        found = search.find_payload(id_, id_)
        lost = found.lost is not NOTHING or (found != Found() and loses_names(before, after))
        told = [one.sentence for one in changes if one.model == model and one.severity == "breaking"]
        assert told or not lost, found
        if all(map(is_exact, (*old, *new))):
            assert lost or not told, (told, found)


# Every keyword

ONE, OTHER = {"type": "object"}, {"type": "array"}
VALUE_KEYWORDS: dict[str, tuple[Json, Json, str]] = {
    "type": ({"type": "number"}, {"type": "integer"}, "breaking type"),
    "enum": ({"enum": [1]}, {"enum": [1, 2]}, "compatible choice-added"),
    "items": ({"items": {"type": "string"}}, {"items": {"type": "number"}}, "breaking type"),
    "properties": ({"properties": {}}, {"properties": {"a": ONE}}, "breaking parameter-added"),
    "required": (
        {"properties": {"a": ONE}},
        {"properties": {"a": ONE}, "required": ["a"]},
        "breaking parameter-required",
    ),
    "additionalProperties": (
        {"properties": {}},
        {"properties": {}, "additionalProperties": False},
        "breaking names-closed",
    ),
    "$ref": ({"$ref": "urn:x:empty"}, {"$ref": "urn:x:other"}, "compatible type"),
    "anyOf": ({"anyOf": [ONE, OTHER]}, {"anyOf": [ONE, {"type": "string"}]}, "breaking type"),
    "default": ({"default": 1}, {"default": True}, "behaviour default"),
    "description": ({}, {"description": "Some"}, "prose description"),
    "x-type": ({"x-type": "integer"}, {"x-type": "number"}, "behaviour type"),
    "x-name-in-code": ({}, {"x-name-in-code": "other"}, "breaking name-in-code"),
    "x-unit": ({"x-unit": True}, {"x-unit": 1}, "prose annotation"),
}
MODEL_KEYWORDS: dict[str, tuple[Json, Json, str]] = {
    "title": ({}, {"title": "B"}, "prose model-title"),
    "description": ({}, {"description": "Some"}, "prose model-description"),
    "x-name-in-code": ({}, {"x-name-in-code": "other"}, "breaking name-in-code"),
    "x-capabilities": ({}, {"x-capabilities": []}, "behaviour capability-removed"),
    "x-markdown": ({}, {"x-markdown": "https://x.y"}, "prose model-markdown"),
    "properties": ({}, {"properties": {"p": {}}}, "breaking parameter-removed"),
    "required": ({}, {"required": ["p"]}, "breaking parameter-required"),
    "dependentRequired": ({}, {"dependentRequired": {"p": ["q"]}}, "breaking dependent-required"),
    "allOf": ({}, {"allOf": [{"anyOf": [{"required": ["p"]}]}]}, "breaking alternatives-required"),
    "x-note": ({}, {"x-note": []}, "prose annotation"),
}
# What is always the same, or what names a model, which `changes/specs.py` compares.
FIXED = {"$schema", "$id", "x-model", "deprecated", "type", "additionalProperties"}


def limit_changes() -> Iterator[tuple[Json, Json, str]]:
    """Give for each rule, alone, limits that are narrower, wider and neither."""
    for rule in (*RULES, *MADE_UP):
        narrow, wide = {"least": (2, 1), "most": (1, 2), "multiple": (2, 1)}[rule.side]
        yield {rule.keyword: wide}, {rule.keyword: narrow}, "breaking bounds-narrowed"
        yield {}, {rule.keyword: narrow}, "breaking bounds-narrowed"
        yield {rule.keyword: narrow}, {rule.keyword: wide}, "compatible bounds-widened"
        yield {rule.keyword: narrow}, {}, "compatible bounds-widened"
        yield {rule.unenforced: wide}, {rule.unenforced: narrow}, "prose bounds-unenforced"
        if rule.side == "multiple":
            yield {rule.keyword: 2}, {rule.keyword: 3}, "breaking bounds-narrowed"


def compare_models_of(old: Json, new: Json) -> list[str]:
    others = [spec("empty") | {"$id": "urn:x:empty"}, spec("beside") | {"$id": "urn:x:other"}]
    changes = compare(page(old, *others), page(new, *others))
    return [f"{one.severity} {one.kind}" for one in changes]


@pytest.mark.parametrize(("old", "new", "expected"), [*VALUE_KEYWORDS.values(), *limit_changes()])
def test_each_keyword_of_a_value_has_its_change(old: Json, new: Json, expected: str) -> None:
    outside = {"breaking name-in-code": "prose annotation"}.get(expected, expected)
    if expected == "behaviour type":  # only the word: of what is inside, it is said in the type of all
        outside = "compatible type"
    assert compare_models_of(spec(p=old), spec(p=new)) == [expected]
    assert compare_models_of(spec(p={"properties": {"a": old}}), spec(p={"properties": {"a": new}})) == [
        expected
    ]
    assert compare_models_of(spec(p={"items": old}), spec(p={"items": new})) == [outside]
    either = [{"anyOf": [{"type": "boolean", "description": "Other"}, one]} for one in (old, new)]
    assert compare_models_of(spec(p=either[0]), spec(p=either[1])) == [outside]


@pytest.mark.parametrize("key", MODEL_KEYWORDS)
def test_each_keyword_of_a_model_has_its_change(key: str) -> None:
    old, new, expected = MODEL_KEYWORDS[key]
    made = spec(p={}, q={})
    assert expected in compare_models_of(made | old, made | new)


def test_no_keyword_is_left_out() -> None:
    allowed = schema.make_schema()
    rules = {keyword for rule in RULES for keyword in (rule.keyword, rule.unenforced)}
    assert {*VALUE_KEYWORDS} - {"x-unit"} == allowed["$defs"]["value"]["properties"].keys() - rules
    assert {*MODEL_KEYWORDS} - {"x-note"} == allowed["properties"].keys() - FIXED


def test_a_step_of_a_count_is_whole() -> None:
    rule = MADE_UP[2]
    for limit, is_right in ((1, True), (2.0, True), (0.5, False), (1.5, False), (0, False), (-1, False)):
        problem = spec_checks.check_spec(spec(p={"type": "string", rule.keyword: limit}))
        assert [problem == "", rule.allows_limit(limit)] == [is_right] * 2, limit
    assert str(rule.read_limit({rule.keyword: 2.0})) == "2"
    assert rule.limit_kind == "a whole number above 0, such as 10"


def test_what_an_object_must_have_depends_on_how_many_it_must_have() -> None:
    whole = {"properties": {"a": {}, "b": {}}, "additionalProperties": False, "minProperties": 2}
    narrow = whole | {"properties": {"a": {"type": "string"}, "b": {}}, "required": ["b"]}
    found = compare_models_of(spec(p=whole), spec(p=narrow))
    assert found == ["breaking type", "compatible parameter-required"]
