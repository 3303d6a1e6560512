"""When something was added, last changed and last broken. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from paramsync.rendering.past_changes import PastChange

ADDING = frozenset({"page-added", "model-added", "parameter-added"})


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: a version, its date as the docs have it, and the day that this means, if it says one."""

    version: str
    date: str
    day: str


@dataclass(frozen=True, slots=True)
class Dates:
    """When something was added, last changed and last broken; None where the history does not tell."""

    added: Moment | None = None
    changed: Moment | None = None
    broken: Moment | None = None


def find_dates(changes: Sequence[PastChange]) -> Dates:
    """Find the dates of what changes are about, the newest of which is the first."""
    oldest = (one for one in changes if one.version == changes[-1].version)
    added = (one for one in oldest if one.kind in ADDING)
    broken = (one for one in changes if one.severity == "breaking")
    return Dates(*(_make_moment(next(ones, None)) for ones in (added, iter(changes), broken)))


def _make_moment(change: PastChange | None) -> Moment | None:
    return Moment(change.version, change.date, change.day) if change else None
