"""What Python code takes from this package, and the ids of models in its texts."""

import ast
import re
import warnings
from collections.abc import Container, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Literal, NamedTuple

from ..lookup import models
from ..vendor import PREFIX

PACKAGE = __name__.partition(".")[0]
# Where an id may stand: ids that begin alike stand anywhere; any others might be words of a text, and count where they are all that is quoted.
MENTIONED = re.compile(
    r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?" if PREFIX else r"(?<=([\"'`]))[^\"'`]+(?=\1)"
)
PARTS = ("typed", "validators")  # packages with a module for each model
MAX_NAMES = 4  # of a path that is of interest, with some to spare

Parsed = tuple[str, ast.AST]  # which part of a file, such as `:cell 2`, and its code
Where = tuple[int, str]  # a line, and a dotted path within the package: `FilmA`, `typed.film_a.Mode`


class Found(NamedTuple):
    """A line of a part of a file, and the model that is used there, a name that this version does not have, or a remark."""

    part: str
    line: int
    model: str = ""
    missing: str = ""
    remark: str = ""


def parse_code(text: str | bytes) -> ast.AST | None:
    """Parse Python; None where it is not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def find_ids(text: str, ids: Container[str]) -> Iterator[str]:
    """Find the ids that stand in a text as a whole word, or all that is quoted."""
    return (found[0] for found in MENTIONED.finditer(text) if found[0] in ids)


def find_in_code(trees: Sequence[Parsed], ids: Container[str]) -> Iterator[Found]:
    """Find each use of a model, and each name that is missing, in code whose parts share what they import."""
    aliases = {name: path for _, tree in trees for name, path in _find_aliases(tree)}
    for part, tree in trees:
        for line, model in _find_in_literals(tree, ids):
            yield Found(part, line, model)
        for line, path in _find_paths(tree, aliases):
            if path == "*":
                yield Found(part, line, remark="imports all names: give the models by id")
            for model, missing in _find_path(path.split(".")):
                yield Found(part, line, model, missing)


def _find_aliases(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Find the names of the package and of its modules, and their paths within the package."""
    for node in ast.walk(tree):
        for imported, alias in _find_imported(node):
            path = imported.removeprefix(PACKAGE).removeprefix(".")
            if isinstance(node, ast.Import) and not alias:
                yield PACKAGE, ""
            elif _is_module(path):
                yield alias or path.split(".")[-1], path


def _is_module(path: str) -> bool:
    """Tell whether a path is the package, a part of it, or the module of a model."""
    part, _, module = path.partition(".")
    return path in ("", *PARTS) or (part in PARTS and module in _ids_by("module"))


def _find_imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Find what a statement imports from the package, with dots, and the name that it gives it."""
    if isinstance(node, ast.Import):
        found = ((one.name, one.asname or "") for one in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        found = ((f"{node.module}.{one.name}", one.asname or "") for one in node.names)
    else:
        return
    yield from (one for one in found if one[0].partition(".")[0] == PACKAGE)


def _find_in_literals(tree: ast.AST, ids: Container[str]) -> Iterator[Where]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for number, line in enumerate(node.value.split("\n"), node.lineno):
                yield from (
                    (min(number, node.end_lineno or number), model) for model in find_ids(f'"{line}"', ids)
                )


def _find_paths(tree: ast.AST, aliases: dict[str, str]) -> Iterator[Where]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for imported, _ in _find_imported(node):
                yield node.lineno, imported.removeprefix(PACKAGE).removeprefix(".")
        elif isinstance(node, ast.Attribute):
            name, *attributes = _read_attributes(node)
            if name in aliases:
                yield node.lineno, ".".join(filter(None, [aliases[name], *attributes]))


def _read_attributes(node: ast.expr) -> list[str]:
    """Return the names of `name.attribute.attribute`; an empty one first if it does not begin with a name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute) and len(names) < MAX_NAMES:
        names.append(node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *reversed(names)]


def _find_path(path: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Find the model of a path within the package, or what is missing of it."""
    name, *names = path
    if name not in PARTS:
        yield from _find_name(name)
    elif names and (
        names[0] in _ids_by("module") or names[0] not in {"*", *dir(import_module(f"{PACKAGE}.{name}"))}
    ):
        yield from _find_in_module(f"{name}.{names[0]}", *names[1:2])


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
