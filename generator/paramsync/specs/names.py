"""Which names an object can have, by what its schema requires. Pure.

What a schema requires of two objects is true of the names of both together. So of the allowed sets of names that lack some
names, one is the largest, and it tells what they can hold, without a look at the others.
"""

from collections.abc import Collection, Container, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice, product

from paramsync.specs.intervals import COUNTS, Interval
from paramsync.text import Json

Group = tuple[frozenset[str], ...]  # alternatives: all names of one of them must be there
MAX_ABSENCES = 1000  # a group with more of them, which no page has, counts as one that any object breaks


@dataclass(frozen=True, slots=True)
class Requirements:
    """What an object must have: `required` names, names that others depend on, and an alternative of each group."""

    required: frozenset[str] = frozenset()
    dependent: frozenset[tuple[str, str]] = frozenset()  # a name, and one that must be there with it
    groups: frozenset[Group] = frozenset()

    def find_largest(self, names: AbstractSet[str]) -> frozenset[str] | None:
        """Return the largest allowed set of some names; None if no set of them is allowed."""
        found = frozenset(names)
        while lacking := {name for name, other in self.dependent if name in found and other not in found}:
            found -= lacking
        is_allowed = self.required <= found and all(any(one <= found for one in each) for each in self.groups)
        return found if is_allowed else None

    def complete(self, names: Iterable[str]) -> frozenset[str]:
        """Return the names that must be there beside some: those, the required ones, and what they depend on."""
        found = self.required.union(names)
        while missing := {other for name, other in self.dependent if name in found and other not in found}:
            found |= missing
        return found

    @property
    def has_conditions(self) -> bool:
        """True if whether a name must be there depends on others."""
        return bool(self.dependent or self.groups)

    def list_breaches(self, known: "Requirements") -> Iterator[tuple[AbstractSet[str], AbstractSet[str]]]:
        """List the least that breaks them, but not `known` ones: names that are there, and names that are not."""
        yield from ((frozenset(), {name}) for name in self.required - known.required)
        yield from (({name}, {other}) for name, other in self.dependent - known.dependent)
        for group in self.groups - known.groups:
            yield from ((frozenset(), absent) for absent in list_absences(group))


NO_REQUIREMENTS = Requirements()


@dataclass(frozen=True, slots=True)
class AllowedNames:
    """The names of objects: `largest` is the largest allowed set of listed names, None if no object is allowed at all.

    `is_listed` tells which names are listed; where an object is open, it may have others, too.
    """

    requirements: Requirements
    is_listed: Container[str]
    largest: frozenset[str] | None
    is_open: bool
    sizes: Interval

    def allows(self, present: Collection[str] = (), absent: Collection[str] = ()) -> bool:
        """Tell whether any object has some names and has not some others.

        If a rule limits the size, too, and a name depends on another, the answer may be yes where it is no.
        """
        largest = self.largest
        if largest is None or not self._may_have(present, largest):
            return False
        if any(name in self.requirements.required or name in present for name in absent):
            return False
        if self.requirements.has_conditions and not largest.isdisjoint(absent):
            largest = self.requirements.find_largest(largest - {*absent})
            if largest is None or not self._may_have(present, largest):
                return False
        return self.sizes == COUNTS or not self.find_sizes(present, absent).is_empty

    def find_sizes(self, present: Collection[str] = (), absent: Collection[str] = ()) -> Interval:
        """Find the sizes of the objects that have some names and have not some others, or more, as above."""
        sizes = self.sizes.limit("least", len(self.requirements.complete(present)))
        return sizes if self.is_open else sizes.limit("most", len((self.largest or frozenset()) - {*absent}))

    def _may_have(self, names: Collection[str], largest: AbstractSet[str]) -> bool:
        return all(name in largest or (self.is_open and name not in self.is_listed) for name in names)


def read_requirements(schema: Json) -> Requirements:
    """Read what a schema requires of the names of an object."""
    dependent = schema.get("dependentRequired", {}).items()
    return Requirements(
        frozenset(schema.get("required", ())),
        frozenset((name, other) for name, others in dependent for other in others),
        frozenset(map(read_group, schema.get("allOf", ()))),
    )


def read_group(group: Json) -> Group:
    """Read the alternatives of a group."""
    return tuple(frozenset(one["required"]) for one in group["anyOf"])


def list_absences(group: Group) -> Iterator[frozenset[str]]:
    """List the sets of names without which an object has no alternative of a group; of too many, an empty one stands for the rest."""
    absences = map(frozenset, product(*group))
    yield from islice(absences, MAX_ABSENCES)
    if any(True for _ in absences):
        yield frozenset()
