"""Progress bars on a terminal, lines in a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from ..client.progress import OnProgress, Progress, Stage
from .screen import show_note

STAGES: dict[Stage, str] = {"upload": "upload", "queue": "wait", "run": "run", "download": "download"}


@contextmanager
def showing_progress(*, is_quiet: bool) -> Iterator[OnProgress | None]:
    """Yield a function that shows progress: a bar for each stage on a terminal, lines in a pipe."""
    if is_quiet:
        yield None
    elif not sys.stderr.isatty():
        yield lambda progress: show_note(str(progress))
    else:
        columns = (
            TextColumn("{task.description:8}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[job]}"),
        )
        with Bars(*columns, console=Console(stderr=True)) as bars:
            yield _Painter(bars).paint


class _Painter:
    """Paints a progress bar for each stage that has begun."""

    def __init__(self, bars: Bars) -> None:
        self.bars = bars
        self.tasks: dict[Stage, TaskID] = {}

    def paint(self, progress: Progress) -> None:
        """Paint progress; a stage is complete when the next one begins."""
        if progress.stage not in self.tasks:
            for task in self.tasks.values():
                self.bars.update(task, total=1, completed=1)
            total = None if progress.stage == "queue" else 1.0
            self.tasks[progress.stage] = self.bars.add_task(STAGES[progress.stage], total=total, job="")
        task = self.tasks[progress.stage]
        self.bars.update(task, completed=progress.fraction, job=progress.job_id)
