"""Users ask whether an upgrade breaks the models that they use, in Python and with npm alike."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from support.acme import Model, docs, page_text
from support.node import NPM_PACKAGES, node, tsc
from support.roots import Root, make_root

PAGE = "video-generation-acme"
NOTE = 'kind = "breaking"\ntext = "`Client.run` takes seconds."\n'
REMOVED = 'model_film-a: mode: the choice "best" was removed'
RENAMED = 'model_film-e: the model was renamed; its new name is "model_film-z"'
DEFAULT = "model_film-b: duration: the default changed from 5 to 6"


def narrow(models: dict[str, Model]) -> None:
    mode = models["model_film-a"].rows["mode"]
    mode["choices"] = mode["choices"].replace(", `best`", "")


def end(models: dict[str, Model]) -> None:
    models["model_film-b"].rows["duration"]["default"] = "`6`"
    models["model_film-z"] = models.pop("model_film-e")
    del models["model_film-c"]


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the packages of 1.0.0, which follows 0.2.0, in which film A lost a choice, and 0.1.0."""
    root = make_root(tmp_path_factory.mktemp("upgraded") / "root")
    for target in ("python", "typescript"):
        root.add_target(target)
    models = docs()[PAGE]
    models["model_film-e"].rows["grain"] = dict(models["model_film-e"].rows["seed"])
    save(root, models, lambda _: None)
    save(root, models, narrow)
    save(root, models, end)
    (root.path / "templates/notes").mkdir()
    (root.path / "templates/notes/seconds.toml").write_text(NOTE)
    ran = root.run_process("generate")
    assert ran.code == 0, ran.err
    package = root.path / "generated/typescript"
    (package / "node_modules").symlink_to(NPM_PACKAGES)
    built = tsc("--project", package, cwd=package)
    assert built.returncode == 0, built.stdout
    return root.path / "generated"


def save(root: Root, models: dict[str, Model], change: Callable[[dict[str, Model]], object]) -> None:
    """Release what there is, change the page, and scrape it."""
    if (root.path / "specs" / PAGE).exists():
        assert root.run("release").code == 0
    change(models)
    root.add_page(PAGE, page_text(PAGE, models, date(2026, 4, 1)))
    ran = root.run("scrape", "--prune")
    assert ran.code == 0, ran.out


def upgrade_check(
    language: str, upgraded: Path, folder: Path, *arguments: str
) -> "subprocess.CompletedProcess[str]":
    command = {
        "python": [sys.executable, "-m", "scenario_models"],
        "npm": [node(), str(upgraded / "typescript/bin/command.mjs")],
    }[language]
    return subprocess.run(
        [*command, "upgrade-check", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(upgraded / "python")},
        capture_output=True,
        text=True,
        check=False,
    )


NOTEBOOK = json.dumps(
    {
        "cells": [
            {
                "cell_type": "code",
                "source": ["%pip install scenario-models\n", "import scenario_models as s"],
            },
            {"cell_type": "markdown", "source": "from scenario_models import FilmB"},
            {"cell_type": "code", "source": "\ns.FilmA"},
            {"cell_type": "code", "source": ["s.FilmC"]},
        ]
    }
)

