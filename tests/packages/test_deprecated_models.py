"""A model that the docs no longer list: the packages go on to have it, and say so where somebody uses it, and nowhere else."""

import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from support.acme import docs, page_text
from support.mypy_runs import mypy
from support.node import NPM_PACKAGES, node, run, tsc
from support.roots import make_root

PAGE = "video-generation-acme"
SAID = "The docs no longer list Film C since 2026-05-01: it may stop working."


@pytest.fixture(scope="module")
def generated_deprecated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what is generated where one film of six has vanished from its page since the first version."""
    root = make_root(tmp_path_factory.mktemp("deprecated") / "root")
    for target in ("docs", "openapi", "python", "sandbox", "site", "typescript", "vectors"):
        root.add_target(target)
    models = docs()[PAGE]
    for day, listed in (
        (date(2026, 4, 1), models),
        (date(2026, 5, 1), {k: v for k, v in models.items() if k != "model_film-c"}),
    ):
        if day.month == 5:
            assert root.run("release").code == 0
        root.add_page(PAGE, page_text(PAGE, listed, day))
        assert root.run("scrape").code == 0
    ran = root.run_process("generate")
    assert ran.code == 0, ran.err
    return root.path / "generated"


def python(generated: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=generated,
        env={**os.environ, "PYTHONPATH": str(generated / "python")},
        capture_output=True,
        text=True,
        check=False,
    )


QUIET = {
    "an import": "import scenario_models",
    "the class": "from scenario_models import FilmC; FilmC.model_id",
    "the catalogue": "import scenario_models as s; print([info.deprecation for info in s.models()])",
    "a lookup": 'import scenario_models as s; s.model("model_film-c")',
    "any model": 'import scenario_models as s; s.AnyModel("model_film-c", {"prompt": "x"})',
    "a validator": 'from scenario_models.validators import validate; assert validate("model_film-c", {"prompt": "x"}) == []',
    "another model": 'from scenario_models import FilmA; FilmA(prompt="x")',
    "the names": "import scenario_models as s; [getattr(s, name) for name in dir(s)]",
    "the list": "from scenario_models.command.main import main; main(['list'])",
}


@pytest.mark.parametrize("case", QUIET)
def test_nobody_is_warned_who_does_not_use_it(
    generated_deprecated: Path, import_from: Callable[[Path], Any], case: str
) -> None:
    import_from(generated_deprecated / "python")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(QUIET[case], {})  # noqa: S102


def test_whoever_makes_a_request_is_warned_on_the_line(
    generated_deprecated: Path, import_from: Callable[[Path], Any]
) -> None:
    film = import_from(generated_deprecated / "python").FilmC
    with pytest.warns(DeprecationWarning, match=re.escape(SAID)) as caught:
        request = film(prompt="x")
    assert [Path(one.filename).name for one in caught] == [Path(__file__).name]
    assert request.body() == {"prompt": "x"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert film(prompt="x") == request
        with pytest.raises(ValueError, match="duration"):
            film(prompt="x", duration=11)


USE = 'from scenario_models import FilmA, FilmC\n\nFilmA(prompt="x")\nFilmC(prompt="x")\n'


def test_mypy_tells_of_it_when_asked_and_finds_the_package_itself_in_order(
    generated_deprecated: Path, tmp_path: Path
) -> None:
    (tmp_path / "use.py").write_text(USE)
    package = generated_deprecated / "python"
    settings = (package / "pyproject.toml").read_text()
    asking = '[[tool.mypy.overrides]]\nmodule = "use"\nenable_error_code = "deprecated"\n'
    (tmp_path / "mypy.toml").write_text(f"{settings}\n{asking}")
    files = (package / "scenario_models", "use.py")
    said = mypy(tmp_path, "--config-file=mypy.toml", *files, cwd=tmp_path, path=package)
    (told,) = (line for line in said.splitlines() if "error:" in line)
    assert re.search(r"use\.py:1: .*Film C since 2026-05-01", told)  # of the import, which is enough


def test_pyright_tells_of_it(generated_deprecated: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE)
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(generated_deprecated / "python")]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    said = python(
        generated_deprecated, "-m", "pyright", "--pythonpath", sys.executable, "--project", str(tmp_path)
    ).stdout
    assert "Film C since 2026-05-01" in said
    assert {*re.findall(r"use\.py:(\d+)", said)} == {"1", "4"}


def test_the_command_line_marks_it_and_says_so_when_it_is_run(
    generated_deprecated: Path, import_from: Callable[[Path], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    import_from(generated_deprecated / "python")
    from scenario_models.command.main import main

    def said(*arguments: str) -> str:
        assert main(arguments) == 0
        return capsys.readouterr().out

    assert [line for line in said("list").splitlines() if "(deprecated)" in line] == [
        "model_film-c\tFilm C (deprecated)\tAcme\ttxt2video"
    ]
    assert said("show", "model_film-c").startswith(f"Film C (model_film-c)\n{SAID}\n")
    as_json = json.loads(said("list", "--json"))
    assert [info["deprecation"] for info in as_json if info["deprecation"]] == [SAID]
    run_it = python(generated_deprecated, "-m", "scenario_models", "estimate", "model_film-c", "duration=99")
    assert run_it.stderr.startswith(f"scenario-models: {SAID}\n")
    assert run_it.returncode == 2


PROGRAM = """
import ts from "typescript";
const options = { strict: true, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [] };
const host = {
  getScriptFileNames: () => ["use.ts"],
  getScriptVersion: () => "1",
  getScriptSnapshot: (name) => (ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(ts.sys.readFile(name)) : undefined),
  getCurrentDirectory: () => process.cwd(),
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
};
const service = ts.createLanguageService(host);
const found = [...service.getSemanticDiagnostics("use.ts"), ...service.getSuggestionDiagnostics("use.ts")];
for (const one of found) {
  const line = one.file.getLineAndCharacterOfPosition(one.start).line + 1;
  console.log(line, one.code, ts.flattenDiagnosticMessageText(one.messageText, " "));
}
"""


@pytest.mark.foreign
def test_an_editor_strikes_it_through_in_typescript(generated_deprecated: Path, tmp_path: Path) -> None:
    package = generated_deprecated / "typescript"
    built = tsc(cwd=package)
    assert built.returncode == 0, built.stdout
    (tmp_path / "node_modules").mkdir()
    for name, target in (("scenario-models", package), ("typescript", NPM_PACKAGES / "typescript")):
        (tmp_path / "node_modules" / name).symlink_to(target)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "use.ts").write_text(
        'import { filmA, filmC } from "scenario-models/models";\n\nfilmA({ prompt: "x" });\nfilmC({ prompt: "x" });\n'
    )
    (tmp_path / "look.mjs").write_text(PROGRAM)
    looked = run(node(), "look.mjs", cwd=tmp_path)
    found = [line.split()[:2] for line in looked.stdout.splitlines()]
    assert found == [["1", "6385"], ["4", "6387"]], looked.stdout + looked.stderr
    assert f"@deprecated {SAID}" in (package / "dist/esm/models/film-c.d.ts").read_text()
    use = "import { models } from 'scenario-models'; console.log(JSON.stringify(models.map((one) => one.deprecation)))"
    said = run(node(), "--input-type=module", "--eval", use, cwd=tmp_path).stdout
    assert json.loads(said) == [None, None, SAID, None, None, None]


def test_the_openapi_document_says_so_of_its_operation_alone(generated_deprecated: Path) -> None:
    document = json.loads((generated_deprecated / "openapi/openapi.json").read_text())
    from openapi_spec_validator import OpenAPIV31SpecValidator  # takes long

    OpenAPIV31SpecValidator(document).validate()
    deprecated = [path for path, item in document["paths"].items() if item.get("post", {}).get("deprecated")]
    assert deprecated == ["/generate/custom/model_film-c"]
    assert document["info"]["version"] == "0.2.0"


def test_the_docs_say_so_where_it_is_listed_and_at_its_top(generated_deprecated: Path) -> None:
    docs = generated_deprecated / "docs"
    assert (docs / "models/film-c.md").read_text().startswith(f"# Film C\n\n**Deprecated.** {SAID}\n")
    assert "Deprecated" not in (docs / "models/film-a.md").read_text()
    assert "film-c" not in (docs / f"reference/{PAGE}.md").read_text()
    line = next(line for line in (docs / "README.md").read_text().splitlines() if "film-c" in line)
    assert line == "  - [Film C](models/film-c.md), deprecated: the page no longer lists it"
    line = next(line for line in (docs / "llms.txt").read_text().splitlines() if "film-c" in line)
    assert "deprecated: the documentation no longer lists it" in line


def test_the_site_says_so_in_its_catalogue_and_on_its_page(generated_deprecated: Path) -> None:
    site = generated_deprecated / "site"
    assert f"<strong>Deprecated.</strong> {SAID}</p>" in (site / "models/film-c.html").read_text()
    assert "Deprecated" not in (site / "models/film-a.html").read_text()
    lines = [line for line in (site / "index.html").read_text().splitlines() if ">deprecated<" in line]
    assert [re.findall('href="([^"]*)"', line) for line in lines] == [["models/film-c.html"]]


def test_every_package_has_the_version_and_its_changelog(generated_deprecated: Path) -> None:
    assert '__version__ = "0.2.0"' in (generated_deprecated / "python/scenario_models/version.py").read_text()
    assert (
        '__version__ = "0.2.0"' in (generated_deprecated / "sandbox/scenario_sandbox/version.py").read_text()
    )
    assert json.loads((generated_deprecated / "typescript/package.json").read_text())["version"] == "0.2.0"
    for path in ("python/CHANGELOG.md", "typescript/CHANGELOG.md", "sandbox/CHANGELOG.md", "docs/CHANGES.md"):
        assert (
            (generated_deprecated / path)
            .read_text()
            .endswith(
                "\n## 0.2.0, 2026-05-01\n\nStill valid, but results may differ:\n\n"
                "- `model_film-c`: its page no longer lists the model; it may stop working\n\n"
                "## 0.1.0, 2026-04-01\n\nThe first version: 6 models.\n"
            )
        )
    said = python(
        generated_deprecated, "-c", "import scenario_models; print(scenario_models.__version__)"
    ).stdout
    assert said == "0.2.0\n"


def test_a_linter_finds_the_package_itself_in_order(generated_deprecated: Path) -> None:
    done = python(generated_deprecated / "python", "-m", "ruff", "check", "--no-cache", ".")
    assert done.returncode == 0, done.stdout
