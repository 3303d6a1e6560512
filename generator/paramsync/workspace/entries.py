"""What is in folders: listed, read and digested. A run without changes does little else, so paths are texts here. Reads files."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from paramsync.text import Tree
from paramsync.workspace.files import FILE, FOLDER, LINK, expect, kind_of, read_exactly

# What tools leave beside generated files: neither ours nor stale.
TOOL_FILES = {"__pycache__", "dist", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "node_modules"}


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
    """List what is in a folder, sorted; nothing where there is no real folder. The root itself has no name."""
    if kind_of(root / folder) != FOLDER:
        return []
    above = f"{folder}/" if folder else ""
    with os.scandir(root / folder) as found:
        return sorted(Entry(above + one.name, _kind_of(one)) for one in found)


def walk(root: Path, folder: str = "") -> Iterator[Entry]:
    """Yield what is below a folder, without folders and without what tools have left there."""
    for one in list_folder(root, folder):
        if one.kind == FILE:
            yield one
        elif not _is_of_a_tool(one.name):
            yield from walk(root, one.path) if one.kind == FOLDER else (one,)


def read_tree(folder: Path, root: Path) -> Tree:
    """Read every file below a folder exactly, by its path there; none where there is no folder.

    Raises:
        InputError: something there is neither a regular file nor a real folder.

    """
    if kind_of(folder):
        expect(folder, root, FOLDER)
    return {one.path: read_exactly(folder / one.path, root) for one in walk(folder)}


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


def _is_of_a_tool(name: str) -> bool:
    """Tell whether a folder of a name is one that tools leave; it may be a link to where they have left it."""
    return name in TOOL_FILES or name.endswith(".egg-info")