# What somebody has in a file, and the lines that begin what they are told, for an upgrade from 0.1.0; the note is told to all.
TOLD: dict[str, tuple[str, str, list[str]]] = {
    "a class": ("a.py", "from scenario_models import FilmA", [f"breaking: {REMOVED} [0.2.0, used in a.py:1]"]),
    "a class under another name": ("a.py", "from scenario_models import FilmA as Film", [f"breaking: {REMOVED}"]),
    "an attribute": ("a.py", "import scenario_models as s\n\ns.FilmA", [f"breaking: {REMOVED} [0.2.0, used in a.py:3]"]),
    "a module": ("a.py", "from scenario_models.typed.film_a import Mode", [f"breaking: {REMOVED}"]),
    "an id": ("a.py", 'f("model_film-a")', [f"breaking: {REMOVED}"]),
    "a milder change": ("a.py", "from scenario_models import FilmB", [f"behaviour: {DEFAULT} [1.0.0, used in a.py:1]"]),
    "another model": ("a.py", "from scenario_models import FilmD, Client, AnyModel, validators", []),
    "the package": ("a.py", "import scenario_models", []),
    "another package": ("a.py", "from films import FilmA, FilmC\nimport films as f\nf.FilmC", []),
    "part of an id": ("a.py", 'f("model_film-a2", "film-a", "a model_film-a.b", "my-model_film-a")', []),
    "an id in a longer text": ("a.py", 'f("""a\n  /generate/custom/model_film-a""")', [f"breaking: {REMOVED} [0.2.0, used in a.py:2]"]),
    "an id in a text with values": ("a.py", 'f"{base}/model_film-a?{query}"', [f"breaking: {REMOVED}"]),
    "a renamed model": ("a.py", 'f("model_film-e")', [f"breaking: {RENAMED} [1.0.0, used in a.py:1]"]),
    "a class of a renamed model": ("a.py", "from scenario_models import FilmE", ["breaking: scenario_models has no FilmE [1.0.0"]),
    "a renamed model of npm": ("a.mjs", 'run("model_film-e")', [f"breaking: {RENAMED} [1.0.0, used in a.mjs:1]"]),
    "a mark at the beginning": ("a.py", "\ufefffrom scenario_models import FilmA", [f"breaking: {REMOVED}"]),
    "a module by its whole name": ("a.py", "import scenario_models.typed.film_a", [f"breaking: {REMOVED}"]),
    "a module by its whole name that is gone": (
        "a.py",
        "import scenario_models.validators.film_c, scenario_models.client",
        ["breaking: scenario_models has no validators.film_c [1.0.0, used in a.py:1]"],
    ),
    "an attribute of a module": (
        "a.py",
        "import scenario_models as s\nfrom scenario_models import typed as t\ns.validators.film_a.validate\nt.film_c.Mode\ns.typed.film_d.Gone.x",
        [
            f"breaking: {REMOVED} [0.2.0, used in a.py:3]",
            "breaking: scenario_models has no typed.film_c [1.0.0, used in a.py:4]",
            "breaking: scenario_models has no typed.film_d.Gone [1.0.0, used in a.py:5]",
        ],
    ),
    "a module that is imported": (
        "a.py",
        "from scenario_models.typed import film_d as d\nd.Gone",
        ["breaking: scenario_models has no typed.film_d.Gone [1.0.0, used in a.py:2]"],
    ),
    "all that a module has": ("a.py", "from scenario_models.typed.film_a import *", [f"breaking: {REMOVED}"]),
    "a notebook": ("a.ipynb", '{"cells": [{"cell_type": "markdown", "source": ["`model_film-a`"]}]}', [f"breaking: {REMOVED}"]),
    "the code of a notebook": (
        "of-py.ipynb",
        NOTEBOOK,
        [f"breaking: {REMOVED} [0.2.0, used in of-py.ipynb:cell 3:2]", "breaking: scenario_models has no FilmC [1.0.0"],
    ),
    "a page": ("a.html", "<code>model_film-a</code>", [f"breaking: {REMOVED}"]),
    "a page with components": ("a.mdx", "`model_film-a`", [f"breaking: {REMOVED}"]),
    "a model that is gone": (
        "a.py",
        'from scenario_models import FilmC\nf("model_film-c")',
        ["breaking: model_film-c: the model was removed [1.0.0, used in a.py:2]", "breaking: scenario_models has no FilmC [1.0.0"],
    ),
    "a module that is gone": (
        "a.py",
        "from scenario_models.validators import film_c, film_d",
        ["breaking: scenario_models has no validators.film_c [1.0.0"],
    ),
    "a name of a module that is gone": (
        "a.py",
        "from scenario_models.typed.film_d import Gone",
        ["breaking: scenario_models has no typed.film_d.Gone [1.0.0"],
    ),
    "what is no Python": ("a.py", "def (\n  model_film-a", [f"breaking: {REMOVED} [0.2.0, used in a.py:2]"]),
    "a request as JSON": ("a.json", '{"model": "model_film-a"}', [f"breaking: {REMOVED} [0.2.0, used in a.json:1]"]),
    "a script": ("a.sh", "run model_film-a.", [f"breaking: {REMOVED}"]),
    "a function": ("a.ts", 'import { type Progress, filmA } from "scenario-models/models";', [f"breaking: {REMOVED} [0.2.0, used in a.ts:1]"]),
    "a function under another name": ("a.mjs", "import {\n  filmA as film,\n} from 'scenario-models/models'", [f"breaking: {REMOVED}"]),
    "all names": ("a.js", 'import * as s from "scenario-models/models";\ns.filmA({})', [f"breaking: {REMOVED} [0.2.0, used in a.js:2]"]),
    "a module of npm": ("a.tsx", 'import { validate } from "scenario-models/validators/film-a"', [f"breaking: {REMOVED}"]),
    "the facts of npm": ("a.js", 'import { parameters } from "scenario-models/parameters/film-a"', [f"breaking: {REMOVED}"]),
    "what is imported later": ("a.js", 'const { filmA } = await import("scenario-models/models")', [f"breaking: {REMOVED}"]),
    "what is required": ("a.cjs", 'const { filmA } = require("scenario-models/models")', [f"breaking: {REMOVED}"]),
    "another model of npm": ("a.ts", 'import { Client, anyModel } from "scenario-models"; import { filmD } from "scenario-models/models"', []),
    "another package of npm": ("a.ts", 'import { filmA, filmC } from "films"', []),
    "what is required under another name": ("a.cjs", 'const { filmA: run, filmD } = require("scenario-models/models")', [f"breaking: {REMOVED}"]),
    "no spaces": ("a.js", 'import{filmA}from"scenario-models/models"', [f"breaking: {REMOVED}"]),
    "comments within": (
        "a.ts",
        'import /* filmC, { */ {\n  // filmC, "it\'s\n  /* x */ filmA as a, // }\n} /* x */ from /* y */ "scenario-models/models"; // filmC',
        [f"breaking: {REMOVED} [0.2.0, used in a.ts:3]"],
    ),
    "comments around": (
        "a.ts",
        '// import { filmC } from "scenario-models/models"\n/* import { filmC } from "scenario-models/models" */ f("/*"); import { filmA } from "scenario-models/models"; g("*/")',
        [f"breaking: {REMOVED} [0.2.0, used in a.ts:2]"],
    ),
    "what stands in texts": ("a.ts", "f('import { filmC } from \"scenario-models/models\"', `//`, /[/*]'`/)\nimport { filmA } from 'scenario-models/models'", [f"breaking: {REMOVED}"]),
    "a function where it no longer is": (
        "a.ts",
        'import { filmA } from "scenario-models"',
        ["breaking: scenario-models has no filmA: it is in scenario-models/models [1.0.0, used in a.ts:1]", f"breaking: {REMOVED}"],
    ),
    "a type": ("a.ts", 'import { type FilmA } from "scenario-models"', [f"breaking: {REMOVED}"]),
    "types": ("a.ts", 'import type { FilmA, FilmD, Client } from "scenario-models"', [f"breaking: {REMOVED}"]),
    "a type that is gone": ("a.ts", 'import type { FilmC } from "scenario-models"', ["breaking: scenario-models has no FilmC [1.0.0"]),
    "all types": ("a.ts", 'import type * as T from "scenario-models"\nlet a: T.FilmA, b: typeof T.filmC, c = t.T.FilmC', [f"breaking: {REMOVED} [0.2.0, used in a.ts:2]"]),
    "a function of what is imported later": ("a.mjs", '(await import("scenario-models/models")).filmA()', [f"breaking: {REMOVED}"]),
    "a function of what is required": ("a.cjs", "require('scenario-models/models').filmA()", [f"breaking: {REMOVED}"]),
    "names that are handed on": ("a.mjs", 'import("scenario-models/models").then(({ filmA: a }) => a()).catch(f)', [f"breaking: {REMOVED}"]),
    "all names that are handed on": ("a.mjs", 'import("scenario-models/models").then((s) => s.filmA())', [f"breaking: {REMOVED}"]),
    "names of all names": ("a.ts", 'import * as sm from "scenario-models/models";\nconst { filmA, filmD: { x = {} } } = sm;', [f"breaking: {REMOVED} [0.2.0, used in a.ts:2]"]),
    "a name in brackets": ("a.ts", 'import * as sm from "scenario-models/models";\nsm["filmA"]({}); sm[filmC]', [f"breaking: {REMOVED} [0.2.0, used in a.ts:2]"]),
    "within a text": ("a.ts", 'import * as sm from "scenario-models/models";\n`${{a: {}}}//${sm.filmA({})}`', [f"breaking: {REMOVED} [0.2.0, used in a.ts:2]"]),
    "names that are exported": ("a.ts", 'export { filmA as film } from "scenario-models/models"', [f"breaking: {REMOVED}"]),
    "a component": ("a.vue", "<p>don't</p>\n<script>\nimport { filmA } from 'scenario-models/models'\n</script>", [f"breaking: {REMOVED} [0.2.0, used in a.vue:3]"]),
    "a function that is gone": (
        "a.ts",
        'import { filmC } from "scenario-models/models";\nimport "scenario-models/models/film-c"',
        ["breaking: scenario-models has no filmC [1.0.0, used in a.ts:1]", "breaking: scenario-models has no models/film-c [1.0.0"],
    ),
}  # fmt: skip
OF_PYTHON, OF_NPM = (".py", "of-py.ipynb"), (".ts", ".tsx", ".js", ".mjs", ".cjs", ".vue")


