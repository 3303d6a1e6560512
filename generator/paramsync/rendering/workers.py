"""Render the files of a target, by several processes where there are many of them. Starts processes."""

import errno
import gc
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby, islice
from math import ceil
from typing import TYPE_CHECKING, Any

from paramsync.rendering.render import Output, Renderer

if TYPE_CHECKING:  # a run of few files does not need it
    from multiprocessing.connection import Connection

WORTH_A_WORKER = 100  # files: to render fewer takes no longer than to start a process
FILES_PER_WORKER = 250  # at most: a worker copies what it changes of the memory that it shares, until it ends
BATCH = 32  # files that a worker sends together
KILLED = "a process that rendered files was killed; run paramsync again, with more memory if it was that"


def render_all(renderer: Renderer, outputs: Sequence[Output]) -> Iterator[tuple[str, str]]:
    """Render files, and give their paths and texts in any order.

    Raises:
        InputError: as `Renderer.render` does; where several files have an error, for one of the first.
        ChildProcessError: a process was killed.

    """
    number = min(_count_processors(), len(outputs) // WORTH_A_WORKER)
    if number < 2:  # noqa: PLR2004 - one process is this one
        yield from ((one.path, renderer.render(one)) for one in outputs)
        return
    groups = [[*group] for _, group in groupby(outputs, lambda one: one.template)]
    # The first of each template is rendered here, so that all workers find it compiled; what is made once may be of all models, and a
    # worker would copy their memory.
    first = [group.pop(0) for group in groups]
    yield from ((one.path, renderer.render(one)) for one in first)
    turns = ceil(len(outputs) / (number * FILES_PER_WORKER))
    yield from _render_by_workers(renderer, _divide(groups, number * turns), number)


def _divide(groups: Iterable[Sequence[Output]], number: int) -> list[list[Output]]:
    """Divide files into parts that take about as long: each has neighbours of each group, which are of the same models."""
    parts: list[list[Output]] = [[] for _ in range(number)]
    for group in groups:
        for index, one in enumerate(group):
            parts[index * number // len(group)].append(one)
    return parts


def _render_by_workers(
    renderer: Renderer, parts: Sequence[Sequence[Output]], number: int
) -> Iterator[tuple[str, str]]:
    """Render each part by a worker of its own, so many at a time; of several errors, raise that of the first part."""
    from multiprocessing.connection import wait

    left = enumerate(parts)
    running: dict[Any, tuple[int, _Worker]] = {}  # by their connections
    errors: dict[int, Exception] = {}
    try:
        while True:
            for index, part in islice(left, 0 if errors else number - len(running)):
                worker = _Worker(renderer, part, [*running])
                running[worker.connection] = index, worker
            if not running:
                break
            for connection in wait([*running]):
                index, worker = running[connection]
                received = worker.receive()
                if isinstance(received, list):
                    yield from received
                    continue
                worker.end()
                del running[connection]
                if received:
                    errors[index] = received
    finally:
        for _, worker in running.values():
            worker.end()
    if errors:
        raise errors[min(errors)]


class _Worker:
    """A process that renders files, and the connection by which it sends them: lists of paths and texts, then None or an exception.

    It ends when the process that started it does. `others` are the connections of those that run already.
    """

    def __init__(self, renderer: Renderer, outputs: Sequence[Output], others: Sequence["Connection"]) -> None:
        from multiprocessing import get_context

        context = get_context("fork")
        self.connection, sender = context.Pipe(duplex=False)
        inherited = [*others, self.connection]
        self.process = context.Process(target=_work, args=(renderer, outputs, sender, inherited), daemon=True)
        with sender, _without_interruption():
            self.process.start()

    def receive(self) -> Any:
        try:
            return self.connection.recv()
        except EOFError:
            self.process.join()
            if (self.process.exitcode or 0) < 0:
                raise ChildProcessError(errno.ECHILD, KILLED) from None
            raise

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.process.close()
        self.connection.close()


def _work(
    renderer: Renderer, outputs: Sequence[Output], sender: "Connection", inherited: Iterable["Connection"]
) -> None:
    """Render files in a worker, and send them."""
    gc.freeze()  # or it would look through, and so copy, all that there is
    for connection in inherited:
        connection.close()  # while it is open here, nobody notices that the process that reads it has died
    with suppress(BrokenPipeError):
        try:
            for start in range(0, len(outputs), BATCH):
                sender.send([(one.path, renderer.render(one)) for one in outputs[start : start + BATCH]])
        except Exception as error:  # noqa: BLE001 - the process that started it raises it
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
    """Count the processors that this process may use: one where a process cannot be forked, as on Windows, or not safely, as on macOS."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
