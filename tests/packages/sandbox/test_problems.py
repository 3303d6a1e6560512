"""The sandbox finds of any spec what its vectors say, in the words of the API, and shows each limit as the API does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from scenario_sandbox.catalogue import Model
from scenario_sandbox.problems import find_problem
from scenario_sandbox.rules import RULES

from paramsync.rendering.models import make_model
from paramsync.rendering.vectors import make_vectors
from paramsync.rules import RULES as TABLE
from support.hand_written import HAND_WRITTEN, TWICE, CountedSpecs, nest, together
from support.records import MADE_UP, read_records, spec_of, without_messages
from support.services import SERVICE
from support.vectors import Read, keys_of, made_spec, read_vectors, restore

SPECS = {spec["$id"]: spec for spec in HAND_WRITTEN.values()}
CODES = {"type": "must be (of type|an array of) .+", "enum": "must be one of .+", "required": "is required", "unknown": "is unknown"}  # fmt: skip
WORDS = CODES | {keyword: re.escape(rule.message).replace(r"\{limit\}", r"[-+.e\d]+") for keyword, rule in RULES.items()}  # fmt: skip


def said_of(vector: Read) -> str:
    """Give what the sandbox is to say of a payload, as a regular expression."""
    if not vector.problems:
        return ""
    pointer, code = vector.problems[0]
    names = ".".join(key for key in keys_of(pointer) if not key.isdigit())
    return f"Input {re.escape(names)} {WORDS[code]}"


def check(model: Model, vectors: list[Read], find_spec: Any) -> set[str]:
    """Find that the sandbox says of each payload what it is to say; give the codes of it."""
    for vector in vectors:
        if isinstance(vector.payload, dict):
            found = find_problem(model.spec, vector.payload, find_spec)
            assert re.fullmatch(said_of(vector), found), (model.id, vector.name, found)
    return {code for vector in vectors for _, code in vector.problems[:1]}


def test_it_says_of_each_vector_of_hand_written_specs_which_problem_comes_first() -> None:
    codes: set[str] = set()
    for spec in HAND_WRITTEN.values():
        model = make_model(spec, find_spec=SPECS.__getitem__, service=SERVICE)
        vectors = [restore(vector.json) for vector in make_vectors(model)]
        codes |= check(Model(spec), vectors, SPECS.__getitem__)
    assert codes == {*WORDS}


def test_it_says_of_each_vector_of_real_models_which_problem_comes_first(generated: Path) -> None:
    vectors = read_vectors(generated / "vectors")
    for path in (generated / "sandbox/scenario_sandbox/models").iterdir():
        spec = json.loads(path.read_text())
        check(Model(spec), vectors[spec["x-model"]], SPECS.__getitem__)


def test_it_has_the_words_for_all_rules_in_their_order() -> None:
    assert [*RULES] == [rule.keyword for rule in TABLE]


ELEMENT = {"type": "string", "maxLength": 3}
SAID = {
    "an element": ({"type": "array", "items": {"type": "number", "maximum": 2}}, [1, 3], "Input one must be at most 2"),
    "too many elements": ({"type": "array", "maxItems": 2}, [1, 2, 3], "Input one must be at most 2 items long"),
    "a long element": ({"type": "array", "items": ELEMENT}, ["a", "long"], "Input one must be at most 3 characters long"),
    "code points": (ELEMENT, "🍌🍌🍌🍌", "Input one must be at most 3 characters long"),
    "decimals": ({"type": "number", "multipleOf": 0.05}, 0.15, ""),
    "no multiple": ({"type": "number", "multipleOf": 0.05}, 0.16, "Input one must be a multiple of 0.05"),
    "a whole number": ({"type": "integer"}, 1.0, ""),
    "a fraction": ({"type": "integer"}, 1.5, "Input one must be of type integer"),
    "a number that no float is near to": ({"type": "number"}, 10**400, "Input one must be of type number"),
    "true for 1": ({"enum": [1]}, True, "Input one must be one of 1"),
    "the table's order": ({"type": "number", "multipleOf": 2, "minimum": 1}, -1, "Input one must be at least 1"),
    "elements of elements": ({"type": "array", "items": {"type": "array", "items": ELEMENT}}, [[1]], "Input one must be an array of array of string"),
    "no alternative": ({"anyOf": [ELEMENT, {"type": "array"}]}, {}, "Input one must be of type string or array"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_it_says_it_in_the_words_of_the_api(case: str) -> None:
    schema, value, said = SAID[case]
    assert find_problem(made_spec({"one": schema}), {"one": value}, SPECS.__getitem__) == said


def test_objects_of_a_model_end_at_a_depth() -> None:
    user: dict[str, Any] = {"id": 1}
    for _ in range(100):
        user = {"id": 1, "friend": user}
    spec = HAND_WRITTEN["model_user"]
    assert find_problem(spec, user, SPECS.__getitem__) == ""
    deeper = find_problem(spec, {"id": 1, "friend": user}, SPECS.__getitem__)
    assert deeper.endswith("friend is nested too deeply")


def test_an_object_that_several_alternatives_look_at_is_judged_once_by_each_model() -> None:
    specs = CountedSpecs()
    for last, is_right in (({"y": "a"}, False), ({"y": 1}, True)):
        assert (find_problem(TWICE["model_p"], nest("x", 14, last), specs.find) == "") is is_right
    assert specs.asked < 100  # and not 2 ** 14


NUMBERS = {"type": "array", "x-type": "number_array", "items": {"type": "number", "minimum": 0, "maximum": 2}}
SHOWN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "limits of a number": ({"type": "integer", "minimum": 0, "multipleOf": 8}, {"type": "number", "min": 0, "step": 8}),
    "those of elements": ({**NUMBERS, "maxItems": 6}, {"type": "number_array", "min": 0, "max": 2, "maxLength": 6}),
    "a length of elements, which the API does not have": ({"type": "array", "items": ELEMENT}, {"type": "string_array"}),
    "a length": (ELEMENT, {"type": "string", "maxLength": 3}),
    "limits that nothing enforces": ({"type": "boolean", "x-min": 0, "x-max-length": 4}, {"type": "boolean", "min": 0, "maxLength": 4}),
    "what it does not have": ({"type": "number", "x-unit": "px", "x-step": "0.1 or so", "x-hint": 1}, {"type": "number"}),
    "no such facts": ({"type": "number", "x-step": True, "x-max-size": -1, "x-kind": 3, "x-model-types": ["a", 1], "x-mask-from": [], "x-cost": "yes", "x-labels": "a", "x-required-if": {"ifDefined": "a"}}, {"type": "number"}),
    **{f"a condition of another form: {one!r}": ({"x-required-if": {"conditional": one}}, {"type": "string", "required": {"conditional": one}}) for one in (True, "c", ["c"], 3, {}, None, {"a": None})},
    "a kind that is not that of the name": ({"type": "string", "x-type": "file", "x-kind": "video"}, {"type": "file", "kind": "video"}),
    "a file without a kind": ({"type": "string", "x-type": "file"}, {"type": "file", "kind": "image"}),
    "no type": ({"enum": [1, "a"]}, {"type": "string", "allowedValues": [1, "a"]}),
    "several types": ({"type": ["integer", "string"]}, {"type": "string"}),
    "an object": ({"type": "object", "properties": {"a_b": ELEMENT}, "required": ["a_b"]},
                  {"type": "inputs_array", "inputs": [{"name": "a_b", "label": "A b", "type": "string", "costImpact": False, "maxLength": 3, "required": {"always": True}}]}),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_a_model_shows_its_inputs_as_the_api_does(case: str) -> None:
    schema, shown = SHOWN[case]
    (found,) = Model(made_spec({"one": schema})).inputs
    assert found == {"name": "one", "label": "One", "costImpact": False, **shown}


def test_a_model_shows_with_or_without_which_input_another_is_required() -> None:
    """Of several alternatives the API has no word: `b` or `c`, or `d` and `e`."""
    pairs = together([["a"], ["b"]], [["b"], ["c"], ["d"]], [["d", "e"], ["c"]])
    conditions = {"dependentRequired": {"c": ["a", "b"]}, **pairs}
    model = Model(made_spec({name: {} for name in "abcde"}) | conditions)
    with_c, without_b = {"c": {"message": "is required with c"}}, {"b": {"message": "is required without b"}}
    found = {one["name"]: one["required"] for one in model.inputs if "required" in one}
    assert found == {"a": {"ifDefined": with_c, "ifNotDefined": without_b}, "b": {"ifDefined": with_c}}


@pytest.mark.parametrize("record", [*read_records().values(), MADE_UP], ids=lambda record: record["id"])
def test_the_record_of_a_model_is_shown_as_the_api_shows_it(record: dict[str, Any]) -> None:
    model = Model(spec_of(record))
    assert without_messages(model.inputs) == without_messages(record["inputs"])
    assert {"selects": model.selects} == record["uiConfig"]
