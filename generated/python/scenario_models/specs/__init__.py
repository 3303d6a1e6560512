"""The specs: one JSON Schema per model, from which the rest of this package was generated."""

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
        UnknownModel: this version of the package has no such model.

    """
    text = (files(__name__) / f"{find(model_id).module}.json").read_text(encoding="utf-8")
    spec: dict[str, Any] = json.loads(text)
    return spec


@cache
def file_parameters(model_id: str) -> frozenset[str]:
    """Return the parameters of a model that accept files, under the names of the API; none for an unknown model."""
    properties = load_spec(model_id)["properties"] if model_id in BY_ID else {}
    return frozenset(name for name, rule in properties.items() if takes_files(rule))


def takes_files(rule: dict[str, Any]) -> bool:
    """Tell whether a parameter accepts files; one with choices accepts only these."""
    return rule.get("x-type") in FILES and "enum" not in rule.get("items", rule)
