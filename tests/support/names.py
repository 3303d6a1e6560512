"""What the languages and the packages call so themselves, and specs whose models and parameters are called so."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

from paramsync.commands.root import read_target
from paramsync.paths import SAFE_NAME
from paramsync.rendering.pages import Page, load_pages
from paramsync.rendering.target import Naming
from support.alike import CHOICE, NUMBER, add_naming_targets, make_page, settle
from support.example import EXAMPLE
from support.node import TYPESCRIPT, node, run
from support.roots import PROJECT, make_root
from support.services import SERVICE, VENDOR
from support.vectors import made_spec

TARGETS = {
    path.name: read_target(PROJECT, path.name, VENDOR.api) for path in (PROJECT / "templates").glob("[!.]*/")
}
NAMINGS = {(name, kind): one for name in sorted(TARGETS) for kind, one in TARGETS[name].names.items()}

# A package that has a module per model gets the name of each such module when it is imported.
ASK_PYTHON = """
import builtins, json, keyword
import scenario_models
from scenario_models import typed, validators
models = scenario_models.models()
ours = {*(one.module for one in models), *(one.class_name for one in models)}
request = scenario_models.Request
print(json.dumps({
    "words": keyword.kwlist,
    "soft": keyword.softkwlist,
    "builtins": dir(builtins),
    "besideModules": [*{*vars(typed), *vars(validators)} - ours],
    "exported": [*{*vars(scenario_models), *dir(scenario_models)} - ours],
    "ofRequests": [*dir(request), *dir(type(request)), *request.__annotations__],
}))
"""


@cache
def python() -> Mapping[str, set[str]]:
    """Ask Python, and the package of the example; in a process of its own, since other tests import others."""
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLE / "generated/python")}
    command = [sys.executable, "-c", ASK_PYTHON]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return {why: set(names) for why, names in json.loads(done.stdout).items()}


@cache
def javascript() -> Mapping[str, set[str]]:
    """Ask Node, the compiler, and the npm package of the example."""
    index = EXAMPLE / "generated/typescript/src/index.ts"
    done = run(node(), "names.mjs", index, cwd=TYPESCRIPT)
    assert done.returncode == 0, done.stderr
    return {why: set(names) for why, names in json.loads(done.stdout).items()}


def template(path: str) -> str:
    """Give the text of a template without what Jinja takes."""
    text = (PROJECT / "templates" / path).read_text(encoding="utf-8")
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text)


def found(pattern: str, text: str) -> set[str]:
    """Give the words in what the groups of a pattern match in a text."""
    groups = [
        group for match in re.finditer(pattern, text, re.MULTILINE) for group in match.groups() if group
    ]
    return {word for group in groups for word in re.findall(r"\w+", group)}


def bound(path: str) -> set[str]:
    """Give what the module of a template binds, whatever the model: what it imports and what it makes."""
    of_python, of_typescript = (
        r"^from \S+ import (\([^)]*|.+)|^(\w+) = |^def (\w+)",
        r"^import (.+) from|^const (\w+)",
    )
    return found(f"{of_python}|{of_typescript}", template(path)) - {"type", "as"}


def of_types(target: str) -> set[str]:
    """Give the names in the types of a target."""
    return found("(.+)", "\n".join(TARGETS[target].types.values()))


def of_examples() -> set[str]:
    """Give what an example of the docs binds or uses beside its model."""
    code = template("docs/models/{model}.md.jinja").partition("```ts")[2].partition("## cURL")[0]
    return found(r"^import \{ (\w+)|^const (\w+)|^ *(console)\b", code)


TYPED, CHECKS = (f"python/{{package}}/{folder}/{{model}}.py.jinja" for folder in ("typed", "validators"))
MODULE, VALIDATOR = (f"typescript/src/{folder}/{{model}}.ts.jinja" for folder in ("models", "validators"))


@cache
def ask() -> Mapping[tuple[str, str], set[str]]:
    """Give what is called so already, for each kind of name; what names a file, or stands in a string, has nothing to ask."""
    nothing: set[str] = set()
    py, js = python(), javascript()
    fields = py["ofRequests"] | of_types("python") | bound(TYPED) - {"deprecated"}  # above a class
    runs, paths, schemas = (
        template(f"openapi/macros/{name}.jinja") for name in ("runs", "paths", "components")
    )
    schemas = schemas.partition('"ServerError": {')[2]  # behind the responses
    functions = js["refused"] | js["wrapper"] | js["ofObjects"] | js["ofPromises"] | {"undefined"}
    types = bound(MODULE) | of_types("typescript") | {"Object"}  # in macros.jinja
    types |= {"Promise"}  # of users: the compiler wants no other where an async function says what it gives
    return {
        ("docs", "model"): nothing,
        ("docs", "page"): nothing,
        **{("site", kind): nothing for kind in ("model", "page", "parameter", "provider")},
        ("openapi", "page"): found(r'^    \{ "name": "(\w+)"', runs),
        ("openapi", "schema"): found(r'"operationId": "run(\w+)"', paths)
        | found(r'^      "(\w+)Request": \{', schemas),
        ("python", "choices"): py["words"] | bound(TYPED),
        ("python", "class"): py["words"] | py["builtins"] | py["exported"] | bound(TYPED),
        ("python", "constant"): py["words"] | bound(CHECKS),
        ("python", "model"): py["words"] | py["besideModules"],
        ("python", "parameter"): py["words"] | fields,
        ("python", "part"): nothing,  # behind an underscore
        ("python", "wire"): nothing,
        ("sandbox", "model"): nothing,
        ("typescript", "choices"): types,
        ("typescript", "constant"): bound(VALIDATOR),
        ("typescript", "function"): functions | js["exported"] | bound(MODULE) | of_examples(),
        ("typescript", "inherited"): js["ofObjects"],
        ("typescript", "model"): nothing,
        ("typescript", "part"): nothing,  # behind `check`
        ("typescript", "type"): js["exported"] | types,
        ("typescript", "wire"): nothing,
        ("vectors", "model"): nothing,
    }


def spell_freely(name: str, naming: Naming) -> str:
    """Spell a name as if nothing were reserved."""
    return naming.model_copy(update={"reserved": frozenset()}).spell(name)


def is_spelled_so(name: str, naming: Naming) -> bool:
    """Tell whether a name can come out as it is, where nothing is reserved."""
    return bool(SAFE_NAME.fullmatch(name)) and spell_freely(name, naming) == name


# Each way in which a parameter is written, and a value that it takes.
Way = tuple[dict[str, Any], Any]
WAYS: tuple[Way, ...] = (
    ({"type": "string", "x-type": "string", "enum": ["a", "b"], "description": "What it is."}, "a"),
    ({"type": "number", "x-type": "number", "minimum": 0, "maximum": 9, "default": 1}, 2),
    ({"type": "string", "x-type": "file"}, "asset_sample_image"),
    (
        {
            "type": "array",
            "x-type": "string_array",
            "items": {"type": "string", "enum": ["a"]},
            "default": ["a"],
        },
        ["a"],
    ),
    ({"type": "array", "x-type": "inputs_array", "items": {"type": "object"}}, [{}]),
)
# Names that no list has, but that a tool, a file system or a reader might mind.
ODD = "node_modules x.d x.d.css x.js index README conftest test-it main init import-module self cls toJSON package.json"

# Models whose parameters have names of which one might be taken for another, or for the model.
TOGETHER = {
    "look": ["look", "Style", "LOOK_"],
    "ends": ["toString", "toString_", "toString__", "then", "then_", "size", "size_"],
}


# Models that are alike, with the payload that each takes.
ALIKE: dict[str, dict[str, Any]] = {
    "model_alike.one": {
        "topP": 1,
        "top_p": "a",
        "top-p": 2,
        "size": "b",
        "Size": "a",
        "toString": 3,
        "class_": 1,
        "class": 2,
    },
    "alike.one": {"topP": 1, "top_p": "a"},
    "model_alike-one": {"top_p": 1},
    "model_ALIKE-ONE": {"topP": "b", "TopP": "a"},
    "model_alike_one": {"class": 2, "class_": "a"},
}


def make_alike() -> tuple[dict[str, Any], dict[str, str]]:
    """Make the specs of models that are alike, as whoever maintains them does, and give them with their names in code."""
    rows = {
        model: {name: CHOICE if isinstance(value, str) else NUMBER for name, value in payload.items()}
        for model, payload in ALIKE.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(Path(folder) / "root")
        add_naming_targets(root.path)
        page = root.add_page("names", make_page(rows))
        codes = [ran.code for ran in settle(root.path, 9)]
        assert (codes[0], codes[-1]) == (3, 0), codes
        specs = {
            path.name: json.loads(path.read_text(encoding="utf-8")) for path in page.parent.glob("*.json")
        }
    return specs, specs.pop("page.json")["names"]


def candidates() -> list[str]:
    """Give the odd names, and every name that is taken anywhere or means something to a language."""
    taken = {name for names in ask().values() for name in names}
    taken |= python()["soft"] | javascript()["words"] | javascript()["globals"]
    small_first = sorted((name for name in taken if SAFE_NAME.fullmatch(name)), key=str.swapcase)
    return [*ODD.split(), *small_first]


def apart(names: Iterable[str], of: str) -> list[list[str]]:
    """Part names of models or parameters into groups in each of which no target spells two alike."""
    groups: list[tuple[list[str], set[tuple[Any, str]]]] = []
    for name in names:
        spelled = {
            (kind, one.spell(name).lower())
            for kind, one in NAMINGS.items()
            if one.subject == of and one.casing != "address"
        }
        group = next((group for group in groups if not group[1] & spelled), None)
        if group is None:
            groups.append(group := ([], set()))
        group[0].append(name)
        group[1].update(spelled)
    return [members for members, _ in groups]


MOST = 400  # parameters of a model: of some thousands, TypeScript's compiler gives up


@dataclass(frozen=True)
class Tried:
    """Models of all names, each with a parameter of each way, and models that have parameters of all names."""

    names: list[str]
    pages: tuple[Page, ...]
    payloads: dict[str, dict[str, Any]]  # model -> every parameter, with a value


@cache
def tried() -> Tried:
    """Make the models. Each name is that of a parameter with choices, of one that is required, and of one among all ways."""
    plain = [f"way-{number}" for number in range(len(WAYS))]
    names = apart(candidates(), "model")[0]
    made: dict[str, tuple[list[str], Sequence[Way], bool]] = dict.fromkeys(names, (plain, WAYS, False))
    groups = apart(candidates(), "parameter")
    some = [group[first : first + MOST] for group in groups for first in range(0, len(group), MOST)]
    for number, group in enumerate(some):
        made[f"every-choice-{number}"] = (group, WAYS[:1], False)
        made[f"every-required-{number}"] = (group, WAYS[:1], True)
        made[f"every-way-{number}"] = (group, WAYS, False)
    made |= {name: (group, WAYS[:1], False) for name, group in TOGETHER.items()}
    specs: dict[str, Any] = {}
    payloads = {}
    for name, (parameters, ways, is_required) in made.items():
        pairs = dict(zip(parameters, cycle(ways)))
        spec = made_spec({one: rules for one, (rules, _) in pairs.items()}, parameters if is_required else ())
        specs[f"names/{name}.json"] = spec | {"title": name, "x-model": f"model_{name}"}
        payloads[f"model_{name}"] = {one: value for one, (_, value) in pairs.items()}
    alike, given = make_alike()
    specs |= {f"names/{file}": spec for file, spec in alike.items()}
    payloads |= ALIKE
    specs["names/page.json"] = {"title": "Names", "models": [*payloads], "names": given}
    pages = load_pages({path: json.dumps(spec) for path, spec in specs.items()}, SERVICE)
    return Tried(names, pages, payloads)
