"""What several verbs do in a root: read its schema, history and targets, and update its files."""

from dataclasses import dataclass
from pathlib import Path

from paramsync.changes.history import Release, read_history
from paramsync.config import read_config
from paramsync.findings import Place
from paramsync.paths import HISTORY, SCHEMA
from paramsync.rendering.target import Target
from paramsync.specs.schema import read_schema
from paramsync.text import Json, Tree
from paramsync.workspace import files
from paramsync.workspace.difference import Difference, compare
from paramsync.workspace.publication import publish


@dataclass(frozen=True)
class FileUpdate:
    """What an update did: the differences if it was only a check, and how many files."""

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
    """Read the released versions, the newest first; none where there is no history.

    Raises:
        InputError: a line of the history is not a change.

    """
    return read_history(read_history_text(root), HISTORY)


def read_history_text(root: Path) -> str:
    """Read the text of the history; empty where there is none.

    Raises:
        InputError: it is no regular file, or not UTF-8.

    """
    return files.read_optional_text(root / HISTORY, root)


def read_target(root: Path, name: str) -> Target:
    """Read a target's target.toml; all is at its default where there is none.

    Raises:
        InputError: it is not TOML, or a key is unknown or of the wrong type.

    """
    path = root / "templates" / name / "target.toml"
    return read_config(files.read_optional_text(path, root), path.relative_to(root).as_posix(), Target)


def read_json_files(folder: Path, root: Path) -> Tree:
    """Read the files of a page's folder that `scrape` writes."""
    return files.read_files(folder, root, lambda name: name.endswith(".json"))


def update_files(root: Path, expected: Tree, actual: Tree, *, check: bool) -> FileUpdate:
    """Compare the expected files with the actual ones, by their paths below the root; write them unless this is a check.

    Raises:
        InputError: a file was changed meanwhile, or cannot be written; all others are in place.
        OSError: nothing can be written.

    """
    differences = compare(expected, actual)
    if differences and not check:
        publish(root, differences)
    unchanged = len(expected.keys() - {one.path for one in differences})
    return FileUpdate(differences if check else (), len(differences), unchanged)


def prefix_paths(folder: str, tree: Tree) -> Tree:
    """Return the paths of a folder's tree from the root on."""
    return {f"{folder}/{path}": text for path, text in tree.items()}
