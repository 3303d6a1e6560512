"""Runs that die at each step that changes files, or that meet an error of the system there."""

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paramsync.cli import main

if TYPE_CHECKING:  # each of these processes would import pytest
    from support.roots import Root

# A command line in a process that has no module of POSIX systems alone.
NOT_EVERYWHERE = ("fcntl", "pwd", "grp", "termios", "resource")
COMMAND = "import sys; from paramsync.cli import main; sys.exit(main(sys.argv[1:]))"
WITHOUT = f"import sys; sys.modules.update(dict.fromkeys({NOT_EVERYWHERE!r}))\n{COMMAND}"

WRITING = {
    f"os.{name}" for name in ("mkdir", "rename", "remove", "rmdir", "chmod", "link", "symlink", "truncate")
}


def die_everywhere(root: "Root", copies: Path, way: str, *arguments: str) -> "list[Root]":
    """Run a verb over copies of a root, and let each run die later than the one before; give what they leave."""
    program = "import sys; from support.crashes import crash; crash(*sys.argv[1:])"
    command = [sys.executable, "-c", program, str(root.path), str(copies), way, *arguments]
    subprocess.run(command, cwd=Path(__file__).parents[1], check=True)
    numbers = sorted(int(path.name) for path in copies.iterdir())[1:-1]  # the first and the last got through
    return [replace(root, path=copies / str(number)) for number in numbers]


def crash(root: str, copies: str, way: str, *arguments: str) -> None:
    whole = shutil.copytree(root, f"{copies}/0")
    main([*arguments, "--root", whole, "--quiet"])  # what a process does once is done once for all
    gc.freeze()  # nor does each child look through, and so copy, what there is by now
    for number in count(1):
        copy = shutil.copytree(root, f"{copies}/{number}")
        child = os.fork()
        if not child:
            if way == "at a step":
                sys.addaudithook(die_at(number))
            os._exit(main([*arguments, "--root", copy, "--quiet"]))
        if way == "at a time":
            time.sleep(number * 0.004)
            os.kill(child, signal.SIGKILL)
        if os.waitpid(child, 0)[1] == 0:
            return


def die_at(number: int) -> Any:
    """Make a hook that ends the process before its n-th step that may change files."""
    steps = count(1)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (writes or event in WRITING) and next(steps) == number:
            os._exit(9)

    return hook


def run_at_once(root: "Root", *verbs: str) -> tuple[str, list[int]]:
    """Run verbs in processes that start at the same time, with all that they import; give what they say, and their exit codes."""
    program = "import sys; from support.crashes import fork_each; print(fork_each(*sys.argv[1:]))"
    command = [sys.executable, "-c", program, str(root.path), *verbs]
    ran = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    *said, codes = ran.stdout.splitlines()
    return "\n".join(said) + ran.stderr, json.loads(codes)


def fork_each(root: str, *verbs: str) -> list[int]:
    from paramsync.commands import generate, scrape  # noqa: F401 - for all of them

    children = []
    for verb in verbs:
        child = os.fork()
        if not child:
            code = main([verb, "--root", root, "--quiet"])
            sys.stdout.flush()
            os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def run_with_error(root: "Root", event: str, path: str, error: int, times: int, *arguments: str) -> Any:
    """Run a verb in a process in which the system says an error, so many times, where a path of the root comes up in an event, or at any lock."""
    program = "import sys; from support.crashes import fail; fail(*sys.argv[1:])"
    facts = [event, str(root.path / path), str(error), str(times), *arguments, "--root", str(root.path)]
    command = [sys.executable, "-c", program, *facts]
    return subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)


def fail(event: str, path: str, error: str, times: str, *arguments: str) -> None:
    left = iter(range(int(times)))

    def hook(name: str, given: tuple[Any, ...]) -> None:
        is_there = event == "fcntl.flock" or path in map(str, given)
        if name == event and is_there and next(left, None) is not None:
            raise OSError(int(error), os.strerror(int(error)), path)

    sys.addaudithook(hook)
    sys.exit(main(arguments))
