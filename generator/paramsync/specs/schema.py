"""The schema for specs: what a spec can say, from the table of rules. Pure."""

from functools import cache

from paramsync.paths import MAX_ID_LENGTH, SAFE_NAME
from paramsync.rules import RULES, SCALARS, TYPES, Rule, base_type, list_types
from paramsync.text import URL, Json, json_text

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DESCRIPTION = (
    "What a spec can say: the parameters of one model as a JSON Schema 2020-12 of which only a part is used. The x- keywords are"
    " annotations, which nothing enforces: x-model is the model's id, x-name-in-code the name from which generated code spells a"
    " model or a parameter if it is not its own, x-type the page's own word for a type; others are what the page says beside the"
    " rules. deprecated marks a model that its page no longer has. Written by paramsync; it is the same for every vendor."
)
END = r"$(?!\n)"  # of a text; in Python, `$` alone is also before a line break there
URN = f"^urn:[A-Za-z0-9][A-Za-z0-9-]*:(?:[A-Za-z0-9._~-]|%[0-9A-F]{{2}})+{END}"
TEXT: Json = {"type": "string", "minLength": 1}
# Any text that is shown as it is: no control, no mark that changes the text around it, no space at the ends.
UNSEEN = r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\uffff"
ID: Json = {
    "type": "string",
    "pattern": f"^[^{UNSEEN}\\s]([^{UNSEEN}]*[^{UNSEEN}\\s])?{END}",
    "maxLength": MAX_ID_LENGTH,
}
NAME: Json = {"$ref": "#/$defs/name"}
VALUE: Json = {"$ref": "#/$defs/value"}
NAMES: Json = {"type": "array", "minItems": 1, "items": {"type": "string"}, "uniqueItems": True}
PROPERTIES: Json = {"type": "object", "propertyNames": NAME, "additionalProperties": VALUE}
REQUIRED: Json = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
NOTHING: Json = {"not": {}}
# What stands alone: beside it, nothing else may limit a value.
WHOLE = ("$ref", "anyOf")
MAX_DEPTH = 16  # of values inside each other: languages limit loops inside each other, too


def list_inner(schema: Json) -> list[Json]:
    """List the schemas that stand in a schema: of properties, of elements, and of alternatives."""
    elements = [schema["items"]] if "items" in schema else []
    return [*schema.get("properties", {}).values(), *elements, *schema.get("anyOf", ())]


def find_leaf(schema: Json) -> Json:
    """Return the schema itself, or that of what is in an array, or in arrays in it: its choices are those of a parameter."""
    has_leaf = list_types(schema) == ("array",) and "items" in schema
    return find_leaf(schema["items"]) if has_leaf else schema


@cache
def write_schema() -> str:
    """Write the schema for specs as the file that stands beside them."""
    return json_text(make_schema()) + "\n"


@cache
def make_schema() -> Json:
    """Make the schema for specs."""
    return {
        "$schema": DIALECT,
        "$id": "urn:paramsync:spec",
        "title": "Spec",
        "description": DESCRIPTION,
        "type": "object",
        "required": ["$schema", "$id", "title", "x-model", "type", "properties", "required", "additionalProperties"],
        "additionalProperties": False,
        "properties": {
            "$schema": {"const": DIALECT},
            "$id": {"type": "string", "pattern": URN},
            "title": TEXT,
            "description": TEXT,
            "x-model": ID,
            "x-name-in-code": NAME,
            "x-capabilities": {"type": "array", "items": TEXT},
            "x-markdown": {"type": "string", "pattern": f"^{URL.pattern}{END}"},
            "deprecated": {"const": True},
            "type": {"const": "object"},
            "properties": PROPERTIES,
            "required": REQUIRED,
            "additionalProperties": {"const": False},
            "dependentRequired": {"type": "object", "minProperties": 1, "additionalProperties": NAMES},
            "allOf": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/alternatives"}},
        },
        "patternProperties": {"^x-": True},
        "$defs": {
            "name": {"type": "string", "pattern": f"^{SAFE_NAME.pattern}{END}"},
            "alternatives": {
                "type": "object",
                "required": ["anyOf"],
                "additionalProperties": False,
                "properties": {
                    "anyOf": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "object", "required": ["required"], "properties": {"required": NAMES}, "additionalProperties": False},
                    }
                },
            },
            "value": _value_schema(),
        },
    }  # fmt: skip


def _value_schema() -> Json:
    """Make the schema of a value: that of a parameter, of an element or of a property of an object."""
    types = {"enum": [*TYPES]}
    keywords: Json = {
        "type": {"anyOf": [types, {"type": "array", "items": types, "minItems": 2, "uniqueItems": True}]},
        "enum": {"type": "array", "minItems": 1, "items": {"type": ["string", "number", "boolean"]}},
        **{rule.keyword: _limit_schema(rule) for rule in RULES},
        "items": VALUE,
        "properties": PROPERTIES,
        "required": REQUIRED,
        "additionalProperties": {"const": False},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **keywords,
            "$ref": {"type": "string", "pattern": URN},
            "anyOf": {"type": "array", "minItems": 2, "items": VALUE},
            "default": {"type": ["string", "number", "boolean", "array", "object"]},
            "description": TEXT,
            "x-type": TEXT,
            "x-name-in-code": NAME,
            **{rule.unenforced: _limit_schema(rule) for rule in RULES},
        },
        "patternProperties": {"^x-": True},
        "dependentSchemas": {
            **{rule.keyword: _of_type(rule.type) for rule in RULES},
            "enum": {"properties": {"type": {"not": {"enum": ["array", "object"]}}}},
            "items": _of_type("array"),
            "properties": _of_type("object"),
            "required": {"required": ["properties"]},
            "additionalProperties": {"required": ["properties"]},
            **{
                one: {
                    "properties": dict.fromkeys((key for key in (*keywords, *WHOLE) if key != one), NOTHING)
                }
                for one in WHOLE
            },
        },
        "allOf": [_choices_of(kind) for kind in SCALARS],
    }


def _limit_schema(rule: Rule) -> Json:
    limit: Json = {"type": "integer" if rule.is_count else "number", "maximum": rule.largest_limit}
    if rule.side == "multiple":
        return limit | {"exclusiveMinimum": 0}
    return limit | {"minimum": 0 if rule.is_count else -rule.largest_limit}


def _of_type(kind: str) -> Json:
    """Make a schema of what speaks of values of a type: its own `type` has that type, or is not there."""
    kinds = [one for one in TYPES if base_type(one) == kind]
    return {
        "properties": {"type": {"anyOf": [{"enum": kinds}, {"type": "array", "contains": {"enum": kinds}}]}}
    }


def _choices_of(kind: str) -> Json:
    return {
        "if": {"required": ["type"], "properties": {"type": {"const": kind}}},
        "then": {"properties": {"enum": {"items": {"type": kind}}}},
    }
