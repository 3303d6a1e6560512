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
MOST = 250  # files that one renders: what it copies of the memory that it shares is free again when it ends
AT_ONCE = 32  # files that it hands over together
KILLED = "a process that rendered files was killed; run paramsync again, with more memory if it was that"


def render_all(renderer: Renderer, outputs: Sequence[Output]) -> Iterator[tuple[str, str]]:
    """Render files, and give their paths and texts in any order.

    Raises:
        InputError: as `Renderer.render` does; where several files have an error, for one of them.
        ChildProcessError: a process was killed.

    """
    number = min(_count_processors(), len(outputs) // ENOUGH)
    if number < 2:  # noqa: PLR2004 - one process is this one
        yield from ((one.path, renderer.render(one)) for one in outputs)
        return
    groups = [[*group] for _, group in groupby(outputs, lambda one: one.template)]
    # The first of several is rendered here, so that all processes find its template compiled.
    first = [group.pop(0) for group in groups if len(group) > 1]
    yield from ((one.path, renderer.render(one)) for one in first)
    turns = -(-len(outputs) // (number * MOST))
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
    """Render each part by a process of its own, so many at a time."""
    from multiprocessing.connection import wait

    left = [*enumerate(parts)][::-1]
    running: dict[Any, int] = {}
    errors: dict[int, InputError] = {}
    with ExitStack() as held:
        while running or left:
            while left and len(running) < number:
                index, part = left.pop()
                running[_start_worker(held, renderer, part, [*running])] = index
            for receiver in wait([*running]):
                said = _receive(receiver)
                if isinstance(said, list):
                    yield from said
                else:
                    index = running.pop(receiver)
                    if said:
                        errors[index] = said
                        left.clear()
    if errors:
        raise errors[min(errors)]


def _receive(receiver: Any) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        raise ChildProcessError(errno.ECHILD, KILLED) from None


def _start_worker(
    held: ExitStack, renderer: Renderer, part: Sequence[Output], others: Sequence["Connection"]
) -> "Connection":
    """Start a process that renders a part, and give what it says; it ends with what is held."""
    from multiprocessing import get_context

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    held.enter_context(receiver)
    worker = context.Process(target=_work, args=(renderer, part, sender, [*others, receiver]), daemon=True)
    with sender, _without_interruption():
        worker.start()
    held.callback(worker.join)
    held.callback(worker.kill)
    return receiver


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
