"""The archive that the job without rights leaves for the one with rights: plain, so that reading it needs neither trust nor much memory.

A first line says what it is. Then, for each entry, a line with its size and its name, its content, and a line feed. The last line has the
SHA-256 of all that stands before it: what is damaged or cut off is not read. Where its contents are text, it is text.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

MOST_ENTRIES = 20_000
LARGEST_ENTRY = 50_000_000  # bytes; an OpenAPI document of all models has ten million
LARGEST_ARCHIVE = 300_000_000  # bytes of all entries together

FIRST = b"paramsync drift 1\n"
NAME = re.compile(r"[!-~]{1,256}")
HEAD = re.compile(rb"(?P<size>0|[1-9][0-9]{0,8}) (?P<name>[!-~]{1,256})\n")
LONGEST_LINE = 300


class Refused(Exception):  # noqa: N818 (it says what happened)
    """What came is not what the first job makes."""


def quote(text: str) -> str:
    """Quote a text for the log, on one line that the runner takes for no command."""
    return ascii(text).replace("##[", "##(")


def write_archive(path: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    """Write an archive of entries: a name and a content each.

    Raises:
        ValueError: no entry can have such a name.

    """
    digest = hashlib.sha256()
    with path.open("wb") as file:

        def write(content: bytes) -> None:
            digest.update(content)
            file.write(content)

        write(FIRST)
        for name, content in entries:
            if not NAME.fullmatch(name):
                raise ValueError(f"{quote(name)} cannot be packed: a name is ASCII, without spaces")
            write(b"%d %b\n" % (len(content), name.encode()))
            write(content)
            write(b"\n")
        file.write(_last(digest.hexdigest()))


def read_archive(path: Path) -> dict[str, bytes]:
    """Read the entries of an archive, by their names. No more is ever held than all entries may have together.

    Raises:
        Refused: it is none, it is damaged, or it holds too much.

    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refused("the archive is not a file")
            return _read_entries(file)
    except OSError as error:
        raise Refused(f"the archive cannot be read: {error.strerror}") from None


def _read_entries(file: BinaryIO) -> dict[str, bytes]:
    entries: dict[str, bytes] = {}
    left = LARGEST_ARCHIVE
    digest = hashlib.sha256(FIRST)
    if file.readline(LONGEST_LINE) != FIRST:
        raise Refused("it is not an archive that pack.py wrote")
    while head := HEAD.fullmatch(line := file.readline(LONGEST_LINE)):
        name, size = head["name"].decode(), int(head["size"])
        left -= size
        _check_entry(name, size, left, entries)
        content = file.read(size)
        digest.update(line)
        digest.update(content)
        digest.update(b"\n")
        if len(content) < size or file.read(1) != b"\n":
            raise Refused(f"{quote(name)} does not have {size} bytes")
        entries[name] = content
    if line != _last(digest.hexdigest()):
        raise Refused(f"the archive is damaged or cut off behind entry {len(entries)}")
    if file.read(1):
        raise Refused("the archive goes on after its last line")
    return entries


def _check_entry(name: str, size: int, left: int, entries: Mapping[str, bytes]) -> None:
    if size > LARGEST_ENTRY or left < 0 or len(entries) >= MOST_ENTRIES:
        raise Refused(f"too much: {quote(name)}, {size} bytes, entry {len(entries) + 1}")
    if name in entries:
        raise Refused(f"{quote(name)} is there twice")


def _last(digest: str) -> bytes:
    return f"end {digest}\n".encode()
