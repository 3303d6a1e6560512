"""Changes of the past by version, in it by model, in it by parameter, as many as a page can show, and when the last ones were. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby, islice

from paramsync.changes.days import read_day
from paramsync.changes.history import Release
from paramsync.changes.summary import SEVERITIES
from paramsync.rendering.past.changes import PastChange
from paramsync.rendering.past.releases import Entry, PastRelease, Section, find_worst

FEED = 100  # entries
NO_DAY = "1970-01-01"  # where no version has a day

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


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a page shows of a history: so many entries with their rows, then so many in a line each; the rest is counted."""

    rows: int
    lines: int


@dataclass(frozen=True)
class History:
    """Changes, the newest first; a template goes through them, or through `releases`.

    `versions` are those that are shown, with changes or without.
    """

    changes: Sequence[PastChange]
    versions: Sequence[Release]
    extent: Extent

    def __iter__(self) -> Iterator[PastChange]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    @property
    def releases(self) -> Iterator[PastRelease]:
        """The versions, the newest first, each with what it changed."""
        rows, lines = self.extent.rows, self.extent.lines
        are_full = iter([place < rows for place in range(rows + lines)])
        changes = {key: [*ones] for key, ones in groupby(self.changes, lambda one: one.version)}
        befores = chain((one.version for one in self.versions[1:]), [""])
        for release, before in zip(self.versions, befores, strict=False):
            ones = changes.get(release.version, [])
            sections = [] if release.is_first else [*_make_sections(ones, are_full)]
            shown = sum(len(entry.changes) for section in sections for entry in section.entries)
            left = 0 if release.is_first else len(ones) - shown
            yield PastRelease(release, before, self._days[release.version], ones, sections, left)

    @cached_property
    def _days(self) -> Mapping[str, str]:
        """The nearest day of each version."""
        found: dict[str, str] = {}
        days = [(one.version, read_day(one.date)) for one in self.versions]
        for order in (reversed(days), days):  # after the older ones, the newer ones
            last = ""
            for version, day in order:
                last = found.get(version, "") or day or last
                found[version] = last
        return {version: day or NO_DAY for version, day in found.items()}

    @property
    def newest(self) -> Sequence[tuple[PastRelease, Section | None]]:
        """The newest sections of releases, as many as a feed takes; a release without any stands alone."""
        pairs = (
            (one, section)
            for one in self.releases
            for section in (*one.sections, *([] if one.sections else [None]))
        )
        return [*islice(pairs, FEED)]

    @cached_property
    def dates(self) -> Dates:
        """When what it is about was added, last changed and last broken."""
        return _find_dates(self.changes)


def _make_sections(changes: Sequence[PastChange], are_full: Iterator[bool]) -> Iterator[Section]:
    """Make the sections of a version, as long as a page has space for their entries."""
    for parts in _group(changes):
        entries = [
            Entry(part[0].parameter, part, is_full) for part, is_full in zip(parts, are_full, strict=False)
        ]
        if entries:
            first, worst = parts[0][0], find_worst([one for part in parts for one in part])
            yield Section(first.page, first.model, worst, entries)


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


def _find_dates(changes: Sequence[PastChange]) -> Dates:
    """Find the dates of what changes are about, the newest of which is the first."""
    oldest = (one for one in changes if one.version == changes[-1].version)
    added = (one for one in oldest if one.kind in ADDING)
    broken = (one for one in changes if one.severity == "breaking")
    return Dates(*(_make_moment(next(ones, None)) for ones in (added, iter(changes), broken)))


def _make_moment(change: PastChange | None) -> Moment | None:
    return Moment(change.version, change.date, change.day) if change else None
