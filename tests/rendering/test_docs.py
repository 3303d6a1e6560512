"""The docs: each model's page has examples that run as they stand, and all links lead somewhere."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markupsafe import Markup

from paramsync.rendering.filters import table
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.rows import list_rows
from support.node import node, run, tsc
from support.roots import PROJECT, Root
from support.sandboxes import Running, running
from support.services import SERVICE
from support.vectors import made_spec

LANGUAGES = ["python", "ts", "sh"]
MANY = 8  # at once

# Runs each file that it is given; in one process, since the SDK takes a second to import.
RUN_PYTHON = """
import pathlib, sys
from concurrent.futures import ThreadPoolExecutor
def run(path):
    exec(compile(pathlib.Path(path).read_text(), path, "exec"), {"__name__": "__main__"})
with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    list(pool.map(run, sys.argv[2:]))
"""


@pytest.fixture
def models_by_page(generated: Path) -> Mapping[str, Model]:
    """Give all models, by the names of their pages."""
    specs = (generated / "sandbox" / "scenario_sandbox" / "models").glob("*.json")
    found = [make_model(json.loads(path.read_text()), service=SERVICE) for path in specs]
    assert len(found) > 20
    return {model.name: model for model in found}


@pytest.fixture
def examples(generated: Path) -> Mapping[str, list[str]]:
    """Give the examples of each model's page: in Python, in TypeScript, and for the shell."""
    found = {}
    for path in sorted((generated / "docs" / "models").iterdir()):
        fences = [token for token in MarkdownIt().parse(path.read_text()) if token.type == "fence"]
        assert [fence.info for fence in fences] == LANGUAGES
        found[path.stem] = [fence.content for fence in fences]
    return found


def write(examples: Mapping[str, list[str]], language: str, folder: Path) -> list[Path]:
    """Write the examples in a language into a folder, and give their paths."""
    folder.mkdir()
    paths = [folder / f"{name.replace('.', '-')}.{language}" for name in examples]
    for path, texts in zip(paths, examples.values(), strict=True):
        path.write_text(texts[LANGUAGES.index(language)])
    return paths


def check(sandbox: Running, models: Mapping[str, Model]) -> None:
    """Check that each model was submitted once, with what it requires."""
    entries = sandbox.call("GET", "/sandbox/ledger").json()["entries"]
    found = sorted((entry["modelId"], entry["body"]) for entry in entries)
    assert found == sorted((model.id, model.example) for model in models.values())


def check_files(folder: Path, models: Mapping[str, Model]) -> None:
    """Check that each example has left what its model made."""
    sizes = [path.stat().st_size for path in folder.glob("asset_*")]
    assert len(sizes) == len(models)
    assert all(sizes)


def test_each_page_has_an_example_of_its_model_and_no_page_is_missing(
    models_by_page: Mapping[str, Model], examples: Mapping[str, list[str]]
) -> None:
    assert examples.keys() == models_by_page.keys()


def test_the_python_of_each_page_runs(
    generated: Path, models_by_page: Mapping[str, Model], examples: Mapping[str, list[str]], tmp_path: Path
) -> None:
    paths = write(examples, "python", tmp_path / "examples")
    with running("--speed", "50", package=generated / "sandbox") as sandbox:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", RUN_PYTHON, str(MANY), *map(str, paths)],
            env={**os.environ, **sandbox.environment, "PYTHONPATH": str(generated / "python")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        check(sandbox, models_by_page)
    check_files(tmp_path, models_by_page)


@pytest.mark.foreign
def test_the_typescript_of_each_page_compiles_and_runs(
    generated: Path,
    built: Path,
    models_by_page: Mapping[str, Model],
    examples: Mapping[str, list[str]],
    tmp_path: Path,
) -> None:
    paths = write(examples, "ts", tmp_path / "examples")
    (tmp_path / "node_modules").symlink_to(built / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    options = {"target": "ES2022", "module": "NodeNext", "strict": True, "noUnusedLocals": True, "types": ["node"], "skipLibCheck": True}  # fmt: skip
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options}))
    compiled = tsc(cwd=tmp_path)
    assert compiled.returncode == 0, compiled.stdout
    imports = ", ".join(f'import("./examples/{path.stem}.js")' for path in paths)
    with running("--speed", "50", package=generated / "sandbox") as sandbox:
        (tmp_path / "all.js").write_text(f"await Promise.all([{imports}]);")
        done = run(node(), "all.js", cwd=tmp_path, env=sandbox.environment)
        assert done.returncode == 0, done.stderr
        check(sandbox, models_by_page)
    check_files(tmp_path, models_by_page)