def test_who_uses_a_model_is_told_what_an_upgrade_changes_in_it(upgraded: Path, tmp_path: Path) -> None:
    for language, others in (("python", OF_NPM), ("npm", OF_PYTHON)):
        for case, (name, text, _) in TOLD.items():
            if name.endswith(others):
                continue
            folder = tmp_path / language / case
            folder.mkdir(parents=True)
            (folder / name).write_text(text)
        all_cases = tmp_path / language
        ran = upgrade_check(language, upgraded, all_cases, "--from", "0.1.0", "--json")
        assert ran.returncode == 1, ran.stderr
        effects = json.loads(ran.stdout)
        assert [one["sentence"] for one in effects if not one["places"]] == ["`Client.run` takes seconds."]
        for case, (name, _, expected) in TOLD.items():
            if name.endswith(others):
                continue
            found = [
                show(one, case)
                for one in effects
                if any(place.startswith(f"{case}/") for place in one["places"])
            ]
            assert len(found) == len(expected), (language, case, found)
            for line, start in zip(sorted(found), sorted(expected), strict=True):
                assert line.startswith(start), (language, case, line)


def show(effect: dict[str, object], case: str) -> str:
    """Write an effect as the command does, with the places of one case."""
    places = effect["places"]
    assert isinstance(places, list)
    where = ", ".join(place.removeprefix(f"{case}/") for place in places if place.startswith(f"{case}/"))
    names = "".join(f"{name}: " for name in (effect["model"], effect["parameter"]) if name)
    return f"{effect['severity']}: {names}{effect['sentence']} [{effect['version']}, used in {where}]"


