"""The living root: the repository's own `specs/` and `generated/` follow from the docs of the day, so no test may see them.

What `make test` says of them is what `make check` and `make lint` say.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from support.example import PROJECT

LIVING = tuple(f"{PROJECT / name}{os.sep}" for name in ("specs", "generated"))
BY_HAND = {str(PROJECT / "specs/README.md")}  # which holds for all docs
APART = re.compile(r"[\s=;:'\"]+")  # what stands between paths in an argument, a script or a variable
READS = {"open", "os.listdir", "os.scandir", "os.chdir"}


class LivingRootError(Exception):
    """A test sees what changes with the docs."""


def forbid() -> None:
    """Raise, from now on, where this process opens or lists a file of the living root, or starts a program with one."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event in READS and not _is_of_open_folder(event, arguments):
        found = [*_among(arguments[:1], os.curdir)]
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


def find_living(command: Any, folder: Any, environment: Any) -> Iterator[str]:
    """Give the living files that a program is told of: in its arguments, as its folder, or in its environment."""
    start = os.fsdecode(folder or os.curdir)
    words = [command] if isinstance(command, str | bytes | os.PathLike) else command
    for word in (*words, *(environment or {}).values(), start):
        text = os.fsdecode(word)
        yield from _among([text, *APART.split(text)] if _may_tell(text) else [], start)


def _among(names: Iterable[Any], start: Any) -> Iterator[str]:
    """Give the whole paths of those names that are living; a number is an open file."""
    texts = (os.fsdecode(name) for name in names if isinstance(name, str | bytes | os.PathLike))
    paths = (os.path.abspath(os.path.join(start, text)) for text in texts if _may_tell(text))  # noqa: PTH100, PTH118 - which follows no links
    return filter(is_living, paths)


def _may_tell(text: str) -> bool:
    """Tell at once of most texts that they are no path of the living root, in which nobody can be."""
    return "specs" in text or "generated" in text


def is_living(path: str) -> bool:
    return f"{path}{os.sep}".startswith(LIVING) and path not in BY_HAND
