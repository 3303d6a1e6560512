"""Which models some code uses: by the names that it imports from this package, and by ids in its texts. Reads files."""

import ast
import os
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal

from ..lookup import models

PACKAGE = __name__.partition(".")[0]
PYTHON = (".py", ".pyi")
TEXTS = (*PYTHON, ".ipynb", ".json", ".jsonl", ".sh", ".toml", ".yaml", ".yml")  # what is looked at below a folder
NOT_OURS = ("build", "dist", "node_modules", "site-packages", "__pycache__")
ID = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
PARTS = ("typed", "validators")  # packages with a module for each model


@dataclass(frozen=True, order=True)
class Use:
    """A place, such as `app.py:12`, and the model that is used there; or a name that this version no longer has."""

    file: str
    line: int
    model: str = ""
    missing: str = ""


def find_uses(paths: Iterable[Path], ids: Container[str]) -> list[Use]:
    """Find the models that files use, or the files below folders; `ids` are all that there are or were.

    Raises:
        OSError: a file or a folder cannot be read.

    """
    return sorted({use for path in paths for file in _find_files(path) for use in _find_in_file(file, ids)})


def _find_files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, names_of_folders, names in os.walk(path, onerror=_raise):
        names_of_folders[:] = sorted(name for name in names_of_folders if _is_ours(Path(folder, name)))
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(TEXTS))


def _is_ours(folder: Path) -> bool:
    return not folder.name.startswith(".") and folder.name not in NOT_OURS and not (folder / "pyvenv.cfg").exists()


def _raise(error: OSError) -> None:
    raise error


def _find_in_file(file: Path, ids: Container[str]) -> Iterator[Use]:
    text = file.read_bytes().decode(errors="replace")
    tree = _parse(text) if file.suffix in PYTHON else None
    if tree:
        yield from (Use(str(file), line, *found) for line, *found in _find_in_tree(tree, ids))
        return
    for number, line in enumerate(text.split("\n"), 1):
        yield from (Use(str(file), number, found) for found in ID.findall(line) if found in ids)


def _parse(text: str) -> ast.AST | None:
    """Parse Python; None where it is not, so that only ids are looked for."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _find_in_tree(tree: ast.AST, ids: Container[str]) -> Iterator[tuple[int, str, str]]:
    """Find the line and the model of each use, or the name that is missing."""
    aliases = {PACKAGE}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {one.asname for one in node.names if one.name == PACKAGE and one.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, *one) for one in _find_imported(node))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            yield from ((node.lineno, *one) for one in _find_name(node.attr))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in ids:
            yield node.lineno, node.value, ""


def _find_imported(node: ast.ImportFrom) -> Iterator[tuple[str, str]]:
    package, _, module = (node.module or "").partition(".")
    part, _, name = module.partition(".")
    for one in node.names if package == PACKAGE else ():
        if not module:
            yield from _find_name(one.name)
        elif part in PARTS and name:
            yield from _find_in_module(f"{part}.{name}", one.name)
        elif part in PARTS and one.name != "validate":
            yield from _find_in_module(f"{part}.{one.name}")


def _find_name(name: str) -> Iterator[tuple[str, str]]:
    if name in _ids_by("class_name"):
        yield _ids_by("class_name")[name], ""
    elif name[:1].isupper() and name not in dir(import_module(PACKAGE)):
        yield "", name


def _find_in_module(module: str, name: str = "") -> Iterator[tuple[str, str]]:
    """Find the model of a module, and tell whether the module has a name."""
    model = _ids_by("module").get(module.partition(".")[2])
    if model is None:
        yield "", module
        return
    yield model, ""
    if name and name != "*" and not hasattr(import_module(f"{PACKAGE}.{module}"), name):
        yield "", f"{module}.{name}"


@cache
def _ids_by(name: Literal["class_name", "module"]) -> dict[str, str]:
    return {getattr(info, name): info.id for info in models()}
