"""One truth for every language: validators, requests and JSON Schema agree on each vector, and none can be left out.

Modules: coverage, examples, payloads, substitutes, values.
"""

import json
import math
import re
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from paramsync.rendering.examples import make_example
from paramsync.rendering.models import make_model
from paramsync.rendering.pages import all_models
from paramsync.rendering.samples import NO_CONTEXT, Context
from paramsync.rendering.vectors import make_vectors
from paramsync.rules import RULES, Rule, find_rules, list_types
from paramsync.specs.problems import find_no_spec, find_value_problems
from paramsync.specs.spec_checks import check_spec
from support.example import EXAMPLE
from support.hand_written import HAND_WRITTEN, HARD_PAYLOADS, TWICE, nest
from support.made_packages import compile_package, imported, make_pages
from support.made_specs import STEPS, spec_sets
from support.mutants import SWAPS, Mutant, javascript_mutants, near, python_mutants
from support.node import node, run
from support.services import SERVICE
from support.vectors import Read, made_spec, read_vectors, values_of
from support.verdicts import find_described, find_problems, find_python_disagreements, read_made

Vectors = dict[str, list[Read]]
Specs = dict[str, dict[str, Any]]
HARDEST = ("model_hard-names", "model_values-3.0", "model_sync-lipsync-v2")
# Every example of Hypothesis costs the same, found or not: the specs are the same in each run.
DERANDOMIZED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


@pytest.fixture(scope="session")
def vectors(generated: Path) -> Vectors:
    """Give the vectors of all real models and the hard ones."""
    return read_vectors(generated / "vectors")


@pytest.fixture(scope="session")
def specs(generated: Path) -> Specs:
    """Give their specs."""
    read = [json.loads(path.read_text()) for path in generated.parent.glob("specs/*/*.json")]
    return {spec["x-model"]: spec for spec in read if "x-model" in spec}


def make_all(specs: Specs) -> Vectors:
    """Make the vectors of specs, and the payloads that are hard to judge."""
    by_id = {spec["$id"]: spec for spec in specs.values()}
    made = {model.id: read_made(model) for model in all_models(make_pages(specs))}
    for model, payloads in HARD_PAYLOADS.items() if specs is HAND_WRITTEN else ():
        for name, text in payloads.items():
            payload = json.loads(text)
            found = find_problems(specs[model], payload, by_id.__getitem__)
            made[model].append(
                Read(name, payload, tuple((one.pointer, one.code) for one in found), is_json=True)
            )
    return made


@pytest.fixture(scope="session")
def by_hand() -> Vectors:
    """Give the vectors of the specs that are written by hand."""
    return make_all(HAND_WRITTEN)


@pytest.fixture(scope="session")
def drawn() -> Specs:
    """Draw specs, the same in each run; each set of them has ids of its own."""
    batch: Specs = {}

    @DERANDOMIZED
    @given(specs=spec_sets(STEPS))
    def add(specs: Specs) -> None:
        number = len(batch)
        for spec in specs.values():
            renamed = re.sub(r'(model_[ab])"', rf'\g<1>{number}"', json.dumps(spec))
            batch[f"{spec['x-model']}{number}"] = json.loads(renamed)

    add()
    return batch


# Who agrees


def test_python_and_json_schema_agree_on_each_vector_of_a_page(
    generated_models: ModuleType, vectors: Vectors, specs: Specs
) -> None:
    import scenario_models.factory
    import scenario_models.validators

    assert {info.id for info in generated_models.models()} == vectors.keys() == specs.keys()
    assert [*find_python_disagreements(scenario_models, specs, vectors)] == []


def test_python_and_json_schema_agree_on_each_vector_of_a_spec_written_by_hand(
    by_hand: Vectors, tmp_path: Path
) -> None:
    assert [check_spec(spec) for spec in HAND_WRITTEN.values()] == [""] * len(HAND_WRITTEN)
    with imported(HAND_WRITTEN, tmp_path) as package:
        assert [*find_python_disagreements(package, HAND_WRITTEN, by_hand)] == []
        assert [*find_described(package, HAND_WRITTEN, by_hand)] == []


