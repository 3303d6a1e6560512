"""The files of a request: their places in its body, and their bytes, read in parts. Reads files."""

import hashlib
import io
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from urllib.request import DataHandler, Request

from ..display import plain
from ..json_tree import Place, is_local, is_uploaded, iterate_leaves, map_leaves, to_builtin
from ..kinds import AnyKind
from ..vendor import KINDS, MAX_PARTS, PART_SIZE, UNKNOWN_TYPE
from .errors import FileRefused
from .mime_types import extension_of, kind_of_type, possible_kinds, type_by_content, type_of
from .open_files import clean_name, copy_open_file

UNTYPED = ("data:,", "data:;")  # such a data URL counts as text, though hardly anybody means that


@dataclass(frozen=True)
class RemoteFile:
    """A file that the service downloads from a URL, which may be signed."""

    url: str = field(repr=False)
    insisted: str = ""  # the kind that the caller says it is

    @property
    def name(self) -> str:
        """Its name in messages: the URL without its query, which may be a signature."""
        return plain(self.url)

    @property
    def size(self) -> int:
        """The number of bytes that this machine has to upload."""
        return 0

    @property
    def digest(self) -> str:
        """The same for the same URL and kind."""
        return hashlib.sha256(f"{self.insisted} {self.url}".lstrip().encode()).hexdigest()

    @property
    def kind(self) -> str:
        """Its kind, in the words of the service, such as `video`."""
        return self.insisted or kind_of_type(type_of(urlsplit(self.url).path))

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it may be: the end of a URL says nothing for certain."""
        return ()

    def of_kind(self, kind: str) -> "RemoteFile":
        """Return this file as one of a kind; as it is, if the service takes no uploads of that kind."""
        return replace(self, insisted=kind) if kind in KINDS.values() else self

    def close(self) -> None:
        """Do nothing: no file is open."""


@dataclass(frozen=True)
class LocalFile:
    """A file of this machine, read once for its digest, its MIME type, and the digests of its parts.

    `kinds` are what it may be, in the words of the service: none if that is unknown, or does not matter.
    """

    name: str
    size: int
    type: str
    kind: str
    kinds: tuple[str, ...]
    digest: str
    part_size: int
    part_digests: tuple[str, ...]
    path: Path | None
    file: BinaryIO | None
    lock: threading.Lock = field(default_factory=threading.Lock, compare=False)

    @property
    def parts(self) -> int:
        """The number of its parts."""
        return len(self.part_digests)

    def of_kind(self, kind: str) -> "LocalFile":
        """Return this file as one of a kind, whatever it seems to be; as it is, if the service takes no uploads of that kind."""
        if kind == self.kind or kind not in KINDS.values():
            return replace(self, kinds=())
        digest = hashlib.sha256(f"{kind} {self.digest}".encode()).hexdigest()
        return replace(
            self, type=self.type if kind in self.kinds else UNKNOWN_TYPE, kind=kind, kinds=(), digest=digest
        )

    def close(self) -> None:
        """Close the copy, if there is one."""
        if self.file:
            self.file.close()

    def read_part(self, number: int) -> bytes:
        """Read a part; the first is number 1.

        Raises:
            FileRefused: it changed since it was first read, or is unreadable.

        """
        try:
            if self.path:
                with self.path.open("rb") as file:
                    data = _read_at(file, (number - 1) * self.part_size, self.part_size)
            else:
                with self.lock:
                    data = _read_at(self.file, (number - 1) * self.part_size, self.part_size)
        except OSError as error:
            raise FileRefused(f"{self.name}: {error.strerror or error}") from None
        if hashlib.sha256(data).hexdigest() != self.part_digests[number - 1]:
            raise FileRefused(f"{self.name} changed while it was uploaded; retry when it is complete")
        return data


Source = RemoteFile | LocalFile


def find_files(
    body: Mapping[str, Any], takes_files: Callable[[Sequence[str | int]], bool]
) -> dict[Place, Any]:
    """Find the files to upload first: local files anywhere, https and data URLs in the places that take files."""
    return {
        place: leaf
        for place, leaf in iterate_leaves(body)
        if is_local(leaf) or (is_uploaded(leaf) and takes_files(place))
    }


def put_files(body: Mapping[str, Any], assets: Mapping[Place, str]) -> dict[str, Any]:
    """Copy a body, with asset ids in the places of files.

    Raises:
        ValueError: the body is nested too deeply.

    """
    copied: dict[str, Any] = map_leaves(body, lambda value, place: assets.get(tuple(place), value))
    return copied


def open_source(value: Any, wanted: str = "") -> Source:
    """Open a file of a request: a path, bytes, an open file, a data URL or an https URL. What may be of the wanted kind is of that.

    Raises:
        FileRefused: it is missing, empty or unreadable.

    """
    value = to_builtin(value)
    source = _open(value.file if isinstance(value, AnyKind) else value)
    if isinstance(value, AnyKind) or wanted in source.kinds:
        return source.of_kind(wanted)
    return source


def _open(value: Any) -> Source:
    if isinstance(value, Path):
        return _from_path(value)
    if isinstance(value, bytes):
        return _from_file(io.BytesIO(value), "", "a file given as bytes")
    if isinstance(value, str):
        return _from_data_url(value) if value.startswith("data:") else RemoteFile(value)
    return _from_open_file(value)


def _from_path(path: Path) -> LocalFile:
    try:
        if not path.is_file():
            raise FileRefused(f"{path} {'is not a file' if path.exists() else 'does not exist'}")
        with path.open("rb") as file:
            return _from_file(file, path.name, str(path), path)
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror or error}") from None


def _from_open_file(given: Any) -> LocalFile:
    copied = copy_open_file(given)
    return _from_file(copied.file, copied.name, copied.shown)


def _from_data_url(url: str) -> LocalFile:
    shown = plain(url[:40])
    try:
        with DataHandler().data_open(Request(url)) as response:  # noqa: S310 - it is a data URL, and opens nothing
            data, mime_type = response.read(), response.headers.get_content_type()
    except (ValueError, OSError) as error:
        raise FileRefused(f"{shown}… is not a valid data URL: {error}") from None
    source = _from_file(io.BytesIO(data), "", f"{shown}…", mime_type=mime_type)
    return replace(source, kinds=()) if url.startswith(UNTYPED) else source


def _from_file(
    file: BinaryIO, name: str, shown: str, path: Path | None = None, mime_type: str = ""
) -> LocalFile:
    size = file.seek(0, io.SEEK_END)
    if not size:
        raise FileRefused(f"{shown} is empty")
    part_size = max(PART_SIZE, ceil(size / MAX_PARTS))
    file.seek(0)
    beginning = file.read(4096)
    file.seek(0)
    digests = [hashlib.sha256(data).hexdigest() for data in iter(lambda: file.read(part_size), b"")]
    given = type_of(name) if mime_type in ("", UNKNOWN_TYPE) else mime_type
    mime_type = given or type_by_content(beginning) or UNKNOWN_TYPE
    return LocalFile(
        name=clean_name(name) or f"file{extension_of(mime_type)}",
        size=size,
        type=mime_type,
        kind=kind_of_type(mime_type),
        kinds=possible_kinds(mime_type, is_by_content=not given),
        digest=hashlib.sha256(" ".join([mime_type, *digests]).encode()).hexdigest(),
        part_size=part_size,
        part_digests=tuple(digests),
        path=path,
        file=None if path else file,
    )


def _read_at(file: Any, offset: int, size: int) -> bytes:
    file.seek(offset)
    data: bytes = file.read(size)
    return data
