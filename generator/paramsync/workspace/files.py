"""Read the regular files and real folders of a root. Anything else in their place is an error, and is never opened."""

import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.text import Tree, unify_line_ends

FILE, FOLDER, LINK = "a file", "a folder", "a symbolic link"
KINDS = {
    stat.S_IFREG: FILE,
    stat.S_IFDIR: FOLDER,
    stat.S_IFLNK: LINK,
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def kind_of(path: Path) -> str:
    """Say what is at a path, without opening it: `FILE`, `FOLDER`, `LINK`, another; empty where there is nothing."""
    try:
        return KINDS.get(stat.S_IFMT(path.lstat().st_mode), "neither a file nor a folder")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def expect(path: Path, root: Path, kind: str) -> None:
    """Raise unless there is a file, or a folder, at a path, whichever is expected.

    Raises:
        InputError: it is missing, or something else.

    """
    found = kind_of(path)
    if found == kind:
        return
    place = Place(path.relative_to(root).as_posix())
    if found == LINK:
        raise InputError(place, "is a symbolic link; put the real file or folder in its place")
    if not found:
        raise InputError(place, f"there is no such {kind.removeprefix('a ')}")
    raise InputError(place, f"is {found}; put {kind} in its place")


def read_bytes(path: Path, root: Path) -> bytes:
    """Read a regular file. Nothing else is opened: reading a named pipe would never end.

    Raises:
        InputError: the file is missing, something else, or cannot be read.

    """
    expect(path, root, FILE)
    try:
        return path.read_bytes()
    except OSError as error:
        place = Place(path.relative_to(root).as_posix())
        raise InputError(place, f"cannot be read: {error.strerror}") from None


def read_text(path: Path, root: Path) -> str:
    """Read a text file, with LF at its line ends; a byte that is not UTF-8 is named with its line and column.

    Raises:
        InputError: the file is missing, something else, cannot be read, or is not UTF-8.

    """
    try:
        return unify_line_ends(read_bytes(path, root).decode())
    except UnicodeDecodeError as error:
        before = error.object[: error.start].split(b"\n")
        column = len(before[-1].decode(errors="replace")) + 1
        place = Place(path.relative_to(root).as_posix(), len(before), column)
        raise InputError(place, "is not UTF-8 here; save the file again as UTF-8") from None


def read_optional_text(path: Path, root: Path) -> str:
    """Read a text file that need not be there; empty where it is not.

    Raises:
        InputError: it is something else, cannot be read, or is not UTF-8.

    """
    return read_text(path, root) if kind_of(path) else ""


def read_files(folder: Path, root: Path, is_wanted: Callable[[str], bool]) -> Tree:
    """Read the files of a folder itself whose names are wanted, exactly, by their names.

    Raises:
        InputError: one of them is not a regular file.

    """
    return {
        path.name: read_exactly(path, root) for path in list_entries(folder, root) if is_wanted(path.name)
    }


def list_folders(parent: Path, root: Path) -> list[str]:
    """List the names of the folders in a folder, sorted, without hidden ones; none where there is no folder.

    Raises:
        InputError: something in the folder, or the folder itself, is neither a folder nor a file.

    """
    found = [path for path in list_entries(parent, root) if not path.name.startswith(".")]
    found = [path for path in found if kind_of(path) != FILE]
    for path in found:
        expect(path, root, FOLDER)
    return [path.name for path in found]


def write_tree(folder: Path, tree: Tree) -> None:
    """Write each file of a tree below a folder."""
    write_files(folder, tree.items())


def write_files(folder: Path, texts: Iterable[tuple[str, str]]) -> None:
    """Write files below a folder, one after the other."""
    made = set[str]()
    for name, text in texts:
        path = folder / name
        above = name.rpartition("/")[0]
        if above not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(above)
        with naming(path):
            path.write_bytes(text.encode(errors="surrogateescape"))


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name a path in an error of the system: that of a full disk does not name one."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def read_exactly(path: Path, root: Path) -> str:
    """Read a file of any content, which goes through `publish` and `write_files` unchanged.

    Raises:
        InputError: the file is missing, something else, or cannot be read.

    """
    return read_bytes(path, root).decode(errors="surrogateescape")


def list_entries(folder: Path, root: Path) -> list[Path]:
    """List what is in a folder, sorted; nothing where there is no folder.

    Raises:
        InputError: something else is in its place.
        OSError: it cannot be read.

    """
    if not kind_of(folder):
        return []
    expect(folder, root, FOLDER)
    return sorted(folder.iterdir())
