"""A formatter is the one whose version paramsync was made for, or what is wrong with it is said before anything is written.

Modules: programs.
"""

import os
import subprocess
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path

import pytest

from support.roots import Root
from support.small_root import NAMES, everything, put

RUFF = version("ruff")
INSTALL = f"-m pip install ruff=={RUFF}"
# The only ruff there is, a shell script or None -> what is said of it.
WRONG: dict[str | None, tuple[str, ...]] = {
    None: ("the formatter 'ruff' is not installed; run ", INSTALL),
    "echo ruff 0.1.0": ("bin/ruff is ruff 0.1.0, ", f"paramsync needs {RUFF}; run ", INSTALL),
    f"echo ruff {RUFF}rc1": (f"bin/ruff is ruff {RUFF}rc1, ", f"paramsync needs {RUFF}; run "),
    f"echo ruff {RUFF}; exit 1": ("of an unknown version", f"paramsync needs {RUFF}; run "),
    "echo I am not ruff": ("of an unknown version (it says 'I am not ruff')", INSTALL),
}


@pytest.fixture
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a Python that has all packages, and no program beside it."""
    folder = tmp_path_factory.mktemp("environment") / "bin"
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    return folder / "python"


def generate(root: Root, python: Path) -> subprocess.CompletedProcess[str]:
    packages = [*sys.path, sysconfig.get_path("purelib")]
    command = [python, "-m", "paramsync", "generate", "--root", root.path]
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, packages)), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_wrong_ruff_is_said_to_be_a_wrong_ruff(done: Root, python: Path) -> None:
    put(done, {"templates/list/target.toml": f'formatters = [["ruff", "format", "."]]\n{NAMES}'})
    before, ruff = everything(done), python.with_name("ruff")
    for script, expected in WRONG.items():
        if script:
            ruff.write_text(f"#!/bin/sh\n{script}\n")
            ruff.chmod(0o755)
        ran = generate(done, python)
        assert ran.returncode == 3, ran.stdout
        assert ran.stderr.startswith("templates/list/target.toml: error: ")
        assert [part for part in expected if part not in ran.stderr] == [], ran.stderr
        assert everything(done) == before
    ruff.unlink()
    ruff.symlink_to(Path(sysconfig.get_path("scripts")) / "ruff")
    assert generate(done, python).returncode == 0


def test_a_formatter_that_is_no_program_is_said_to_be_none(done: Root, python: Path) -> None:
    put(done, {"templates/list/target.toml": f'formatters = [["tidy-up"]]\n{NAMES}'})
    broken = python.with_name("tidy-up")
    broken.write_bytes(b"\x7fELF, but cut off")
    broken.chmod(0o755)
    ran = generate(done, python)
    assert (ran.returncode, "/bin/tidy-up cannot be run: Exec format error; " in ran.stderr) == (3, True)
