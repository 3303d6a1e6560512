"""What `scrape` and `generate` both do in a root: read what people wrote there, and settle what a folder should hold."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from paramsync.changes.history import HISTORY, Release, read_history
from paramsync.config import read_config
from paramsync.findings import Place
from paramsync.rendering.target import Target
from paramsync.specs.paths import SCHEMA
from paramsync.specs.schema import read_schema
from paramsync.text import Json, Tree
from paramsync.workspace import files
from paramsync.workspace.difference import Difference, compare


@dataclass(frozen=True)
class Settled:
    """What settling a folder came to: the differences if it was only checked, and how many files."""

    differences: tuple[Difference, ...]
    changed: int
    unchanged: int


def read_spec_schema(root: Path) -> Json:
    """Read the root's schema for specs.

    Raises:
        InputError: it is not there, not JSON, or no JSON Schema 2020-12.

    """
    return read_schema(files.read_text(root / SCHEMA, root), Place(SCHEMA))


def read_releases(root: Path) -> tuple[Release, ...]:
    """Read the versions there were, the newest first; none where there is no history.

    Raises:
        InputError: a line of the history is not a change.

    """
    return read_history(read_history_text(root), f"specs/{HISTORY}")


def read_history_text(root: Path) -> str:
    """Read the history as it stands; empty where there is none.

    Raises:
        InputError: it is a link, or not UTF-8.

    """
    path = root / "specs" / HISTORY
    return files.read_text(path, root) if path.exists() or path.is_symlink() else ""


def read_target(root: Path, name: str) -> Target:
    """Read a target's manifest; a target that spells nothing needs none.

    Raises:
        InputError: it is not TOML, or not a manifest of a target.

    """
    path = root / "templates" / name / "target.toml"
    text = files.read_text(path, root) if path.exists() or path.is_symlink() else ""
    return read_config(text, path.relative_to(root).as_posix(), Target)


def settle(
    root: Path, folder: str, expected: Tree, actual: Tree, owns: Callable[[str], bool], *, check: bool
) -> Settled:
    """Compare what a folder should hold with what it holds, and put it in place unless this is a check."""
    differences = compare(expected, actual, folder)
    if differences and not check:
        files.publish(root / folder, expected, owns)
    unchanged = len(expected.keys() - {one.path for one in differences})
    return Settled(differences if check else (), len(differences), unchanged)


def settle_file(root: Path, path: str, text: str, *, check: bool) -> Settled:
    """Compare what a file should hold with what it holds, and put it in place unless this is a check; empty is no file."""
    folder, _, name = path.rpartition("/")
    there = (root / path).is_file()
    actual = {name: files.read_text(root / path, root)} if there else {}
    expected = {name: text} if text else {}
    differences = compare(expected, actual, folder)
    if differences and not check:
        files.replace_text(root / path, text)
    return Settled(differences if check else (), len(differences), len(expected) - len(differences))
