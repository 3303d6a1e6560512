"""Kinds of files, in the words of the service: what a file of one is called, and which files are refused. Standard library only."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from .display import show, show_value
from .vendor import CALLED, FITTING


@dataclass(frozen=True)
class AnyKind:
    """A file that is sent whatever kind it seems to be, as one of the kind that its parameter takes: `AnyKind(Path("talk.bin"))`."""

    file: Path | bytes | BinaryIO | str

    def __repr__(self) -> str:
        return f"AnyKind({show_value(self.file)!r})"


def call(kind: str) -> str:
    """Say what a file of a kind is called: of `video`, a video."""
    return CALLED.get(kind) or (f"a file of the kind {show(kind)}" if kind else "a file")


def is_refused(kinds: Collection[str], wanted: str) -> bool:
    """Tell whether a file that is one of some kinds cannot be of the one that is wanted; never if either is unknown."""
    return bool(kinds) and wanted in FITTING and not set(kinds) & set(FITTING[wanted])


def find_kind(schema: Mapping[str, Any], place: Iterable[str | int]) -> str:
    """Find the kind of file that a place of a body takes, by the schema of the body; empty if it says none."""
    kind = ""
    for part in place:
        schema = find_schema(schema, (part,))
        said = schema.get("x-kind", kind if isinstance(part, int) else "")
        kind = said if isinstance(said, str) else ""
    return kind


def find_schema(schema: Mapping[str, Any], place: Iterable[str | int]) -> Mapping[str, Any]:
    """Find the schema of a place of a body, by that of the body; an empty one if it says nothing of the place."""
    for part in place:
        schema = schema.get("items", {}) if isinstance(part, int) else schema.get("properties", {}).get(part, {})
    return schema
