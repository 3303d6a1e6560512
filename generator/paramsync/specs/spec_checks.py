"""The check of a spec against the schema for specs. Pure."""

import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from paramsync.rules import TYPES
from paramsync.specs.schema import DIALECT, MAX_DEPTH, list_inner, make_schema
from paramsync.text import Json, json_line, shorten, suggest_name

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

TOO_DEEP = f"it is nested too deeply: more than {MAX_DEPTH} values inside each other"
AROUND: Json = {
    "$schema": DIALECT,
    "$id": "urn:paramsync:value",
    "title": "Value",
    "x-model": "value",
    "type": "object",
    "required": [],
    "additionalProperties": False,
}  # a spec whose parameter is a value that stands alone
MAX_JSON_DEPTH = 100  # of what is given to a validator whose only limit is its stack


def check_spec(spec: Json) -> str:
    """Return the first error of a spec against the schema, or an empty string.

    The routine is for a fast validator. What it refuses, or cannot read, is for jsonschema to judge, which takes milliseconds.
    """
    if _is_sound(spec):
        return ""
    try:
        return _find_error(json.dumps(spec))
    except RecursionError:
        return TOO_DEEP


def check_value(schema: Json) -> str:
    """Return the first error of the schema of one value, as that of a parameter, or an empty string."""
    return check_spec(AROUND | {"properties": {"value": schema}})


def _is_sound(spec: Json) -> bool:
    """Tell whether the fast validator has read a spec and found nothing."""
    if _is_deep(spec):
        return False
    try:
        return _make_fast_validator().is_valid(spec) and _measure_depth(spec) <= MAX_DEPTH
    except ValueError:  # a value that it cannot read, such as half a surrogate pair
        return False


def _is_deep(spec: Json) -> bool:
    level: list[Any] = [spec]
    for _ in range(MAX_JSON_DEPTH):
        if not level:
            return False
        values = [one.values() if isinstance(one, dict) else one for one in level]
        level = [one for some in values for one in some if isinstance(one, (dict, list))]
    return True


@lru_cache(1024)  # a run reads a spec up to three times
def _find_error(spec: str) -> str:
    read = json.loads(spec)
    if error := next(_make_validator().iter_errors(read), None):
        return f"{shorten(error.json_path)}: {shorten(_describe(error))}"
    return TOO_DEEP if _measure_depth(read) > MAX_DEPTH else ""


def _measure_depth(schema: Json) -> int:
    return max((1 + _measure_depth(inner) for inner in list_inner(schema)), default=0)


def _describe(error: Any) -> str:
    """Say what is wrong, where jsonschema would tell of patterns and of our inner schemas."""
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        keyword = next(one for one in error.instance if one not in known and one[:2] != "x-")
        return f"a spec has no keyword {keyword!r} here{suggest_name(keyword, known)}"
    if "dependentSchemas" in error.absolute_schema_path and error.validator != "required":
        where = [*error.absolute_schema_path]
        keyword, _, other, *_ = where[where.index("dependentSchemas") + 1 :]
        return f"{keyword!r} cannot stand beside this {other!r}"
    if error.validator == "anyOf":  # only a type is one of several forms
        return _explain_type(error.instance)
    if error.validator == "pattern":
        is_reference = [*error.path][-1:] == ["$ref"]
        problem = "is not the $id of a spec, which begins with urn:" if is_reference else "is not valid here"
        return f"{json_line(error.instance)} {problem}"
    return str(error.message)


def _explain_type(value: Any) -> str:
    names = value if isinstance(value, list) else [value]
    wrong = next((one for one in names if isinstance(one, str) and one not in TYPES), None)
    if wrong is None:
        return f"{json.dumps(value)} is not a type, and no list of several"  # of any value, an infinity, too
    near = suggest_name(wrong, TYPES) or f"; the types are {', '.join(TYPES)}"
    return f"{json_line(wrong)} is not a type{near}"


@cache
def _make_fast_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(make_schema())


@cache
def _make_validator() -> "Draft202012Validator":
    """Make a validator that looks through the schema for anchors once, and not at each reference."""
    from jsonschema import Draft202012Validator
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped] # of jsonschema itself
    from referencing.jsonschema import DRAFT202012

    name = "urn:schema"
    registry = REGISTRY.with_resource(name, DRAFT202012.create_resource(make_schema())).crawl()
    return Draft202012Validator({"$ref": name}, registry=registry)
