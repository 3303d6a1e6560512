"""What both clients share: that they load what they need at the first call, and the outcomes of many requests."""

import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from .errors import ClientClosed
from .ports import Port
from .progress import OnProgress

if TYPE_CHECKING:
    from .work import FinishedJob, Runnable, Work

RUN_TIMEOUT = 1800.0  # seconds: half an hour
CALL_TIMEOUT = 60.0
DOWNLOAD_TIMEOUT = 600.0
SETTLE = 120.0  # gateways give up after a minute as a rule: that, and as much again until a job is listed
CONCURRENCY = 8

R = TypeVar("R")


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """What became of one of many requests: a result or an error."""

    index: int
    """The place of the request among the others, from 0 on."""

    request: "Runnable"
    """The request."""

    error: Exception | None
    """What went wrong, or None."""

    _result: R | None = field(repr=False)

    @property
    def result(self) -> R:
        """The result; where there is none, the error is raised."""
        if self._result is None:
            raise self.error or RuntimeError("there is neither a result nor an error")
        return self._result


class LazyClient(ABC):
    """A client that loads the SDK, and all that needs it, at its first call."""

    def __init__(self, sdk: Any, settle: float) -> None:
        if not settle >= 0:  # nor no number
            raise ValueError("settle is a number of seconds, 0 or more")
        self._sdk = sdk
        self._settle = settle
        self._lock = threading.Lock()
        self._is_closed = False
        self._made: tuple[Any, Work] | None = None  # the port, and the work that goes through it

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} does not travel: make one where the work is done")

    @abstractmethod
    def _make_port(self) -> Port: ...

    @property
    def _work(self) -> "Work":
        with self._lock:
            if self._is_closed:
                raise ClientClosed
            if self._made is None:
                from .work import Work

                port = self._make_port()
                self._made = port, Work(port, self._settle)
            return self._made[1]

    def _begin_many(
        self,
        make_result: "Callable[[FinishedJob], R]",
        requests: "Iterable[Runnable]",
        *,
        concurrency: int,
        timeout: float,
        on_progress: OnProgress | None,
        journal: Path | None,
    ) -> Callable[[], AsyncGenerator[Outcome[R], None]]:
        """Give what begins to run many requests: nothing runs before somebody asks for an outcome."""
        if concurrency < 1:
            raise ValueError("concurrency is 1 or more")

        is_begun = False

        def make(index: int, request: "Runnable", came: "FinishedJob | Exception") -> Outcome[R]:
            if isinstance(came, Exception):
                return Outcome(index, request, came, None)
            return Outcome(index, request, None, make_result(came))

        def begin() -> AsyncGenerator[Outcome[R], None]:
            nonlocal is_begun
            if is_begun:
                raise RuntimeError("these requests have run: call run_many again to run them, and pay, again")
            is_begun = True
            from .batch import run_many

            return run_many(
                self._work,
                requests,
                make,
                timeout=timeout,
                concurrency=concurrency,
                on_progress=on_progress,
                journal=journal,
            )

        return begin
