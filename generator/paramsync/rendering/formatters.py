"""Run the formatters of a target on its files. Starts processes."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.text import Tree, pluralize
from paramsync.workspace.files import read_tree, write_tree

MAX_LINES = 20  # shown of what a formatter says


def run_formatters(tree: Tree, commands: Sequence[Sequence[str]], place: Place) -> Tree:
    """Write a tree to a temporary folder, run each command there once, and read the files back.

    Raises:
        InputError: a command is not installed or fails.

    """
    if not commands:
        return tree
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with tempfile.TemporaryDirectory(prefix="paramsync-") as name:
        folder = Path(name).resolve()
        write_tree(folder, tree)
        for command in commands:
            program = shutil.which(command[0], path=path)
            if program is None:
                raise InputError(
                    place,
                    f"the formatter {command[0]!r} is not installed; install it, or change formatters here",
                )
            done = subprocess.run(
                [program, *command[1:]],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            if done.returncode:
                output = _shorten((done.stderr or done.stdout).decode(errors="backslashreplace").strip())
                raise InputError(place, f"{' '.join(command)!r} failed (exit {done.returncode}):\n{output}")
        return read_tree(folder, folder)


def _shorten(output: str) -> str:
    lines = output.splitlines()
    more = len(lines) - MAX_LINES
    return "\n".join(lines[:MAX_LINES] + ([f"… {pluralize(more, 'more line')}"] if more > 0 else []))
