"""Packages of some specs, as the templates write them, of TypeScript the validators alone: to import, or to compile."""

import importlib
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from itertools import count
from pathlib import Path
from types import ModuleType

from paramsync.commands.root import read_target
from paramsync.rendering.pages import Page, all_models, load_pages
from paramsync.rendering.target import spell
from paramsync.rendering.vectors import make_vectors
from paramsync.workspace import files
from paramsync.workspace.entries import read_tree
from support.hand_written import Specs, to_tree
from support.node import tsc
from support.rendering import render
from support.roots import PROJECT
from support.services import SERVICE, VENDOR

NUMBERS = count()
# Of each target: where its modules stand, and which of them are written: all, or what a request or a validator needs.
MODULES = {
    "python": ("{package}/", ("",)),
    "typescript": (
        "src/",
        (
            *("codes.ts.jinja", "file_values.ts", "judges/", "package.ts.jinja", "pointers.ts"),
            *("problems.ts", "rules.ts", "standard_schema.ts", "validators/", "values.ts", "vocabulary.ts"),
        ),
    ),
}
LONG = 3000  # characters of a payload that the compiler need not read
NO_FILES = "export type FileInput<Kind extends string = string> = Blob | (Kind extends string ? string : never);\n"  # in place of a module that speaks of the client


def make_pages(specs: Specs) -> tuple[Page, ...]:
    """Make the page of some specs."""
    return load_pages(to_tree(specs), SERVICE)


def write_package(target: str, specs: Specs) -> dict[str, str]:
    """Write the modules of a target, by their paths in the package."""
    base, modules = MODULES[target]
    templates = {
        path: text for path, text in _read_templates(target).items() if _is_needed(path, base, modules)
    }
    tree = render(
        target, templates, partial(read_target, PROJECT, api=VENDOR.api), make_pages(specs), service=SERVICE
    )
    written = base.replace("{package}", SERVICE.vendor.module)
    return {path.removeprefix(written): text for path, text in tree.items()}


@contextmanager
def imported(specs: Specs, folder: Path) -> Iterator[ModuleType]:
    """Import the Python package of some specs under a name that no other has, for a while."""
    name = f"made_{next(NUMBERS)}"
    files.write_tree(folder / name, write_package("python", specs))
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        package = importlib.import_module(name)
        for module in ("factory", "validators"):
            importlib.import_module(f"{name}.{module}")
        yield package
    finally:
        sys.path.remove(str(folder))
        for module in [one for one in sys.modules if one.partition(".")[0] == name]:
            del sys.modules[module]
        shutil.rmtree(folder / name)


def compile_package(specs: Specs, folder: Path) -> Path:
    """Compile the TypeScript package of some specs by its own settings; give where its judges are."""
    settings = (PROJECT / "templates/typescript/tsconfig.json").read_text(encoding="utf-8")
    tree = {f"src/{path}": text for path, text in write_package("typescript", specs).items()}
    tree |= {
        "src/files.ts": NO_FILES,
        "src/uses.ts": _write_uses(specs),
        "tsconfig.json": settings,
        "package.json": '{"type": "module"}',
    }
    files.write_tree(folder, tree)
    compiled = tsc(cwd=folder)
    assert compiled.returncode == 0, compiled.stdout[:3000]
    return folder / "dist" / "esm" / "judges"


def _write_uses(specs: Specs) -> str:
    """Write what the compiler must take: each valid vector that is short, as the parameters of its model."""
    lines = []
    for model in all_models(make_pages(specs)):
        name = spell(model, "type", read_target(PROJECT, "typescript", VENDOR.api))
        path = f"./validators/{model.name}.js"
        valid = [one for one in make_vectors(model) if not one.problems and not one.instead]
        payloads = [text for one in valid if len(text := json.dumps(one.payload)) < LONG]
        lines += [
            f'export const {name}_{number}: import("{path}").{name} = {text};'
            for number, text in enumerate(payloads)
        ]
    return "\n".join(lines)


@cache
def _read_templates(target: str) -> dict[str, str]:
    folder = PROJECT / "templates" / target
    return read_tree(folder, folder)


def _is_needed(path: str, base: str, modules: tuple[str, ...]) -> bool:
    return path in ("macros.jinja", "macros/exports.jinja") or (
        path.startswith(base) and path.removeprefix(base).startswith(modules)
    )
