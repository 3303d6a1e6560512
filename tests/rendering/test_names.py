"""Whatever a model or a parameter is called, the packages stay whole.

What is reserved stands in `templates/*/target.toml`. Here the languages and the packages are asked what they call so themselves; then
each such name is that of a model and of a parameter, and the packages are used.

Modules: clashes.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paramsync.paths import spec_name
from paramsync.rendering.clashes import find_clashes
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.pages import Page, all_models, load_pages
from paramsync.rendering.target import spell
from paramsync.workspace import files
from support.hand_written import HAND_WRITTEN
from support.hostile import load_root
from support.made_packages import make_pages
from support.mypy_runs import mypy
from support.names import ALIKE, NAMINGS, TARGETS, WAYS, ask, is_spelled_so, make_alike, spell_freely, tried
from support.node import TYPESCRIPT, node, run, tsc
from support.roots import Root
from support.sandboxes import Running, running
from support.services import SERVICE, build
from support.vectors import made_spec


def test_each_kind_of_name_is_asked_for() -> None:
    assert ask().keys() == NAMINGS.keys()


@pytest.mark.parametrize("kind", NAMINGS)
def test_what_is_called_so_already_is_reserved(kind: tuple[str, str]) -> None:
    taken = {name for name in ask()[kind] if is_spelled_so(name, NAMINGS[kind])}
    assert sorted(taken - NAMINGS[kind].reserved) == []
    if NAMINGS[kind].of == "model":
        # Of names that differ in capitals alone, such as those of two languages, one is a model.
        spelled = {spell_freely(name, NAMINGS[kind]).lower() for name in tried().names}
        assert {name.lower() for name in taken} <= spelled


@pytest.mark.parametrize("kind", NAMINGS)
def test_nothing_is_reserved_that_no_name_is_spelled_like(kind: tuple[str, str]) -> None:
    assert [name for name in sorted(NAMINGS[kind].reserved) if not is_spelled_so(name, NAMINGS[kind])] == []


@pytest.fixture(scope="module")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Give a sandbox that has the models of all names."""
    package = write("sandbox", tmp_path_factory.mktemp("sandbox") / "package")
    with running("--speed", "50", package=package) as one:
        yield one


def write(target: str, folder: Path, more: Iterable[Page] = ()) -> Path:
    """Write a target of the models that have all names, and of the models of more pages."""
    folder.mkdir(parents=True)
    files.write_tree(folder, build(target, (*tried().pages, *more)))
    return folder


# To be run, which takes longer.
FEW = [f"model_{name}" for name in ("validate", "then", "self", "class", "every-way-0")]
FEW += ["model_alike.one", "model_ALIKE-ONE"]

USE_PYTHON = """
import builtins, importlib, json, pickle, sys
import scenario_models
from scenario_models import Client, from_json, models
from scenario_models.factory import from_body
exported = {}
exec("from scenario_models import *", exported)
assert not {*exported} & {*dir(builtins)}
for info in models():
    importlib.import_module("scenario_models.validators." + info.module)
from scenario_models.validators import validate
for model, payload in json.load(sys.stdin).items():
    request = from_body(model, payload)
    assert type(request) is getattr(scenario_models, type(request).__name__) is exported[type(request).__name__]
    assert request.body() == payload, model
    assert request.problems() == validate(model, payload) == [], model
    assert from_json(request.to_json()) == pickle.loads(pickle.dumps(request)) == request, model
    assert len(validate(model, {name: None for name in payload})) == len(payload), model
    if model in sys.argv[1:]:
        assert Client().run(request).job.status == "success"
"""


