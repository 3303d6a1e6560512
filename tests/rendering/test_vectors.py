"""One truth for every language: validators, requests and JSON Schema agree on each vector, and none can be left out.

Modules: payloads, problems, substitutes.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, validators
from paramsync.rendering.problems import MAX_FLOAT

from paramsync.rendering.models import Parameter, make_model
from paramsync.rendering.render import render
from paramsync.rendering.vectors import make_vectors
from paramsync.specs.schema import check_spec
from paramsync.text import json_line
from support.example import EXAMPLE
from support.hostile import SCHEMA, load, templates_of
from support.mutants import SWAPS, Mutant, javascript_mutants, near, python_mutants
from support.node import node, run
from support.roots import PROJECT
from support.vectors import Read, made_spec, read_vectors, restore, values_of

Vectors = dict[str, list[Read]]
HARDEST = ("model_hard-names", "model_values-3.0", "model_sync-lipsync-v2")
TEMPLATES, TARGET = templates_of(PROJECT, "python")


@pytest.fixture(scope="session")
def vectors(generated: Path) -> Vectors:
    """Give the vectors of all real models and the hard ones."""
    return read_vectors(generated / "vectors")


@pytest.fixture(scope="session")
def specs(generated: Path) -> dict[str, Any]:
    """Give their specs."""
    read = [json.loads(path.read_text()) for path in generated.parent.glob("specs/*/*.json")]
    return {spec["x-model"]: spec for spec in read if "x-model" in spec}


# Who agrees


def test_the_validators_find_exactly_the_problems_of_each_vector(
    generated_models: Any, vectors: Vectors
) -> None:
    from scenario_models.validators import validate

    assert {info.id for info in generated_models.models()} == vectors.keys()
    for model, each in vectors.items():
        for vector in each:
            found = [(one.pointer, one.code) for one in validate(model, vector.payload)]
            assert found == [*vector.problems], (model, vector.name)


def test_json_schema_gives_each_vector_the_same_verdict(vectors: Vectors, specs: dict[str, Any]) -> None:
    assert specs.keys() == vectors.keys()
    for model, each in vectors.items():
        reference = Draft202012Validator(specs[model])
        for vector in each:
            if vector.is_json:
                assert reference.is_valid(vector.payload) is (not vector.problems), (model, vector.name)


REMOTE = ("asset_", "https://", "data:")


def is_request(spec: dict[str, Any], vector: Read) -> bool:
    """Tell whether a request takes a payload: it does not ask for what it sends by itself, and sees what is no file.

    Null stands for a parameter that is not set, where it need not be.
    """
    unset = {f"/{name}" for name, value in vector.payload.items() if value is None}
    optional = {f"/{name}" for name in spec["properties"] if name not in spec["required"]}
    default = {f"/{name}" for name, rules in spec["properties"].items() if "default" in rules}
    for pointer, code in vector.problems:
        is_sent = code == "required" and pointer in default
        is_unset = code == "type" and pointer in unset & (optional | default)
        if not is_sent and not is_unset:
            return False
    files = [
        name
        for name, rules in spec["properties"].items()
        if rules["x-type"].startswith("file") and "enum" not in rules.get("items", rules)
    ]
    given = [vector.payload[name] for name in files if vector.payload.get(name) is not None]
    texts = [text for value in given for text in (value if isinstance(value, list) else [value])]
    return all(text.startswith(REMOTE) for text in texts)


def test_requests_give_each_vector_the_same_verdict(
    generated_models: Any, vectors: Vectors, specs: dict[str, Any]
) -> None:
    from scenario_models.factory import make_request

    for model, each in vectors.items():
        for vector in each:
            if isinstance(vector.payload, dict):
                found = is_made(partial(make_request, model, vector.payload), {})
                assert found is is_request(specs[model], vector), (model, vector.name)


def is_made(make: Callable[..., Any], parameters: dict[str, Any]) -> bool:
    try:
        make(**parameters)
    except ValueError:
        return False
    return True


# What is tried


def kind_of(value: Any) -> str:
    if isinstance(value, float) and value - value != 0:
        return "no number"
    names = {
        type(None): "null",
        bool: "boolean",
        int: "number",
        float: "number",
        str: "string",
        list: "array",
    }
    return names.get(type(value), "object")


KINDS = {"null", "boolean", "number", "string", "array", "object"}


def missing_tries(name: str, rules: dict[str, Any], vectors: list[Read]) -> Iterator[str]:
    """Say on which side of which rule of a parameter nothing is tried."""
    element = rules.get("items", rules)
    tried = list(values_of(name, rules, vectors))
    wrong = KINDS - {element["type"]} | ({"no number"} if element["type"] == "number" else set())
    yield from wrong - {kind_of(value) for value, code in tried if code == "type"}
    if not any(code == "" for _, code in tried):
        yield "a right value"
    choices = element.get("enum", [])
    taken = [value for value, code in tried if code != "enum" and kind_of(value) == element["type"]]
    yield from (f"choice {choice!r}" for choice in choices if choice not in taken)
    is_all = set(choices) == {True, False}
    if choices and not is_all and not any(code == "enum" for _, code in tried):
        yield "no choice"
    numbers = [(value, code) for value, code in tried if kind_of(value) == "number" and not choices]
    for bound, sign in (("minimum", -1), ("maximum", 1)):
        if bound in element and not choices:
            outside = [value for value, code in numbers if code == bound]
            least = 0.5 if float(element[bound]).is_integer() and abs(element[bound]) < 2**52 else 1e-12
            if (element[bound], "") not in numbers:
                yield f"its {bound}"
            if not any(
                0 < (value - element[bound]) * sign <= least * max(1, abs(element[bound]))
                for value in outside
            ):
                yield f"just outside its {bound}"


def test_each_rule_of_each_parameter_is_tried_on_either_side(vectors: Vectors, specs: dict[str, Any]) -> None:
    for model, spec in specs.items():
        problems = [vector.problems for vector in vectors[model]]
        assert (not spec["properties"]) or () in problems
        for name, rules in spec["properties"].items():
            assert not list(missing_tries(name, rules, vectors[model])), (model, name)
            is_required = ((f"/{name}", "required"),) in problems
            assert is_required is (name in spec["required"])
            if rules["type"] == "array":
                values = [one.payload.get(name) for one in vectors[model] if isinstance(one.payload, dict)]
                assert {"null", "boolean", "number", "string", "object"} <= set(map(kind_of, values))
                assert [] in values
                assert any(isinstance(value, list) and len(value) > 5_000 for value in values)
        unknown = {
            pointer for each in problems if len(each) == 1 for pointer, code in each if code == "unknown"
        }
        assert {"/__proto__", "/constructor", "/", "/a~1b~0c"} <= unknown
        several = [{code for _, code in each} for each in problems if len(each) > 3]
        assert any(len(codes) > 1 for codes in several) or not spec["properties"]


def test_names_are_unique_and_payloads_are_too(vectors: Vectors) -> None:
    for each in vectors.values():
        assert len({vector.name for vector in each}) == len(each)
        assert len({repr(vector.payload) for vector in each}) == len(each)


def test_the_readme_shows_a_vector_that_there_is() -> None:
    folder = EXAMPLE / "generated/vectors"
    shown = re.findall(r"^```json\n(.+?)\n```$", (folder / "README.md").read_text(), re.MULTILINE)
    found = json.loads((folder / "sync-lipsync-v2.json").read_text())["vectors"]
    assert len(shown) == 1
    assert json.loads(shown[0]) in found


def changed(parameter: Parameter) -> Iterator[Parameter]:
    """Change one rule of a parameter."""
    yield replace(parameter, is_required=not parameter.is_required)
    yield replace(parameter, is_array=not parameter.is_array)
    yield replace(parameter, name=f"{parameter.name}2")
    for choice in range(len(parameter.choices)):
        choices = parameter.choices
        yield replace(parameter, choices=(*choices[:choice], *choices[choice + 1 :]))
    if parameter.element == "number":
        for bound in ("minimum", "maximum"):
            number = getattr(parameter, bound)
            for other in [0.25] if number is None else [None, *near(number)]:
                yield replace(parameter, **{bound: other})


@pytest.mark.parametrize("model", HARDEST)
def test_the_vectors_of_a_parameter_change_when_a_rule_of_it_does(specs: dict[str, Any], model: str) -> None:
    whole = make_model(specs[model])
    for parameter in whole.parameters:
        before = make_vectors(replace(whole, parameters=(parameter,)))
        for other in changed(parameter):
            assert make_vectors(replace(whole, parameters=(other,))) != before, other


# Choices and bounds of a number -> its example, which breaks no rule, if the rules allow any.
EXAMPLES: dict[tuple[tuple[float, ...], float | None, float | None], float] = {
    ((), None, None): 1,
    ((), 2, None): 2,
    ((), None, 0.5): 0.5,
    ((), 3, 4): 3,
    ((0, 5, 9), None, None): 0,
    ((0, 5, 9), 1, None): 5,
    ((9, 5, 0), None, 6): 5,
    ((0, 9, 5), 1, 6): 5,
    ((9, 6), 1, 6): 6,
    ((0, 9), 1, 6): 1,
}


@pytest.mark.parametrize(("choices", "minimum", "maximum"), EXAMPLES)
def test_an_example_is_the_first_choice_within_the_bounds(
    choices: tuple[float, ...], minimum: float | None, maximum: float | None
) -> None:
    rules = {"choices": choices, "minimum": minimum, "maximum": maximum}
    parameter = Parameter("model_a", "a", "number", "number", is_array=False, is_required=True, **rules)  # type: ignore[arg-type]
    assert parameter.example == EXAMPLES[choices, minimum, maximum]


# Whatever a spec may say

NUMBERS = st.sampled_from(
    [-1, 0, 1, 2, 3, -0.0, 0.5, 1.0, 1.5, 1e-7, 5e-324, 2**53 - 1, -(2**60), 1e21, MAX_FLOAT]
)
VALUES = {
    "string": st.sampled_from(
        ["", "a", "A", "a ", "b", "1", "ß", "é", "asset_1", "\u2028", "true", "__proto__"]
    ),
    "number": NUMBERS,
    "boolean": st.booleans(),
}
NAMES = st.sampled_from(["a", "A", "3d", "3", "constructor", "toString", "a.b", "x-y", "class", "video"])
WORDS = {
    "string": ["string", "file", "model"],
    "number": ["number"],
    "boolean": ["boolean"],
    "object": ["inputs"],
}


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Make the rules of a parameter: crossed bounds, choices twice and choices out of bounds among them."""
    kind = draw(st.sampled_from([*WORDS]))
    element: dict[str, Any] = {"type": kind}
    if kind in VALUES and draw(st.booleans()):
        element["enum"] = draw(st.lists(VALUES[kind], min_size=1, max_size=4))
    for bound in ("minimum", "maximum") if kind == "number" else ():
        if draw(st.booleans()):
            element[bound] = draw(NUMBERS)
    word = draw(st.sampled_from(WORDS[kind]))
    if kind == "object" or (kind != "boolean" and draw(st.booleans())):
        return {"type": "array", "x-type": f"{word}_array", "items": element}
    return {**element, "x-type": word}


