"""Time: dates are the machine's; jobs age in seconds that can run faster, stand still, or be stepped. Reads the clock."""

import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from .lives import DIGITS

LIMIT = 1_000_000_000


def unix_time() -> float:
    """Tell the machine's own time, also where a test freezes it for others."""
    return time.clock_gettime(time.CLOCK_REALTIME)


def elapsed() -> float:
    """Tell the seconds since some moment, also where a test freezes time for others."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


@dataclass(frozen=True)
class Segment:
    """From `date` (Unix time) on, when the age was `age` (seconds), jobs age `speed` seconds a second."""

    date: float
    age: float
    speed: float


def check_speed(speed: float) -> None:
    """Check that jobs can age so many seconds in a second.

    Raises:
        ValueError: they cannot.

    """
    if not 0 <= speed <= LIMIT:
        raise ValueError(f"the speed must be a number from 0 to {LIMIT}")


def show_date(moment: float) -> str:
    """Write a Unix time as the API writes dates."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now_in_milliseconds() -> float:
    """Tell the Unix time, rounded up to what a date shows, so that what happens now is after any date before."""
    return ceil(unix_time() * 1000) / 1000


class Clock:
    """Tells the age of the sandbox, in seconds. Its past is kept, so that each age has one date for good."""

    def __init__(self, segments: list[Segment], keep: Callable[[Segment], None]) -> None:
        self.segments = segments or [Segment(unix_time(), 0.0, 0.0)]
        self.keep = keep
        self.lag = max(0.0, unix_time() - self.segments[-1].date) - elapsed()

    @property
    def speed(self) -> float:
        """How many seconds jobs age in a second."""
        return self.segments[-1].speed

    def now(self) -> float:
        """Tell the age now; it never falls, though the machine's date may."""
        last = self.segments[-1]
        return round(last.age + (self.lag + elapsed()) * last.speed, DIGITS)

    def time_of(self, age: float) -> float:
        """Tell when the sandbox came to an age, as Unix time to a millisecond."""
        index = max(0, bisect_left(self.segments, age, key=lambda segment: segment.age) - 1)
        segment = self.segments[index]
        seconds = (age - segment.age) / segment.speed if segment.speed else 0.0
        if index + 1 < len(self.segments):  # an age that was stepped over came with the step
            seconds = min(seconds, self.segments[index + 1].date - segment.date)
        return round(segment.date + seconds, 3)

    def run(self, speed: float) -> None:
        """Run so fast from now on; at 0 the clock stands still until it is stepped.

        Raises:
            ValueError: nothing runs so fast.

        """
        check_speed(speed)
        self._begin(self.now(), speed)

    def step(self, seconds: float) -> None:
        """Jump ahead.

        Raises:
            ValueError: nothing jumps so far, or back.

        """
        if not 0 <= seconds <= LIMIT:
            raise ValueError(f"a step must be a number of seconds from 0 to {LIMIT}")
        self._begin(round(self.now() + seconds, DIGITS), self.speed)

    def _begin(self, age: float, speed: float) -> None:
        segment = Segment(max(unix_time(), self.segments[-1].date), age, speed)
        self.keep(segment)  # first: it may fail
        self.segments.append(segment)
        self.lag = -elapsed()