def use_python(package: Path, *command: str, **environment: str) -> str:
    """Run Python in the package; its standard input has a payload for each model."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=package,
        env={**os.environ, **environment},
        input=json.dumps(tried().payloads),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command[:3]}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def test_the_python_package_works_whatever_its_models_and_parameters_are_called(
    generated: Path, tmp_path: Path, sandbox_process: Running
) -> None:
    package = write("python", tmp_path / "python", (*load_root(generated.parent), *make_pages(HAND_WRITTEN)))
    use_python(package, "-W", "error", "-c", USE_PYTHON, *FEW, **sandbox_process.environment)
    for model in ("model_every-way-0", "alike.one"):
        typed = [f"{name}:={json.dumps(value)}" for name, value in tried().payloads[model].items()]
        command = ["-m", "scenario_models", "run", model, *typed, "--json", "--quiet"]
        said = use_python(package, *command, **sandbox_process.environment)
        assert json.loads(said)["job"]["model_id"] == model
    checked = mypy(tmp_path, "--config-file=pyproject.toml", "scenario_models", cwd=package)
    assert checked.startswith("Success: "), checked[-3000:]
    for command in ("ruff check --no-cache .", "ruff format --no-cache --check ."):
        use_python(package, "-m", *command.split())


def write_uses(models: Sequence[Model]) -> str:
    """Write uses of each model in TypeScript: imported by name into a module of a user's own, and called with as little as it takes."""
    target = TARGETS["typescript"]
    functions, types = ([spell(model, kind, target) for model in models] for kind in ("function", "type"))
    lines = [
        f'import {{ {", ".join(functions)} }} from "scenario-models/models";',
        f'import type {{ {", ".join(types)} }} from "scenario-models";',
        "export async function wait(): Promise<void> {}",
    ]
    for model, function, kind in zip(models, functions, types, strict=True):
        least = {one.name: tried().payloads[model.id][one.name] for one in model.smallest}
        lines += [f"const least_{function}: {kind} = {json.dumps(least)};", f"{function}(least_{function});"]
    return "\n".join(lines)


@pytest.mark.foreign
def test_the_npm_package_works_whatever_its_models_and_parameters_are_called(
    tmp_path: Path, sandbox_process: Running
) -> None:
    models = all_models(tried().pages)
    package = write("typescript", tmp_path / "node_modules/scenario-models")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "uses.ts").write_text(write_uses(models))
    strict = "--noEmit --strict --exactOptionalPropertyTypes --module NodeNext --target ES2022 uses.ts"
    for options, folder in (([], package), (strict.split(), tmp_path)):
        compiled = tsc(*options, cwd=folder)
        assert compiled.returncode == 0, compiled.stdout[:3000]
    given = {
        model.id: {
            "file": spell(model, "model", TARGETS["typescript"]),
            "payload": tried().payloads[model.id],
            "isRun": model.id in FEW,
        }
        for model in models
    }
    shutil.copy(TYPESCRIPT / "tried.mjs", tmp_path)
    done = run(node(), "tried.mjs", cwd=tmp_path, env=sandbox_process.environment, input=json.dumps(given))
    assert (done.returncode, done.stdout) == (0, "whole"), done.stderr[-3000:]


def test_the_openapi_document_says_nothing_twice() -> None:
    [page] = tried().pages
    named = [replace(page, name=name, groups=()) for name in ask()["openapi", "page"]]
    text = build("openapi", (page, *named))["openapi.json"]

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs)
        return dict(pairs)

    document = json.loads(text, object_pairs_hook=unique)
    bodies = {
        one["x-model"]: [*one["properties"]]
        for one in document["components"]["schemas"].values()
        if "x-model" in one
    }
    assert {model: bodies[model] for model in ALIKE} == {
        model: [*payload] for model, payload in ALIKE.items()
    }
    operations = [one for path in document["paths"].values() for one in path.values() if "operationId" in one]
    for names in ([one["operationId"] for one in operations], [tag["name"] for tag in document["tags"]]):
        assert len({*names}) == len(names) > len(named)


@pytest.mark.parametrize("name", ["con", "AUX", "nul.x", "Com1-"])
def test_neither_a_page_nor_a_model_has_a_name_that_windows_reserves(done: Root, name: str) -> None:
    (done.path / "specs/videos").rename(done.path / "specs" / name)
    scraped, generated = done.run("scrape"), done.run("generate")
    assert (scraped.code, generated.code) == (3, 3)
    assert f"specs/{name}: error: " in scraped.out
    assert generated.err.startswith(f"specs/{name}: error: ")
    (done.path / "specs" / name).rename(done.path / "specs/videos")
    (done.path / "specs/videos/beta.json").rename(done.path / f"specs/videos/{name}.json")
    for file in (f"{name}.json", "page.json"):
        done.edit(f"specs/videos/{file}", "model_beta", f"model_{name}")
    generated = done.run("generate")
    safe = spec_name(f"model_{name}", "model_")
    assert generated.err.startswith(f"specs/videos/{safe}.json: error: page.json lists this spec, but it is ")


