"""What judges a payload beside the validators: the reference; JSON Schema, in numbers as JSON writes them; and requests, by what they send."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from paramsync.rendering.models import Model
from paramsync.rendering.vectors import make_vectors
from paramsync.rules import is_multiple
from paramsync.specs.problems import MAX_DEPTH, FindSpec, Judge, Problem
from paramsync.text import Json, json_line
from support.vectors import Read, restore

Specs = Mapping[str, Mapping[str, Any]]
# Of a pair, as Python shows it: pydantic takes it for no text.
HALF = re.compile(r"\\ud[89a-f]")
REMOTE = ("asset_", "https://", "data:")


def find_problems(spec: Json, payload: Any, find_spec: FindSpec) -> Sequence[Problem]:
    """Find the problems of a payload of a model, as the reference does."""
    return Judge(find_spec).find_problems(spec, payload)


def read_made(model: Model) -> list[Read]:
    """Make the vectors of a model, as whoever reads their file has them."""
    return [restore(json.loads(json_line(one.json))) for one in make_vectors(model)]


def _judge_items_once(validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Judge elements that are alike once: some vectors have thousands."""
    given = [*{repr(one): one for one in instance}.values()] if isinstance(instance, list) else instance
    return Draft202012Validator.VALIDATORS["items"](validator, items, given, schema)


def _judge_decimals(validator: Any, step: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
    """Judge multiples in decimals: jsonschema says that 0.15 is no multiple of 0.05, and that 1e300 is one of 1.5."""
    if validator.is_type(instance, "number") and not is_multiple(instance, step):
        yield ValidationError(f"{instance} is not a multiple of {step}")


JUDGES = {"items": _judge_items_once, "multipleOf": _judge_decimals}
JsonSchema = validators.extend(Draft202012Validator, JUDGES)


def make_judge(spec: Mapping[str, Any], specs: Specs) -> Any:
    """Make a judge of JSON Schema for a spec that may refer to others."""
    resources = [(one["$id"], DRAFT202012.create_resource(one)) for one in specs.values()]
    return JsonSchema(spec, registry=Registry().with_resources(resources))


def is_judged(vector: Read) -> bool:
    """Tell whether JSON Schema can judge a payload: it is JSON, and not nested more deeply than validators look."""
    return vector.is_json and not any(pointer.count("/") > MAX_DEPTH for pointer, _ in vector.problems)


def is_request(spec: Mapping[str, Any], payload: Mapping[str, Any], specs: Specs) -> bool:
    """Tell whether a request takes a payload: null is not sent, a required default is, and a file is no other text."""
    by_id = {one["$id"]: one for one in specs.values()}
    sent = {
        name: value for name, value in payload.items() if value is not None or name not in spec["properties"]
    }
    defaults = {name: spec["properties"][name].get("default") for name in spec["required"]}
    sent = {name: value for name, value in defaults.items() if value is not None} | sent
    return not any(find_problems(spec, sent, by_id.__getitem__)) and all(
        map(_is_file, _find_files(spec, sent))
    )


def _find_files(spec: Mapping[str, Any], sent: Mapping[str, Any]) -> Iterator[Any]:
    """Find the values of files; one with choices takes only these."""
    for name, rules in spec["properties"].items():
        leaf = rules.get("items", rules)
        if rules.get("x-type", "").startswith("file") and leaf.get("type") == "string" and "enum" not in leaf:
            value = sent.get(name, [])
            yield from value if isinstance(value, list) else [value]


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(REMOTE)


def is_made(package: ModuleType, model: str, payload: Mapping[str, Any]) -> bool:
    """Tell whether a package makes a request of a payload."""
    make = partial(package.factory.from_body, model, payload)
    try:
        make()
    except ValueError:
        return False
    return True


def find_python_disagreements(
    package: ModuleType, specs: Specs, vectors: Mapping[str, list[Read]]
) -> Iterator[str]:
    """Say of each vector where validator, request or JSON Schema give another verdict."""
    for model, each in vectors.items():
        judge = make_judge(specs[model], specs)
        for vector in each:
            said = f"{model}: {vector.name}: {str(vector.payload)[:200]}: {vector.problems[:5]}: "
            found = [(one.pointer, one.code) for one in package.validators.validate(model, vector.payload)]
            if found != [*vector.problems]:
                yield f"{said}the validator finds {found[:5]}"
            if is_judged(vector) and judge.is_valid(vector.payload) is bool(vector.problems):
                yield f"{said}JSON Schema"
            if isinstance(vector.payload, dict) and not HALF.search(repr(vector.payload)):
                expected = is_request(specs[model], vector.payload, specs)
                if is_made(package, model, vector.payload) is not expected:
                    yield f"{said}a request, which should be {'made' if expected else 'refused'}"


def find_described(package: ModuleType, specs: Specs, vectors: Mapping[str, list[Read]]) -> Iterator[str]:
    """Say of each vector where the JSON Schema of a class gives another verdict than its requests; what depends on others, it tells in words."""
    plain = {
        name: {key: rule for key, rule in spec.items() if key not in ("dependentRequired", "allOf")}
        for name, spec in specs.items()
    }
    for model, each in vectors.items():
        made = package.factory.model(model)
        schema = made.model_json_schema()
        if (
            schema != made.model_json_schema(mode="serialization")
            or {"allOf", "anyOf", "$ref"} & schema.keys()
        ):
            yield f"{model}: its schema is another one in the other mode, or no object"
        Draft202012Validator.check_schema(schema)
        judge = JsonSchema(schema)
        for vector in each:
            if isinstance(vector.payload, dict) and is_judged(vector):
                expected = is_request(plain[model], vector.payload, plain)
                if judge.is_valid(vector.payload) is not expected:
                    yield f"{model}: {vector.name}: {str(vector.payload)[:200]}: should be {expected}"
