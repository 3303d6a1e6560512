"""Output: tables on a terminal, plain lines in a pipe; and standard input. The only module that prints."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from ..display import plain
from ..vendor import PACKAGE


def show_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; in a pipe, a line for each row, separated by tabs."""
    if not sys.stdout.isatty():
        for row in rows:
            show_script("\t".join(map(plain, row)))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*titles, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    Console().print(table)


def show_line(line: str) -> None:
    """Print a line, made safe to show."""
    show_script(plain(line))


def show_json(value: Any) -> None:
    """Print a value as JSON."""
    show_script(json.dumps(value, indent=2))


def show_script(text: str) -> None:
    """Print a text of this package's own, as it is."""
    with _writing():
        print(text)


def flush_output() -> None:
    """See that all that was printed is written.

    Raises:
        OSError: it cannot be, as on a full disk.

    """
    with _writing():
        sys.stdout.flush()


@contextmanager
def _writing() -> Iterator[None]:
    """Write to standard output; once that fails, nothing more is written to it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OSError(f"standard output cannot be written: {error.strerror}") from None


def read_input(request: str) -> bytes:
    """Read all of standard input; on a terminal, request it.

    Raises:
        OSError: nothing is there.

    """
    if sys.stdin is None:
        raise OSError("standard input is closed")
    if sys.stdin.isatty():
        show_note(request)
    data = sys.stdin.buffer.read()
    if not data:
        raise OSError("standard input is empty")
    return data


def show_error(message: str) -> None:
    """Print a message of one or more lines on standard error."""
    for line in message.splitlines():
        show_note(f"{PACKAGE}: {plain(line)}")


def show_note(line: str) -> None:
    """Print a line about what is going on, on standard error, if that can be written."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)
