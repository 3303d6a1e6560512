"""Clean Python environments, into which the pip of this one installs: an environment with a pip of its own takes seconds."""

import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from packaging.requirements import Requirement

from support.example import PACKAGES, PROJECT

PROJECTS = [folder / "pyproject.toml" for folder in (PROJECT, *PACKAGES)]


def collect_wheels(folder: Path) -> Path:
    """Collect what our packages require, to be built and to run, and pytest; give the folder."""
    required = {"pytest"}
    for path in PROJECTS:
        project = tomllib.loads(path.read_text(encoding="utf-8"))
        required |= {*project["build-system"]["requires"], *project["project"]["dependencies"]}
    _pip("wheel", "--quiet", "--wheel-dir", folder, *sorted(required))
    return folder


def read_lowest(project: Path) -> dict[str, str]:
    """Read the lowest version of each package that a project requires, also for its command."""
    facts = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    required = [*facts["dependencies"], *facts["optional-dependencies"]["cli"]]
    found = [Requirement(one) for one in required]
    return {one.name: limit.version for one in found for limit in one.specifier if limit.operator == ">="}


def pin(versions: Mapping[str, str]) -> list[str]:
    """Require exactly these versions."""
    return [f"{name}=={version}" for name, version in versions.items()]


def build_wheel(project: Path, folder: Path) -> Path:
    """Build the wheel of a project into a folder, as whoever installs the project does; give the wheel."""
    _pip("wheel", "--quiet", "--no-deps", "--wheel-dir", folder, project)
    (wheel,) = folder.glob("*.whl")
    return wheel


def read_wheel(wheel: Path) -> Message:
    """Read the metadata of a wheel, and see that it holds the licence of this project."""
    with zipfile.ZipFile(wheel) as opened:
        names = {name.partition(".dist-info/")[2]: name for name in opened.namelist()}
        facts = message_from_bytes(opened.read(names["METADATA"]))
        assert (facts["License-Expression"], facts["License-File"]) == ("MIT", "LICENSE")
        assert opened.read(names["licenses/LICENSE"]) == (PROJECT / "LICENSE").read_bytes()
    return facts


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


if __name__ == "__main__":  # for `make lowest`
    print(*pin(read_lowest(PACKAGES[0] / "pyproject.toml")))
