"""Roots for the tests: a project of a test's own, and the command, in this process or in a real second one."""

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest
from filelock import FileLock

from paramsync.cli import main
from paramsync.specs.schema import write_schema
from support.example import PROJECT, SAVED

T = TypeVar("T")
CASES = PROJECT / "tests" / "pages" / "real"
# The forms of a real page, and how each is saved.
FORMS = {"index.md": "md", "starlight.html": "html", "readme.html": "html", "folded.txt": "txt"}
PAGES = {name[11:]: CASES / name / "index.md" for name in sorted(path.name for path in CASES.iterdir())}
# In a template: the target whose spelling it borrows.
TAKEN = re.compile(r'(?:import|include) "(\w+)/')
LIKE = re.compile(
    r'(?:(?:name\(|rule", )"(?=\w+\.)|(?:literal|prose|schema)\("|^over = ")(\w+)', re.MULTILINE
)


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Root:
    """A root in a temporary folder, with the profile of the example, the schema for specs and (if asked for) the project's templates."""

    path: Path
    capture: pytest.CaptureFixture[str]

    def add_page(self, name: str, text: str | bytes, suffix: str = "md") -> Path:
        folder = self.path / "specs" / name
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / f"page.{suffix}"
        page.write_bytes(text.encode() if isinstance(text, str) else text)
        return page

    def add_target(self, name: str) -> Path:
        """Add a target, those from which it takes templates, and the manifests of those that it spells like."""
        folder = self.path / "templates" / name
        shutil.copytree(PROJECT / "templates" / name, folder, dirs_exist_ok=True)
        for template in (*folder.rglob("*.jinja"), folder / "target.toml"):
            text = template.read_text(encoding="utf-8")
            for other in {*TAKEN.findall(text)}:
                if (PROJECT / "templates" / other / "target.toml").exists():
                    self.add_target(other)
            for other in LIKE.findall(text):
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
        return self.run_here(*arguments, "--root", str(self.path))

    def run_here(self, *arguments: str) -> Ran:
        """Run the command in this process, for the root in which it is."""
        self.capture.readouterr()
        try:
            code = main(arguments)
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


def read_specs(root: Root, page: str) -> dict[str, dict[str, Any]]:
    """Read the specs of a page, by the names of their files."""
    paths = (root.path / "specs" / page).glob("*.json")
    others = ("page.json", ".record.json")
    return {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in paths
        if not path.name.endswith(others)
    }


def read_facts(root: Root, page: str) -> dict[str, dict[str, Any]]:
    """Read what the specs of a page say, by model, as an `expected.json` has it."""
    keys = {"name": "title", "description": "description", "capabilities": "x-capabilities"}
    keys |= {key: key for key in ("properties", "required")}
    specs = read_specs(root, page).values()
    return {spec["x-model"]: {key: spec.get(keyword) for key, keyword in keys.items()} for spec in specs}


def make_root(folder: Path, capture: Any = None) -> Root:
    """Make a root without pages and targets; without a capture of what is said, only `run_process` tells it."""
    for name in ("specs", "templates"):
        (folder / name).mkdir(parents=True)
    shutil.copy(SAVED / "profile.toml", folder / "specs")
    shutil.copytree(PROJECT / "templates/apis", folder / "templates/apis")
    (folder / "specs/spec.schema.json").write_text(write_schema(), encoding="utf-8")
    return Root(folder, capture or Silence())


def generate_all(folder: Path) -> Path:
    """Generate all targets for all real models and the hard ones; give where."""
    root = make_root(folder)
    shutil.copytree(SAVED, folder / "specs", dirs_exist_ok=True)
    shutil.copytree(PROJECT / "templates", folder / "templates", dirs_exist_ok=True)
    for name, page in PAGES.items():
        root.add_page(name, page.read_bytes())
    root.add_page("hard", (PROJECT / "tests/rendering/golden/hard/page.md").read_bytes())
    for verb in ("scrape", "generate"):
        ran = root.run_process(verb)
        assert ran.code == 0, ran.err
    return folder / "generated"


def let_all_go(folder: Path) -> None:
    """Let the profile of a root accept any removals."""
    profile = folder / "specs" / "profile.toml"
    profile.write_text(
        profile.read_text(encoding="utf-8").replace("share = 0.2", "share = 1"), encoding="utf-8"
    )


class Silence:
    """Takes the place of pytest's capture where one test makes many roots."""

    def readouterr(self) -> Any:
        return SimpleNamespace(out="", err="")


def make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[], T]) -> T:
    """Make something in one of the processes of a run, for all of them, which may read it and write nothing there."""
    base = factory.getbasetemp()  # of this process alone, below the run's where there are several
    made = (base.parent if base.name.startswith("popen-") else base) / f"{name}.pickle"
    with FileLock(made.with_suffix(".lock")):
        if not made.exists():
            made.write_bytes(pickle.dumps(make()))
    return cast("T", pickle.loads(made.read_bytes()))  # noqa: S301 - it was written above