def test_the_types_and_choices_that_would_be_right_are_said(tmp_path: Path) -> None:
    names = ("message", "user", "pet", "types")
    with imported({f"model_{name}": HAND_WRITTEN[f"model_{name}"] for name in names}, tmp_path) as package:
        payload = {"to": {"id": 1}, "markup": 5}
        problems = package.validators.validate("model_message", payload)
        assert [one.message for one in problems] == ["5 is not a string or object"]
        by_id = {spec["$id"]: spec for spec in HAND_WRITTEN.values()}
        expected = find_problems(HAND_WRITTEN["model_message"], payload, by_id.__getitem__)
        assert [one.message for one in expected] == ["5 is not of type string or object"]
        with pytest.raises(ValueError, match='Input should be 1 or "a" or true or 0.5'):
            package.factory.from_body("model_types", {"id": 1, "limited": 2, "choice": 2})


def test_all_agree_on_the_vectors_of_any_spec(drawn: Specs, tmp_path: Path) -> None:
    with imported(drawn, tmp_path) as package:
        assert [*find_python_disagreements(package, drawn, make_all(drawn))] == []


IN_NODE = (
    "import(process.argv[1]).then(({ judge }) => console.log(judge(JSON.parse(process.argv[2])).length))"
)


def test_objects_that_several_alternatives_look_at_cost_no_more_at_each_depth(tmp_path: Path) -> None:
    payload = nest("x", 90, {"y": "a"})
    with imported(TWICE, tmp_path) as package:
        assert len(package.validators.validate("model_p", payload)) == 1
    judges = compile_package(TWICE, tmp_path / "typescript")
    command = (
        "--input-type=commonjs",
        "--eval",
        IN_NODE,
        (judges / "p.js").as_uri(),
        json.dumps(payload),
    )
    assert run(node(), *command, cwd=tmp_path, timeout=60).stdout == "1\n"


def test_a_number_beyond_floats_is_none_in_any_of_its_places(generated_models: Any, specs: Specs) -> None:
    from scenario_models.validators import validate

    for model, spec in specs.items():
        for value in (10**400, -(10**400), [10**400]):
            payload = dict.fromkeys(spec["properties"], value)
            found = [(one.pointer, one.code) for one in validate(model, payload)]
            assert found == [(one.pointer, one.code) for one in find_problems(spec, payload, find_no_spec)], (
                model
            )


def test_arrays_in_arrays_have_vectors_that_do_not_double_with_each() -> None:
    sizes = []
    for depth in (4, 15):
        inner: dict[str, Any] = {"type": "integer", "maximum": 3}
        for _ in range(depth):
            inner = {"type": "array", "items": inner}
        sizes.append(len(make_vectors(make_model(made_spec({"a": inner})))))
    assert sizes[1] < 2 * sizes[0]


def test_what_asks_for_itself_without_end_has_an_example_that_is_cut() -> None:
    names = [f"urn:scenario:model_{number}" for number in range(12)]
    asked = {f"p{number}": {"$ref": name} for number, name in enumerate(names)}
    specs = {name: made_spec(asked, [*asked]) for name in names}
    assert len(json.dumps(make_example({"$ref": names[0]}, Context(specs.__getitem__)))) < 100_000


# What is tried


