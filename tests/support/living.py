"""The living root: the repository's own `specs/` and `generated/` follow from the docs of the day, so no test may see them.

What `make test` says of them is what `make check` and `make lint` say.
"""

import os
import re
import sys
from collections.abc import Iterator
from typing import Any

from support.example import PROJECT, SCHEMA

LIVING = tuple(f"{PROJECT / name}{os.sep}" for name in ("specs", "generated"))
BY_HAND = {str(SCHEMA), str(PROJECT / "specs/README.md")}  # which hold for all docs
APART = re.compile(r"[\s=;:'\"]+")  # what stands between paths in an argument, a script or a variable
READS = {"open", "os.listdir", "os.scandir", "os.chdir"}


class LivingRootError(Exception):
    """A test sees what changes with the docs."""


def forbid() -> None:
    """Raise, from now on, where this process opens or lists a file of the living root, or starts a program with one."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event in READS:
        path = None if _is_of_open_folder(event, arguments) else _path(arguments[0])
        found = [path] if path and is_living(path) else []
    elif event == "subprocess.Popen":
        found = [*find_living(*arguments[1:4])]
    else:
        return
    if found:
        raise LivingRootError(
            f"{found[0]} changes with the docs: take what a test needs from support.example"
        )


def _is_of_open_folder(event: str, arguments: tuple[Any, ...]) -> bool:
    """Tell whether a name may be one in a folder that is open, as `os.open` takes them, and `shutil.rmtree` gives them."""
    return event == "open" and arguments[1] is None and not os.path.isabs(arguments[0])  # noqa: PTH117


def is_living(path: str) -> bool:
    return f"{path}{os.sep}".startswith(LIVING) and path not in BY_HAND


def find_living(command: Any, folder: Any, environment: Any) -> Iterator[str]:
    """Give the living files that a program is told of: in its arguments, as its folder, or in its environment."""
    start = _path(folder) or os.getcwd()  # noqa: PTH109 - all are texts here
    words = [command] if isinstance(command, str | bytes | os.PathLike) else [*command]
    values = [] if environment is None else [*environment.values()]
    for word in [*words, *values, start]:
        for part in APART.split(os.fsdecode(word)):
            path = os.path.normpath(os.path.join(start, part))  # noqa: PTH118
            if is_living(path):
                yield path


def _path(name: Any) -> str | None:
    """Give the whole path of a name; none of a number, which is an open file."""
    if not isinstance(name, str | bytes | os.PathLike):
        return None
    return os.path.abspath(os.fsdecode(name))  # noqa: PTH100 - which follows no links, and needs no file
