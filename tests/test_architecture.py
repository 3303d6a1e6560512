"""The rooms of the house: who imports whom, what is pure, and where the tests of a module are."""

import ast
import re
import shutil
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from paramsync.config import read_config
from paramsync.paths import APIS
from paramsync.rendering.selection import select_templates
from paramsync.rendering.target import Target
from paramsync.text import Tree
from paramsync.workspace.entries import read_tree
from support.roots import PROJECT

# Rooms

SOURCE = PROJECT / "generator" / "paramsync"
# From the top to the ground: a module imports from its own room, without a circle, and from those behind it here.
ROOMS = [
    "__main__",
    "cli",
    "arguments",
    "commands",
    "rendering",
    "site",
    "changes",
    "guessing",
    "specs",
    "pages",
    "workspace",
    "config",
    "progress",
    "annotations",
    "toml_keys",
    "text",
    "findings",
    "paths",
    "rules",
]
# Rooms inside a room, likewise; what lies around them is above and below.
INNER = ["rendering.past", "rendering.names"]
PURE_ROOMS = {
    "changes",
    "guessing",
    "specs",
    "pages",
    "config",
    "toml_keys",
    "annotations",
    "text",
    "paths",
    "findings",
    "rules",
}
# What a pure module may import beside modules that are pure; whoever adds to it has made sure that it touches nothing.
# fmt: off
HARMLESS = {
    "base64", "bisect", "collections", "contextlib", "dataclasses", "datetime", "decimal", "difflib", "email", "fnmatch", "fractions", "functools", "hashlib", "html", "ipaddress",
    "itertools", "jinja2", "json", "jsonschema", "jsonschema_rs", "jsonschema_specifications", "markupsafe", "math", "operator",
    "pygments", "pydantic", "pydantic_core", "re", "referencing", "shlex", "textwrap", "tomllib", "tree_sitter", "tree_sitter_json", "types", "typing", "unicodedata", "urllib.parse", "xml.parsers",
}
# fmt: on
SAYS = {"print", "input", "exit", "quit", "sys.exit", "sys.stdout.write", "sys.stderr.write"}


@dataclass(frozen=True)
class Source:
    """A module: its tree, and the full names of all that it imports, wherever in it that stands."""

    tree: ast.Module
    imports: frozenset[str]

    @property
    def is_pure(self) -> bool:
        said = ast.get_docstring(self.tree) or ""
        return re.search(r"\bPure( data)?\.", said.partition("\n")[0]) is not None

    @property
    def calls(self) -> set[str]:
        return calls_of(self.tree)


@cache
def calls_of(tree: ast.Module) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


parse = cache(ast.parse)  # one text, one tree: a breach is in one module


def read_modules(folder: Path) -> dict[str, Source]:
    """Read the modules of a package by their names below it; a package is its `__init__`."""
    trees = {
        ".".join(path.relative_to(folder).with_suffix("").parts): parse(path.read_text(encoding="utf-8"))
        for path in folder.rglob("*.py")
    }
    return {
        name: Source(tree, frozenset(imports_of(name, tree, folder.name, trees)))
        for name, tree in trees.items()
    }


