"""Values of requests as JSON, for pydantic and those who use it, such as FastAPI."""

import base64
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .json_tree import map_leaves, to_builtin, unwrap
from .kinds import AnyKind


def keep_value(check: Callable[[Any], Any]) -> CoreSchema:
    """Make the schema of a value that pydantic writes as JSON by `write_value`, and else as it is: no open file becomes an iterator."""
    kept = core_schema.any_schema(serialization=core_schema.to_string_ser_schema(when_used="json"))
    written = core_schema.plain_serializer_function_ser_schema(write_value, when_used="json")
    return core_schema.no_info_before_validator_function(check, kept, serialization=written)


class Kept:
    """Annotates a value of any type that pydantic keeps as it is."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return keep_value(lambda value: value)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {}


def write_value(value: Any) -> Any:
    """Write a value as JSON: bytes as a data URL, which can be sent as it is, and a path as its text, which cannot.

    Raises:
        ValueError: it holds an open file, or is nested too deeply.

    """
    return map_leaves(value, _write_leaf)


def is_chosen(name: Any, info: core_schema.SerializationInfo) -> bool:
    """Tell whether a value is among those that are to be written."""
    chosen, excluded = info.include, info.exclude
    is_excluded = name in (excluded or ()) and not (
        isinstance(excluded, Mapping) and isinstance(excluded[name], Mapping | AbstractSet)
    )
    return (chosen is None or name in chosen) and not is_excluded


def _write_leaf(value: Any, _: Sequence[Any]) -> Any:
    value = unwrap(to_builtin(value))
    if isinstance(value, AnyKind):
        value = value.file
    if isinstance(value, bytes):  # of whatever type: who sends it looks at the content, as at that of bytes
        return f"data:application/octet-stream;base64,{base64.b64encode(value).decode()}"
    if callable(getattr(value, "read", None)):
        raise ValueError("an open file has no JSON; give its path or its bytes")  # noqa: TRY004
    return str(value) if isinstance(value, Path) else value
