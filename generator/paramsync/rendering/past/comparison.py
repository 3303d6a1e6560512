"""A row of a table before and after a change, side by side, line by line. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Literal

from paramsync.changes.rows import ParameterRow
from paramsync.pages.prose import code_span
from paramsync.pages.sources import REQUIRED_WITH, UNLESS
from paramsync.rendering.labels import LABELS
from paramsync.rendering.rows import Row, list_rows
from paramsync.rules import json_key

LineKind = Literal["words", "value", "prose", "choices"]
ORDER = [*LABELS.values()]
WORD = re.compile(r"(?:`[^`]*`|[^\s`]|`)+")  # a code span is one, with what stands at it
MAX_WORDS = 1000  # of texts that are compared word by word


@dataclass(frozen=True, slots=True)
class ComparedChoice:
    """A choice of one side, with its label if that says more; `state` tells whether the other side has it, too."""

    value: Any
    label: str
    state: Literal["kept", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a text, which the other side has, too, unless they are changed; a space stands between two pieces."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What is said under one header, before and after; None where nothing is.

    `kind` tells what it is: `words`, a `value` as JSON, `prose` with code spans, in pieces, or `choices`.
    """

    label: str
    kind: LineKind
    before: Any
    after: Any
    is_different: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The lines of a row; `name` is what follows the name of the parameter where it is of a value inside, such as `[]`."""

    name: str
    has_before: bool
    has_after: bool
    lines: tuple[Line, ...]


Said = Mapping[str, tuple[LineKind, Any]]  # header -> what stands there
Place = tuple[str, int]


def compare_rows(
    name: str, before: ParameterRow | None, after: ParameterRow | None
) -> tuple[Comparison, ...]:
    """Compare what was with what is: the row of a parameter, and those of values inside that differ."""
    old, new = ({} if row is None else _place_rows(_tell_rows(name, row)) for row in (before, after))
    places = dict.fromkeys((*new, *old))
    return tuple(
        _compare(place[0], old.get(place), new.get(place)) for place in places if _shows(place, old, new)
    )


def _place_rows(rows: Iterable[tuple[str, Said]]) -> dict[Place, Said]:
    """Place rows by what follows the name of the parameter, and by a number where several have this."""
    found: dict[Place, Said] = {}
    numbers = Counter[str]()
    for place, said in rows:
        found[place, numbers[place]] = said
        numbers[place] += 1
    return found


def _shows(place: Place, old: Mapping[Place, Said], new: Mapping[Place, Said]) -> bool:
    """Tell whether a row is shown: that of the parameter itself, and of what is inside, that which differs."""
    return not place[0] or not _is_equal(old.get(place), new.get(place))


def _compare(place: str, old: Said | None, new: Said | None) -> Comparison:
    before, after = old or {}, new or {}
    labels = sorted(dict.fromkeys((*after, *before)), key=_rank)
    lines = tuple(_compare_line(label, before.get(label), after.get(label)) for label in labels)
    return Comparison(place, old is not None, new is not None, lines)


def _rank(label: str) -> float:
    """Rank a line: in the order of all labels, and what has none of these before the description."""
    return ORDER.index(label) if label in ORDER else ORDER.index(LABELS["description"]) - 0.5


def _compare_line(label: str, old: tuple[LineKind, Any] | None, new: tuple[LineKind, Any] | None) -> Line:
    was, now = (None if one is None else one[1] for one in (old, new))
    kind = (new or old or ("words", None))[0]
    is_different = not _is_equal(was, now)
    if kind == "choices":
        return Line(label, kind, _mark(was, now, "removed"), _mark(now, was, "added"), is_different)
    if kind == "prose":
        return Line(label, kind, *_compare_texts(was, now), is_different)
    return Line(label, kind, was, now, is_different)


def _compare_texts(
    old: str | None, new: str | None
) -> tuple[tuple[Piece, ...] | None, tuple[Piece, ...] | None]:
    """Compare two texts word by word; where one is not there, or they are long, all of them is one piece."""
    sides = [None if text is None else (Piece(text, is_changed=False),) for text in (old, new)]
    if old is None or new is None or old == new:
        return sides[0], sides[1]
    before, after = WORD.findall(old), WORD.findall(new)
    if max(len(before), len(after)) > MAX_WORDS:
        return sides[0], sides[1]
    was: list[Piece] = []
    now: list[Piece] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        for pieces, words in ((was, before[start:end]), (now, after[other_start:other_end])):
            if words:
                pieces.append(Piece(" ".join(words), is_changed=tag != "equal"))
    return tuple(was), tuple(now)


def _mark(
    ones: tuple[tuple[Any, str], ...] | None,
    others: tuple[tuple[Any, str], ...] | None,
    state: Literal["added", "removed"],
) -> tuple[ComparedChoice, ...] | None:
    """Mark the choices of one side that the other has not; where that has none at all, no choice is marked."""
    if ones is None:
        return None
    kept = {json_key(value) for value, _ in (others if others is not None else ones)}
    return tuple(
        ComparedChoice(one, label, "kept" if json_key(one) in kept else state) for one, label in ones
    )


def _is_equal(one: Any, other: Any) -> bool:
    return bool(_key(one) == _key(other))


def _key(value: Any) -> Any:
    """Return what is equal for what reads alike: also of what JSON has not, such as tuples of choices with labels."""
    if isinstance(value, tuple):
        return tuple(map(_key, value))
    if isinstance(value, Mapping):
        return frozenset((name, _key(one)) for name, one in value.items())
    return json_key(value)


def _tell_rows(name: str, row: ParameterRow) -> Iterator[tuple[str, Said]]:
    """Tell what the rows of a parameter say, by what follows its name."""
    first, *inner = list_rows(
        {"properties": {name: row.schema}, "required": [name] if row.is_required else []}
    )
    yield "", _tell(replace(first, is_required=row.is_required), _tell_conditions(row))
    yield from ((one.name.removeprefix(name), _tell(one, {})) for one in inner)


def _tell_conditions(row: ParameterRow) -> Mapping[str, str]:
    """Tell with what a parameter is required, in prose."""
    groups = (", or ".join(map(_list_names, group)) for group in row.required_unless)
    return {
        LABELS["requires"]: _list_names(row.requires),
        LABELS[REQUIRED_WITH]: _list_names(row.required_with, " or "),
        LABELS[UNLESS]: "; ".join(groups),
    }


def _list_names(names: Sequence[str], last: str = " and ") -> str:
    return last.join(map(code_span, names))


def _tell(row: Row, conditions: Mapping[str, str]) -> Said:
    """Tell what a row says, by the headers of the columns of the docs, and by those of what the docs have below a table."""
    remarks = row.remarks
    required = None if row.is_required is None else "Yes" if row.is_required else "No"
    said: dict[str, tuple[LineKind, Any]] = {
        LABELS["type"]: ("words", row.type),
        LABELS["required"]: ("words", required),
        LABELS["default"]: ("value", row.default),
        **{LABELS[key]: ("value", row.limits[key]) for key in LABELS if key in row.limits},
        LABELS["choices"]: ("choices", row.labelled_choices or None),
        LABELS["label"]: ("words", remarks.label),
        LABELS["kind"]: ("words", remarks.kind),
        LABELS["price"]: ("words", "Yes" if remarks.changes_price else None),
        **{label: ("prose", text) for label, text in conditions.items()},
        LABELS["notes"]: ("prose", " ".join(remarks.sentences)),
        LABELS["description"]: ("prose", row.description),
    }
    others = {f"{label} (x-)" if label in said else label: one for label, one in remarks.annotations.items()}
    said |= {label: ("prose", text) for label, text in others.items()}
    return {label: one for label, one in said.items() if one[1] is not None and one[1] != ""}
