"""How many models there are, and how that changed: counts for charts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from paramsync.changes.history import Release
from paramsync.rendering.models import Model
from paramsync.rendering.names.providers import Capability, Provider, list_capabilities
from paramsync.rendering.past.growth import Growth, follow_growth


@dataclass(frozen=True, slots=True)
class Count:
    """A provider, how many models it has, and how many with each capability, in the order of all capabilities."""

    provider: Provider
    models: int
    with_capability: tuple[int, ...]


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
        return tuple(sorted(found, key=lambda one: (-one.models, one.provider.slug)))

    @property
    def most_of_one(self) -> int:
        """The greatest number of models that one provider has with one capability."""
        return max((each for one in self.counts for each in one.with_capability), default=0)

    @cached_property
    def growth(self) -> tuple[Growth, ...]:
        """The versions, the oldest first."""
        return follow_growth(self.releases, len(self.models))

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