def test_the_curl_of_each_page_runs(
    generated: Path, models_by_page: Mapping[str, Model], examples: Mapping[str, list[str]], tmp_path: Path
) -> None:
    assert shutil.which("curl"), "curl is not installed, and the docs show how to use it; install it"
    paths = write(examples, "sh", tmp_path / "examples")
    with running("--speed", "50", package=generated / "sandbox") as sandbox:

        def submit(path: Path) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["sh", "-eu", path],
                env={**os.environ, **sandbox.environment},
                capture_output=True,
                text=True,
                check=False,
            )

        with ThreadPoolExecutor(MANY) as pool:
            answers = list(pool.map(submit, paths))
        assert not [answer.stdout + answer.stderr for answer in answers if answer.returncode]
        assert all(json.loads(answer.stdout)["job"]["jobId"] for answer in answers)
        check(sandbox, models_by_page)


def links(path: Path) -> list[str]:
    """Give where the links of a Markdown file lead."""
    tokens = MarkdownIt().enable("table").parse(path.read_text())
    children = [child for token in tokens for child in token.children or ()]
    return [str(child.attrs["href"]) for child in children if child.type == "link_open"]


def test_all_links_lead_to_what_is_there(generated: Path) -> None:
    docs = generated / "docs"
    references = {path: {*links(path)} for path in docs.glob("reference/*.md")}
    for file in (docs / "README.md", docs / "llms.txt", *docs.glob("models/*.md")):
        found = [link for link in links(file) if not link.startswith("https://")]
        assert found
        for link in found:
            path, _, anchor = link.partition("#")
            target = (file.parent / path).resolve()
            assert target.is_file(), f"{file}: {link}"
            assert not anchor or f"#{anchor}" in references[target], f"{file}: {link}"


def test_llms_txt_has_its_format_and_lists_each_model_once(
    generated: Path, models_by_page: Mapping[str, Model]
) -> None:
    path = generated / "docs" / "llms.txt"
    outline = [token.type.removesuffix("_open") + token.tag for token in MarkdownIt().parse(path.read_text()) if token.level == 0 and token.nesting >= 0 and token.type != "inline"]  # fmt: skip
    assert re.fullmatch(
        "headingh1 blockquoteblockquote paragraphp( headingh2 bullet_listul)+", " ".join(outline)
    )
    assert sorted(links(path)) == sorted(["CHANGES.md", *(f"models/{name}.md" for name in models_by_page)])


def test_one_long_text_makes_one_row_of_a_table_long() -> None:
    rows = [
        f"| parameter{index} | {'x' * 100_000 if index == 7 else 'What it is.'} |" for index in range(200)
    ]
    made = str(table(Markup("\n").join(rows)))
    assert len(made) < 500_000
    assert len({len(line) for line in made.splitlines()}) == 2  # the others are aligned


def test_a_target_that_the_docs_spell_like_and_that_there_is_not_is_told(root: Root) -> None:
    shutil.copytree(PROJECT / "templates" / "docs", root.path / "templates" / "docs")
    root.add_page("hard", (PROJECT / "tests/rendering/golden/hard/page.md").read_bytes())
    root.edit("templates/docs/macros/examples.jinja", "python.class", "pythn.class")
    assert root.run("scrape").code == 0
    ran = root.run("generate")
    assert ran.code == 3
    problem = r"unknown target 'pythn'; did you mean 'python'\? \(for .+\)\n"
    assert re.fullmatch(rf"templates/docs/macros/examples\.jinja:\d+: error: {problem}", ran.err), ran.err


def test_what_is_said_of_elements_is_not_said_of_a_value_that_may_be_something_else() -> None:
    elements = {"type": "string", "enum": ["a"], "maxLength": 3}
    for kinds, expected in (
        ("array", [("x", ("a",), {"maxLength": 3})]),
        (["array", "string"], [("x", (), {}), ("x[]", ("a",), {"maxLength": 3})]),
    ):
        rows = list_rows(made_spec({"x": {"type": kinds, "items": elements}}))
        assert [(row.name, row.choices, row.limits) for row in rows] == expected
