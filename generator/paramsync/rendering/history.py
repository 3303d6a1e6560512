"""Changes of the past by version, in it by model, in it by parameter, as many as a page can show; and the dates that count. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal

from paramsync.changes.history import Release
from paramsync.changes.kinds import Severity
from paramsync.changes.notes import Note
from paramsync.changes.summary import SEVERITIES
from paramsync.rendering.comparison import Comparison
from paramsync.rendering.days import read_day
from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.past_changes import KnownModel, PastChange

Form = Literal["rows", "line"]
ADDING = frozenset({"page-added", "model-added", "parameter-added"})


@dataclass(frozen=True, slots=True)
class Room:
    """How much a page shows of a history: so many entries with their rows, then so many in a line each; the rest is counted."""

    rows: int
    lines: int


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


@dataclass(frozen=True, slots=True)
class Entry:
    """The changes of one parameter in a version, or those of a model or a page itself, without a parameter."""

    parameter: str
    changes: Sequence[PastChange]
    form: Form

    @property
    def severity(self) -> Severity:
        """The worst of its changes."""
        return find_worst(self.changes)

    @property
    def now(self) -> Parameter | None:
        """The parameter, or that in which the value is that it is about, if its model still has it."""
        name, model = self.parameter.partition("/")[0], self.changes[0].model
        parameters = model.now.parameters if model and model.now else ()
        return next((one for one in parameters if one.name == name), None)

    @property
    def comparison(self) -> tuple[Comparison, ...]:
        """The row of the parameter before and after, side by side; none where the history does not have it."""
        return next((one.comparison for one in self.changes if any(one.rows)), ())


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of a model in a version; of a page, without a model."""

    page: str
    model: KnownModel | None
    severity: Severity
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class PastRelease:
    """What a version changed: `sections`, the worst first, and the number of changes that have no room there."""

    release: Release
    changes: Sequence[PastChange]
    sections: Sequence[Section]
    left: int

    @property
    def name(self) -> str:
        return self.release.version

    @property
    def date(self) -> str:
        return self.release.date

    @property
    def day(self) -> str:
        return read_day(self.release.date)

    @property
    def is_first(self) -> bool:
        return self.release.is_first

    @property
    def notes(self) -> tuple[Note, ...]:
        return self.release.notes

    @property
    def known(self) -> Sequence[KnownModel]:
        """The models that it is about, each once."""
        return [*{one.model.id: one.model for one in self.changes if one.model}.values()]

    @property
    def models(self) -> tuple[Model, ...]:
        """Those of them that are there now."""
        return tuple(one.now for one in self.known if one.now)

    @property
    def counts(self) -> Sequence[tuple[Severity, int]]:
        """How many changes it has of each severity that it has."""
        counts = Counter(one.severity for one in self.changes)
        return [(severity, counts[severity]) for severity in SEVERITIES if counts[severity]]


@dataclass(frozen=True)
class History:
    """Changes, the newest first; a template goes through them, or through `releases`.

    `versions` are those that are shown, with changes or without.
    """

    changes: Sequence[PastChange]
    versions: Sequence[Release]
    room: Room

    def __iter__(self) -> Iterator[PastChange]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    @property
    def releases(self) -> Iterator[PastRelease]:
        """The versions, the newest first, each with what it changed."""
        rows, lines = self.room.rows, self.room.lines
        changes = {key: [*ones] for key, ones in groupby(self.changes, lambda one: one.version)}
        for release in self.versions:
            ones = changes.get(release.version, [])
            groups = [] if release.is_first else _group(ones)
            sections: list[Section] = []
            shown = 0
            for group in groups:
                parts = group[: max(rows, 0) + max(lines, 0)]
                entries = [
                    Entry(part[0].parameter, part, "rows" if at < rows else "line")
                    for at, part in enumerate(parts)
                ]
                rows, lines = rows - len(parts), lines - max(len(parts) - max(rows, 0), 0)
                shown += sum(map(len, parts))
                first = group[0][0]
                worst = find_worst([one for part in group for one in part])
                sections += [Section(first.page, first.model, worst, entries)] if entries else []
            yield PastRelease(release, ones, sections, 0 if release.is_first else len(ones) - shown)

    @cached_property
    def dates(self) -> Dates:
        """When what it is about was added, last changed and last broken."""
        oldest = (one for one in self.changes if one.version == self.changes[-1].version)
        added = (one for one in oldest if one.kind in ADDING)
        broken = (one for one in self.changes if one.severity == "breaking")
        return Dates(
            make_moment(next(added, None)),
            make_moment(next(iter(self.changes), None)),
            make_moment(next(broken, None)),
        )


def make_moment(change: PastChange | None) -> Moment | None:
    return Moment(change.version, change.date, change.day) if change else None


def find_worst(changes: Sequence[PastChange]) -> Severity:
    """Return the worst severity of some changes."""
    return min((one.severity for one in changes), key=SEVERITIES.index)


def _group(changes: Sequence[PastChange]) -> list[list[list[PastChange]]]:
    """Group the changes of a version by model, or page, and by parameter: the worst first, else in their order."""
    found: dict[tuple[str, str], dict[str, list[PastChange]]] = {}
    for one in changes:
        of = found.setdefault((one.change.model, "" if one.model else one.page), {})
        of.setdefault(one.parameter, []).append(one)
    groups = [sorted(parts.values(), key=_rank) for parts in found.values()]
    return sorted(groups, key=lambda group: min(map(_rank, group)))


def _rank(changes: Sequence[PastChange]) -> int:
    return SEVERITIES.index(find_worst(changes))
