"""JSON with files in it: what is to be uploaded, and how its parts are found. Pure."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

DEEPEST = 200  # arrays and objects in each other


def is_local(value: object) -> bool:
    """Tell whether a value is a file that is to be uploaded."""
    return isinstance(value, Path | bytes) or callable(getattr(value, "read", None))


def map_leaves(value: Any, change: Callable[[Any, Sequence[Any]], Any]) -> Any:
    """Copy JSON with files in it; `change` gives what stands in the place of what is no array and no object.

    It is told the path to it, a list that changes afterwards.

    Raises:
        ValueError: it is nested too deeply.

    """
    path: list[Any] = []

    def copy(part: Any, value: Any) -> Any:
        path.append(part)
        copied = copy_all(value)
        path.pop()
        return copied

    def copy_all(value: Any) -> Any:
        if len(path) > DEEPEST:
            raise ValueError("this is nested too deeply")
        if isinstance(value, Mapping):
            return {name: copy(name, inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [copy(index, inner) for index, inner in enumerate(value)]
        return change(value, path)

    return copy_all(value)
