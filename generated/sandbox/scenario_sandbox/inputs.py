"""The inputs of a model as the API shows them, from its spec. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .rules import RULES

Schema = Mapping[str, Any]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


# What the API also shows of an input if the spec says it, as `x-…`, and whether a value can be that; others it does not have.
FIELDS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(
        ("color", "group", "hint", "kind", "label", "maskFrom", "parent", "placeholder"), _is_text
    ),
    **dict.fromkeys(("prompt", "promptSpark"), lambda value: isinstance(value, bool)),
    **dict.fromkeys(("maxDuration", "maxSize", "minDuration", "step"), _is_amount),
    "modelTypes": _is_list_of_texts,
}


def show_inputs(schema: Schema) -> list[dict[str, Any]]:
    """Show the parameters of a model, or the properties of an object."""
    return [_show(name, schema) for name in schema["properties"]]


def show_selects(schema: Schema) -> dict[str, dict[str, str]]:
    """Show what forms call the choices of parameters, by parameter and choice."""
    found = ((name, rules.get("x-labels")) for name, rules in schema["properties"].items())
    told = {name: labels for name, labels in found if isinstance(labels, dict)}
    texts = {
        name: {key: one for key, one in labels.items() if _is_text(one)} for name, labels in told.items()
    }
    return {name: labels for name, labels in texts.items() if labels}


def find_annotations(rules: Schema) -> dict[str, Any]:
    """Find what the API also shows of an input, under its names."""
    names = {field: "x-" + re.sub(r"(?=[A-Z])", "-", field).lower() for field in FIELDS}
    return {field: rules[key] for field, key in names.items() if key in rules and FIELDS[field](rules[key])}


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
        "kind": _guess_kind(name, kind),
        "costImpact": rules.get("x-cost") is True,
        **find_annotations(rules),
        **_find_limits(rules),
        "required": _show_condition(name, schema),
    }
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


def _guess_kind(name: str, kind: str) -> str | None:
    """Guess the kind of a file from the name of its input: the API always shows one, and the docs do not have it."""
    if kind not in ("file", "file_array"):
        return None
    return next((kind for kind in ("video", "audio") if kind in name.lower()), "image")


def _find_limits(rules: Schema) -> dict[str, Any]:
    """Return the limits of a value, enforced or not, under the names of the API; a length of an array is that of its items."""
    element, fields = rules.get("items"), {rule.field for rule in RULES.values() if rule.type == "array"}
    inside = _find_limits(element) if element else {}
    own = ((rule.field, rules.get(keyword, rules.get(rule.unenforced))) for keyword, rule in RULES.items())
    found = {field: limit for field, limit in own if limit is not None}
    return {field: limit for field, limit in inside.items() if field not in fields} | found


def _show_condition(name: str, schema: Schema) -> dict[str, Any] | None:
    """Show when a parameter is required: always, with or without others, or under a condition of which only the vendor knows."""
    if name in schema.get("required", ()):
        return {"always": True}
    dependent = schema.get("dependentRequired", {}).items()
    told = schema["properties"][name].get("x-required-if")
    told = told if isinstance(told, dict) else {}
    needed = [*(other for other, names in dependent if name in names), *_read_names(told.get("ifDefined"))]
    lacking = [*_find_substitutes(name, schema), *_read_names(told.get("ifNotDefined"))]
    shown = {
        "ifDefined": {other: {"message": f"is required with {other}"} for other in needed},
        "ifNotDefined": {other: {"message": f"is required without {other}"} for other in lacking},
    }
    stated = (
        {"conditional": told["conditional"]} if "conditional" in told else {}
    )  # whatever it is: only the vendor knows
    return {form: one for form, one in shown.items() if one} | stated or None


def _find_substitutes(name: str, schema: Schema) -> Iterator[str]:
    """Find the parameters without which another is required: those of pairs of which it is the first, and one must be there."""
    for group in schema.get("allOf", ()):
        match [one["required"] for one in group["anyOf"]]:
            case [[first], [other]] if first == name != other:
                yield other


def _read_names(value: Any) -> list[str]:
    return value if _is_list_of_texts(value) else []
