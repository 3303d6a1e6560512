"""Run the formatters of a target on its files. Starts processes."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.rendering.programs import run_commands
from paramsync.text import Tree
from paramsync.workspace.files import read_tree, write_tree


def run_formatters(tree: Tree, commands: Sequence[Sequence[str]], place: Place) -> Tree:
    """Write a tree to a temporary folder, run each command there once, and read the files back.

    Raises:
        InputError: a command is not installed, is of another version than paramsync needs, or fails.

    """
    if not commands:
        return tree
    with tempfile.TemporaryDirectory(prefix="paramsync-") as name:
        folder = Path(name).resolve()
        write_tree(folder, tree)
        if failed := run_commands(commands, folder, place, "formatter"):
            raise InputError(place, ":\n".join(failed))
        return read_tree(folder, folder)