def test_two_ids_that_have_one_file_are_told(done: Root) -> None:
    done.edit("specs/videos/page.json", '"model_alpha"', '"model_alpha", "Alpha"')
    problem = "two models have the file name 'Alpha', or names that differ only in case; "
    assert f"specs/videos/page.json: error: {problem}" in done.run("generate").err


def test_a_parameter_that_no_target_can_name_is_told(done: Root) -> None:
    done.edit("specs/videos/alpha.json", '"strength": {', '"strength.": {')
    assert done.run("generate").err.startswith(
        'specs/videos/alpha.json: error: $.properties: "strength." is not valid here; '
    )


# Rules of each way in which a parameter is written, and whether two of that way may be called so.
PAIRS: dict[str, tuple[list[str], int, bool]] = {
    "only their types would be alike": (["aB", "AB"], 2, True),
    "an underscore tells them apart": (["toString", "toString_"], 0, True),
    "an underscore tells them apart, with choices": (["size", "size_"], 0, True),
    "the types of their choices are alike": (["aB", "AB"], 0, False),
    "an underscore in the middle tells nothing": (["maxSize", "max_size"], 2, False),
    "what is reserved has the underscore already": (["class", "class_"], 2, False),
}


@pytest.mark.parametrize("case", PAIRS)
def test_two_parameters_are_alike_where_a_target_writes_them_alike(case: str) -> None:
    names, way, is_right = PAIRS[case]
    model = make_model(made_spec(dict.fromkeys(names, WAYS[way][0]), []))
    found = [clash.subject for clash in find_clashes(model.parameters, TARGETS, {})]
    assert found == ([] if is_right else [model.parameters[1]])


def test_a_model_may_be_called_as_a_parameter_of_it() -> None:
    [model] = [model for page in tried().pages for model in page.models if model.name == "look"]
    spelled = [spell(model.parameters[0], "choices", TARGETS[name]) for name in ("python", "typescript")]
    assert spelled == ["Look_", "Look_"]


PARAMETER = "has another name, so that no two parameters have the same one"
SAID = [
    (
        "alike.one",
        f"In code, `top_p` {PARAMETER}: `top_p_2` in Python; the type of its choices is `TopP2` in Python and `TopP2` in TypeScript.",
    ),
    ("alike.one", f"In code, `class` {PARAMETER}: `class_2` in Python."),
    (
        "alike.one-2",
        (
            "In code, this model has another name, so that no two models have the same one: in Python, the class `AlikeOne2` and\n"
            "the modules `alike_one_2`; in TypeScript, the function `alikeOne2`, the type `AlikeOne2` and the modules `alike.one-2`."
        ),
    ),
]


def test_docs_and_docstrings_state_names_in_code() -> None:
    specs, names = make_alike()
    specs["page.json"] = {"models": [*ALIKE], "names": names}
    pages = load_pages({f"names/{file}": json.dumps(spec) for file, spec in specs.items()}, SERVICE)
    docs = {model: text for model, text in build("docs", pages).items() if "models/" in model}
    typed = build("python", pages)["scenario_models/typed/alike_one.py"]
    assert "\n| `top_p` " in docs["models/alike.one.md"]
    for file, sentence in SAID:
        assert f"\n\n{sentence}\n\n" in docs[f"models/{file}.md"], docs[f"models/{file}.md"][:2000]
    assert "this model has another name" not in docs["models/alike.one.md"]
    said = typed.partition("    top_p_2: ")[2].partition('"""')[2].partition('"""')[0]
    assert said == "What it is.\n\n    The API calls it `top_p`."
