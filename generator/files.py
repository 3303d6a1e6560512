"""Read a folder as a tree, put a tree in place whole or not at all, run formatters."""

import ctypes
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from generator.errors import InputError, Place
from generator.texts import Tree

# What tools leave beside the files we wrote: neither ours nor stale.
LEFT_BEHIND = {
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "build",
    "dist",
    "node_modules",
}
STAGE = ".paramsync-"  # begins the names of what is being put in place


def read_text(path: Path, root: Path) -> str:
    """Read a text file; a byte that is not UTF-8 is named with its line and column.

    Raises:
        InputError: the file is missing, a link, or not UTF-8.

    """
    place = Place(path.relative_to(root).as_posix())
    if path.is_symlink():
        raise InputError(place, "is a symbolic link; paramsync reads and writes plain files only")
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        raise InputError(place, "there is no such file") from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].split(b"\n")
        column = len(before[-1].decode(errors="replace")) + 1
        place = Place(place.file, len(before), column)
        raise InputError(place, "is not UTF-8 here; save the file again as UTF-8") from None


def read_tree(folder: Path, root: Path) -> Tree:
    """Read every text file below a folder, in the order of their paths; none where there is no folder."""
    if folder.is_symlink():
        raise InputError(
            Place(folder.relative_to(root).as_posix()), "is a symbolic link; replace it by the folder"
        )
    return {path.relative_to(folder).as_posix(): read_text(path, root) for path in _files(folder)}


def publish(folder: Path, tree: Tree, owns: Callable[[str], bool]) -> None:
    """Make a folder hold a tree: what it owns becomes the tree, all else stays.

    Whole or not at all: after a crash at any moment the folder is the old one or the new one.
    """
    with _lock(folder.parent):
        _clean(folder.parent)
        stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=folder.parent))
        stage.chmod(0o755)
        for path in _files(folder):
            name = path.relative_to(folder).as_posix()
            if not owns(name):
                (stage / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, stage / name)
        write_tree(stage, tree)
        if folder.exists():
            _exchange(stage, folder)
            shutil.rmtree(stage)
        else:
            stage.rename(folder)


def write_tree(folder: Path, tree: Tree) -> None:
    """Write each file of a tree below a folder."""
    for name, text in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def run_formatters(tree: Tree, commands: Sequence[Sequence[str]], place: Place) -> Tree:
    """Run each command once over a tree, in a folder of its own, and read back what it left.

    Raises:
        InputError: a command is not installed, or failed.

    """
    if not commands:
        return tree
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with tempfile.TemporaryDirectory(prefix="paramsync-") as name:
        folder = Path(name).resolve()
        write_tree(folder, tree)
        for command in commands:
            program = shutil.which(command[0], path=path)
            if program is None:
                raise InputError(place, f"the formatter {command[0]!r} is not installed")
            done = subprocess.run(
                [program, *command[1:]], cwd=folder, capture_output=True, text=True, check=False
            )
            if done.returncode:
                said = (done.stderr or done.stdout).strip()
                raise InputError(place, f"{' '.join(command)!r} failed (exit {done.returncode}):\n{said}")
        return read_tree(folder, folder)


def _files(folder: Path) -> Iterator[Path]:
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in LEFT_BEHIND and not name.endswith(".egg-info")
        )
        for name in sorted(folders + names):
            path = Path(above, name)
            if path.is_symlink() or path.is_file():
                yield path


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


def _clean(parent: Path) -> None:
    """Remove what a process that died has left. The lock is ours, so nobody is at work on it."""
    for left in parent.glob(f"{STAGE}*"):
        shutil.rmtree(left)


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
