"""Read the file of a spec. Standard library only."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_spec(module: str) -> dict[str, Any]:
    """Read the spec of the model whose module has this name."""
    spec: dict[str, Any] = json.loads((files(__package__) / f"{module}.json").read_text(encoding="utf-8"))
    return spec
