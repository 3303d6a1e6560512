"""A progress bar: painted on a terminal or in a notebook, lines elsewhere. Writes to standard error, and to the output of a cell."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import copy_context
from html import escape
from typing import TYPE_CHECKING, Any, TextIO
from uuid import uuid4

from ..html_table import CELL
from .bars import Bars, Row
from .progress import OnProgress

if TYPE_CHECKING:
    from rich.table import Table

PAUSE = 0.1  # seconds between two pictures
WIDTH = 40  # of a bar, in columns of a terminal

_turn = threading.Lock()
_on_terminal: list[Bars] = []  # a terminal can show one only: an inner one adds its rows to it


@contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """Show progress during a `with` block: give what it yields to any method of a client as `on_progress`, also to several at once.

    In Jupyter it is painted below the cell; on a terminal on standard error, if `rich` is installed, as by the extra `cli`; elsewhere it
    is lines on standard error: each step of a run, and of many requests that one has ended.

        with progress_bar() as on_progress:
            client.run(request, on_progress=on_progress)
    """
    bars = Bars()
    with ExitStack() as stack:
        if shell := _find_notebook():
            stack.enter_context(_in_notebook(bars, shell))
        elif _on_terminal or (_is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb" and _has_rich()):
            bars = stack.enter_context(_sharing_terminal())
        else:
            bars.say = _say
        yield bars


def _is_terminal(stream: TextIO | None) -> bool:
    with suppress(AttributeError, ValueError):  # it is no file, or closed
        return bool(stream and stream.isatty())
    return False


def _has_rich() -> bool:
    try:
        import rich  # noqa: F401
    except ImportError:
        return False
    return True


def _find_notebook() -> Any:
    """Find the IPython that runs this, if it shows HTML, which that of a terminal does not; None elsewhere."""
    get_shell = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get_shell() if get_shell else None
    shown = getattr(getattr(shell, "display_formatter", None), "active_types", ())
    return shell if "text/html" in shown else None


def _say(line: str) -> None:
    """Write a line; that nobody can read it stops no run."""
    with suppress(OSError, ValueError, AttributeError):  # closed, or there is none
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


@contextmanager
def _sharing_terminal() -> Iterator[Bars]:
    """Give the progress bar that the terminal shows; paint one if there is none."""
    with _turn:
        outer = _on_terminal[0] if _on_terminal else None
        bars = outer or Bars()
        _on_terminal[:] = [bars]
    if outer:
        yield bars
        return
    try:
        with _on_rich(bars):
            yield bars
    finally:
        _on_terminal.clear()


@contextmanager
def _on_rich(bars: Bars) -> Iterator[None]:
    from rich.console import Console
    from rich.live import Live

    is_over = False
    live = Live(
        get_renderable=lambda: _draw(bars.rows(is_over=is_over)),
        console=Console(stderr=True),
        refresh_per_second=1 / PAUSE,
        redirect_stdout=_is_terminal(
            sys.stdout
        ),  # what is printed stands above the bars; what goes to a file stays there
    )
    with live:
        try:
            yield
        finally:
            is_over = True


def _draw(rows: list[Row]) -> "Table":
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1))
    for row in rows:
        total = None if row.fraction is None else 1.0
        bar = ProgressBar(total=total, completed=row.fraction or 0.0, width=WIDTH)
        table.add_row(Text(row.name), bar, Text(row.time), Text(row.note, no_wrap=True, overflow="ellipsis"))
    return table


@contextmanager
def _in_notebook(bars: Bars, shell: Any) -> Iterator[None]:
    """Paint below the cell; a thread of its own paints again when something has changed."""
    over = threading.Event()
    output = {"display_id": uuid4().hex}
    shown: dict[str, str] = {}

    def paint(*, is_over: bool) -> None:
        nonlocal shown
        rows = bars.rows(is_over=is_over)
        picture = {"text/html": _write(rows), "text/plain": "\n".join(map(str, rows))}
        if picture != shown:
            with suppress(Exception):  # a picture that cannot be shown stops no run
                shell.display_pub.publish(picture, transient=output, update=bool(shown))
            shown = picture

    def paint_again() -> None:
        while not over.wait(PAUSE):
            paint(is_over=False)

    paint(is_over=False)
    # In the context of this cell, so that the output is its own.
    painter = threading.Thread(
        target=copy_context().run, args=(paint_again,), name="progress-bar", daemon=True
    )
    painter.start()
    try:
        yield
    finally:
        over.set()
        painter.join()
        paint(is_over=True)


def _write(rows: list[Row]) -> str:
    lines = ["".join(f"<td style='{CELL}'>{cell}</td>" for cell in _cells(row)) for row in rows]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _cells(row: Row) -> tuple[str, ...]:
    value = "" if row.fraction is None else f' value="{row.fraction:.3f}"'
    return escape(row.name), f'<progress max="1"{value}></progress>', row.time, escape(row.note)
