"""The npm package as its users meet it: packed, installed, typed, and run in Node, Deno, Bun and a browser."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from conftest import PROJECT
from node import NPM, NPM_PACKAGES, node, run

TESTS = PROJECT / "tests" / "typescript"


@pytest.fixture(scope="session")
def built(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project that has the package, of all real models and the hard ones, and all other npm packages."""
    source = Path(shutil.copytree(generated / "typescript", tmp_path_factory.mktemp("source") / "typescript"))
    project = tmp_path_factory.mktemp("project")
    compiled = run(node(), NPM_PACKAGES / "typescript/bin/tsc", cwd=source)
    assert compiled.returncode == 0, compiled.stdout
    packed = run(node(), NPM, "pack", "--ignore-scripts", "--silent", source, cwd=project)
    assert packed.returncode == 0, packed.stderr
    packages = project / "node_modules"
    packages.mkdir()
    for package in NPM_PACKAGES.iterdir():
        (packages / package.name).symlink_to(package)
    shutil.unpack_archive(project / packed.stdout.strip(), project / "unpacked", "gztar")
    (project / "unpacked" / "package").rename(packages / "scenario-models")
    (project / "package.json").write_text('{"type": "module"}')
    for file in TESTS.glob("*.*"):
        if file.suffix in (".mjs", ".ts"):
            shutil.copy(file, project)
    return project


@pytest.mark.parametrize("name", sorted(path.name for path in TESTS.glob("*.test.mjs")))
def test_node_runs_the_tests_in(name: str, built: Path) -> None:
    done = run(node(), "--test", "--test-reporter=tap", name, cwd=built, env={"PYTHON": sys.executable})
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"^# pass (\d+)", done.stdout, re.MULTILINE)[0]) > 3
    assert "# skipped 0" in done.stdout
