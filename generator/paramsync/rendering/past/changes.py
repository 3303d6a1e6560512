"""A change of the past as templates see it: its sentence in parts, and the row of the parameter before and after. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property

from paramsync.changes.days import read_day
from paramsync.changes.groups import FROM_TO
from paramsync.changes.history import Release
from paramsync.changes.kinds import KINDS, Change, Severity, shorten_value
from paramsync.changes.rows import ModelRow, ParameterRow
from paramsync.changes.schemas import ELEMENTS
from paramsync.rendering.models import Model
from paramsync.rendering.past.comparison import Comparison, compare_rows

LONGEST_VALUE = (
    60  # characters, beyond which a sentence is easier to read without the values, which the rows show
)
VALUE = re.compile(r"\{(old|new)\}")


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model of the history: `now` is what it is, None where it is gone; then the rest is what the history knows of it."""

    id: str
    title: str
    provider: str
    urn: str
    now: Model | None


@dataclass(frozen=True, slots=True)
class Words:
    """A part of a sentence: words, or a value of the vendor."""

    text: str
    is_value: bool


@dataclass(frozen=True)
class PastChange:
    """A change, with the version that brought it, and its number in this; `model` is None if it is about a page."""

    release: Release
    number: int
    change: Change
    model: KnownModel | None

    @property
    def kind(self) -> str:
        return self.change.kind

    @property
    def severity(self) -> Severity:
        return self.change.severity

    @property
    def page(self) -> str:
        return self.change.page

    @property
    def parameter(self) -> str:
        """The parameter, with what is inside it behind a slash; empty if it is about a model or a page."""
        return self.change.parameter

    @property
    def version(self) -> str:
        return self.release.version

    @property
    def date(self) -> str:
        return self.release.date

    @property
    def day(self) -> str:
        return read_day(self.release.date)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that it is about: also the old one of a parameter, that of what it is inside, and all of a model that comes or goes."""
        if self.kind in ("model-added", "model-removed"):
            rows = (one for one in (self.change.before, self.change.after) if isinstance(one, ModelRow))
            return tuple(name for row in rows for name in row.parameters)
        old = [self.change.old] if self.kind == "parameter-renamed" else []
        return (*(name for name in self.parameter.split("/") if name not in ("", ELEMENTS)), *old)

    @property
    def rows(self) -> tuple[ParameterRow | None, ParameterRow | None]:
        before, after = (
            one if isinstance(one, ParameterRow) else None for one in (self.change.before, self.change.after)
        )
        return before, after

    @property
    def parts(self) -> tuple[Words, ...]:
        """The sentence in parts; without long values, where the rows show them."""
        one, sentence = self.change, KINDS[self.kind][1]
        values = {"old": shorten_value(self.kind, one.old), "new": shorten_value(self.kind, one.new)}
        words = {key for key, value in (("old", one.old), ("new", one.new)) if value is None}
        if any(self.rows) and max(map(len, values.values())) > LONGEST_VALUE:
            sentence = sentence.removesuffix(FROM_TO)
        found = enumerate(VALUE.split(sentence))
        return tuple(
            Words(values[part] if at % 2 else part, is_value=bool(at % 2) and part not in words)
            for at, part in found
            if part
        )

    @cached_property
    def comparison(self) -> tuple[Comparison, ...]:
        """The row of the parameter before and after, side by side; none where the history does not have it."""
        return compare_rows(self.parameter.rpartition("/")[2], *self.rows) if any(self.rows) else ()
