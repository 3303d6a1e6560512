"""How far a run has come, and telling it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .facts import WAITING, JobFacts

Stage = Literal["upload", "queue", "run", "download"]


@dataclass(frozen=True)
class Progress:
    """How far a run has come: printable, one line."""

    stage: Stage
    """What is going on: files are uploaded, the job waits, the job runs, a result is downloaded."""

    fraction: float
    """How much of this stage is done, from 0 to 1."""

    job_id: str = ""
    """The job, from its submission on."""

    index: int | None = None
    """Which request it is, where there are many."""

    def __str__(self) -> str:
        number = "" if self.index is None else f"{self.index}: "
        done = "" if self.stage == "queue" else f" {self.fraction:.0%}"
        job = f" ({self.job_id})" if self.job_id else ""
        return f"{number}{self.stage}{done}{job}"


OnProgress = Callable[[Progress], object]


class ProgressReporter:
    """Tells how far a run has come, each thing once, also where parts are uploaded by several threads."""

    def __init__(self, on_progress: OnProgress | None, index: int | None = None) -> None:
        self.on_progress = on_progress
        self.index = index
        self._lock = threading.Lock()
        self._last: Progress | None = None
        self._done = self._total = 0

    def expect(self, size: int) -> None:
        """Note how many bytes there are to be moved in all."""
        self._done, self._total = 0, size

    def moved(self, stage: Literal["upload", "download"], size: int) -> None:
        """Tell that so many bytes more were moved, or (negative) have to be moved again."""
        if self.on_progress:
            with self._lock:
                self._done += size
                self._tell(Progress(stage, min(1.0, self._done / max(1, self._total)), index=self.index))

    def job(self, job: JobFacts) -> None:
        """Tell what a job has come to."""
        if self.on_progress:
            stage: Stage = "queue" if job.status in WAITING else "run"
            with self._lock:
                self._tell(Progress(stage, job.progress, job.id, self.index))

    def _tell(self, progress: Progress) -> None:
        if self.on_progress and progress != self._last:
            self._last = progress
            self.on_progress(progress)
