"""What the tests share: a root of their own, and the command, in this process or in a real second one."""

import importlib
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest
from filelock import FileLock

from paramsync.cli import main

T = TypeVar("T")
PROJECT = Path(__file__).parent.parent
CASES = PROJECT / "tests" / "pages"
PAGES = {name[11:]: CASES / name / "index.md" for name in sorted(path.name for path in CASES.iterdir())}
# In a template: the target whose spelling it borrows.
LIKE = re.compile(r'(?:name\("(?=\w+\.)|(?:literal|prose|schema)\("|^over = ")(\w+)', re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Root:
    """A root in a temporary folder, with the project's profile, schema and (if asked for) templates."""

    path: Path
    capture: pytest.CaptureFixture[str]

    def add_page(self, name: str, text: str | bytes, suffix: str = "md") -> Path:
        folder = self.path / "specs" / name
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / f"page.{suffix}"
        page.write_bytes(text.encode() if isinstance(text, str) else text)
        return page

    def add_target(self, name: str) -> Path:
        """Add a target, and the manifests of those that it spells like."""
        folder = self.path / "templates" / name
        shutil.copytree(PROJECT / "templates" / name, folder, dirs_exist_ok=True)
        for template in (*folder.rglob("*.jinja"), folder / "target.toml"):
            for other in LIKE.findall(template.read_text(encoding="utf-8")):
                (self.path / "templates" / other).mkdir(exist_ok=True)
                shutil.copy(PROJECT / "templates" / other / "target.toml", self.path / "templates" / other)
        return folder

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.path / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8", newline="")

    def run(self, *arguments: str) -> Ran:
        """Run the command in this process."""
        self.capture.readouterr()
        try:
            code = main([*arguments, "--root", str(self.path)])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = self.capture.readouterr()
        return Ran(code, said.out, said.err)

    def run_process(self, *arguments: str, **environment: str) -> Ran:
        """Run the command in a process of its own."""
        command = [sys.executable, "-m", "paramsync", *arguments, "--root", str(self.path)]
        done = subprocess.run(
            command,
            cwd=PROJECT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def read_json(self, path: str) -> Any:
        return json.loads((self.path / path).read_text(encoding="utf-8"))

    def tree(self, folder: str) -> dict[str, bytes]:
        """Give the bytes of every file below a folder."""
        base = self.path / folder
        return {
            path.relative_to(base).as_posix(): path.read_bytes()
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }


def make_root(folder: Path, capture: Any = None) -> Root:
    """Make a root without pages and targets; without a capture of what is said, only `run_process` tells it."""
    for name in ("specs", "templates"):
        (folder / name).mkdir(parents=True)
    for name in ("profile.toml", "spec.schema.json"):
        shutil.copy(PROJECT / "specs" / name, folder / "specs" / name)
    return Root(folder, capture or Silence())


class Silence:
    """Takes the place of pytest's capture where one test makes many roots."""

    def readouterr(self) -> Any:
        return SimpleNamespace(out="", err="")


@pytest.fixture
def root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Root:
    """Give a root without pages and targets."""
    return make_root(tmp_path, capsys)


def make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[], T]) -> T:
    """Make something in one of the processes of a run, for all of them."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    made = factory.getbasetemp().parent / f"{name}-{run}.pickle"
    with FileLock(made.with_suffix(".lock")):
        if not made.exists():
            made.write_bytes(pickle.dumps(make()))
    return cast("T", pickle.loads(made.read_bytes()))  # noqa: S301 - it was written above


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what is generated for all real models and the hard ones."""
    root = Root(tmp_path_factory.mktemp("root"), None)  # type: ignore[arg-type]
    for name in ("specs", "templates"):
        shutil.copytree(PROJECT / name, root.path / name)
    for name, page in PAGES.items():
        root.add_page(name, page.read_bytes())
    root.add_page("hard", (PROJECT / "tests/golden/hard/page.md").read_bytes())
    for verb in ("scrape", "generate"):
        assert root.run_process(verb).code == 0
    return root.path / "generated"


@pytest.fixture(scope="session")
def built(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project that has the package, of all real models and the hard ones, and all other npm packages."""
    from node import NPM, NPM_PACKAGES, node, run  # which imports this module

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
    for file in (PROJECT / "tests" / "typescript").glob("*.*"):
        if file.suffix in (".mjs", ".ts"):
            shutil.copy(file, project)
    return project


@pytest.fixture
def done(root: Root) -> Root:
    """Give a root with one page and one target, all written."""
    from small import PAGE, TARGET, put

    root.add_page("videos", PAGE)
    put(root, {f"templates/list/{path}": text for path, text in TARGET.items()})
    assert root.run("scrape").code == root.run("generate").code == 0
    return root


@pytest.fixture
def import_from(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Any]]:
    """Give a way to import `scenario_models` from a folder, which no other test sees."""

    def forget() -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] == "scenario_models"]:
            del sys.modules[name]

    def load(folder: Path) -> Any:
        forget()
        monkeypatch.syspath_prepend(str(folder))
        return importlib.import_module("scenario_models")

    yield load
    forget()


@pytest.fixture(autouse=True, scope="session")
def hears_ctrl_c() -> None:
    """Hear SIGINT, and let children hear it, also where a shell has started the tests in the background, which ignores it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def models(import_from: Callable[[Path], Any]) -> Any:
    """Give the package of the project, imported afresh."""
    return import_from(PROJECT / "generated" / "python")


@pytest.fixture
def stepped_time(models: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let this process live by a clock that can be stepped; pauses of the package's clients step it, and take no time."""
    from losses import SteppedClock, in_stepped_time, step_pauses

    clock = SteppedClock()
    with in_stepped_time(clock, ("monotonic", "time", "clock_gettime")):
        step_pauses(clock.step, monkeypatch.setattr)
        yield clock


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what is found into the golden files")
