"""The rows of a progress bar: one for each stage of a call, one for each request of a batch that runs, and one for the batch. No output."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock

from .clock import read_monotonic
from .progress import Progress, ProgressBar, Stage

STAGES: dict[Stage, str] = {"upload": "upload", "queue": "wait", "run": "run", "download": "download"}
MOST = 10  # rows of a kind: more are not shown


@dataclass(frozen=True)
class Row:
    """A row: what goes on, how much of it is done (None where nobody knows), since how many seconds, and what else is to say."""

    name: str
    fraction: float | None
    seconds: int
    note: str = ""

    @property
    def time(self) -> str:
        """The seconds, as people read them."""
        minutes, seconds = divmod(self.seconds, 60)
        return f"{minutes}:{seconds:02}"

    def __str__(self) -> str:
        done = "" if self.fraction is None else f"{self.fraction:.0%}"
        return "  ".join(filter(None, (self.name, done, self.time, self.note)))


@dataclass
class Bar:
    """A stage of a call: when it began, and when it was complete."""

    began: float
    fraction: float = 0.0
    ended: float | None = None


@dataclass(eq=False)
class BarsOfCall:
    """A call of a client, or a request of a batch, and the stages that it has begun."""

    owner: "Bars"
    index: int | None
    job_id: str = ""
    bars: dict[Stage, Bar] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """True if its job has ended, or its file is there."""
        return any(bar.ended for stage, bar in self.bars.items() if stage in ("run", "download"))

    def __call__(self, progress: Progress) -> None:
        """Note progress; a stage is complete when the next one begins."""
        self.owner.note(self, progress)

    def end(self, error: Exception | None) -> None:
        """Note that a request of a batch has its outcome."""
        self.owner.note_outcome(self, error)

    def __lt__(self, other: "BarsOfCall") -> bool:
        return (self.index or 0) < (other.index or 0)


class Bars(ProgressBar):
    """All calls that report to one progress bar, from whichever threads. `say` is given lines, for where nothing can be painted."""

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self.say = say
        self.calls: list[BarsOfCall] = []
        self.total: int | None = 0
        self.done: int = 0
        self.failed: int = 0
        self.began: float = read_monotonic()
        self._lock = RLock()
        self._others: dict[int | None, BarsOfCall] = {}

    def __call__(self, progress: Progress) -> None:
        """Note progress that somebody hands on, who alone is known to the client: by the index of the request."""
        with self._lock:
            call = self._others.get(progress.index)
            if call is None or call.is_over:
                self.total = None if progress.index is not None else self.total
                call = self._others[progress.index] = self.begin(progress.index)
            call(progress)
            if call.index is not None and call.is_over:
                call.end(None)

    def expect(self, count: int | None) -> None:
        """Expect so many requests more; None if nobody knows."""
        with self._lock:
            self.total = None if count is None or self.total is None else self.total + count

    def begin(self, index: int | None) -> BarsOfCall:
        """Begin a call, or a request of a batch."""
        return BarsOfCall(self, index)

    def note(self, call: BarsOfCall, progress: Progress) -> None:
        """Note the progress of a call."""
        now = read_monotonic()
        with self._lock:
            if progress.stage not in call.bars:
                self._drop_complete(progress.stage)
                for bar in call.bars.values():
                    bar.fraction, bar.ended = 1.0, bar.ended or now
                call.bars[progress.stage] = Bar(now)
            if call not in self.calls:
                self.calls.append(call)
            bar = call.bars[progress.stage]
            bar.fraction, call.job_id = progress.fraction, progress.job_id or call.job_id
            bar.ended = now if progress.fraction >= 1 and progress.stage != "queue" else None
            if self.say and call.index is None:
                self.say(str(progress))

    def note_outcome(self, call: BarsOfCall, error: Exception | None) -> None:
        """Note that a request of a batch has its outcome: its row goes."""
        with self._lock:
            if call in self.calls:
                self.calls.remove(call)
            self.done += 1
            self.failed += error is not None
            if self.say:
                self.say(self._count())

    def rows(self, *, is_over: bool = False) -> list[Row]:
        """Give the rows of now; when all is over, without the requests of a batch that have no outcome."""
        now = read_monotonic()
        with self._lock:
            running = [] if is_over else sorted(call for call in self.calls if call.index is not None)
            single = [call for call in self.calls if call.index is None]
            rows = [row for call in running[:MOST] for row in _rows(call, now)]
            rows += [row for call in single for row in _rows(call, now)][-MOST:]
            if self.total == 0:
                return rows
            fraction = self.done / self.total if self.total else None
            more = f", {len(running)} running" if running else ""
            return [Row("all", fraction, int(now - self.began), self._count() + more), *rows]

    def _drop_complete(self, stage: Stage) -> None:
        """Drop the complete bars of a stage: of many files that are downloaded one after the other, one is shown."""
        for call in self.calls:
            if call.index is None and stage in call.bars and call.bars[stage].ended:
                del call.bars[stage]
        self.calls = [call for call in self.calls if call.bars]

    def _count(self) -> str:
        of = f" of {self.total}" if self.total else ""
        return f"{self.done}{of} done{f', {self.failed} failed' if self.failed else ''}"


def _rows(call: BarsOfCall, now: float) -> list[Row]:
    """Give a row for each stage of a call, or one for a request of a batch."""
    rows = []
    for stage, bar in call.bars.items() if call.index is None else [*call.bars.items()][-1:]:
        name = STAGES[stage] if call.index is None else f"{call.index}: {STAGES[stage]}"
        fraction = None if stage == "queue" and not bar.ended else bar.fraction
        rows.append(
            Row(name, fraction, int((bar.ended or now) - bar.began), call.job_id if stage != "upload" else "")
        )
    return rows
