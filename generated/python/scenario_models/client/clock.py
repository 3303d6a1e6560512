"""Moments and deadlines. The only module that reads the clocks; waiting is up to the port."""

import time
from dataclasses import dataclass, field

MAX_SECONDS = 1e6  # that a lock can wait
STEADY = 60.0  # seconds by which two clocks may differ
DAY, EVER = 86400.0, 1e9  # seconds by which a clock may be wrong; and by which, if it is known to be wrong


def read_monotonic() -> float:
    """Return the seconds since a fixed moment, mostly the start of the machine; the time in which it sleeps may not count."""
    return time.monotonic()


def read_wall() -> float:
    """Return the Unix time of the machine's clock, which may be wrong, and may be set at any time."""
    return time.time()


@dataclass(frozen=True, eq=False)
class Moment:
    """A moment in the past. No clock says for certain how long ago it was: there is a least, a likely and a greatest age.

    A moment that an earlier process `noted` was already `least`, `likely` and `most` seconds old when it was read.
    """

    monotonic: float = field(default_factory=read_monotonic)
    wall: float = field(default_factory=read_wall)
    least: float = 0.0
    likely: float = 0.0
    most: float = 0.0
    noted: tuple[float, float] | None = None

    @classmethod
    def read(cls, monotonic: float, wall: float) -> "Moment":
        """Read what an earlier process noted, perhaps before the machine was restarted or its clock was set."""
        now = cls()
        by_wall, by_monotonic = now.wall - wall, now.monotonic - monotonic
        if by_monotonic < 0:  # restarted since: that is at least so long ago
            by_monotonic = now.monotonic
        doubt = 0.0 if abs(by_wall - by_monotonic) < STEADY else DAY if by_wall >= 0 else EVER
        return cls(
            now.monotonic,
            now.wall,
            least=max(0.0, min(by_wall, by_monotonic)),
            likely=by_wall if by_wall >= 0 else by_monotonic,
            most=max(by_wall, by_monotonic) + doubt,
            noted=(monotonic, wall),
        )

    def note(self) -> tuple[float, float]:
        """Return what another process can `read`: the monotonic and the wall clock."""
        return self.noted or (self.monotonic, self.wall)

    @property
    def age(self) -> float:
        """The likely number of seconds since then, without those in which the machine slept."""
        return self.likely + self._awake

    @property
    def min_age(self) -> float:
        """The least number of seconds since then."""
        return self.least + self._awake

    @property
    def max_age(self) -> float:
        """The greatest number of seconds since then."""
        return self.most + max(self._awake, read_wall() - self.wall)

    @property
    def _awake(self) -> float:
        return read_monotonic() - self.monotonic


@dataclass(frozen=True)
class Deadline:
    """The end of a timeout, in seconds of the monotonic clock."""

    end: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Return the deadline of a timeout that begins now."""
        return cls(read_monotonic() + seconds)

    @property
    def left(self) -> float:
        """The seconds that are left: at least 0, and at most what a lock can wait."""
        return max(0.0, min(self.end - read_monotonic(), MAX_SECONDS))

    @property
    def call_timeout(self) -> float:
        """The timeout in seconds for one call: at least 1, so that it has a chance."""
        return max(1.0, self.left)
