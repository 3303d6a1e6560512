"""Read a folder as a tree, put a tree in place whole or not at all, run formatters."""

import ctypes
import errno
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.text import Tree

# What tools leave beside the files we wrote: neither ours nor stale.
LEFT_BEHIND = {"__pycache__", "dist", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "node_modules"}
STAGE = ".paramsync-"  # begins the names of what is being put in place


def read_text(path: Path, root: Path) -> str:
    """Read a text file; a byte that is not UTF-8 is named with its line and column.

    Raises:
        InputError: the file is missing, a link, or not UTF-8.

    """
    place = Place(path.relative_to(root).as_posix())
    try:
        return _no_link(path, root).read_bytes().decode()
    except FileNotFoundError:
        raise InputError(place, "there is no such file") from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].split(b"\n")
        column = len(before[-1].decode(errors="replace")) + 1
        place = Place(place.file, len(before), column)
        raise InputError(place, "is not UTF-8 here; save the file again as UTF-8") from None


def read_tree(folder: Path, root: Path) -> Tree:
    """Read every file below a folder, in the order of their paths; none where there is no folder.

    What is not UTF-8 goes through `write_tree` unchanged.

    Raises:
        InputError: something there is a link.

    """
    return {
        path.relative_to(folder).as_posix(): _no_link(path, root)
        .read_bytes()
        .decode(errors="surrogateescape")
        for path in _files(_no_link(folder, root))
    }


def folders(parent: Path, root: Path) -> list[str]:
    """Name the folders in a folder that are ours to read, sorted; none where there is no folder.

    Raises:
        InputError: one is a link.

    """
    found = sorted(parent.iterdir()) if parent.is_dir() else []
    return [_no_link(path, root).name for path in found if path.is_dir() and not path.name.startswith(".")]


def publish(folder: Path, tree: Tree, owns: Callable[[str], bool]) -> None:
    """Make a folder hold a tree: what it owns becomes the tree, all else stays; a folder left empty goes.

    Whole or not at all: after a crash at any moment the folder is the old one or the new one.
    """
    with _lock(folder.parent):
        stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=folder.parent))
        try:
            new, old = stage / "new", stage / "old"
            new.mkdir()
            for path in _files(folder):
                name = path.relative_to(folder).as_posix()
                if not owns(name):
                    (new / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, new / name)
            write_tree(new, tree)
            if not any(new.iterdir()):
                folder.rename(old)
            elif folder.exists():
                _exchange(new, folder)
                _take_along(new, folder)
            else:
                new.rename(folder)
        finally:
            shutil.rmtree(stage)


def replace_text(path: Path, text: str) -> None:
    """Make a file hold a text, whole or not at all."""
    with _lock(path.parent):
        stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=path.parent))
        try:
            write_tree(stage, {path.name: text})
            (stage / path.name).replace(path)
        finally:
            shutil.rmtree(stage)


def move(old: Path, new: Path) -> None:
    """Give a folder another name beside it, in one step.

    Raises:
        OSError: there is something of that name.

    """
    with _lock(old.parent):
        if new.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
        old.rename(new)


def has_leftovers(parent: Path) -> bool:
    """Tell whether a process died while putting something in place here, or is still at work."""
    return any(parent.glob(f"{STAGE}*"))


def remove_leftovers(parent: Path) -> None:
    """Remove what a process that died has left here; wait for one that is at work."""
    if has_leftovers(parent):
        with _lock(parent):
            for left in parent.glob(f"{STAGE}*"):
                shutil.rmtree(left)


def write_tree(folder: Path, tree: Tree) -> None:
    """Write each file of a tree below a folder."""
    for name, text in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(errors="surrogateescape"))


def _no_link(path: Path, root: Path) -> Path:
    if path.is_symlink():
        place = Place(path.relative_to(root).as_posix())
        raise InputError(place, "is a symbolic link; put the real file or folder in its place")
    return path


def _is_left_behind(name: str) -> bool:
    return name in LEFT_BEHIND or name.endswith(".egg-info")


def _files(folder: Path) -> Iterator[Path]:
    for above, names_of_folders, names in os.walk(folder):
        names_of_folders[:] = sorted(name for name in names_of_folders if not _is_left_behind(name))
        for name in sorted(names_of_folders + names):
            path = Path(above, name)
            if path.is_symlink() or path.is_file():
                yield path


def _take_along(old: Path, new: Path) -> None:
    """Move what tools have left behind into the new folder."""
    for above, names_of_folders, _ in os.walk(old):
        for name in [name for name in names_of_folders if _is_left_behind(name)]:
            names_of_folders.remove(name)
            beside = new / Path(above).relative_to(old)
            if beside.is_dir():
                Path(above, name).rename(beside / name)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one process at a time put things in place below a folder; a process that dies lets go."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _exchange(one: Path, other: Path) -> None:
    """Exchange two folders in one step of the file system; Python's library has no call for it."""
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        failed = library.renamex_np(os.fsencode(one), os.fsencode(other), 2)  # RENAME_SWAP
    else:
        here = -100  # AT_FDCWD
        failed = library.renameat2(here, os.fsencode(one), here, os.fsencode(other), 2)  # RENAME_EXCHANGE
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot exchange folders here: {os.strerror(number)}", str(other))
