"""Run the formatters of a target on its files. Starts processes."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.rendering.programs import describe_failure, find_program, run_program
from paramsync.text import Tree
from paramsync.workspace.files import read_tree, write_tree


def run_formatters(tree: Tree, commands: Sequence[Sequence[str]], place: Place) -> Tree:
    """Write a tree to a temporary folder, run each command there once, and read the files back.

    Raises:
        InputError: a command is not installed, is of another version than paramsync needs, or fails.

    """
    if not commands:
        return tree
    programs = {command[0]: find_program(command[0], place, "formatter") for command in commands}
    with tempfile.TemporaryDirectory(prefix="paramsync-") as name:
        folder = Path(name).resolve()
        write_tree(folder, tree)
        for command in commands:
            done = run_program([programs[command[0]], *command[1:]], folder, place)
            if done.returncode:
                raise InputError(place, ":\n".join(describe_failure(command, done)))
        return read_tree(folder, folder)
