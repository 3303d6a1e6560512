"""Clean Python environments, into which the pip of this one installs: an environment with a pip of its own takes seconds."""

import subprocess
import sys
import tomllib
from pathlib import Path

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