SUMMED = "upgrade-check: {} to 1.0.0: {} breaking, {} behaviour, 0 compatible\n"


@pytest.mark.parametrize("language", ["python", "npm"])
def test_what_is_asked_is_answered(language: str, upgraded: Path, tmp_path: Path) -> None:
    note = "breaking: `Client.run` takes seconds. [1.0.0]\n"
    answers: dict[tuple[str, ...], tuple[int, str, str]] = {
        ("--from", "1.0.0", "film-a"): (0, SUMMED.format("1.0.0", 0, 0), ""),
        ("--from", "0.2.0", "film-a"): (1, note + SUMMED.format("0.2.0", 1, 0), ""),
        ("--from", "0.2.0", "model_film-b"): (
            1,
            f"{note}behaviour: {DEFAULT} [1.0.0]\n{SUMMED.format('0.2.0', 1, 1)}",
            "",
        ),
        ("--from", "0.1.0", "film-a"): (
            1,
            f"{note}breaking: {REMOVED} [0.2.0]\n{SUMMED.format('0.1.0', 2, 0)}",
            "",
        ),
        ("--from", "0.1.1", "film-a"): (
            2,
            "",
            "there was no version 0.1.1; there were 1.0.0, 0.2.0, 0.1.0\n",
        ),
        ("--from", "0.1.0", "film-x"): (2, "", "film-x is neither a model nor a file or folder"),
        (): (2, "", "--from"),
    }
    for arguments, (code, out, err) in answers.items():
        ran = upgrade_check(language, upgraded, tmp_path, *arguments)
        assert (ran.returncode, ran.stdout) == (code, out), (arguments, ran.stderr)
        assert err in ran.stderr.replace("'", ""), (arguments, ran.stderr)
        assert "Traceback" not in ran.stderr


