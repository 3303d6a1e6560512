"""Many requests to run, and their outcomes."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from .arguments import check_requests, read_count, read_path, read_timeout
from .progress import OnProgress

if TYPE_CHECKING:
    from ..requests import AnyModel, Request

R = TypeVar("R")


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """What became of one of many requests: a result or an error."""

    index: int
    """The place of the request among the others, from 0."""

    request: "Request | AnyModel"
    """The request."""

    error: Exception | None
    """What went wrong, or None."""

    _result: R | None = field(repr=False)

    @property
    def result(self) -> R:
        """The result. Raises the error if there is none."""
        if self._result is None:
            raise self.error or RuntimeError("there is neither a result nor an error")
        return self._result


@dataclass(frozen=True)
class Batch:
    """Requests to run, several at once; `timeout` is in seconds for each of them."""

    requests: "Iterable[Request | AnyModel] | AsyncIterable[Request | AnyModel]"
    concurrency: int
    timeout: float
    on_progress: OnProgress | None
    journal: Path | None


def read_batch(
    requests: "Iterable[Request | AnyModel] | AsyncIterable[Request | AnyModel]",
    concurrency: int,
    timeout: float | None,
    on_progress: OnProgress | None,
    journal: Path | str | None,
) -> Batch:
    """Read the arguments of `run_many`; each client itself checks whether it can await what must be awaited."""
    check_requests(requests)
    return Batch(
        requests,
        read_count("concurrency", concurrency, 1),
        read_timeout(timeout),
        on_progress,
        None if journal is None else read_path("journal", journal),
    )


class LazyOutcomes(Generic[R]):
    """The outcomes of a batch, which runs while somebody iterates over them, and only once."""

    def __init__(self, run: Callable[[], AsyncGenerator[Outcome[R], None]]) -> None:
        self._run = run
        self._has_begun = False

    def _as_they_come(self) -> AsyncGenerator[Outcome[R], None]:
        if self._has_begun:
            raise RuntimeError("these requests were run already: call run_many again to run, and pay for, them again")
        self._has_begun = True
        return self._run()

    async def _in_order(self) -> AsyncGenerator[Outcome[R], None]:
        ready: dict[int, Outcome[R]] = {}
        due = 0
        async with aclosing(self._as_they_come()) as outcomes:
            async for outcome in outcomes:
                ready[outcome.index] = outcome
                while due in ready:
                    yield ready.pop(due)
                    due += 1
