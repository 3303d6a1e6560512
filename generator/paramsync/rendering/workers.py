"""Render the files of a target, by several processes where there are many of them. Starts processes."""

import errno
import gc
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import groupby
from typing import TYPE_CHECKING, Any

from paramsync.findings import InputError
from paramsync.rendering.render import Output, Renderer

if TYPE_CHECKING:  # a run of few files does not need it
    from multiprocessing.connection import Connection

ENOUGH = 100  # files, which take longer than to start a process
AT_ONCE = 32  # files that a worker hands over together
KILLED = "a process that rendered files was killed; run paramsync again, with more memory if it was that"


def render_all(renderer: Renderer, outputs: Sequence[Output]) -> Iterator[tuple[str, str]]:
    """Render files, and give their paths and texts in any order.

    Raises:
        InputError: as `Renderer.render` does; where several files have an error, for one of them.
        ChildProcessError: a process was killed.

    """
    number = min(_count_processors(), len(outputs) // ENOUGH)
    if number > 1:
        yield from _render_by_workers(renderer, _divide(outputs, number))
    else:
        yield from ((one.path, renderer.render(one)) for one in outputs)


def _divide(outputs: Iterable[Output], number: int) -> list[list[Output]]:
    """Divide files into parts that take about as long: of those that each template makes, neighbours.

    So each part is of other models, and a worker copies no more of the memory that it shares than it needs.
    """
    parts: list[list[Output]] = [[] for _ in range(number)]
    for _, group in groupby(outputs, lambda one: one.template):
        alike = [*group]
        for index, one in enumerate(alike):
            parts[index * number // len(alike)].append(one)
    return parts


def _render_by_workers(renderer: Renderer, parts: Sequence[Sequence[Output]]) -> Iterator[tuple[str, str]]:
    from multiprocessing.connection import wait

    with _start_workers(renderer, parts) as receivers:
        errors: dict[Any, InputError | None] = {}  # of the workers that have ended
        while left := [one for one in receivers if one not in errors]:
            for receiver in wait(left):
                said = _receive(receiver)
                if isinstance(said, list):
                    yield from said
                else:
                    errors[receiver] = said
    for receiver in receivers:
        if error := errors[receiver]:
            raise error


def _receive(receiver: Any) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        raise ChildProcessError(errno.ECHILD, KILLED) from None


@contextmanager
def _start_workers(renderer: Renderer, parts: Sequence[Sequence[Output]]) -> Iterator[list["Connection"]]:
    """Start a worker for each part, and give what they say; they end with the block."""
    from multiprocessing import get_context

    context = get_context("fork")
    receivers: list[Connection] = []
    with ExitStack() as held:
        for part in parts:
            receiver, sender = context.Pipe(duplex=False)
            receivers.append(held.enter_context(receiver))
            worker = context.Process(target=_work, args=(renderer, part, sender, receivers), daemon=True)
            with sender, _without_interruption():
                worker.start()
            held.callback(worker.join)
            held.callback(worker.kill)
        yield receivers


def _work(
    renderer: Renderer, outputs: Sequence[Output], sender: "Connection", receivers: Sequence["Connection"]
) -> None:
    """Render files: say their paths and texts, then None or an error."""
    gc.freeze()  # or it would look through, and so copy, all that there is
    for receiver in receivers:
        receiver.close()  # the only ones to hear are in the process that started this one: if it dies, so does this
    with suppress(BrokenPipeError):
        try:
            for start in range(0, len(outputs), AT_ONCE):
                sender.send([(one.path, renderer.render(one)) for one in outputs[start : start + AT_ONCE]])
        except InputError as error:
            sender.send(error)
        else:
            sender.send(None)


@contextmanager
def _without_interruption() -> Iterator[None]:
    """Let nobody interrupt what is started: who presses Ctrl-C interrupts the process that started it, which ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _count_processors() -> int:
    """Count the processors that this process may use; where processes cannot share memory safely, it is one."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
