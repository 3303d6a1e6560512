"""The progress of a run, and how it is reported."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from ..vendor import WAITING
from .clock import MAX_SECONDS
from .facts import JobFacts
from .ports import Port

Stage = Literal["upload", "queue", "run", "download"]


@dataclass(frozen=True)
class Progress:
    """The progress of a run. As text it is one line."""

    stage: Stage
    """`upload`: files are uploaded; `queue`: the job waits; `run`: the job runs; `download`: a result is downloaded."""

    fraction: float
    """How much of this stage is done, from 0 to 1."""

    job_id: str = ""
    """The id of the job; empty before it is submitted."""

    index: int | None = None
    """The place of the request in a batch, from 0; None outside of a batch."""

    def __str__(self) -> str:
        number = "" if self.index is None else f"{self.index}: "
        done = "" if self.stage == "queue" else f" {self.fraction:.0%}"
        job = f" ({self.job_id})" if self.job_id else ""
        return f"{number}{self.stage}{done}{job}"


OnProgress = Callable[[Progress], object]
"""Called with each new progress. `AsyncClient` awaits what it returns, if that is an awaitable."""


class ProgressBar(ABC):
    """What `progress_bar` gives: clients also tell it what no `Progress` says, where each call begins, and how a request of a batch ends."""

    @abstractmethod
    def __call__(self, progress: Progress) -> None:
        """Note progress that somebody else hands on."""

    @abstractmethod
    def expect(self, count: int | None) -> None:
        """Expect so many requests more; None if nobody knows."""

    @abstractmethod
    def begin(self, index: int | None) -> "ProgressOfCall":
        """Begin a call, or the request of a batch that has this index."""


class ProgressOfCall(Protocol):
    """The progress of one call, or of one request of a batch, in a progress bar."""

    def __call__(self, progress: Progress) -> None:
        """Note progress."""

    def end(self, error: Exception | None) -> None:
        """Note that a request of a batch has its outcome."""


class ProgressReporter:
    """Reports the progress of a run: nothing twice, and one after the other, from whichever thread or task. `on_progress` was checked."""

    def __init__(self, port: Port, on_progress: OnProgress | None, index: int | None = None) -> None:
        self.port = port
        self._bar: ProgressOfCall | None = (
            on_progress.begin(index) if isinstance(on_progress, ProgressBar) else None
        )
        self.on_progress: OnProgress | None = self._bar or on_progress
        self.index = index
        self._last: Progress | None = None
        self._done = self._total = 0

    def set_total(self, size: int) -> None:
        """Set how many bytes there are in all, and that none is moved yet."""
        self._done, self._total = 0, size

    async def report_moved(self, stage: Literal["upload", "download"], size: int) -> None:
        """Report that `size` more bytes were moved, or (negative) must be moved again."""
        if self.on_progress:
            async with self._turn():
                self._done += size
                await self._report(
                    Progress(stage, min(1.0, self._done / max(1, self._total)), index=self.index)
                )

    async def report_job(self, job: JobFacts) -> None:
        """Report the status of a job."""
        if self.on_progress:
            stage: Stage = "queue" if job.status in WAITING else "run"
            async with self._turn():
                await self._report(Progress(stage, job.progress, job.id, self.index))

    def end(self, error: Exception | None) -> None:
        """Tell a progress bar that a request of a batch has its outcome."""
        if self._bar:
            self._bar.end(error)

    def _turn(self) -> AbstractAsyncContextManager[None]:
        return self.port.lock(f"progress {id(self)}", MAX_SECONDS)

    async def _report(self, progress: Progress) -> None:
        if self.on_progress and progress != self._last:
            self._last = progress
            await self.port.finish_callback(self.on_progress(progress))
