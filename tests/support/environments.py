"""Clean Python environments, into which the pip of this one installs: an environment with a pip of its own takes seconds."""

import os
import subprocess
import sys
from pathlib import Path


def make_environment(folder: Path) -> Path:
    """Make an environment in which nothing is installed; give its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / "bin" / "python"


def install(python: Path, *arguments: str | Path) -> None:
    """Install into an environment, with all that is required, without compiling what may never be imported."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", *arguments],
        env={**os.environ, "PIP_NO_COMPILE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
