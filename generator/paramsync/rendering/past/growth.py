"""How the number of models grew, version by version. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from paramsync.changes.days import read_day
from paramsync.changes.history import Release


@dataclass(frozen=True, slots=True)
class Growth:
    """A version: how many models there were with it, which of them were new, which were gone, and its changes by severity."""

    version: str
    date: str
    models: int
    added: int
    removed: int
    breaking: int
    behaviour: int
    compatible: int
    is_first: bool
    day: int | None = (
        None  # the number of the day of its date, or of one before it that is later; None where the date is none
    )


def follow_growth(releases: Sequence[Release], models: int) -> tuple[Growth, ...]:
    """Follow the number of models from the oldest version to what there is now."""
    return tuple(_number_days(reversed([*_follow_back(releases, models)])))


def _follow_back(releases: Sequence[Release], models: int) -> Iterator[Growth]:
    """Follow the number of models back from what there is now: a history may have begun when there were some."""
    for one in releases:
        kinds = Counter(change.kind for change in one.changes)
        severities = Counter(change.severity for change in one.changes)
        added, removed = kinds["model-added"], kinds["model-removed"]
        yield Growth(
            one.version,
            one.date,
            models,
            added,
            removed,
            severities["breaking"],
            severities["behaviour"],
            severities["compatible"],
            one.is_first,
        )
        models = max(models - added + removed, 0)


def _number_days(growth: Iterable[Growth]) -> Iterator[Growth]:
    last = 0
    for one in growth:
        if day := read_day(one.date):
            last = max(last, date.fromisoformat(day).toordinal())
            yield replace(one, day=last)
        else:
            yield one
