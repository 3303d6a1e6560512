"""A release of the past as templates see it: what it changed, by model and by parameter. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from paramsync.changes.days import read_day
from paramsync.changes.history import Release
from paramsync.changes.kinds import Severity
from paramsync.changes.notes import Note
from paramsync.changes.summary import SEVERITIES
from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.past.changes import KnownModel, PastChange
from paramsync.rendering.past.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Entry:
    """The changes of one parameter in a version, or those of a model or a page itself, without a parameter.

    A page shows all of it if it `is_full`, with the rows before and after, else a line.
    """

    parameter: str
    changes: Sequence[PastChange]
    is_full: bool

    @property
    def severity(self) -> Severity:
        """The worst of its changes."""
        return find_worst(self.changes)

    @property
    def by_severity(self) -> Sequence[tuple[Severity, Sequence[PastChange]]]:
        """Its changes by their severity, the worst first."""
        found = ((one, [change for change in self.changes if change.severity == one]) for one in SEVERITIES)
        return [(severity, changes) for severity, changes in found if changes]

    @property
    def now(self) -> Parameter | None:
        """The parameter, or that in which the value is that it is about, if its model still has it."""
        name, model = self.parameter.partition("/")[0], self.changes[0].model
        parameters = model.now.parameters if model and model.now else ()
        return next((one for one in parameters if one.name == name), None)

    @property
    def has_rows(self) -> bool:
        return any(any(one.rows) for one in self.changes)

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

    @property
    def has_lines(self) -> bool:
        """True if it has rows that are not shown."""
        return any(one.has_rows and not one.is_full for one in self.entries)


@dataclass(frozen=True, slots=True)
class PastRelease:
    """What a version changed after another one: `sections`, the worst first, and the number of changes that are left out.

    `nearest_day` is the day of its date, or, if this says none, that of the nearest version with one, older ones first.
    """

    release: Release
    after: (
        str  # the version before it, which stays while its own number is not yet certain; empty for the first
    )
    nearest_day: str
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


def find_worst(changes: Sequence[PastChange]) -> Severity:
    """Return the worst severity of some changes."""
    return min((one.severity for one in changes), key=SEVERITIES.index)
