"""The specs: one JSON Schema per model, from which the rest of this package was generated."""

from typing import Any

from ..lookup import find
from .reading import read_spec


def load_spec(model_id: str) -> dict[str, Any]:
    """Read the spec of a model.

    Raises:
        UnknownModel: this version of the package has no such model.

    """
    return read_spec(find(model_id).module)
