"""The specs: one JSON Schema per model, from which the rest of this package was generated."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from ..lookup import find


@cache
def load_spec(model_id: str) -> dict[str, Any]:
    """Read the spec of a model.

    Raises:
        UnknownModel: this version of the package has no such model.

    """
    text = (files(__name__) / f"{find(model_id).module}.json").read_text(encoding="utf-8")
    spec: dict[str, Any] = json.loads(text)
    return spec