@st.composite
def made_specs(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(NAMES, unique_by=str.lower, max_size=4))
    properties = {name: draw(rules()) for name in names}
    return made_spec(properties, [name for name in names if draw(st.booleans())])


def written(spec: dict[str, Any]) -> dict[str, str]:
    """Give the modules that the Python target writes for a spec, by the names of their folders."""
    specs = {"page/page.json": {"models": ["model_made"]}, "page/made.json": spec}
    paths = {name: f"scenario_models/{name}/{{model}}.py.jinja" for name in ("typed", "validators")}
    templates = {path: TEMPLATES[path] for path in ("macros.jinja", *paths.values())}
    tree = render("python", templates, {"python": TARGET}.__getitem__, load(specs))
    return {name: tree[f"scenario_models/{name}/made.py"] for name in paths}


def run_module(code: CodeType | str, folder: str) -> dict[str, Any]:
    """Run a module as if it stood in a folder of the package, and give its names."""
    space = {"__name__": f"scenario_models.{folder}.made", "__package__": f"scenario_models.{folder}"}
    exec(code, space)  # noqa: S102
    return space


def items_once(validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Judge elements that are alike once: some vectors have thousands."""
    given = [*{repr(one): one for one in instance}.values()] if isinstance(instance, list) else instance
    return Draft202012Validator.VALIDATORS["items"](validator, items, given, schema)


OF_DISTINCT = validators.extend(Draft202012Validator, {"items": items_once})


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(spec=made_specs())
def test_all_agree_on_the_vectors_of_any_spec(generated_models: Any, spec: dict[str, Any]) -> None:
    assert check_spec(spec, SCHEMA) == ""
    reference = OF_DISTINCT(spec)
    modules = written(spec)
    validate = run_module(modules["validators"], "validators")["validate"]
    made = run_module(modules["typed"], "typed")["Made"]
    names = {field.serialization_alias or name: name for name, field in made.model_fields.items()}
    for vector in make_vectors(make_model(spec)):
        read = restore(json.loads(json_line(vector.json)))
        assert [(one.pointer, one.code) for one in validate(read.payload)] == [*read.problems], vector
        assert not read.is_json or reference.is_valid(read.payload) is (not read.problems), vector
        if isinstance(read.payload, dict):
            given = {names.get(name, name): value for name, value in read.payload.items()}
            assert is_made(made, given) is is_request(spec, read), vector


# What is noticed


def survivors(mutants: Iterator[Mutant], vectors: list[Read]) -> tuple[list[str], int]:
    """Give the mutants that no vector tells from the validator, and how many there are."""
    alive, number = [], 0
    vectors = sorted(vectors, key=lambda vector: len(str(vector.payload)))  # the cheapest first
    for mutant in mutants:
        number += 1
        validate = run_module(mutant.code, "validators")["validate"]
        if not any(is_noticed(validate, vector) for vector in vectors):
            alive.append(mutant.change)
    return alive, number


def is_noticed(validate: Callable[[Any], Any], vector: Read) -> bool:
    try:
        return [(one.pointer, one.code) for one in validate(vector.payload)] != [*vector.problems]
    except (AttributeError, LookupError, NameError, TypeError, ValueError):
        return True


# Of a parameter whose choices all lie within its bounds, these are never broken: what is done then makes no difference.
NEVER_BROKEN = {"model_values-3.0": ("value < 1", "value > 3", "'/strict', 1", "'/strict', 3")}


def makes_a_difference(model: str, change: str) -> bool:
    line = change.rpartition(": ")[0].replace('"', "'")
    return not any(part in line for part in NEVER_BROKEN.get(model, ()))


@pytest.mark.parametrize("model", HARDEST)
def test_each_mutant_of_a_python_validator_is_noticed(
    generated_models: Any, generated: Path, vectors: Vectors, model: str
) -> None:
    info = next(info for info in generated_models.models() if info.id == model)
    source = (generated / f"python/scenario_models/validators/{info.module}.py").read_text()
    alive, number = survivors(python_mutants(source), vectors[model])
    assert number > 100
    alive = [change for change in alive if makes_a_difference(model, change)]
    assert not alive, "\n".join(alive)


NUMBER = {"type": "number", "enum": [0.5, 1, 2, 2.5], "minimum": 1, "maximum": 2}
ARRAY = {"type": "array", "x-type": "number_array"}
EITHER_SIDE = {"one": {**NUMBER, "x-type": "number"}, "many": {**ARRAY, "items": NUMBER}}


def test_with_choices_on_either_side_of_the_bounds_each_mutant_is_noticed(generated_models: Any) -> None:
    spec = made_spec(EITHER_SIDE)
    vectors = [restore(vector.json) for vector in make_vectors(make_model(spec))]
    alive, number = survivors(python_mutants(written(spec)["validators"]), vectors)
    assert number > 100
    assert not alive, "\n".join(alive)


@pytest.mark.parametrize("values", [{"one": 0.5}, {"many": [1, 2.5]}, {"whole": [0]}])
def test_a_request_refuses_a_choice_that_is_out_of_bounds(
    generated_models: Any, values: dict[str, Any]
) -> None:
    spec = made_spec({**EITHER_SIDE, "whole": {**ARRAY, "items": {**NUMBER, "enum": [0, 1, 2, 3]}}})
    made = run_module(written(spec)["typed"], "typed")["Made"]
    assert is_made(made, {"one": 1, "many": [1, 2], "whole": [2]})
    assert not is_made(made, values)


@pytest.fixture
def told(built: Path, generated: Path, specs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give, for each model, what the program for Node is to be told."""
    validators = built / "node_modules" / "scenario-models" / "dist" / "validators"
    told = {}
    for path in (generated / "vectors").glob("*.json"):
        read = json.loads(path.read_text())
        model = read["model"]
        source = (validators / f"{path.stem}.js").read_text()
        mutants = [*javascript_mutants(source)] if model in HARDEST else []
        told[model] = {"spec": specs[model], "vectors": read["vectors"], "mutants": mutants}
    return told


@pytest.mark.foreign
def test_the_typescript_validators_and_ajv_agree_on_each_vector_and_each_mutant_is_noticed(
    built: Path, told: dict[str, dict[str, Any]]
) -> None:
    assert all(len(told[model]["mutants"]) > 80 for model in HARDEST)
    folder = built / "node_modules" / "scenario-models" / "dist" / "validators"
    sources = [(folder / f"{model.removeprefix('model_')}.js").read_text() for model in HARDEST]
    for pattern, _ in SWAPS:  # one that finds no place would make this test weaker, and nobody would know
        assert any(re.search(pattern, source, re.MULTILINE) for source in sources), pattern
    done = run(node(), "vectors.mjs", cwd=built, input=json.dumps(told))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["disagreements"] == []
    assert said["alive"].keys() == told.keys()
    alive = [
        (model, change)
        for model, changes in said["alive"].items()
        for change in changes
        if makes_a_difference(model, change)
    ]
    assert not alive, "\n".join(map(str, alive))
