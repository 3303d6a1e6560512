"""Values of requests as JSON, for pydantic and those who use it, such as FastAPI."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .json_tree import map_leaves, to_builtin, unwrap
from .kinds import AnyKind


def write_value(value: Any) -> Any:
    """Write a value as JSON: bytes as a data URL, which can be sent as it is, and a path as its text, which cannot.

    Raises:
        ValueError: it holds an open file, or is nested too deeply.

    """
    return map_leaves(value, _write_leaf)


def _write_leaf(value: Any, _: Sequence[Any]) -> Any:
    value = unwrap(to_builtin(value))
    if isinstance(value, AnyKind):
        value = value.file
    if isinstance(value, bytes):  # of whatever type: who sends it looks at the content, as at that of bytes
        return f"data:application/octet-stream;base64,{base64.b64encode(value).decode()}"
    if callable(getattr(value, "read", None)):
        raise ValueError("an open file has no JSON; give its path or its bytes")  # noqa: TRY004
    return str(value) if isinstance(value, Path) else value
