"""Digests of what is in folders. A run without changes does little else, so paths are texts here. Reads files."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from paramsync.workspace.files import FILE, FOLDER, LINK, is_of_a_tool, kind_of


class Entry(NamedTuple):
    """What is at a path below a root: one of the kinds of `files`; empty where there is nothing."""

    path: str
    kind: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def look(root: Path, path: str) -> Entry:
    """Say what is at a path, without opening it."""
    return Entry(path, kind_of(root / path))


def list_folder(root: Path, folder: str) -> list[Entry]:
    """List what is in a folder, sorted; nothing where there is no real folder."""
    if kind_of(root / folder) != FOLDER:
        return []
    with os.scandir(root / folder) as found:
        return sorted(Entry(f"{folder}/{one.name}", _kind_of(one)) for one in found)


def walk(root: Path, folder: str) -> Iterator[Entry]:
    """Yield what is below a folder, without folders and without what tools have left there."""
    for one in list_folder(root, folder):
        if one.kind != FOLDER:
            yield one
        elif not is_of_a_tool(one.name):
            yield from walk(root, one.path)


def digest_entries(seed: str, root: Path, entries: Iterable[Entry]) -> str:
    """Digest a seed, and of each entry the path, the kind and, of a regular file, the content; nothing else is opened."""
    digest, above = hashlib.sha256(seed.encode()), f"{root}/"
    for path, kind in entries:
        content = b""
        if kind == FILE:
            with open(above + path, "rb", buffering=0) as file:  # noqa: PTH123 - a Path takes as long as the file
                content = file.read()
        digest.update(os.fsencode(f"{path}\0{kind}\0{len(content)}\0"))
        digest.update(content)
    return digest.hexdigest()


def _kind_of(entry: os.DirEntry[str]) -> str:
    """Say what an entry is, where the listing of its folder tells it, without another look."""
    if entry.is_symlink():
        return LINK
    if entry.is_file(follow_symlinks=False):
        return FILE
    return FOLDER if entry.is_dir(follow_symlinks=False) else kind_of(Path(entry))
