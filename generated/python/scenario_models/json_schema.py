"""The JSON Schema of a request, for pydantic and those who use it: that of its spec, without what tool definitions refuse.

At the top are no `allOf` and `anyOf`: what is required only with, or without, other parameters is told in words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core.core_schema import any_schema, chain_schema

from .file_parameters import takes_files
from .given_names import wire_names
from .lookup import BY_ID
from .parameters import ParameterInfo
from .specs import load_spec
from .vendor import REMOTE, TEXTS

Json = dict[str, Any]
Place = tuple[str | int, ...]
TYPED = {"type", "$ref", "anyOf", "enum"}
NO_NULL = ("string", "number", "boolean", "array", "object")
OUTSIDE = ("title", "description", "default")
FORMS = TEXTS[0].upper() + TEXTS[1:]
SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|]")
NO_PATTERN = "" in REMOTE  # of the API, it is not known which texts stand for files
PATTERN = f"^(?:{'|'.join(SPECIAL.sub(lambda sign: chr(92) + sign[0], text) for text in REMOTE)})"


def describe_request(model: type[BaseModel], model_id: str, handler: GetJsonSchemaHandler) -> Json:
    """Make the JSON Schema of the requests to a model that this package has, under the names that the handler asks for."""
    spec, refer = load_spec(model_id), _define(model_id, handler)
    by_alias = getattr(getattr(handler, "generate_json_schema", None), "by_alias", True)
    names = wire_names(model)
    shown = {wire: wire if by_alias else name for name, wire in names.items()}
    known = {one.name: one for one in BY_ID[model_id].parameters}
    properties: Json = {}
    for name, wire in names.items():
        schema = _localize(model_id, spec["properties"].get(wire, {}), (wire,), refer)
        told = _tell(known[wire], shown) if wire in known else ()
        properties[shown[wire]] = _describe_field(name, model.model_fields[name], schema, told)
    required = [shown[names[name]] for name, facts in model.model_fields.items() if facts.is_required()]
    return {
        "title": model.__name__,
        **({"description": cleandoc(model.__doc__)} if model.__doc__ else {}),
        **({"deprecated": True} if spec.get("deprecated") else {}),
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def describe_any() -> Json:
    """Make the JSON Schema of a request to any model."""
    return {
        "title": "Request",
        "description": "A request to a model: its id, and its parameters under the names of the API; what is unlisted is not checked.",
        "type": "object",
        "properties": {
            "model_id": {"type": "string", "enum": [*BY_ID]},
            "parameters": {"type": "object"},
            "unlisted": {"type": "object"},
        },
        "required": ["model_id", "parameters"],
        "additionalProperties": False,
    }


def describe_file(kind: str) -> Json:
    """Make the JSON Schema of a file: the text that stands for one."""
    pattern = {} if NO_PATTERN else {"pattern": PATTERN, "description": f"{FORMS}."}
    return {"type": "string", **pattern, **({"x-kind": kind} if kind else {})}


def _define(model_id: str, handler: GetJsonSchemaHandler) -> Mapping[str, Json]:
    """Define the objects of all models to which a model refers, however far; return how to refer to each, by the `$id` of its spec."""
    refer: dict[str, Json] = {}
    waiting = [*_find_references(load_spec(model_id))]
    while waiting:
        urn = waiting.pop()
        if urn not in refer:
            defined = any_schema(ref=f"{__package__}.{BY_ID[_read_id(urn)].class_name}Object:0")
            refer[urn] = handler(
                chain_schema([defined])
            )  # in a chain of one, since pydantic defines what is inside a schema
            waiting += _find_references(load_spec(_read_id(urn)))
    for urn, one in refer.items():
        handler.resolve_ref_schema(one).update(_describe_object(_read_id(urn), refer))
    return refer


def _describe_object(model_id: str, refer: Mapping[str, Json]) -> Json:
    """Make the JSON Schema of an object of a model, which has the names of the API."""
    spec = load_spec(model_id)
    known = {one.name: one for one in BY_ID[model_id].parameters}
    properties = {}
    for name, schema in spec["properties"].items():
        properties[name] = _localize("", schema, (), refer)
        _add_description(properties[name], _tell(known[name], {}))
    kept = ("title", "description", "type", "required", "additionalProperties")
    return {key: spec[key] for key in kept if key in spec} | {"properties": properties}


def _find_references(schema: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"]
    inner = [schema["items"]] if "items" in schema else []
    for one in (*schema.get("properties", {}).values(), *inner, *schema.get("anyOf", ())):
        yield from _find_references(one)


def _read_id(urn: str) -> str:
    return unquote(urn.split(":", 2)[2])


def _localize(model_id: str, schema: Mapping[str, Any], place: Place, refer: Mapping[str, Json]) -> Json:
    """Copy the schema of a place of a request, with references that lead to a definition, and what texts stand for files."""
    if "$ref" in schema:
        return {**schema, **refer[schema["$ref"]]}
    is_file = bool(place) and takes_files(model_id, place)
    hidden = ("x-name-in-code",) if is_file else ("x-name-in-code", "x-type")
    copied = {key: one for key, one in schema.items() if key not in hidden}
    if "properties" in schema:
        inner = schema["properties"].items()
        copied["properties"] = {name: _localize(model_id, one, (*place, name), refer) for name, one in inner}
    if "items" in schema:
        copied["items"] = _localize(model_id, schema["items"], (*place, 0), refer)
    elif is_file and schema.get("type") == "string":
        copied |= {key: one for key, one in describe_file("").items() if key != "description"}
    if "anyOf" in schema:
        copied["anyOf"] = [_localize(model_id, one, place, refer) for one in schema["anyOf"]]
    return copied


def _describe_field(name: str, facts: FieldInfo, schema: Json, told: Iterable[str]) -> Json:
    """Make the schema of a parameter: with a title, a description, and null where it need not be given."""
    label = schema.get("x-label")
    described: Json = {
        "title": label if isinstance(label, str) and label else name.replace("_", " ").title().strip()
    }
    _add_description(schema, told)
    if facts.is_required():
        return described | ({} if schema.keys() & TYPED else {"type": [*NO_NULL]}) | schema
    rules = {key: one for key, one in schema.items() if key not in OUTSIDE and not key.startswith("x-")}
    alternatives = rules["anyOf"] if [*rules] == ["anyOf"] else [rules]
    if rules:
        described["anyOf"] = [*alternatives, {"type": "null"}]
    return (
        described
        | {key: one for key, one in schema.items() if key not in rules}
        | ({} if "default" in schema else {"default": None})
    )


def _add_description(schema: Json, told: Iterable[str]) -> None:
    """Add sentences to the description of a value."""
    said = schema.get("description", "")
    if sentences := [*filter(None, (said if not said or said[-1] in ".!?" else f"{said}.",)), *told]:
        schema["description"] = " ".join(sentences) if told else said


def _tell(parameter: ParameterInfo, shown: Mapping[str, str]) -> tuple[str, ...]:
    """Tell what a schema cannot say of a parameter."""

    def name(names: Iterable[str], between: str) -> str:
        return between.join(f"`{shown.get(one, one)}`" for one in names)

    files = (
        (f"{'Each is ' + TEXTS if parameter.items else FORMS}.",)
        if parameter.is_file and not NO_PATTERN
        else ()
    )
    along = (f"Required with {name(parameter.required_with, ' or ')}.",) if parameter.required_with else ()
    groups = (", or ".join(name(names, " and ") for names in group) for group in parameter.required_unless)
    return (*files, *along, *(f"Required without {group}." if group else "Required." for group in groups))
