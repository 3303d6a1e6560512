"""Read `spec.schema.json`, and check specs against it. Pure."""

import json
from functools import lru_cache

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped] # of jsonschema itself
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from paramsync.findings import InputError, Place
from paramsync.paths import SCHEMA
from paramsync.text import Json, read_json, shorten


def read_schema(text: str, place: Place) -> Json:
    """Read the schema for specs.

    Raises:
        InputError: it is not JSON, or not a JSON Schema 2020-12.

    """
    schema: Json = read_json(text, place)
    if problem := _find_schema_error(json.dumps(schema)):
        raise InputError(place, f"not a JSON Schema: {problem}")
    return schema


def check_spec(spec: Json, schema: Json) -> str:
    """Return the first error of a spec against the schema, or an empty string.

    Raises:
        InputError: a `$ref` of the schema leads neither into the schema nor to a meta-schema of JSON Schema.

    """
    try:
        return _find_error(json.dumps(spec), json.dumps(schema))
    except (Unresolvable, RecursionError) as problem:
        raise InputError(Place(SCHEMA), f"a $ref cannot be resolved: {shorten(str(problem))}") from None


@lru_cache(8)  # to check one takes a tenth of a second
def _find_schema_error(schema: str) -> str:
    try:
        Draft202012Validator.check_schema(json.loads(schema))
    except SchemaError as error:
        return f"{shorten(error.json_path)}: {shorten(error.message)}"
    except RecursionError:
        return "it is nested too deeply"
    return ""


@lru_cache(8192)  # a run reads a spec up to three times, and to check it takes milliseconds
def _find_error(spec: str, schema: str) -> str:
    error = next(_make_validator(schema).iter_errors(json.loads(spec)), None)
    return f"{shorten(error.json_path)}: {shorten(error.message)}" if error else ""


@lru_cache(8)
def _make_validator(schema: str) -> Draft202012Validator:
    """Make a validator that looks through the schema for anchors once, and not at each reference."""
    name = "urn:schema"
    registry = REGISTRY.with_resource(name, DRAFT202012.create_resource(json.loads(schema))).crawl()
    return Draft202012Validator({"$ref": name}, registry=registry)