def test_npm_takes_the_version_that_the_project_has(upgraded: Path, tmp_path: Path) -> None:
    installed = tmp_path / "node_modules/scenario-models"
    installed.mkdir(parents=True)
    (installed / "package.json").write_text('{"version": "0.1.0"}')
    (installed / "index.js").write_text("// model_film-b")
    (tmp_path / "a.js").write_text('import { filmA } from "scenario-models/models"')
    ran = upgrade_check("npm", upgraded, tmp_path)
    assert (ran.returncode, ran.stdout.count("\n")) == (1, 3)
    assert f"breaking: {REMOVED} [0.2.0, used in a.js:1]\n" in ran.stdout
    for damaged in ("{", "null", '{"version": 1}', ""):
        (installed / "package.json").write_text(damaged)
        ran = upgrade_check("npm", upgraded, tmp_path)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
        assert "say --from VERSION: node_modules/scenario-models/package.json has no version" in ran.stderr


def test_what_is_installed_below_a_folder_is_not_looked_at(upgraded: Path, tmp_path: Path) -> None:
    for folder in (".venv", "venv/lib", "node_modules", ".git", "lib/site-packages"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text("from scenario_models import FilmA")
    (tmp_path / "venv/pyvenv.cfg").touch()
    ran = upgrade_check("python", upgraded, tmp_path, "--from", "0.1.0")
    assert ran.stdout == "breaking: `Client.run` takes seconds. [1.0.0]\n" + SUMMED.format("0.1.0", 1, 0)


def test_python_says_where_it_did_not_look(upgraded: Path, tmp_path: Path) -> None:
    files = {
        "a.py": b"from scenario_models import *",
        "b.py": b"print 'FilmA'",
        "c.py": b"x = '\xff'",
        "d.ipynb": b'{"cells": [{"cell_type": "code", "source": "%%bash\\nif true"}, {"cell_type": "code", "source": "if"}]}',
        "e.ipynb": b'{"cells": 1}',
        "f.py": b"# coding: latin-1\nx = '\xff \\d'",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    ran = upgrade_check("python", upgraded, tmp_path, "--from", "1.0.0")
    only_ids = "could not be read as {}; only ids of models were looked for"
    assert (ran.returncode, ran.stderr.splitlines()) == (
        0,
        [
            "scenario-models: a.py:1: imports all names: give the models by id",
            f"scenario-models: b.py: {only_ids.format('Python')}",
            f"scenario-models: c.py: {only_ids.format('Python')}",
            f"scenario-models: d.ipynb:cell 2: {only_ids.format('Python')}",
            f"scenario-models: e.ipynb: {only_ids.format('a notebook')}",
        ],
    )


def test_npm_reads_big_files_in_linear_time(upgraded: Path, tmp_path: Path) -> None:
    size = 50_000
    texts = (
        "x" * size,
        " " * size,
        "{" * size,
        "} = sm;" * size,
        "sm." * size,
        "/*" * size,
        "`${" * size,
        "=/" * size,
    )
    texts = (
        *texts,
        "'" * size,
        "import {" * size,
        '"scenario-models" ' * size,
        "a." * size,
        "(" * size,
        "\\" * size,
    )
    names = 'import * as sm from "scenario-models/models"\nimport { filmA } from "scenario-models/models"\n'
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.js").write_text(f'{names}"{"x" * 200_000}"\n{text}')
    ran = upgrade_check("npm", upgraded, tmp_path, "--from", "0.1.0", "--json")
    places = next(one["places"] for one in json.loads(ran.stdout) if one["model"] == "model_film-a")
    assert sorted(places) == sorted(f"{number}.js:2" for number in range(len(texts)))


@pytest.mark.parametrize("language", ["python", "npm"])
def test_only_files_are_read(language: str, upgraded: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to("gone")
    os.mkfifo(tmp_path / "b.json")
    (tmp_path / "real").write_text("model_film-a")
    (tmp_path / "c.json").symlink_to("real")
    ran = upgrade_check(language, upgraded, tmp_path, "--from", "0.1.0", ".")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert f"breaking: {REMOVED} [0.2.0, used in c.json:1]\n" in ran.stdout
    for name in ("a.json", "b.json", "real/x"):
        ran = upgrade_check(language, upgraded, tmp_path, "--from", "0.1.0", name)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert f"{name} is neither" in ran.stderr.replace("'", "")
