"""Clean Python environments, into which the pip of this one installs: an environment with a pip of its own takes seconds."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement

from support.roots import PROJECT

PROJECTS = ("pyproject.toml", "generated/python/pyproject.toml", "generated/sandbox/pyproject.toml")


def collect_wheels(folder: Path) -> Path:
    """Collect what our packages require, to be built and to run, and pytest; give the folder.

    What is installed here is packed again: pip takes seconds to choose from all that an index has.
    """
    projects = [tomllib.loads((PROJECT / path).read_text(encoding="utf-8")) for path in PROJECTS]
    required = ["pytest", *(one for project in projects for one in project["project"]["dependencies"])]
    installed: dict[str, Distribution] = {}
    while required:
        requirement = Requirement(required.pop())
        is_needed = not requirement.marker or requirement.marker.evaluate({"extra": ""})
        if is_needed and requirement.name not in installed:
            installed[requirement.name] = distribution(requirement.name)
            required += installed[requirement.name].requires or ()
    for one in installed.values():
        _pack(one, folder)
    to_build = {one for project in projects for one in project["build-system"]["requires"]}
    _pip("wheel", "--quiet", "--find-links", folder, "--wheel-dir", folder, *sorted(to_build))
    return folder


def _pack(installed: Distribution, folder: Path) -> None:
    """Pack a library as the wheel that it was, with its programs, but without what pip has made of its entry points."""
    *_, tag = re.findall(r"^Tag: (.+)$", installed.read_text("WHEEL") or "", re.MULTILINE)
    name = f"{installed.name.replace('-', '_')}-{installed.version}"
    made = {one.name for one in installed.entry_points}
    with ZipFile(folder / f"{name}-{tag}.whl", "w") as wheel:
        for path in installed.files or ():
            if ".." not in path.parts and path.suffix != ".pyc":
                wheel.write(path.locate(), path)
            elif path.suffix != ".pyc" and path.name not in made:
                wheel.write(path.locate(), f"{name}.data/scripts/{path.name}")


def make_environment(folder: Path) -> Path:
    """Make an environment in which nothing is installed; give its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / "bin" / "python"


def install(python: Path, *arguments: str | Path) -> None:
    """Install into an environment, with all that is required, without compiling what may never be imported."""
    _pip("--python", python, "install", "--quiet", "--no-compile", *arguments)


def _pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
