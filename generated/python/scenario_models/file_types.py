"""The types of files in requests: what can be sent as a file, of which kind, and what to write instead of anything else."""

from functools import partial
from inspect import iscoroutinefunction
from io import TextIOBase
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError

from .display import show_name, without_signatures
from .json_tree import is_local
from .json_values import keep_value
from .kinds import (
    AnyKind,
    Readable,
    WebUpload,
    describe_kind,
    describe_refusal,
    explain,
    find_usable_kinds,
    is_refused,
)
from .problems import Problem
from .stored_file import StoredFile
from .vendor import FORMS, REMOTE, TEXTS

MAX_SHOWN = 60


class FileType:
    """How pydantic checks a file that may be of a kind, writes it as JSON, and describes it."""

    def __init__(self, kind: str = "") -> None:
        self.kind: str = kind

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return keep_value(partial(check_file, kind=self.kind))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        from .json_schema import describe_file

        return describe_file(self.kind)


def of_kind(kind: str) -> FileType:
    """Make a `File` one of a kind, in the words of the service: what it accepts is the same, only who sends it looks at the file."""
    return FileType(kind)


File = Annotated[Path | bytes | BinaryIO | Readable | WebUpload | str | AnyKind | StoredFile, FileType()]
"""A file to send: a `Path`, bytes, an open binary file, a stream or an upload to a web server, which is uploaded first; an asset; or a text
that stands for one: an id or a URL.

A local file of another kind than its parameter takes is refused when it is sent; `AnyKind(file)` sends it all the same.
"""

ImageFile = Annotated[File, of_kind("image")]
"""An image to send, given as any `File`."""

VideoFile = Annotated[File, of_kind("video")]
"""A video to send, given as any `File`."""

AudioFile = Annotated[File, of_kind("audio")]
"""An audio file to send, given as any `File`."""

ThreeDFile = Annotated[File, of_kind("3d")]
"""A 3D model to send, given as any `File`."""


def check_file(value: object, *, kind: str = "") -> object:
    """Check a file for pydantic.

    Raises:
        PydanticCustomError: it cannot be sent.

    """
    if problem := find_file_problem(value, kind):
        raise PydanticCustomError(
            "kind" if problem.code == "kind" else "file", "{message}", {"message": problem.message}
        )
    return value


def is_file(value: object) -> bool:
    """Tell whether a value is of a class that files have, though it may be none that can be sent."""
    return is_local(value) or isinstance(value, str | AnyKind | StoredFile)


def find_file_problem(value: Any, kind: str = "") -> Problem | None:
    """Find why a value cannot be sent as a file, of a kind perhaps, and say what to write instead; None if it can."""
    if isinstance(value, Path | bytes):
        return None
    if isinstance(value, AnyKind):
        if isinstance(value.file, AnyKind | list | tuple):
            return Problem("", "type", "AnyKind takes one file; in a list, give AnyKind(file) for each")
        return None if isinstance(value.file, StoredFile) else find_file_problem(value.file, kind)
    if isinstance(value, StoredFile):
        return _find_wrong_kind(value, kind)
    if isinstance(value, str):
        return None if value.startswith(REMOTE) else _refuse_text(value)
    can_be_read = callable(getattr(value, "read", None))
    return (
        _find_unreadable(value)
        if can_be_read
        else Problem("", "type", explain(value) or f"{describe_kind(kind)} is {FORMS}")
    )


def _find_wrong_kind(stored: StoredFile, kind: str) -> Problem | None:
    """Find that a file of the service cannot be of the kind that is wanted."""
    if not is_refused(find_usable_kinds(stored), kind):
        return None
    said = describe_refusal(show_name(stored.id), stored.kind, kind)
    return Problem("", "kind", f"{said}; to send it all the same: AnyKind(asset)")


def _refuse_text(text: str) -> Problem:
    """Say that a text stands for no file."""
    # After a question mark, and in a URL after a hash, may be a signature.
    cut = without_signatures(text).partition("?")[0][:MAX_SHOWN]
    shown = repr(text if text == cut else cut + "…")
    return Problem("", "type", f"{shown} is not {TEXTS}; for a local file use Path({shown})")


def _find_unreadable(value: Any) -> Problem | None:
    """Find that the bytes of an open file cannot be read, or not without awaiting."""
    if iscoroutinefunction(value.read) and not hasattr(value, "file"):
        return Problem("", "type", "a file that must be awaited cannot be sent: give its bytes")
    if hasattr(value, "status_code") and hasattr(value, "content"):  # of httpx, whose `read` takes no size
        return Problem("", "type", "a response is not a file: give its bytes, response.content")
    if isinstance(value, TextIOBase) or isinstance(getattr(value, "encoding", None), str):
        return Problem("", "type", "a file must be opened in binary mode: mode 'rb'")
    return None
