"""What a spec may be: its schema, its name, and the alphabets of what stands in it. Pure."""

import re
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped] # of jsonschema itself
from referencing.exceptions import Unresolvable

from generator.errors import InputError, Place
from generator.texts import read_json, shorten

Json = dict[str, Any]

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")
# No file names on Windows.
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])[._-]*(\.|$)", re.IGNORECASE)
MANIFEST = "page"  # `page.json` is taken
PROFILE = "specs/profile.toml"
SCHEMA = "specs/spec.schema.json"
FORMS = ("md", "html", "txt")  # how a saved page's name may end
ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
MODEL_PREFIX = "model_"


def read_schema(text: str, place: Place) -> Json:
    """Read the schema for specs.

    Raises:
        InputError: it is not JSON, or no JSON Schema 2020-12.

    """
    schema: Json = read_json(text, place)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise InputError(place, f"not a JSON Schema: {error.json_path}: {error.message}") from None
    return schema


def check_spec(spec: Json, schema: Json) -> str:
    """Say why a JSON value is not a spec; empty when it is one.

    Raises:
        InputError: a `$ref` of the schema leads neither into the schema nor to one of JSON Schema's own.

    """
    try:
        error = next(iter(Draft202012Validator(schema, registry=REGISTRY).iter_errors(spec)), None)
    except (Unresolvable, RecursionError) as problem:
        raise InputError(Place(SCHEMA), f"a reference leads nowhere: {shorten(str(problem))}") from None
    return f"{shorten(error.json_path)}: {shorten(error.message)}" if error else ""


def spec_name(model: str) -> str:
    """Name a model's files: its id without `model_`."""
    return model.removeprefix(MODEL_PREFIX)


def is_folder_name(name: str) -> bool:
    """Tell whether a name can be that of a page's folder, on any system."""
    return bool(SAFE_NAME.fullmatch(name)) and not DEVICES.match(name)


def is_file_name(name: str) -> bool:
    """Tell whether a name can be that of a spec's file, on any system."""
    return is_folder_name(name) and name.lower() != MANIFEST
