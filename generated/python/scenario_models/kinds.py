"""Kinds of files, in the words of the service: what a file of one is called, and which files are refused. Standard library only."""

from collections.abc import Awaitable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from .display import show, show_value
from .stored_file import StoredFile
from .vendor import CALLED, FITTING


class Readable(Protocol):
    """A stream of bytes, such as a response of a server: it need not be able to do more than this."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes."""


class WebUpload(Protocol):
    """An upload as ASGI frameworks have it: its `read` must be awaited, its file need not be."""

    @property
    def file(self) -> Readable:
        """What holds its bytes."""

    def read(self, size: int = -1, /) -> Awaitable[bytes]:
        """Return the next bytes."""


@dataclass(frozen=True, repr=False)
class AnyKind:
    """A file that is sent whatever kind it seems to be, as one of the kind that its parameter takes: `AnyKind(Path("talk.bin"))`."""

    file: Path | bytes | BinaryIO | Readable | WebUpload | str | StoredFile

    def __repr__(self) -> str:
        return f"AnyKind({show_value(self.file)!r})"


def describe_kind(kind: str) -> str:
    """Say what a file of a kind is called: of `video`, a video."""
    return CALLED.get(kind) or (f"a file of the kind {show(kind)}" if kind else "a file")


def describe_refusal(name: str, kind: str, wanted: str) -> str:
    """Say why a file is refused: it is of another kind than the one that is wanted."""
    return f"{name} is {describe_kind(kind)}, where {describe_kind(wanted)} is wanted"


def is_refused(kinds: Collection[str], wanted: str) -> bool:
    """Tell whether a file that is one of some kinds cannot be of the one that is wanted; never if either is unknown."""
    return bool(kinds) and wanted in FITTING and not set(kinds) & set(FITTING[wanted])


def find_usable_kinds(stored: StoredFile) -> set[str]:
    """Find what a file of the service may be used as; nothing if its kind is unknown."""
    return {stored.kind, *FITTING[stored.kind]} if stored.kind in FITTING else set()


def explain(value: object) -> str:
    """Say what to write instead of what a client gives and is no file, but leads to some; empty for anything else."""
    name = type(value).__name__
    if hasattr(value, "assets"):
        return f"a {name} is not a file; give an asset of it: result.assets[0]"
    if hasattr(value, "is_over"):  # a job
        return f"a {name} is not a file; wait for its result, and give an asset of that: result.assets[0]"
    return (
        f"an {name} is not a file; give an asset of its result: outcome.result.assets[0]"
        if hasattr(type(value), "result")
        else ""
    )


def find_wanted_kind(schema: Mapping[str, Any], place: Iterable[str | int]) -> str:
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
        schema = (
            schema.get("items", {}) if isinstance(part, int) else schema.get("properties", {}).get(part, {})
        )
    return schema
