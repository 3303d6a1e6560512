"""Records of models, as the vendor's API replies, and specs with the same facts: written down anew, not read by paramsync."""

import json
from pathlib import Path
from typing import Any

from support.spec_pages import spec

Json = dict[str, Any]
RECORDS = Path(__file__).parents[1] / "specs/sources/records"
# An annotation -> the field that says it.
ANNOTATIONS = {
    "x-group": "group", "x-hint": "hint", "x-kind": "kind", "x-label": "label", "x-mask-from": "maskFrom", "x-max-duration": "maxDuration",
    "x-max-size": "maxSize", "x-min-duration": "minDuration", "x-model-types": "modelTypes", "x-placeholder": "placeholder", "x-step": "step",
}  # fmt: skip
RULES = {"minimum": "min", "maximum": "max", "enum": "allowedValues"}
LENGTHS = {
    "string": {"minLength": "minLength", "maxLength": "maxLength"},
    "array": {"minItems": "minLength", "maxItems": "maxLength"},
}
TYPES = {
    "boolean": "boolean",
    "file": "string",
    "inputs": "object",
    "model": "string",
    "number": "number",
    "string": "string",
}


def read_records() -> dict[str, Json]:
    """Read the real records, by id."""
    read = (json.loads(path.read_text(encoding="utf-8"))["model"] for path in sorted(RECORDS.iterdir()))
    return {record["id"]: record for record in read}


def spec_of(record: Json) -> Json:
    """Write down the facts of a record as a spec."""
    selects = record["uiConfig"]["selects"]
    properties = {one["name"]: schema_of(one, selects.get(one["name"])) for one in record["inputs"]}
    required = tuple(one["name"] for one in record["inputs"] if one.get("required") == {"always": True})
    made = spec(record["id"], required) | {"properties": properties}
    return made | _conditions(record["inputs"]) | {
        "title": record["name"], "description": record["shortDescription"], "x-capabilities": record["capabilities"],
    }  # fmt: skip


def schema_of(shown: Json, labels: Json | None = None) -> Json:
    """Write down the facts of an input as the schema of a parameter."""
    word, is_array = shown["type"], shown["type"].endswith("_array")
    element: Json = {"type": TYPES[word.removesuffix("_array")], **_pick(shown, RULES)}
    if "inputs" in shown:
        element["properties"] = {one["name"]: schema_of(one) for one in shown["inputs"]}
        element["required"] = [one["name"] for one in shown["inputs"] if "always" in one.get("required", {})]
    made = {"type": "array", "items": element} if is_array else element
    return made | _pick(shown, LENGTHS.get(made["type"], {})) | _pick(shown, ANNOTATIONS) | {
        "x-type": word, **_pick(shown, {"default": "default", "description": "description"}),
        **({"x-cost": True} if shown["costImpact"] else {}), **({"x-labels": labels} if labels else {}),
        **_unclear(shown.get("required", {})),
    }  # fmt: skip


def _conditions(inputs: list[Json]) -> Json:
    """Write down with, or without, which one other parameter each is required."""
    needed: dict[str, list[str]] = {}
    groups = []
    for one in inputs:
        for form, others in one.get("required", {}).items():
            match form, [*others] if isinstance(others, dict) else []:
                case "ifDefined", [other]:
                    needed.setdefault(other, []).append(one["name"])
                case "ifNotDefined", [other]:
                    groups.append({"anyOf": [{"required": [one["name"]]}, {"required": [other]}]})
    return {**({"dependentRequired": needed} if needed else {}), **({"allOf": groups} if groups else {})}


def _unclear(required: Json) -> Json:
    several = {
        form: [*required[form]] for form in ("ifDefined", "ifNotDefined") if len(required.get(form, ())) > 1
    }
    told = several | _pick(required, {"conditional": "conditional"})
    return {"x-required-if": told} if told else {}


def _pick(shown: Json, fields: dict[str, str]) -> Json:
    return {key: shown[field] for key, field in fields.items() if field in shown}


def input_of(name: str, word: str, **facts: Any) -> Json:
    return {"name": name, "type": word, "label": name.title(), "costImpact": False, **facts}


def others(*names: str) -> Json:
    return {name: {"message": f"Say {name}."} for name in names}


CONDITION = {"values": {"mode": ["edit"], "video": ["a", "b"]}, "operator": "or"}
# What the API can say, and none of the real records does.
MADE_UP: Json = {
    "id": "model_made-up", "name": "Made Up", "shortDescription": "All that a record can say.", "type": "custom", "capabilities": ["video2video"],
    "inputs": [
        input_of("video", "file", kind="video", minDuration=2, maxDuration=90.5, maxSize=15728640, group="Source", hint="A *clean* plate.",
                 required={"ifNotDefined": others("shots")}),
        input_of("mask", "file", kind="image-hdr", maskFrom="video", required={"conditional": CONDITION}),
        input_of("mode", "string", maxLength=9, placeholder="edit", allowedValues=["edit", "", "x`y"], costImpact=True),
        input_of("seconds", "number", allowedValues=[-1, 0.5, 8], step=0.5, min=-1, group="Output", label="How long?"),
        input_of("shots", "inputs_array", minLength=1, maxLength=3, group="Source", required={"ifDefined": others("mode", "seconds")}, inputs=[
            input_of("prompt", "string", minLength=2, maxLength=500, required={"always": True}, hint="What is seen", costImpact=True),
            input_of("frame", "file", kind="video", maxSize=1000, label="First frame"),
        ]),
        input_of("styles", "string_array", allowedValues=["a", "b"], maxLength=2, default=["a"]),
        input_of("lora", "model", modelTypes=["flux.1-lora"], required={"ifNotDefined": others("mode", "mask")}),
        input_of("music", "file", kind="audio", maxSize=100, required={"ifDefined": others("video")}),
    ],
    "uiConfig": {"selects": {"mode": {"edit": "Edit it", "": "None", "x`y": "](x"}, "seconds": {"-1": "Auto", "0.5": "Half", "8": "8"}, "styles": {"a": "Anime"}}},
}  # fmt: skip


def without_messages(value: Any) -> Any:
    """Leave out the words of a message, which specs do not have."""
    if isinstance(value, list):
        return [without_messages(one) for one in value]
    if isinstance(value, dict):
        return {key: without_messages(one) for key, one in value.items() if key != "message"}
    return value
