"""Render the files of a target, by several processes where there are many of them. Starts processes."""

import errno
import gc
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby, islice
from math import ceil
from typing import TYPE_CHECKING, Any

from paramsync.rendering.outputs import Output
from paramsync.rendering.render import Renderer

if TYPE_CHECKING:  # a run of few files does not need it
    from multiprocessing.connection import Connection

WORTH_A_WORKER = 100  # files: to render fewer takes no longer than to start a process
FILES_PER_WORKER = 100  # at most: a worker copies what it changes of the memory that it shares, until it ends
BATCH = 50_000  # characters: a worker sends its files when it has so many, and at its end
KILLED = "a process that rendered files was killed; run paramsync again, with more memory if it was that"

Texts = Iterator[tuple[str, str]]  # of files, each with its path


@contextmanager
def rendering(renderer: Renderer, outputs: Sequence[Output]) -> Iterator[Texts]:
    """Render files, in any order, as they are asked for; all processes end with the block.

    Raises:
        InputError: as `Renderer.render` does; where several files have an error, for one of the first.
        ChildProcessError: a process was killed.

    """
    number = min(_count_processors(), sum(map(_is_for_few, outputs)) // WORTH_A_WORKER)
    with ExitStack() as workers:
        if number > 1:
            yield _render_with_workers(renderer, outputs, number, workers)
        else:
            yield ((one.path, renderer.render(one)) for one in outputs)


def _is_for_few(output: Output) -> bool:
    """Tell whether a file is for a model, or a name of parameters: of these there are many, and most are of few models."""
    return "model" in output.subjects or "parameter" in output.subjects


def _render_with_workers(
    renderer: Renderer, outputs: Sequence[Output], number: int, workers: ExitStack
) -> Texts:
    renderer.prepare(outputs)  # so that no worker reads what others do
    of_models = [one for one in outputs if _is_for_few(one)]
    groups = [[*group] for _, group in groupby(of_models, lambda one: one.template)]
    # What is of many models is rendered here, since a worker would copy the memory of all of them; and the first file of each template, so
    # that all workers find it compiled.
    here = [one for one in outputs if not _is_for_few(one)] + [group.pop(0) for group in groups]
    yield from ((one.path, renderer.render(one)) for one in here)
    turns = ceil(len(of_models) / (number * FILES_PER_WORKER))
    yield from _render_parts(renderer, _divide(groups, number * turns), number, workers)


def _divide(groups: Iterable[Sequence[Output]], number: int) -> list[list[Output]]:
    """Divide files into parts that take about as long: each has neighbours of each group, which are of the same models."""
    parts: list[list[Output]] = [[] for _ in range(number)]
    for group in groups:
        for index, one in enumerate(group):
            parts[index * number // len(group)].append(one)
    return parts


def _render_parts(
    renderer: Renderer, parts: Sequence[Sequence[Output]], number: int, workers: ExitStack
) -> Texts:
    """Render each part by a worker of its own, so many at a time; of several errors, raise that of the first part."""
    from multiprocessing.connection import wait

    left = enumerate(parts)
    running: dict[Any, tuple[int, _Worker]] = {}  # by their connections
    errors: dict[int, Exception] = {}
    while True:
        for index, part in islice(left, 0 if errors else number - len(running)):
            worker = _Worker(renderer, part)
            workers.callback(worker.end)
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
    if errors:
        raise errors[min(errors)]


class _Worker:
    """A process that renders files, and the connection by which it sends them: lists of paths and texts, then None or an exception.

    It ends at once when the process that started it does.
    """

    def __init__(self, renderer: Renderer, outputs: Sequence[Output]) -> None:
        from multiprocessing import get_context

        context = get_context("fork")
        self.connection, sender = context.Pipe(duplex=False)
        self.process = context.Process(target=_work, args=(renderer, outputs, sender), daemon=True)
        with sender, _without_interruption():
            self.process.start()

    def receive(self) -> Any:
        try:
            return self.connection.recv()
        except (EOFError, OSError):  # before, or in the middle of, what it sends
            self.process.join()
            if (self.process.exitcode or 0) < 0:
                raise ChildProcessError(errno.ECHILD, KILLED) from None
            raise

    def end(self) -> None:
        """Let it end, if it has not."""
        if self.connection.closed:
            return
        with _without_interruption():
            self.process.kill()
            self.process.join()
            self.process.close()
            self.connection.close()


def _work(renderer: Renderer, outputs: Sequence[Output], sender: "Connection") -> None:
    """Render files in a worker, and send them."""
    from threading import Thread

    gc.freeze()  # or it would look through, and so copy, all that there is
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        texts, length = [], 0
        for one in outputs:
            text = renderer.render(one)
            texts.append((one.path, text))
            length += len(text)
            if length >= BATCH:
                sender.send(texts)
                texts, length = [], 0
        sender.send(texts)
    except Exception as error:  # noqa: BLE001 - it is raised in the process that has started this one
        sender.send(error)
    else:
        sender.send(None)


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def _without_interruption() -> Iterator[None]:
    """Let Ctrl-C wait. A process that is started in the block is never interrupted: the one that has started it ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _count_processors() -> int:
    """Count the processors that this process may use: one where a process cannot be forked, as on Windows, or not safely, as on macOS."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
