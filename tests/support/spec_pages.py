"""Specs by hand, and the files of pages that have them."""

import json
from typing import Any

Json = dict[str, Any]
FACTS = (
    "title",
    "description",
    "x_capabilities",
    "x_markdown",
    "x_name_in_code",
    "dependentRequired",
    "allOf",
)


def spec(model: str = "model_a", required: tuple[str, ...] = (), **facts: Any) -> Json:
    """Make a spec; what is no fact of the model is a parameter."""
    own = {key.replace("_", "-"): facts.pop(key) for key in [*facts] if key in FACTS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:scenario:{model}",
        "title": "A",
        "x-model": model,
        "x-capabilities": ["txt2img"],
        "type": "object",
        "properties": facts,
        "required": [*required],
        "additionalProperties": False,
    } | own


def page(
    *specs: Json, name: str = "page", deprecated: dict[str, str] | None = None, **facts: Any
) -> dict[str, str]:
    """Make the files of a page's folder; what is deprecated is not listed."""
    gone = deprecated or {}
    listed = [one["x-model"] for one in specs if one["x-model"] not in gone]
    manifest = {"title": "P", "updated": "2026-01-01", "models": listed} | facts
    manifest |= {"deprecated": gone} if gone else {}
    names = {one["x-model"]: one["x-name-in-code"] for one in specs if "x-name-in-code" in one}
    manifest |= {"names": names} if names else {}
    files = {f"{names.get(id_ := one['x-model'], id_.removeprefix('model_'))}.json": one for one in specs}
    return {f"{name}/{file}": json.dumps(value) for file, value in ({"page.json": manifest} | files).items()}
