"""Output: tables and progress bars on a terminal, plain lines in a pipe. The only module that prints."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from ..client.progress import OnProgress, Progress, Stage
from ..client.responses import plain

STAGES: dict[Stage, str] = {"upload": "upload", "queue": "wait", "run": "run", "download": "download"}


def show_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; in a pipe, a line for each row, separated by tabs."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(map(plain, row)))
        return
    table = Table(*titles, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    Console().print(table)


def show_line(line: str) -> None:
    """Print a line, made safe to show."""
    print(plain(line))


def show_json(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, indent=2))


def show_error(message: str) -> None:
    """Print a message of one or more lines on standard error."""
    for line in message.splitlines():
        print(f"scenario-models: {plain(line)}", file=sys.stderr)


@contextmanager
def showing_progress(*, is_quiet: bool) -> Iterator[OnProgress | None]:
    """Yield a function that shows progress: a bar for each stage on a terminal, lines in a pipe."""
    if is_quiet:
        yield None
    elif not sys.stderr.isatty():
        yield lambda progress: print(progress, file=sys.stderr, flush=True)
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
