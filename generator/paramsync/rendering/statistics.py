"""How many models there are, and how that changed: counts for charts. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from paramsync.changes.history import Release
from paramsync.rendering.models import Model
from paramsync.rendering.providers import Capability, Provider, list_capabilities

DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
FEBRUARY = 2


@dataclass(frozen=True, slots=True)
class Count:
    """A provider, how many models it has, and how many with each capability, in the order of all capabilities."""

    provider: Provider
    models: int
    with_capability: tuple[int, ...]


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


@dataclass(frozen=True, eq=False)
class Statistics:
    """What can be counted of all models, and of the versions, which come with the newest first."""

    models: tuple[Model, ...]
    providers: tuple[Provider, ...]
    releases: tuple[Release, ...]

    @cached_property
    def capabilities(self) -> tuple[Capability, ...]:
        """All capabilities, that of most models first."""
        return list_capabilities(self.models)

    @cached_property
    def counts(self) -> tuple[Count, ...]:
        """Each provider with its numbers, that of most models first."""
        found = (self._count(one) for one in self.providers)
        return tuple(sorted(found, key=lambda one: (-one.models, one.provider.address)))

    @property
    def most_of_one(self) -> int:
        """The greatest number of models that one provider has with one capability."""
        return max((each for one in self.counts for each in one.with_capability), default=0)

    @cached_property
    def growth(self) -> tuple[Growth, ...]:
        """The versions, the oldest first."""
        return tuple(_number_days(reversed([*_follow_back(self.releases, len(self.models))])))

    @cached_property
    def dated(self) -> tuple[Growth, ...]:
        """The versions that have a date."""
        return tuple(one for one in self.growth if one.day is not None)

    @property
    def first_day(self) -> int | None:
        return self.dated[0].day if self.dated else None

    @property
    def last_day(self) -> int | None:
        return self.dated[-1].day if self.dated else None

    @property
    def most_models(self) -> int:
        """The greatest number of models that there were with a version."""
        return max((one.models for one in self.growth), default=0)

    @property
    def most_changes(self) -> int:
        """The greatest number of changes of one severity that a version has, beside the first, whose models are all new."""
        changes = (
            max(one.breaking, one.behaviour, one.compatible) for one in self.growth if not one.is_first
        )
        return max(changes, default=0)

    @cached_property
    def totals(self) -> Mapping[str, int]:
        """The numbers of changes of all versions but the first, by severity."""
        those = [one for one in self.growth if not one.is_first]
        return {
            "breaking": sum(one.breaking for one in those),
            "behaviour": sum(one.behaviour for one in those),
            "compatible": sum(one.compatible for one in those),
        }

    def _count(self, provider: Provider) -> Count:
        numbers = {one.name: len(one.models) for one in provider.capabilities}
        return Count(
            provider,
            len(provider.models),
            tuple(numbers.get(one.name, 0) for one in self.capabilities),
        )


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
        if not (found := DATE.fullmatch(one.date)):
            yield one
            continue
        last = max(last, _number_day(*map(int, found.groups())))
        yield replace(one, day=last)


def _number_day(year: int, month: int, day: int) -> int:
    """Count the days of the Gregorian calendar up to one, from any first day; a year begins with its March here."""
    year, month = (year, month - 3) if month > FEBRUARY else (year - 1, month + 9)
    return year * 365 + year // 4 - year // 100 + year // 400 + (month * 153 + 2) // 5 + day
