"""The package of a vendor whose API no target knows: what needs no API is there and works, and nothing else is."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from paramsync.rendering.pages import load_pages
from paramsync.workspace import files
from support.hand_written import FILE, any_of, array, integer, make_spec, refer, text, thing, to_tree
from support.mypy_runs import mypy
from support.services import OTHER, build

ADDRESS = thing({"street": text(minLength=1), "photo": {**text(), **FILE, "x-kind": "image"}}, "street")
MODELS = {
    "letter": ({"to": refer("person"), "text": text(maxLength=9), "style": text(enum=["plain", "bold"]), "copies": array(any_of(refer("person"), integer()))}, ["to", "text"]),
    "person": ({"id": {"type": ["integer", "string"]}, "address": ADDRESS, "portrait": {**text(), **FILE}}, ["id"]),
}  # fmt: skip
OF_THE_API = ("client", "command/bars.py", "command/failures.py", "command/jobs.py", "command/requests.py")

USE = """
import json, pickle, sys
for needless in ("scenario_sdk", "tenacity", "httpx", "rich"):
    sys.modules[needless] = None  # as if it were not installed
import acme_models
from acme_models.validators import validate

assert all(getattr(acme_models, name) for name in acme_models.__all__)
person = acme_models.Person(id="a", address={"street": "b", "photo": "photo-1"}, portrait="no asset of anybody")
letter = acme_models.Letter(to=person.body(), text="hello", style="bold", copies=[1, {"id": 2}])
for request in (person, letter):
    assert acme_models.from_json(request.to_json()) == request == pickle.loads(pickle.dumps(request))
try:
    acme_models.Letter(to={"id": 1.5}, text="text", style="loud")
except ValueError as error:
    refused = [".".join(map(str, one["loc"])) for one in error.errors()]
problems = validate("model_letter", {"to": {"id": "a", "address": {"photo": 1}}, "copies": [{}], "text": "0123456789"})
print(json.dumps({
    "body": letter.body(),
    "names": [name for name in acme_models.__all__ if name[0].isupper()],
    "parameters": [[one.name, one.type] for info in acme_models.models() for one in info.parameters],
    "problems": [[*map(str, one)] for one in problems],
    "refused": refused,
}))
"""
USED = {
    "body": {"to": {"id": "a", "address": {"street": "b", "photo": "photo-1"}, "portrait": "no asset of anybody"}, "text": "hello", "style": "bold", "copies": [1, {"id": 2}]},
    "names": ["AnyModel", "Choice", "Letter", "ModelInfo", "ParameterInfo", "Person", "Request", "UnknownModel"],
    "parameters": [["to", "model_person"], ["text", "string"], ["style", "string"], ["copies", "array of model_person or integer"], ["id", "integer or string"], ["address", "object"], ["portrait", "file"]],
    "problems": [
        ["/to/address/street", "required", "street is required"],
        ["/to/address/photo", "type", "1 is not a string"],
        ["/text", "maxLength", '"0123456789" has more characters than 9'],
        ["/copies/0/id", "required", "id is required"],
    ],
    "refused": ["style"],
}  # fmt: skip


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    specs = {f"model_{name}": make_spec(name, *said, {}) for name, said in MODELS.items()}
    folder = tmp_path_factory.mktemp("acme")
    files.write_tree(folder, build("python", load_pages(to_tree(specs), OTHER), service=OTHER))
    return folder


def python(package: Path, *arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(package)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd or package,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_requests_are_made_and_checked_without_an_sdk(package: Path) -> None:
    used = python(package, "-c", USE)
    assert used.returncode == 0, used.stderr
    assert json.loads(used.stdout) == USED


def test_nothing_in_it_is_made_for_another_api(package: Path) -> None:
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["name"], len(project["dependencies"])) == ("acme-models", 2)
    assert not [path for path in OF_THE_API if (package / "acme_models" / path).exists()]


# What is typed -> the exit code, and what is told.
TYPED: dict[str, tuple[int, str]] = {
    "list": (0, "model_letter\tLetter\tMade"),
    "show model_letter": (0, "Letter (model_letter)"),
    'body model_letter to:={"id":1} text=hi style=bold': (0, '"style": "bold"'),
    "body model_letter text=hi": (2, "acme-models: to: to is required"),
    'body model_letter to:={"id":1} text=hi style=loud': (2, "all the same: --unlisted"),
    'body model_letter to:={"id":1} text=hi style=loud later=1 --unlisted': (0, '"later": 1'),
    "body model_person id=1 portrait=@pyproject.toml": (2, "acme-models: portrait: "),
    "run model_letter": (2, "invalid choice: 'run'"),
    "completion fish": (0, "complete --command acme-models"),
    "--version": (0, "acme-models "),
    "upgrade-check --from 9.9.9": (2, "there was no version '9.9.9'"),
}


@pytest.mark.parametrize("typed", TYPED)
def test_the_command_does_what_needs_no_network(package: Path, typed: str) -> None:
    code, told = TYPED[typed]
    ran = python(package, "-m", "acme_models", *typed.split())
    assert (ran.returncode, told in ran.stdout + ran.stderr) == (code, True), ran.stdout + ran.stderr


FIND = """
from pathlib import Path
from acme_models.command.uses import find_uses
print(*(f"{use.place} {use.model}" for use in find_uses([Path("app.py"), Path("app.yml")], {"user", "POST /users"})), sep="; ")
"""


def test_an_id_that_might_be_a_word_counts_as_used_where_it_is_all_that_is_quoted(
    package: Path, tmp_path: Path
) -> None:
    code = "user = 'a user'\ncall('user', \"POST /users\", 'POST /users/1')\n"
    (tmp_path / "app.py").write_text(code, encoding="utf-8")
    (tmp_path / "app.yml").write_text(
        "user: the user's\nmodel: 'user' # or \"POST /users\"\n", encoding="utf-8"
    )
    found = python(package, "-c", FIND, cwd=tmp_path)
    assert found.stdout == "app.py:2 POST /users; app.py:2 user; app.yml:2 POST /users; app.yml:2 user\n"


def test_the_checker_and_the_linter_find_nothing_in_it(package: Path, tmp_path: Path) -> None:
    for checker in (["check", "--no-cache", "."], ["format", "--no-cache", "--check", "."]):
        done = python(package, "-m", "ruff", *checker)
        assert done.returncode == 0, done.stdout
    said = mypy(tmp_path, "--config-file=pyproject.toml", "acme_models", cwd=package)
    assert said.startswith("Success: no issues found"), said