def tries_of(schema: dict[str, Any], tried: list[tuple[Any, str]]) -> Iterator[str]:
    """Say what is not tried of a value: a type that it has not, a choice, a side of a rule."""
    kinds, choices = list_types(schema), schema.get("enum", [])
    of_type = [(value, code) for value, code in tried if not kinds or code != "type"]
    wrong = ("null", "boolean", "number", "string", "array", "object")
    refused = {kind_of(value) for value, code in tried if code == "type"}
    right = {"number" if kind == "integer" else kind for kind in kinds}
    yield from ({*wrong} - right - refused) if kinds else ()
    if not any(code == "" for _, code in tried):
        yield "a right value"
    yield from (
        f"choice {one!r}"
        for one in choices
        if not any(one == value for value, code in of_type if code != "enum")
    )
    if choices and {*choices} != {True, False} and not any(code == "enum" for _, code in tried):
        yield "no choice"
    for rule in () if choices else find_rules(schema):
        yield from tries_of_rule(rule, schema, of_type)


def tries_of_rule(rule: Rule, schema: dict[str, Any], tried: list[tuple[Any, str]]) -> Iterator[str]:
    """Say on which side of the limit of a rule nothing is tried."""
    limit = schema[rule.keyword]
    measured = [(rule.measure(value), code) for value, code in tried if kind_of(value) == rule.type]
    is_possible = schema.get("type") != "integer" or float(limit).is_integer()
    if is_possible and not any(measure == limit for measure, _ in measured):
        yield f"its {rule.keyword}"
    refused = [measure for measure, code in measured if code == rule.keyword]
    is_whole = rule.is_count or ("integer" in list_types(schema) and "number" not in list_types(schema))
    half = 0.5 if float(limit).is_integer() and abs(limit) < 2**52 else 1e-12 * max(1, abs(limit))
    room = math.inf if rule.side == "multiple" else 1 if is_whole else half
    is_reached = rule.side != "least" or not rule.is_count or limit > 0  # nothing has fewer than no elements
    if is_reached and not any(0 < abs(measure - limit) <= room for measure in refused):
        yield f"just outside its {rule.keyword}"


def has_no_end(spec: dict[str, Any]) -> bool:
    """Tell whether a model requires an object of its own, so that no payload is right."""
    return any(spec["properties"][name].get("$ref") == spec["$id"] for name in spec["required"])


def alternatives_of(spec: dict[str, Any]) -> Iterator[list[str]]:
    """Give the lists of parameters of which one is required."""
    return (one["required"] for group in spec.get("allOf", ()) for one in group["anyOf"])


def kind_of(value: Any) -> str:
    if isinstance(value, float) and value - value != 0:
        return "no number"
    names: dict[type, str] = {
        type(None): "null",
        bool: "boolean",
        int: "number",
        float: "number",
        str: "string",
    }
    return {**names, list: "array"}.get(type(value), "object")


@pytest.mark.parametrize("source", ["pages", "by hand"])
def test_each_rule_of_each_parameter_is_tried_on_either_side(
    vectors: Vectors, by_hand: Vectors, specs: Specs, source: str
) -> None:
    tried, judged = (vectors, specs) if source == "pages" else (by_hand, HAND_WRITTEN)
    for model, spec in judged.items():
        problems = [vector.problems for vector in tried[model]]
        unavoidable = min(map(len, problems))
        assert unavoidable == has_no_end(spec)
        conditional = {*chain(*spec.get("dependentRequired", {}).values(), *alternatives_of(spec))}
        for name, rules in spec["properties"].items():
            values = [*values_of(name, tried[model])]
            assert not [*tries_of(rules, values)], (model, name)
            if "items" in rules:
                assert not [*tries_of(rules["items"], [*values_of(name, tried[model], inside=True)])], (
                    model,
                    name,
                )
                assert any(isinstance(value, list) and len(value) > 5_000 for value, _ in values), (
                    model,
                    name,
                )
            is_required = ((f"/{name}", "required"),) in problems
            assert is_required or name not in spec["required"]
            assert not is_required or name in spec["required"] or name in conditional
        alone = [each for each in problems if len(each) == unavoidable + 1]
        unknown = {pointer for each in alone for pointer, code in each if code == "unknown"}
        assert {"/__proto__", "/constructor", "/", "/a~1b~0c"} <= unknown
        several = [{code for _, code in each} for each in problems if len(each) > 3]
        assert any(len(codes) > 1 for codes in several) or len(spec["properties"]) < 2


