"""JSON that may hold local files: what is a local file, and how to replace values anywhere inside. Pure.

Values are judged by what they can do, and not by their class: numbers, arrays and files of other libraries are taken, too.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from .kinds import AnyKind
from .stored_file import StoredFile
from .vendor import UPLOADED

MAX_DEPTH = 200  # arrays and objects inside each other
# Most values are of these classes, neither arrays nor objects; to look a class up is many times as fast as to ask what it can do.
LOCAL: frozenset[type] = frozenset((bytes, type(Path())))
PLAIN: frozenset[type] = LOCAL | {str, int, float, bool, type(None)}

Place = tuple[str | int, ...]
"""The place of a value in JSON: the names and indexes that lead to it."""


def is_local(value: object) -> bool:
    """Tell whether a value is a file to upload: a path, bytes, or an open file, of any kind."""
    if type(value) in PLAIN:
        return type(value) in LOCAL
    if isinstance(value, AnyKind):
        return is_uploaded(value.file) or (not isinstance(value.file, AnyKind) and is_local(value.file))
    return isinstance(value, os.PathLike | bytes | bytearray | memoryview) or callable(
        getattr(value, "read", None)
    )


def to_builtin(value: Any) -> Any:
    """Return a value of another library as Python's own: a number, a dict, a Path or bytes. Any other stays as it is."""
    if type(value) in PLAIN or isinstance(value, int | float):
        return value
    if isinstance(value, os.PathLike):
        return value if isinstance(value, Path) else Path(os.fsdecode(value))
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if isinstance(value, Mapping):
        return value if isinstance(value, dict) else dict(value)
    return AnyKind(to_builtin(value.file)) if isinstance(value, AnyKind) else _as_number(value)


def unwrap(value: Any) -> Any:
    """Return the id of a file of the service, or the text in an `AnyKind` that is not uploaded, which nothing checks; any other value as it is."""
    file = value.file if isinstance(value, AnyKind) else value
    if isinstance(file, StoredFile):
        return file.id
    return file if isinstance(file, str) and not is_uploaded(file) else value


def put_ids(value: Any) -> Any:
    """Return a value with ids in the places of files of the service; the value itself if there are none."""
    return (
        map_leaves(value, lambda one, _: unwrap(one) if _is_stored(one) else one)
        if _holds_stored(value)
        else value
    )


def _is_stored(value: object) -> bool:
    return isinstance(value.file if isinstance(value, AnyKind) else value, StoredFile)


def _holds_stored(value: Any) -> bool:
    return any(_is_stored(leaf) for _, leaf in iterate_leaves(value))


def is_uploaded(value: object) -> bool:
    """Tell whether a value is a text whose content is uploaded where a file is taken."""
    return isinstance(value, str) and value.startswith(UPLOADED)


def _as_number(value: Any) -> Any:
    if getattr(value, "shape", None) == () and callable(
        getattr(value, "item", None)
    ):  # a scalar of NumPy, PyTorch and others
        return value.item()
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real | Decimal) else value


def as_array(value: Any) -> Any:
    """Return a list if a value is an array of any class; any other value as it is."""
    if isinstance(value, list | tuple | str | bytes | bytearray | memoryview):
        return value
    if isinstance(value, Sequence):
        return list(value)
    is_tensor = getattr(value, "shape", ()) != () and callable(getattr(value, "tolist", None))
    return value.tolist() if is_tensor else value


def map_leaves(value: Any, change: Callable[[Any, Sequence[Any]], Any]) -> Any:
    """Copy JSON. `change` is called with each value that is not an array or an object, and returns what replaces it.

    Its second argument is the path to the value: names and indexes, in a list that is changed after the call.

    Raises:
        ValueError: more than 200 arrays and objects are inside each other.

    """
    path: list[Any] = []

    def copy(value: Any) -> Any:
        if (items := _list_items(value)) is None:
            return change(value, path)
        if len(path) >= MAX_DEPTH:
            raise ValueError("this is nested too deeply")
        copied: dict[Any, Any] = {}
        path.append(None)
        for part, inner in items:
            path[-1] = part
            copied[part] = copy(inner)
        path.pop()
        return [*copied.values()] if isinstance(items, enumerate) else copied

    return copy(value)


def iterate_leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Give the place of each value in JSON that is not an array or an object, and the value; what is nested too deeply, as it is."""
    items = _list_items(value) if len(place) < MAX_DEPTH else None
    if items is None:
        yield place, value
    else:
        for part, inner in items:
            if type(inner) in PLAIN:  # without a generator for each: a long array takes half the time
                yield (*place, part), inner
            else:
                yield from iterate_leaves(inner, (*place, part))


def _list_items(value: Any) -> Iterable[tuple[Any, Any]] | None:
    """List what is inside an object, by its names, or in an array, by its indexes; None for any other value."""
    if type(value) in PLAIN:
        return None
    if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101 - the first is much faster
        return value.items()
    value = as_array(value)
    return enumerate(value) if isinstance(value, list | tuple) else None
