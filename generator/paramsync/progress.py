"""How far a long run has come: a bar on a terminal, else nothing."""

import sys
from collections.abc import Callable, Iterable, Sequence

Progress = Callable[[Sequence[str]], Iterable[str]]  # goes through names, in their order


def progress_of(label: str, *, quiet: bool) -> Progress:
    """Show a bar on standard error where that is a terminal, unless told to be quiet."""
    if quiet or not sys.stderr.isatty():
        return iter
    from rich.console import Console  # only on a terminal
    from rich.progress import track

    # It is drawn anew after each name, and by no thread: a process that has one cannot be forked safely.
    console = Console(stderr=True)
    return lambda names: track(names, label, console=console, transient=True, auto_refresh=False)
