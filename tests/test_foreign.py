"""A foreign check that has passed is kept while nothing that it reads or runs has changed, and never in silence."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.roots import PROJECT

FILES = {
    "pyproject.toml": f"""
        [tool.pytest.ini_options]
        pythonpath = [{str(PROJECT / "tests")!r}]
        markers = ["foreign(*paths)"]
        """.replace("        ", ""),
    "tests/conftest.py": 'pytest_plugins = ["support.foreign"]\n',
    "tests/test_a.py": """
import pathlib, pytest
read = pathlib.Path("notes.md").read_text
@pytest.mark.foreign("notes.md", "data/*")
def test_reads(): assert "bad" not in read()
@pytest.mark.foreign
def test_reads_the_obvious(): pass
@pytest.mark.foreign
def test_fails(): assert False
@pytest.mark.foreign
def test_skips(): pytest.skip()
def test_is_not_foreign(): pass
""",
    "notes.md": "good",
    "data/deep/one.json": "{}",
    "templates/a.jinja": "a",
    "tests/packages/typescript/package-lock.json": "{}",
    "tests/packages/typescript/node_modules/.package-lock.json": "{}",
    "tests/packages/typescript/node_modules/ajv/index.js": "1",
    "bin/node": "#!/bin/sh\necho v20.3.0\n",
}
FLAKY = """
import os, pytest
@pytest.mark.foreign
def test_flickers(): assert "DARK" not in os.environ
"""
WRITES = """
import pathlib, pytest, time
@pytest.mark.foreign
def test_writes(): pathlib.Path("templates/time").write_text(str(time.time()))
@pytest.mark.foreign
def test_leaves(): pathlib.Path("other").write_text(str(time.time()))
"""
LEAVES = WRITES.replace("templates/time", "another")
WORKERS = ("-p", "xdist", "-n2")
LINE = re.compile(
    r"^(\d+) foreign checks? kept, since nothing that they check has changed; --fresh runs them$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Project:
    """A small project with foreign checks, a Node, and a pytest of its own."""

    path: Path

    def write(self, path: str, text: str) -> None:
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CI"))}
        path = f"{self.path / 'bin'}{os.pathsep}{os.environ['PATH']}"
        own = {"PATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, *arguments]
        env = {**plain, **own, **environment}
        return subprocess.run(command, cwd=self.path, env=env, capture_output=True, text=True, check=False)

    def test(self, *options: str, code: int = 1, **environment: str) -> tuple[str, int]:
        """Run its tests; give the names of those that passed or failed, and how many were kept."""
        done = self.run("-m", "pytest", "-rA", "--tb=no", *options, **environment)
        assert done.returncode == code, done.stdout + done.stderr
        ran = re.findall(r"^(?:PASSED|FAILED) tests/test_a.py::test_(\w+)", done.stdout, re.MULTILINE)
        kept = LINE.findall(done.stdout)
        return " ".join(sorted(ran)), int(kept[0]) if kept else 0


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    for path, text in FILES.items():
        project.write(path, text)
    return project


ALL = "fails is_not_foreign reads reads_the_obvious"
OTHERS = "fails is_not_foreign"


def test_what_has_passed_is_kept_by_several_workers_and_by_one_and_what_has_not_runs(
    project: Project,
) -> None:
    assert project.test(*WORKERS) == (ALL, 0)
    assert project.test(*WORKERS) == (OTHERS, 2)
    assert project.test() == (OTHERS, 2)
    assert project.test("-k", "reads_the", code=0) == ("", 1)


@pytest.mark.parametrize("option", ["--setup-only", "--setup-plan", "--collect-only"])
def test_what_has_not_run_has_not_passed(project: Project, option: str) -> None:
    project.test(option, code=0)
    assert project.test() == (ALL, 0)


def test_a_file_with_a_name_that_is_no_text_and_one_that_leads_nowhere_stop_no_run(project: Project) -> None:
    (project.path / os.fsdecode(b"\xff")).write_text("Read by nobody.\n")
    (project.path / "gone").symlink_to("nowhere")
    assert project.test(*WORKERS) == (ALL, 0)
    assert project.test(*WORKERS) == (OTHERS, 2)


def test_all_run_in_ci_and_when_asked_to_and_what_fails_then_is_no_longer_kept(project: Project) -> None:
    project.write("tests/test_a.py", FLAKY)
    assert project.test(code=0) == ("flickers", 0)
    assert project.test(code=0) == ("", 1)
    assert project.test(code=0, CI="true") == ("flickers", 0)
    assert project.test("--fresh", DARK="1") == ("flickers", 0)
    assert project.test(code=0) == ("flickers", 0)


def test_where_what_is_read_is_written_meanwhile_nobody_knows_what_was_tested(project: Project) -> None:
    project.write("tests/test_a.py", WRITES)
    assert project.test(code=0) == project.test(code=0) == ("leaves writes", 0)
    project.write("tests/test_a.py", LEAVES)
    assert project.test(code=0) == ("leaves writes", 0)
    assert project.test("-p", "no:cacheprovider", code=0) == ("leaves writes", 0)
    assert project.test(code=0) == ("", 2)


def test_a_mark_that_names_no_file_is_an_error(project: Project) -> None:
    (project.path / "notes.md").unlink()
    project.test(code=4)


BOTH = ["reads", "reads_the_obvious"]
CHANGES = {
    "README.md": [],
    "notes.md": ["reads"],
    "data/deep/one.json": ["reads"],
    "data/two.json": ["reads"],
    "tests/test_a.py": BOTH,
    "tests/test_b.py": [],
    "tests/support/new.py": BOTH,
    "templates/a.jinja": BOTH,
    "generator/paramsync/new.py": BOTH,
    "tests/packages/typescript/package-lock.json": BOTH,
    "tests/packages/typescript/node_modules/.package-lock.json": BOTH,
    "tests/packages/typescript/node_modules/ajv/index.js": [],
    "bin/node": BOTH,
}
TRY = """
import json, pathlib, pytest, sys
class Seen:
    def pytest_collection_finish(self, session):
        self.names = [item.name.removeprefix("test_") for item in session.items if item.get_closest_marker("foreign")]
found = {}
for name in json.loads(sys.argv[1]):
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.read_text() if path.exists() else None
    path.write_text((old or "") + ("# changed" if path.suffix == ".py" else "echo changed"))
    seen = Seen()
    pytest.main(["--collect-only", "-qq"], plugins=[seen])
    found[name] = [name for name in seen.names if "reads" in name]
    path.unlink() if old is None else path.write_text(old)
print(json.dumps(found), file=sys.stderr)
"""


def test_a_change_of_what_a_check_reads_or_runs_lets_it_run_and_no_other(project: Project) -> None:
    project.test()
    done = project.run("-c", TRY, json.dumps([*CHANGES]))
    assert json.loads(done.stderr) == CHANGES
