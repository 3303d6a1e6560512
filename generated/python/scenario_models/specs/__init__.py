"""The specs themselves: one JSON Schema per model, what all else in this package was generated from."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from ..lookup import BY_ID, find

FILES = ("file", "file_array")


@cache
def load_spec(model_id: str) -> dict[str, Any]:
    """Read the spec of a model.

    Raises:
        UnknownModel: there is none of that id.

    """
    text = (files(__name__) / f"{find(model_id).module}.json").read_text(encoding="utf-8")
    spec: dict[str, Any] = json.loads(text)
    return spec


@cache
def file_parameters(model_id: str) -> frozenset[str]:
    """Give the parameters of a model that take files, by the wire's names; none for a model that is not known."""
    properties = load_spec(model_id)["properties"] if model_id in BY_ID else {}
    return frozenset(name for name in properties if properties[name]["x-type"] in FILES)
