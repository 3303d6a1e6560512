"""Equal changes of many models, as one: who reviews 600 of them decides once. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from paramsync.changes.kinds import KINDS, Change, Severity
from paramsync.changes.summary import SEVERITIES, sort_changes
from paramsync.text import json_line

FROM_TO = " from {old} to {new}"  # ends the sentence of a change that has a before and an after


@dataclass(frozen=True)
class Group:
    """Changes that differ only in their models, or pages, in the order of their places; at least one."""

    changes: tuple[Change, ...]

    @property
    def severity(self) -> Severity:
        return self.changes[0].severity

    @property
    def has_values(self) -> bool:
        """True if the change has a value before and one after, rather than a sentence that names its value."""
        return KINDS[self.changes[0].kind][1].endswith(FROM_TO)

    def by_page(self) -> Iterator[tuple[str, list[Change]]]:
        """Go through the pages, with the changes of each."""
        for page, ones in groupby(sorted(self.changes, key=lambda one: one.page), lambda one: one.page):
            yield page, list(ones)


def group_changes(changes: Iterable[Change]) -> list[Group]:
    """Group equal changes: the worst first, then those of whole models and pages, then those of the most models."""
    found: dict[str, list[Change]] = {}
    for one in sort_changes(changes):
        key = json_line([one.severity, one.kind, one.parameter, one.old, one.new, not one.model])
        found.setdefault(key, []).append(one)
    return sorted((Group(tuple(ones)) for ones in found.values()), key=_rank)


def _rank(group: Group) -> tuple[int, bool, int]:
    first = group.changes[0]
    return SEVERITIES.index(first.severity), bool(first.parameter), -len(group.changes)