def test_names_are_unique_and_payloads_are_too(vectors: Vectors, by_hand: Vectors) -> None:
    for model, each in (vectors | by_hand).items():
        assert len({vector.name for vector in each}) == len(each)
        made = [vector for vector in each if vector.name not in HARD_PAYLOADS.get(model, {})]
        assert len({repr(vector.payload) for vector in made}) == len(made)


def test_the_readme_shows_a_vector_of_a_model_with_such_parameters() -> None:
    readme = (EXAMPLE / "generated/vectors" / "README.md").read_text()
    [shown] = re.findall(r"^```json\n(.+?)\n```$", readme, re.MULTILINE)
    asked = {"prompt": {"type": "string"}, "seed": {"type": "integer"}}
    made = make_vectors(make_model(made_spec(asked, [*asked])))
    assert json.loads(shown) in [one.json for one in made]


def changed(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Change one thing that a schema says of a value, or of what is inside."""
    kinds, choices = list_types(schema), schema.get("enum", [])
    for rule in RULES:
        without = {key: one for key, one in schema.items() if key != rule.keyword}
        if rule.keyword in schema:
            yield from [without] if not choices or right_choices(without) != right_choices(schema) else []
            limits = near(schema[rule.keyword], is_whole=rule.is_count)
        else:
            limits = [1] if not kinds or any(map(rule.limits, kinds)) else []
        changes = [schema | {rule.keyword: limit} for limit in limits if rule.allows_limit(limit)]
        yield from (one for one in changes if not choices or right_choices(one) != right_choices(schema))
    for index in range(len(choices) if len(choices) > 1 else 0):
        yield schema | {"enum": [*choices[:index], *choices[index + 1 :]]}
    for key in ("enum", "items", "additionalProperties", "required"):
        if key in schema:
            yield {name: one for name, one in schema.items() if name != key}
    yield {"type": "array", "items": schema}
    yield from changed_inside(schema)


def changed_inside(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Change one thing that is said of elements, of properties, or of an alternative whose types no other has."""
    for inner in changed(schema["items"]) if "items" in schema else ():
        yield schema | {"items": inner}
    for name, one in schema.get("properties", {}).items():
        for inner in changed(one):
            yield schema | {"properties": schema["properties"] | {name: inner}}
    for index, one in enumerate(schema.get("anyOf", ())):
        others = [*schema["anyOf"][:index], *schema["anyOf"][index + 1 :]]
        is_alone = {*list_types(one)} and all({*list_types(other)} - {*list_types(one)} for other in others)
        for inner in changed(one) if is_alone else ():
            yield {"anyOf": [*schema["anyOf"][:index], inner, *schema["anyOf"][index + 1 :]]}


def right_choices(schema: dict[str, Any]) -> list[Any]:
    return [one for one in schema["enum"] if not any(find_value_problems(schema, one, find_no_spec))]


OF_VALUES = ("numbers", "types", "lengths", "arrays", "objects", "message")


@pytest.mark.parametrize("model", [*HARDEST, *(f"model_{name}" for name in OF_VALUES)])
def test_the_vectors_of_a_parameter_change_when_a_rule_of_it_does(specs: Specs, model: str) -> None:
    by_id = {one["$id"]: one for one in HAND_WRITTEN.values()}

    def vectors_of(properties: dict[str, Any], required: list[str]) -> list[Any]:
        made = make_vectors(
            make_model(made_spec(properties, required), find_spec=by_id.__getitem__, service=SERVICE)
        )
        return [(one.payload, one.instead, one.problems) for one in made]

    whole = {**specs, **HAND_WRITTEN}[model]
    for name, schema in whole["properties"].items():
        required = [name] if name in whole["required"] else []
        before = vectors_of({name: schema}, required)
        assert vectors_of({name: schema}, [] if required else [name]) != before
        for other in changed(schema):
            if not check_spec(made_spec({name: other})):
                assert vectors_of({name: other}, required) != before, (name, other)


# The rules of a number -> its example, which breaks none, if they allow any.
EXAMPLES: list[tuple[dict[str, Any], Any]] = [
    ({}, 1),
    ({"minimum": 2}, 2),
    ({"maximum": 0.5}, 0.5),
    ({"minimum": 3, "maximum": 4}, 3),
    ({"enum": [0, 5, 9]}, 0),
    ({"enum": [0, 5, 9], "minimum": 1}, 5),
    ({"enum": [9, 5, 0], "maximum": 6}, 5),
    ({"enum": [0, 9, 5], "minimum": 1, "maximum": 6}, 5),
    ({"enum": [9, 6], "minimum": 1, "maximum": 6}, 6),
    ({"enum": [0, 9], "minimum": 1, "maximum": 6}, 1),
    ({"enum": [0.25, 0.3], "multipleOf": 0.1}, 0.3),
    ({"multipleOf": 0.05, "minimum": 0.11}, 0.15),
    ({"multipleOf": 2.5, "minimum": 1, "maximum": 8}, 2.5),
    ({"type": "integer", "minimum": 0.5, "multipleOf": 1.5}, 3),
]


@pytest.mark.parametrize(("rules", "example"), EXAMPLES)
def test_an_example_is_the_first_choice_that_breaks_no_rule(rules: dict[str, Any], example: Any) -> None:
    assert make_example({"type": "number", **rules}, NO_CONTEXT) == example


def test_the_smallest_payload_of_many_parameters_takes_no_time_for_each_pair() -> None:
    names = [f"p{number}" for number in range(600)]
    model = make_model(made_spec({name: {"type": "number"} for name in names}, names))
    begun = time.process_time()
    assert len(model.smallest) == len(names)
    assert time.process_time() - begun < 1  # with the example made anew for each, it is 3 s


# What is noticed


def survivors(mutants: Iterator[Mutant], package: str, vectors: list[Read]) -> tuple[list[str], int]:
    """Give the mutants that no vector tells from the validator, and how many there are."""
    alive, number = [], 0
    vectors = sorted(vectors, key=lambda vector: len(str(vector.payload)))  # the cheapest first
    for mutant in mutants:
        number += 1
        validate = run_validator(mutant.code, package)
        if not any(is_noticed(validate, vector) for vector in vectors):
            alive.append(mutant.change)
    return alive, number


def run_validator(code: CodeType | str, package: str) -> Callable[[Any], Any]:
    """Run a module as if it stood among the validators of a package, and give its function."""
    space = {"__name__": f"{package}.validators.mutant", "__package__": f"{package}.validators"}
    exec(code, space)  # noqa: S102
    return space["validate"]  # type: ignore[return-value]


def is_noticed(validate: Callable[[Any], Any], vector: Read) -> bool:
    try:
        return [(one.pointer, one.code) for one in validate(vector.payload)] != [*vector.problems]
    except (AttributeError, LookupError, NameError, TypeError, ValueError):
        return True


# Where one is at most as strict as another, or choices keep to all rules, a rule is never broken: what is done then makes no difference.
NEVER_BROKEN = {
    "model_values-3.0": (
        "1 <= value <= 3",
        "value < 1",
        "value > 3",
        "'/strict', 1",
        "'/strict', 3",
        '"/strict"',
        "'/strict'",
    )
}


def makes_a_difference(model: str, change: str) -> bool:
    line = change.rpartition(": ")[0].replace('"', "'")
    return not any(part in line for part in NEVER_BROKEN.get(model, ()))


# Written by hand; in the others much can be changed that makes no difference: where whole numbers have halves as limits, say.
NOTICED = ("model_lengths", "model_objects", "model_user", "model_pet", "model_endless")


@pytest.mark.parametrize("model", HARDEST)
def test_each_mutant_of_a_python_validator_is_noticed(
    generated_models: Any, generated: Path, vectors: Vectors, model: str
) -> None:
    info = next(info for info in generated_models.models() if info.id == model)
    source = (generated / f"python/scenario_models/validators/{info.module}.py").read_text()
    alive, number = survivors(python_mutants(source), "scenario_models", vectors[model])
    assert number > 100
    alive = [change for change in alive if makes_a_difference(model, change)]
    assert not alive, "\n".join(alive)


def test_each_mutant_of_a_python_validator_of_a_spec_written_by_hand_is_noticed(
    by_hand: Vectors, tmp_path: Path
) -> None:
    alive = []
    with imported(HAND_WRITTEN, tmp_path) as package:
        for model in NOTICED:
            path = Path(str(package.__file__)).parent / f"validators/{model.removeprefix('model_')}.py"
            found, number = survivors(python_mutants(path.read_text()), package.__name__, by_hand[model])
            assert number > 15
            alive += [(model, change) for change in found if makes_a_difference(model, change)]
    assert not alive, "\n".join(map(str, alive))


@pytest.fixture
def told(built: Path, generated: Path, specs: Specs) -> dict[str, dict[str, Any]]:
    """Give, for each model of a page, what the program for Node is to be told."""
    judges = built / "node_modules" / "scenario-models" / "dist" / "esm" / "judges"
    told = {}
    for path in (generated / "vectors").glob("*.json"):
        read = json.loads(path.read_text())
        model = read["model"]
        source = (judges / f"{path.stem}.js").read_text()
        mutants = [*javascript_mutants(source)] if model in HARDEST else []
        vectors = read["vectors"]
        told[model] = {
            "path": str(judges / f"{path.stem}.js"),
            "spec": specs[model],
            "vectors": vectors,
            "mutants": mutants,
        }
    return told


def tell(specs: Specs, folder: Path) -> dict[str, dict[str, Any]]:
    """Compile the package of specs, and give, for each model, what the program for Node is to be told."""
    judges = compile_package(specs, folder)
    told = {}
    for model in all_models(make_pages(specs)):
        path = judges / f"{model.name}.js"
        vectors = [one.json for one in make_vectors(model)]
        mutants = [*javascript_mutants(path.read_text())] if model.id in NOTICED else []
        told[model.id] = {"path": str(path), "spec": specs[model.id], "vectors": vectors, "mutants": mutants}
    return told


def ask_node(told: dict[str, dict[str, Any]], folder: Path) -> dict[str, Any]:
    done = run(node(), "vectors.mjs", cwd=folder, input=json.dumps(told))
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.foreign
def test_the_typescript_validators_and_ajv_agree_on_each_vector_and_each_mutant_is_noticed(
    built: Path, told: dict[str, dict[str, Any]], by_hand: Vectors, drawn: Specs, tmp_path: Path
) -> None:
    assert all(len(told[model]["mutants"]) > 80 for model in HARDEST)
    told |= tell(HAND_WRITTEN, tmp_path / "hand")
    for model, payloads in HARD_PAYLOADS.items():
        problems = {one.name: one.problems for one in by_hand[model]}
        for name, text in payloads.items():
            expected = [{"pointer": pointer, "code": code} for pointer, code in problems[name]]
            told[model]["vectors"].append({"name": name, "text": text, "problems": expected})
    told |= tell(drawn, tmp_path / "drawn")
    sources = [Path(told[model]["path"]).read_text() for model in (*HARDEST, *HAND_WRITTEN)]
    for pattern, _ in SWAPS:  # one that finds no place would make this test weaker, and nobody would know
        assert any(re.search(pattern, source, re.MULTILINE) for source in sources), pattern
    said = ask_node(told, built)
    assert said["disagreements"] == []
    assert said["alive"].keys() == told.keys()
    alive = [
        (model, change)
        for model, changes in said["alive"].items()
        for change in changes
        if makes_a_difference(model, change)
    ]
    assert not alive, "\n".join(map(str, alive))
