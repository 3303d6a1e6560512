"""The archive that the job without rights leaves for the one with rights; simple to read without trust and with little memory.

The first line names the format. Each entry is a line with its size and name, its content, and a line feed. The last line is the
SHA-256 of everything before it, so that a damaged or truncated archive is rejected.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

MAX_ENTRIES = 20_000
MAX_ENTRY_BYTES = 50_000_000  # an OpenAPI document of all models has ten million
MAX_ARCHIVE_BYTES = 300_000_000  # of all entries together

FIRST = b"paramsync drift 1\n"
NAME = re.compile(r"[!-~]{1,256}")
HEAD = re.compile(rb"(?P<size>0|[1-9][0-9]{0,8}) (?P<name>[!-~]{1,256})\n")
MAX_LINE_LENGTH = 300


class ArchiveError(Exception):
    """The archive is damaged, or holds what the first job may not propose."""


def quote(text: str) -> str:
    """Escape a text to one line of ASCII in which the runner sees no command."""
    return ascii(text).replace("##[", "##(")


def write_archive(path: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    """Write an archive of (name, content) pairs.

    Raises:
        ValueError: a name is too long, or has a space or a character beyond ASCII.

    """
    digest = hashlib.sha256()
    with path.open("wb") as file:

        def write(content: bytes) -> None:
            digest.update(content)
            file.write(content)

        write(FIRST)
        for name, content in entries:
            if not NAME.fullmatch(name):
                raise ValueError(f"{quote(name)} cannot be packed: a name must be ASCII without spaces")
            write(b"%d %b\n" % (len(content), name.encode()))
            write(content)
            write(b"\n")
        file.write(_last(digest.hexdigest()))


def read_archive(path: Path) -> dict[str, bytes]:
    """Return the contents by name; memory is limited to what all entries may have together.

    Raises:
        ArchiveError: it is not an archive, is damaged, or is too large.

    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ArchiveError("the archive is not a file")
            return _read_entries(file)
    except OSError as error:
        raise ArchiveError(f"the archive cannot be read: {error.strerror}") from None


def _read_entries(file: BinaryIO) -> dict[str, bytes]:
    entries: dict[str, bytes] = {}
    left = MAX_ARCHIVE_BYTES
    digest = hashlib.sha256(FIRST)
    if file.readline(MAX_LINE_LENGTH) != FIRST:
        raise ArchiveError("not an archive written by pack.py")
    while head := HEAD.fullmatch(line := file.readline(MAX_LINE_LENGTH)):
        name, size = head["name"].decode(), int(head["size"])
        left -= size
        _check_entry(name, size, left, entries)
        content = file.read(size)
        digest.update(line)
        digest.update(content)
        digest.update(b"\n")
        if len(content) < size or file.read(1) != b"\n":
            raise ArchiveError(f"{quote(name)} does not have {size} bytes")
        entries[name] = content
    if line != _last(digest.hexdigest()):
        raise ArchiveError(f"the archive is damaged or truncated after entry {len(entries)}")
    if file.read(1):
        raise ArchiveError("the archive continues after its last line")
    return entries


def _check_entry(name: str, size: int, left: int, entries: Mapping[str, bytes]) -> None:
    if size > MAX_ENTRY_BYTES or left < 0 or len(entries) >= MAX_ENTRIES:
        raise ArchiveError(f"limit exceeded: {quote(name)}, {size} bytes, entry {len(entries) + 1}")
    if name in entries:
        raise ArchiveError(f"duplicate entry {quote(name)}")


def _last(digest: str) -> bytes:
    return f"end {digest}\n".encode()