def imports_of(name: str, tree: ast.Module, package: str, known: Collection[str]) -> Iterator[str]:
    """Name what a module imports: those of its own package below it, others by the first part of their names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            wholes = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = [package, *name.split(".")][: -node.level] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            wholes = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for whole in wholes:
            top, _, below = whole.partition(".")
            if top != package:
                yield ".".join(whole.split(".")[:2]) if top in ("urllib", "xml") else top
                continue
            tries = [below, below.rpartition(".")[0]]
            found = [one for each in tries for one in (each, f"{each}.__init__".lstrip(".")) if one in known]
            yield found[0] if found else below


def find_order_errors(modules: Mapping[str, Source]) -> Iterator[str]:
    """Find what breaks the order of the rooms of paramsync."""
    for name, source in modules.items():
        room = name.partition(".")[0]
        for other in sorted(source.imports & modules.keys()):
            there = other.partition(".")[0]
            if ROOMS.index(there) < ROOMS.index(room) or _is_closed(name, other):
                yield f"{name} imports {other} from a room above"
            if source.is_pure and not modules[other].is_pure and not other.endswith("__init__"):
                yield f"{name} is pure, and imports {other}, which is not"
        if (effects := source.imports - modules.keys() - HARMLESS) and source.is_pure:
            yield f"{name} is pure, and imports {', '.join(sorted(effects))}"
        if "open" in source.calls and source.is_pure:
            yield f"{name} is pure, and opens a file"
        if source.is_pure and any(one.endswith((".now", ".utcnow", ".today")) for one in source.calls):
            yield f"{name} is pure, and reads the clock"
        if room in PURE_ROOMS and not source.is_pure and not name.endswith("__init__"):
            yield f"{name} is in a pure room, and does not say so"
        if name != "cli" and (said := source.calls & SAYS):
            yield f"{name} calls {', '.join(sorted(said))}"


def _is_closed(name: str, other: str) -> bool:
    """Tell whether two modules are in rooms inside a room, and the other in that above."""
    inner, there = name.rpartition(".")[0], other.rpartition(".")[0]
    return inner in INNER and there in INNER and INNER.index(there) < INNER.index(inner)


def find_circle(modules: Mapping[str, Source]) -> str:
    """Name the modules of a circle; a package's own `__init__` only hands names on."""
    graph = {name: source.imports & modules.keys() for name, source in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " <- ".join(error.args[1])
    return ""


def test_no_room_imports_upwards_and_what_is_pure_touches_nothing() -> None:
    modules = read_modules(SOURCE)
    assert {name.partition(".")[0] for name in modules} == {*ROOMS, "__init__"}
    del modules["__init__"]
    assert [*find_order_errors(modules)] == []
    assert find_circle(modules) == ""


BREACHES = {
    "an import upwards": ("specs/cells.py", "import paramsync.rendering.models", "from a room above"),
    "one inside a room": (
        "rendering/names/twins.py",
        "from paramsync.rendering.past.timeline import Timeline",
        "rendering.names.twins imports rendering.past.timeline from a room above",
    ),
    "one inside a function": (
        "workspace/files.py",
        "def f():\n    from paramsync.pages import page",
        "from a room above",
    ),
    "os where it is pure": ("changes/locate.py", "from os import path", "is pure, and imports os"),
    "a pure module of an impure room": (
        "site/checks.py",
        "import os",
        "site.checks is pure, and imports os",
    ),
    "a library that asks the world": (
        "text.py",
        "import urllib.request",
        "is pure, and imports urllib.request",
    ),
    "what is not pure": (
        "site/urls.py",
        "from paramsync.workspace.files import read_text",
        "is pure, and imports workspace.files, which is not",
    ),
    "a file opened": ("text.py", "open('x')", "opens a file"),
    "the time": ("text.py", "import datetime\ndatetime.date.today()", "reads the clock"),
    "a print": ("commands/scrape.py", "print('x')", "commands.scrape calls print"),
    "a circle": ("pages/page.py", "from paramsync.pages.reader import read_page", "pages.page"),
}


@pytest.mark.parametrize("case", BREACHES)
def test_each_breach_is_named(tmp_path: Path, case: str) -> None:
    file, line, said = BREACHES[case]
    copy = Path(shutil.copytree(SOURCE, tmp_path / "paramsync"))
    text = (copy / file).read_text(encoding="utf-8")
    (copy / file).write_text(f"{text}\n{line}\n", encoding="utf-8")
    modules = read_modules(copy)
    del modules["__init__"]
    assert said in " ".join([*find_order_errors(modules), find_circle(modules)])


# Vendors

TEMPLATES = PROJECT / "templates"
OF_ONE_VENDOR = re.compile(r"scenario|\bassets?_(?!id)|dryRun|model_new|sync-lipsync", re.IGNORECASE)


def find_vendor() -> Iterator[str]:
    """Find where the compiler or the templates name the first vendor, beside the facts about its API and the files made for it."""
    texts = read_tree(PROJECT / "generator", PROJECT)
    texts |= {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.*")}
    for name in (path.name for path in TEMPLATES.iterdir() if path.is_dir() and path.name != APIS):
        texts |= {f"templates/{name}/{file}": text for file, text in read_templates(name)[0].items()}
    for file, text in texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            is_declared = file.endswith("/target.toml") and line.startswith(
                ('api = "scenario"', 'apis = ["scenario"]')
            )
            if OF_ONE_VENDOR.search(f"{file} {line}") and not is_declared:
                yield f"{file}:{number}: {line[:100]}"


def read_templates(name: str) -> tuple[Tree, Tree]:
    """Read the templates of a target: what is made for any vendor, and what is made for one API."""
    tree = read_tree(TEMPLATES / name, PROJECT)
    if "target.toml" not in tree:
        return tree, {}
    shared = select_templates(
        tree, read_config(tree["target.toml"], f"{name}/target.toml", Target), ""
    ).templates
    return shared, {file: text for file, text in tree.items() if file not in shared}


def test_neither_the_compiler_nor_what_is_made_for_any_vendor_names_one() -> None:
    assert [*find_vendor()] == []


# Words that also mean something else, such as the statuses of assets.
COMMON = {"success", "failure", "pending", "failed", "complete"}


@pytest.mark.parametrize("api", [path.stem for path in (TEMPLATES / APIS).iterdir()])
def test_what_targets_share_of_an_api_stands_in_its_file_alone(api: str) -> None:
    facts = tomllib.loads((TEMPLATES / APIS / f"{api}.toml").read_text(encoding="utf-8"))
    values = {
        text
        for table in ("environment", "routes", "jobs", "uploads")
        for value in facts[table].values()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str) and text not in {*COMMON, *facts["uploads"]["kinds"]}
    }
    assert len(values) > 20
    said = re.compile(
        "|".join(rf"[\"']{re.escape(one)}[\"']" for one in values)
        + "|"
        + "|".join(facts["environment"].values())
    )
    assert [
        f"{name}/{file}:{number}: {line[:100]}"
        for name in (path.parent.name for path in TEMPLATES.glob("*/target.toml"))
        for file, text in read_templates(name)[1].items()
        for number, line in enumerate(text.splitlines(), 1)
        if said.search(line)
    ] == []


# Packages

# The tests of the Python and the npm package read their own imports; those know what is loaded when.
SANDBOX = PROJECT / "templates" / "sandbox" / "scenario_sandbox"


def test_the_sandbox_has_no_circle_and_its_command_alone_prints() -> None:
    modules = read_modules(SANDBOX)
    assert find_circle(modules) == ""
    assert {name for name, source in modules.items() if source.calls & SAYS} == {"__main__", "command"}


# Tests

NAMED = re.compile(r"^Modules: (.+)\.$", re.MULTILINE)


def test_the_tests_of_a_module_are_in_a_file_of_its_room_that_has_or_lists_its_name() -> None:
    rooms = [path.parent for path in SOURCE.rglob("*/__init__.py")]
    names = {".".join(room.relative_to(SOURCE).parts) for room in rooms}
    assert names < {*ROOMS, *INNER}
    for room in rooms:
        modules = {path.stem for path in room.glob("[!_]*.py")}
        files = sorted((PROJECT / "tests" / room.relative_to(SOURCE)).glob("test_*.py"))
        listed = {name for path in files for name in list_modules(path)}
        assert listed <= modules, room.name
        assert modules <= listed | {path.stem.removeprefix("test_") for path in files}, room.name


def list_modules(path: Path) -> list[str]:
    """Give the modules that a file of tests lists in its docstring, beside the one whose name it has."""
    found = NAMED.search(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
    return found[1].split(", ") if found else []
