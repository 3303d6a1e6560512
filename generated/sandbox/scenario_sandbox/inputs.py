"""The inputs of a model as the API shows them, from its spec. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .rules import RULES

Schema = Mapping[str, Any]
# What the API also shows of an input, if the docs say it, and as what; others it does not have.
FIELDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("color", "group", "hint", "label", "parent", "placeholder"), str),
    **dict.fromkeys(("costImpact", "prompt", "promptSpark"), bool),
    **dict.fromkeys(("maxDuration", "maxSize", "minDuration", "step"), (int, float)),
}


def show_inputs(schema: Schema) -> list[dict[str, Any]]:
    """Show the parameters of a model, or the properties of an object."""
    return [_show(name, schema) for name in schema["properties"]]


def _show(name: str, schema: Schema) -> dict[str, Any]:
    rules = schema["properties"][name]
    element, kind = rules.get("items", rules), _show_type(rules)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ")
    shown = {
        "name": name,
        "type": kind,
        "label": words[:1].upper() + words[1:],
        "description": rules.get("description"),
        "default": rules.get("default"),
        "allowedValues": element.get("enum"),
        **dict(_find_annotations(rules)),
        **_find_limits(rules),
        "required": _show_condition(name, schema),
    }
    if kind in ("file", "file_array"):
        # The API always shows the kind, which the docs do not have: guess it from the name.
        shown["kind"] = next((kind for kind in ("video", "audio") if kind in name.lower()), "image")
    if kind == "inputs_array":
        shown["inputs"] = show_inputs(element) if "properties" in element else []
    return {key: value for key, value in shown.items() if value is not None}


def _show_type(rules: Schema) -> str:
    """Return the word of the docs for a type or, where they have none, the API's word that comes nearest to it."""
    if "x-type" in rules:
        return str(rules["x-type"])
    if rules.get("type") == "array":
        element = _show_type(rules.get("items", {}))
        return element if element.endswith("_array") else f"{element}_array"
    words = {"boolean": "boolean", "integer": "number", "number": "number", "object": "inputs_array"}
    return words.get(str(rules.get("type", "object" if "$ref" in rules else "")), "string")


def _find_limits(rules: Schema) -> dict[str, Any]:
    """Return the limits of a value, enforced or not, under the names of the API; a length of an array is that of its items."""
    element, fields = rules.get("items"), {rule.field for rule in RULES.values() if rule.type == "array"}
    inside = _find_limits(element) if element else {}
    own = ((rule.field, rules.get(keyword, rules.get(rule.unenforced))) for keyword, rule in RULES.items())
    found = {field: limit for field, limit in own if limit is not None}
    return {field: limit for field, limit in inside.items() if field not in fields} | found


def _find_annotations(rules: Schema) -> Iterator[tuple[str, Any]]:
    for field, kind in FIELDS.items():
        value = rules.get("x-" + re.sub(r"(?=[A-Z])", "-", field).lower())
        if isinstance(value, kind) and isinstance(value, bool) is (kind is bool):
            yield field, value


def _show_condition(name: str, schema: Schema) -> dict[str, Any] | None:
    """Show when a parameter is required: always, or with others; the API has no word for one of several."""
    if name in schema.get("required", ()):
        return {"always": True}
    dependent = schema.get("dependentRequired", {}).items()
    others = [other for other, names in dependent if name in names]
    return (
        {"ifDefined": {other: {"message": f"is required with {other}"} for other in others}}
        if others
        else None
    )
