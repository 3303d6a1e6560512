"""Whatever a model or a parameter is called, the packages stay whole.

What is reserved stands in `templates/*/target.toml`. Here the languages and the packages are asked what they call so themselves; then
each such name is that of a model and of a parameter, and the packages are used.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from conftest import PROJECT
from hostile import load_root
from names import NAMINGS, ask, is_spelled_so, spell_freely, tried
from sandboxes import Running, running

from generator import files
from generator.generating import build_target
from generator.models import Page


@pytest.mark.parametrize("kind", [kind for kind in NAMINGS if kind[0] == "python"])
def test_what_is_called_so_already_is_reserved(kind: tuple[str, str]) -> None:
    taken = {name for name in ask()[kind] if is_spelled_so(name, NAMINGS[kind])}
    assert sorted(taken - NAMINGS[kind].reserved) == []
    if NAMINGS[kind].of == "model":
        assert taken <= {spell_freely(name, NAMINGS[kind]) for name in tried().names}


@pytest.mark.parametrize("kind", [kind for kind in NAMINGS if kind[0] == "python"])
def test_nothing_is_reserved_that_no_name_is_spelled_like(kind: tuple[str, str]) -> None:
    assert [name for name in sorted(NAMINGS[kind].reserved) if not is_spelled_so(name, NAMINGS[kind])] == []


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Give a sandbox that has the models of all names."""
    package = write("sandbox", tmp_path_factory.mktemp("sandbox") / "package")
    with running("--speed", "50", package=package) as one:
        yield one


def write(target: str, folder: Path, more: Iterable[Page] = ()) -> Path:
    """Write a target of the models that have all names, and of the models of more pages."""
    folder.mkdir(parents=True)
    files.write_tree(folder, build_target(PROJECT, target, (*tried().pages, *more), ()))
    return folder


FEW = [
    f"model_{name}" for name in ("validate", "then", "self", "class", "every-way-0")
]  # to be run, which takes longer

USE_PYTHON = """
import builtins, importlib, json, pickle, sys
import scenario_models
from scenario_models import Client, from_json, models
from scenario_models.portable import make_request
exported = {}
exec("from scenario_models import *", exported)
assert not {*exported} & {*dir(builtins)}
for info in models():
    importlib.import_module("scenario_models.validators." + info.module)
from scenario_models.validators import validate
for model, payload in json.load(sys.stdin).items():
    request = make_request(model, payload)
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
    generated: Path, tmp_path: Path, sandbox: Running
) -> None:
    package = write("python", tmp_path / "python", load_root(generated.parent))
    use_python(package, "-W", "error", "-c", USE_PYTHON, *FEW, **sandbox.environment)
    typed = [f"{name}:={json.dumps(value)}" for name, value in tried().payloads["model_every-way-0"].items()]
    command = ["-m", "scenario_models", "run", "every-way-0", *typed, "--json", "--quiet"]
    said = use_python(package, *command, **sandbox.environment)
    assert json.loads(said)["job"]["model_id"] == "model_every-way-0"
    for command in (
        "mypy --config-file pyproject.toml scenario_models",
        "ruff check --no-cache .",
        "ruff format --no-cache --check .",
    ):
        use_python(package, "-m", *command.split())
