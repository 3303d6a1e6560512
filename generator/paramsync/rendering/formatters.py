"""Run the formatters of a target on its files. Starts processes."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.text import Tree, pluralize, shorten
from paramsync.workspace.files import read_tree, write_tree

MAX_LINES = 20  # shown of what a formatter says
PIN = re.compile(r"([\w.-]+) *== *([\w.]+)")


def run_formatters(tree: Tree, commands: Sequence[Sequence[str]], place: Place) -> Tree:
    """Write a tree to a temporary folder, run each command there once, and read the files back.

    Raises:
        InputError: a command is not installed, is of another version than paramsync needs, or fails.

    """
    if not commands:
        return tree
    programs = {command[0]: _find_program(command[0], place) for command in commands}
    with tempfile.TemporaryDirectory(prefix="paramsync-") as name:
        folder = Path(name).resolve()
        write_tree(folder, tree)
        for command in commands:
            done = _run([programs[command[0]], *command[1:]], folder, place)
            if done.returncode:
                said = _shorten((done.stderr or done.stdout).decode(errors="backslashreplace").strip())
                raise InputError(place, f"{' '.join(command)!r} failed (exit {done.returncode}):\n{said}")
        return read_tree(folder, folder)


def _find_program(name: str, place: Place) -> str:
    """Find a formatter, first beside the Python that runs, and check that it is of the version that paramsync needs."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    program, needed = shutil.which(name, path=path), _read_pins().get(name)
    if program is None:
        remedy = f"run {_install(name, needed)}" if needed else "install it, or change formatters here"
        raise InputError(place, f"the formatter {name!r} is not installed; {remedy}")
    if needed and (found := _read_version(program, place)) != needed:
        problem = (
            f"{program} is {name} {found}, but what is generated depends on the version, and paramsync needs {needed};"
            f" run {_install(name, needed)}"
        )
        raise InputError(place, problem)
    return program


@cache
def _read_pins() -> dict[str, str]:
    """Return the programs whose exact version paramsync depends on; none where it runs without being installed."""
    try:
        pins = map(PIN.fullmatch, requires("paramsync") or ())
    except PackageNotFoundError:
        return {}
    return {pin[1]: pin[2] for pin in pins if pin}


def _install(name: str, version: str) -> str:
    return f"{sys.executable} -m pip install {name}=={version}"


def _read_version(program: str, place: Place) -> str:
    """Ask a program for its version, which it says behind its name."""
    done = _run([program, "--version"], Path(program).parent, place)
    said = done.stdout.decode(errors="backslashreplace").strip()
    found = re.search(r"\d[\w.+-]*", said)
    return found[0] if found and not done.returncode else f"of an unknown version (it says {shorten(said)!r})"


def _run(command: Sequence[str], folder: Path, place: Place) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        problem = f"the formatter {command[0]} cannot be run: {error.strerror}; install it again"
        raise InputError(place, problem) from None


def _shorten(output: str) -> str:
    lines = output.splitlines()
    more = len(lines) - MAX_LINES
    return "\n".join(lines[:MAX_LINES] + ([f"… {pluralize(more, 'more line')}"] if more > 0 else []))
