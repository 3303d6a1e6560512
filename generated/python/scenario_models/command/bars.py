"""The progress of what the command runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..client.progress import OnProgress
from ..client.progress_bar import progress_bar


@contextmanager
def showing_progress(*, is_quiet: bool) -> Iterator[OnProgress | None]:
    """Yield a function that shows progress: a bar for each stage on a terminal, lines in a pipe; None if nobody wants that."""
    if is_quiet:
        yield None
        return
    with progress_bar() as on_progress:
        yield on_progress
