"""Open files, streams and uploads to web servers: what they hold is copied. Reads files.

They are judged by what they can do: many can be read, and neither say whether they can be rewound, nor be rewound.
"""

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from inspect import iscoroutine, iscoroutinefunction
from os import PathLike, fsdecode
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO
from weakref import WeakValueDictionary

from ..display import plain
from ..vendor import PART_SIZE
from .errors import FileRefused

IN_MEMORY = 4 * PART_SIZE  # bytes
MAX_NAME, MAX_EXTENSION = 200, 10  # characters
AWAITED = "must be awaited to be read; give its bytes"

_locks: WeakValueDictionary[int, threading.Lock] = (
    WeakValueDictionary()
)  # threads share the position of an open file


@dataclass(frozen=True)
class OpenCopy:
    """A copy of what an open file holds, its name as it is given (empty where it has none), and what messages call it."""

    file: BinaryIO
    name: str
    shown: str


def copy_open_file(given: Any) -> OpenCopy:
    """Copy an open file from its position, an upload to a web server whole; restore the position if possible: it may be sent again.

    Raises:
        FileRefused: it is empty or unreadable, or was read before and cannot be rewound.

    """
    is_upload = not isinstance(given, io.IOBase) and (
        hasattr(given, "filename") or callable(getattr(given, "chunks", None))
    )
    name = _find_name(given)
    shown = f"the open file {clean_name(name) or type(given).__name__}"
    source = (
        getattr(given, "file", given) if iscoroutinefunction(given.read) else given
    )  # ASGI: its file need not be awaited
    copy: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - lives as long as the upload
    with _closing_after_error(copy, shown), _locks.setdefault(id(source), threading.Lock()):
        position = _find_position(source)
        if is_upload and position:
            source.seek(0)
        _copy(source, copy, shown)
        if not copy.tell():
            raise FileRefused(
                _explain_empty(shown, None if position is None else 0 if is_upload else position)
            )
        if position is not None:
            with suppress(Exception):
                source.seek(position)
    return OpenCopy(copy, name, shown)


def clean_name(name: str) -> str:
    """Return the name of a file without its folders, printable and short: who uploads to a server may call a file anything."""
    name = re.split(r"[/\\]", name)[-1]
    _, dot, extension = name.rpartition(".")
    if len(name) > MAX_NAME:
        end = dot + extension if len(extension) <= MAX_EXTENSION else ""
        name = name[: MAX_NAME - len(end)] + end
    cleaned = plain(name)
    return cleaned if cleaned.strip(". ") else ""


def _find_name(given: Any) -> str:
    # An upload has its name as `filename`, and the field of its form may be its `name`. In a file of Python `filename` is deprecated.
    attributes = ("name",) if isinstance(given, io.IOBase) else ("filename", "name")
    named = (getattr(given, attribute, None) for attribute in attributes)
    return next((fsdecode(one) for one in named if isinstance(one, str | bytes | PathLike)), "")


def _find_position(file: Any) -> int | None:
    """Return the position of an open file; None if it cannot be restored. What `seekable` says is often missing, or wrong."""
    with suppress(Exception):
        position: int = file.tell()
        file.seek(position)
        return position
    return None


def _copy(source: Any, copy: BinaryIO, shown: str) -> None:
    while True:
        data = source.read(PART_SIZE)
        if iscoroutine(data):
            data.close()
            raise FileRefused(f"{shown} {AWAITED}")
        if data is None:
            raise FileRefused(f"{shown} has no bytes ready, since it does not block; give its bytes")
        if isinstance(data, str):
            raise FileRefused(f"{shown} gives text; open it in binary mode: mode 'rb'")
        if not data:
            break
        copy.write(data)
    if isinstance(source, HTTPResponse) and source.length:  # which Python itself does not tell
        raise FileRefused(f"{shown} broke off: {source.length} bytes are missing")


def _explain_empty(shown: str, position: int | None) -> str:
    if position is None:
        return f"{shown} has nothing left to read: a stream can be sent once, and this one cannot be rewound; give its bytes to send it again"
    return (
        f"{shown} stands at its end; call its seek(0), or give its bytes" if position else f"{shown} is empty"
    )


@contextmanager
def _closing_after_error(copy: BinaryIO, shown: str) -> Iterator[None]:
    """Close a copy if it cannot be made; say which file cannot be read, whatever the library that reads it raises."""
    try:
        yield
    except BaseException as error:
        copy.close()
        if isinstance(error, FileRefused) or not isinstance(error, Exception):
            raise
        raise FileRefused(f"{shown} cannot be read: {plain(str(error)) or type(error).__name__}") from None
