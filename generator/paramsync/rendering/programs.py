"""Run the programs that a target.toml names. Starts processes."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.text import pluralize, shorten

TIMEOUT = 900  # seconds, far more than formatting or checking every model takes
MAX_LINES = 20  # shown of what a program says
PIN = re.compile(r"([\w.-]+) *== *([\w.]+)")


def run_commands(
    commands: Sequence[Sequence[str]], folder: Path, place: Place, kind: str, vectors: str = ""
) -> tuple[str, str] | None:
    """Run commands in a folder until one fails, of which a line tells, and the first lines of what it said.

    `{vectors}` in an argument is the folder of the vectors; `kind` is the key of target.toml that names a program, in a sentence.

    Raises:
        InputError: a program is not installed, is of another version than paramsync needs, cannot be run, or does not end.

    """
    installed = {name: _find_program(name, place, kind) for name, *_ in commands if "/" not in name}
    for command in commands:
        name, *arguments = command
        program = installed.get(name) or _find_file(name, folder, place, kind)
        filled = [argument.replace("{vectors}", vectors) for argument in arguments]
        done = _run_program([program, *filled], folder, place)
        if done.returncode:
            return _describe_failure(command, done)
    return None


def identify(commands: Sequence[Sequence[str]]) -> list[tuple[str, int, int]]:
    """Say which programs commands run: path, size, and when each was installed; nothing of those that are not found."""
    found = [_look_for(name) for name in sorted({name for name, *_ in commands if "/" not in name})]
    status = [(path, Path(path).stat()) for path in found if path]
    return [(path, one.st_size, one.st_mtime_ns) for path, one in status]


def _find_file(name: str, folder: Path, place: Place, kind: str) -> str:
    """Find a program by its path in a folder, where a command before may have made it."""
    if program := shutil.which(str(folder / name)):
        return program
    remedy = "in the folder of the target, by a command before it, or change the path here"
    raise InputError(place, f"there is no {kind} {name!r}; make it {remedy}")


def _find_program(name: str, place: Place, kind: str) -> str:
    """Find a program, first beside the Python that runs, and check that it is of the version that paramsync needs."""
    program, needed = _look_for(name), _read_pins().get(name)
    if program is None:
        remedy = f"run {_install(name, needed)}" if needed else f"install it, or change the {kind} here"
        raise InputError(place, f"the {kind} {name!r} is not installed; {remedy}")
    if needed and (found := _read_version(program, place)) != needed:
        problem = (
            f"{program} is {name} {found}, but what is generated depends on the version, and paramsync needs {needed};"
            f" run {_install(name, needed)}"
        )
        raise InputError(place, problem)
    return program


def _look_for(name: str) -> str | None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return shutil.which(name, path=path)


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
    done = _run_program([program, "--version"], Path(program).parent, place)
    said = done.stdout.decode(errors="backslashreplace").strip()
    found = re.search(r"\d[\w.+-]*", said)
    return found[0] if found and not done.returncode else f"of an unknown version (it says {shorten(said)!r})"


def _run_program(command: Sequence[str], folder: Path, place: Place) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        name = Path(command[0]).stem
        problem = (
            f"{name} does not end: it was stopped after {pluralize(TIMEOUT, 'second')}; see what it waits for"
        )
        raise InputError(place, problem) from None
    except OSError as error:
        problem = f"{command[0]} cannot be run: {error.strerror}; install it again"
        raise InputError(place, problem) from None


def _describe_failure(command: Sequence[str], done: subprocess.CompletedProcess[bytes]) -> tuple[str, str]:
    said = _shorten((done.stderr or done.stdout).decode(errors="backslashreplace").strip())
    return f"{' '.join(command)!r} failed (exit {done.returncode})", said


def _shorten(output: str) -> str:
    lines = output.splitlines()
    more = len(lines) - MAX_LINES
    return "\n".join(lines[:MAX_LINES] + ([f"… {pluralize(more, 'more line')}"] if more > 0 else []))
