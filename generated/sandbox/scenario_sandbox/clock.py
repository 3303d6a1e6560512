"""Time: dates are the machine's; the age of jobs can run faster, stop, or be stepped. Reads the clock."""

import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from .lifecycle import DIGITS, Step

MAX_SECONDS = 1_000_000_000


def unix_time() -> float:
    """Return the machine's time, also in a test that freezes time."""
    return time.clock_gettime(time.CLOCK_REALTIME)


def elapsed() -> float:
    """Return the seconds of a monotonic clock, also in a test that freezes time."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


@dataclass(frozen=True)
class Segment:
    """From `date` (Unix time) and `age` (seconds) on, jobs age by `speed` seconds each second."""

    date: float
    age: float
    speed: float


def check_speed(speed: float) -> None:
    """Check how many seconds jobs age in a second.

    Raises:
        ValueError: it is out of range.

    """
    if not 0 <= speed <= MAX_SECONDS:
        raise ValueError(f"the speed must be a number from 0 to {MAX_SECONDS}")


def show_date(moment: float) -> str:
    """Write a Unix time as the API writes dates."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now_in_milliseconds() -> float:
    """Return the Unix time, rounded up to milliseconds as dates show it: so it is later than any date shown before."""
    return ceil(unix_time() * 1000) / 1000


class Clock:
    """Gives the age of the sandbox, in seconds. Past segments are kept, so that the date of an age never changes."""

    def __init__(self, segments: list[Segment], save: Callable[[Segment], None]) -> None:
        self.segments = segments or [Segment(unix_time(), 0.0, 0.0)]
        self.save = save
        self.on_change: Callable[[], None] = lambda: None
        self.lag = max(0.0, unix_time() - self.segments[-1].date) - elapsed()

    @property
    def speed(self) -> float:
        """How many seconds jobs age in a second."""
        return self.segments[-1].speed

    def now(self) -> float:
        """Return the current age; it never decreases, even if the machine's date does."""
        last = self.segments[-1]
        return round(last.age + (self.lag + elapsed()) * last.speed, DIGITS)

    def time_of(self, age: float) -> float:
        """Return when the sandbox reached an age, as Unix time in milliseconds' precision."""
        index = max(0, bisect_left(self.segments, age, key=lambda segment: segment.age) - 1)
        segment = self.segments[index]
        seconds = (age - segment.age) / segment.speed if segment.speed else 0.0
        if index + 1 < len(self.segments):  # an age that was skipped was reached at the step
            seconds = min(seconds, self.segments[index + 1].date - segment.date)
        return round(segment.date + seconds, 3)

    def time_of_step(self, step: Step) -> float:
        """Return when a step began, as Unix time; the clock may have stopped before."""
        return max(step.not_before, self.time_of(step.age))

    def set_speed(self, speed: float) -> None:
        """Set how many seconds jobs age in a second; at 0 they only age by `step`.

        Raises:
            ValueError: it is out of range.

        """
        check_speed(speed)
        self._begin(self.now(), speed)

    def step(self, seconds: float) -> None:
        """Age by some seconds at once.

        Raises:
            ValueError: it is negative or too large.

        """
        if not 0 <= seconds <= MAX_SECONDS:
            raise ValueError(f"a step must be a number of seconds from 0 to {MAX_SECONDS}")
        self._begin(round(self.now() + seconds, DIGITS), self.speed)

    def _begin(self, age: float, speed: float) -> None:
        segment = Segment(max(unix_time(), self.segments[-1].date), age, speed)
        self.save(segment)  # first: it may fail
        self.segments.append(segment)
        self.lag = -elapsed()
        self.on_change()
