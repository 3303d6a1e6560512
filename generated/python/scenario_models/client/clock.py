"""When something was, and until when something may take. Reads the clocks; to wait is the port's."""

import time
from dataclasses import dataclass, field

LONGEST = 1e6  # seconds
STEADY = 60.0  # seconds by which two clocks may differ
DAY, EVER = (
    86400.0,
    1e9,
)  # seconds by which a clock may be wrong that was set wrongly; and where it is known to be


def read_monotonic() -> float:
    """Tell the seconds since some moment, mostly the machine's start; it may stop while the machine sleeps."""
    return time.monotonic()


def read_wall() -> float:
    """Tell the Unix time, as far as the machine knows it: somebody may set it."""
    return time.time()


@dataclass(frozen=True, eq=False)
class Moment:
    """When something was. How long ago that is, no clock tells surely: at least, probably, at most.

    A moment that an earlier process has `noted` was already `least`, `likely` and `most` seconds ago when it was read.
    """

    monotonic: float = field(default_factory=read_monotonic)
    wall: float = field(default_factory=read_wall)
    least: float = 0.0
    likely: float = 0.0
    most: float = 0.0
    noted: tuple[float, float] | None = None

    @classmethod
    def read(cls, monotonic: float, wall: float) -> "Moment":
        """Read what an earlier process has noted, perhaps before the machine was restarted or its clock was set."""
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
        """Give what another process can read."""
        return self.noted or (self.monotonic, self.wall)

    @property
    def age(self) -> float:
        """The seconds since then, probably: those in which the machine was awake."""
        return self.likely + self._awake

    @property
    def least_age(self) -> float:
        """The seconds since then: rather too few than too many."""
        return self.least + self._awake

    @property
    def most_age(self) -> float:
        """The seconds since then: rather too many than too few."""
        return self.most + max(self._awake, read_wall() - self.wall)

    @property
    def _awake(self) -> float:
        return read_monotonic() - self.monotonic


@dataclass(frozen=True)
class Deadline:
    """When something has to be done by, in the machine's monotonic time."""

    end: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Give the deadline that is so many seconds away."""
        return cls(read_monotonic() + seconds)

    @property
    def left(self) -> float:
        """The seconds that are left; never less than 0, and no more than a lock can wait."""
        return max(0.0, min(self.end - read_monotonic(), LONGEST))

    @property
    def timeout(self) -> float:
        """How long one call may take, in seconds: long enough to have a chance."""
        return max(1.0, min(60.0, self.left))
