"""A cache: values between runs, in a folder of the root that may be deleted at will.

The first line of a file is the digest of the rest, so that a damaged one is not used.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from paramsync.findings import InputError
from paramsync.workspace import files

CACHE_FOLDER = ".paramsync_cache"


def read_cache(root: Path, name: str) -> Any:
    """Read a cache as it was written; None if it is missing, damaged or cannot be read."""
    try:
        head, _, text = files.read_bytes(root / CACHE_FOLDER / f"{name}.json", root).partition(b"\n")
    except InputError:
        return None
    try:
        return json.loads(text) if head == _seal(text) else None
    except (ValueError, RecursionError):
        return None


def write_cache(root: Path, name: str, value: Any) -> None:
    """Write a cache, whole or not at all. If two runs write one without a lock, it may be lost, and is made again.

    Raises:
        InputError: something else is in the place of its folder.
        OSError: it cannot be written.

    """
    text, path = json.dumps(value).encode(), root / CACHE_FOLDER / f"{name}.json"
    make_folder(root)
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    with files.naming(path):
        new.unlink(missing_ok=True)  # of a run that was killed
        try:
            with new.open("xb") as file:
                file.write(_seal(text) + b"\n" + text)
            new.replace(path)
        except OSError:
            new.unlink(missing_ok=True)
            raise


def make_folder(root: Path) -> None:
    """Make the folder for caches, which git ignores.

    Raises:
        InputError: something else is in its place.
        OSError: it cannot be made.

    """
    folder = root / CACHE_FOLDER
    if files.kind_of(folder):
        files.expect(folder, root, files.FOLDER)
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if files.kind_of(ignore) and files.read_bytes(ignore, root):  # empty where a disk was full
        return
    with files.naming(ignore):
        ignore.write_text("*\n", encoding="utf-8")


def _seal(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()
