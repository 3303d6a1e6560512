"""JSON that may hold local files: what is a local file, and how to replace values anywhere inside. Pure."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

MAX_DEPTH = 200  # arrays and objects inside each other


def is_local(value: object) -> bool:
    """Tell whether a value is a file to upload: a path, bytes, or an open file."""
    return isinstance(value, Path | bytes) or callable(getattr(value, "read", None))


def map_leaves(value: Any, change: Callable[[Any, Sequence[Any]], Any]) -> Any:
    """Copy JSON. `change` is called with each value that is not an array or an object, and returns what replaces it.

    Its second argument is the path to the value: names and indexes, in a list that is changed after the call.

    Raises:
        ValueError: more than 200 arrays and objects are inside each other.

    """
    path: list[Any] = []

    def copy(part: Any, value: Any) -> Any:
        path.append(part)
        copied = copy_all(value)
        path.pop()
        return copied

    def copy_all(value: Any) -> Any:
        if len(path) > MAX_DEPTH:
            raise ValueError("this is nested too deeply")
        if isinstance(value, Mapping):
            return {name: copy(name, inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [copy(index, inner) for index, inner in enumerate(value)]
        return change(value, path)

    return copy_all(value)
