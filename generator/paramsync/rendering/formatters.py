"""Run the formatters of a target on its files. Starts processes."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.rendering.programs import run_commands
from paramsync.workspace import files
from paramsync.workspace.entries import walk

Texts = Iterable[tuple[str, str]]  # of files, by their paths


@contextmanager
def run_formatters(
    texts: Texts, commands: Sequence[Sequence[str]], place: Place, beside: Texts = ()
) -> Iterator[Iterator[tuple[str, Path]]]:
    """Write files to a temporary folder, run each command there once, and give the files that are there then, by their paths.

    `beside` are files of the target that are formatted already: commands may look at them, and they are not given back.

    Raises:
        InputError: a command is not installed, is of another version than paramsync needs, or fails.

    """
    with tempfile.TemporaryDirectory(prefix="paramsync-") as name:
        folder = Path(name).resolve()
        files.write_files(folder, texts)
        written = frozenset(walk(folder))
        files.write_files(folder, beside)
        left_out = frozenset(walk(folder)) - written
        if failed := run_commands(commands, folder, place, "formatter"):
            raise InputError(place, ":\n".join(failed))
        found = (one for one in walk(folder) if one not in left_out)
        yield ((one.path, folder / one.path) for one in found)
