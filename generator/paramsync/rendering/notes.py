"""What the vendor says of a parameter for people, beside its rules, in words: a note. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from paramsync.pages.prose import code_span
from paramsync.rules import MAX_COUNT, is_number
from paramsync.specs.schema import find_leaf
from paramsync.text import Json, json_line, json_number, number_text

BETWEEN_WORDS = re.compile(r"(?<=[^\W_])[\s_-]+(?=[^\W_])")
MINUTE, HOUR = 60, 3600  # in seconds
LONGEST = 1_000_000  # seconds that are written as hours and minutes
UNITS = {"GiB": 2**30, "GB": 10**9, "MiB": 2**20, "MB": 10**6, "KiB": 2**10, "KB": 10**3}  # in bytes


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_amount(value: Any) -> bool:
    return is_number(value) and value >= 0


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


# The annotations that a note tells, and whether a value can be one: another value is an annotation as any other.
FACTS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("x-label", "x-kind", "x-group", "x-hint", "x-placeholder", "x-mask-from"), _is_text),
    **dict.fromkeys(("x-step", "x-min-duration", "x-max-duration", "x-max-size"), _is_amount),
    **dict.fromkeys(("x-labels", "x-required-if"), _is_object),
    "x-cost": lambda value: value is True,
    "x-model-types": _is_texts,
}


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of a parameter beside its rules; `label` and `labels` (listed choice as a text -> label) only where they say more than the name.

    `sentences` tell the rest, in Markdown that is not yet escaped.
    """

    kind: str = ""
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    changes_price: bool = False
    sentences: tuple[str, ...] = ()
    keywords: frozenset[str] = frozenset()  # of the annotations that it tells

    @property
    def has_more(self) -> bool:
        """True if it has more than its place in a table."""
        return bool(self.label or self.sentences)

    @property
    def all_sentences(self) -> tuple[str, ...]:
        """All that it says, where there is no table."""
        label = (f"Called “{self.label}”.",) if self.label else ()
        kind = (f"Kind of file: {self.kind}.",) if self.kind else ()
        choices = (f"Of the choices, {_name(self.labels)}.",) if self.labels else ()
        price = ("Changes the price.",) if self.changes_price else ()
        return (*label, *kind, *choices, *self.sentences, *price)


def make_note(schema: Json, name: str) -> Note:
    """Make the note of a parameter, or of a value inside one."""
    facts = find_facts(schema)
    label = facts.get("x-label", "")
    labels = {key: one for key, one in facts.get("x-labels", {}).items() if _is_text(one)}
    listed = find_leaf(schema).get("enum")
    choices = labels if listed is None else map(write_choice, listed)
    told = {key: labels[key] for key in choices if key in labels and says_more(labels[key], key)}
    unlisted = told if listed is None else {}
    return Note(
        kind=facts.get("x-kind", ""),
        label=label if says_more(label, name) else "",
        labels={} if unlisted else told,
        changes_price="x-cost" in facts,
        sentences=(*([f"{_name(unlisted)}."] if unlisted else []), *_tell(facts)),
        keywords=frozenset(facts),
    )


def find_facts(schema: Json) -> Json:
    """Find the annotations that a note tells."""
    return {key: one for key, one in schema.items() if key in FACTS and FACTS[key](one)}


def says_more(label: str, name: str) -> bool:
    """Tell whether a label says more than a name: `Canvas size` of `width` does, `Num Outputs` of `numOutputs` does not."""
    return bool(label.strip()) and _fold(label) != _fold(name)


def _fold(text: str) -> str:
    return BETWEEN_WORDS.sub("", text.strip()).casefold()


def write_choice(choice: Any) -> str:
    """Write a choice as the key of its label."""
    return (
        choice if isinstance(choice, str) else json_number(choice) if is_number(choice) else json_line(choice)
    )


def write_duration(seconds: float) -> str:
    """Write a duration for people: 90 as 1 min 30 s."""
    if seconds < MINUTE or seconds > LONGEST or seconds % 1:
        return f"{_write(seconds)} s"
    parts = ((seconds // HOUR, "h"), (seconds % HOUR // MINUTE, "min"), (seconds % MINUTE, "s"))
    return " ".join(f"{_write(number)} {unit}" for number, unit in parts if number)


def write_size(size: float) -> str:
    """Write a number of bytes for people: 15728640 as 15 MiB, in the largest unit in which it is a whole number."""
    can_be_whole = 0 < size <= MAX_COUNT
    unit = next((unit for unit, factor in UNITS.items() if can_be_whole and size % factor == 0), "")
    return f"{_write(size / UNITS[unit])} {unit}" if unit else f"{_write(size)} bytes"


def _tell(facts: Json) -> Iterator[str]:
    yield from _tell_span(facts, "x-min-duration", "x-max-duration", write_duration, " long")
    yield from _tell_span(facts, "", "x-max-size", write_size, "")
    if "x-step" in facts:
        yield f"In steps of {_write(facts['x-step'])}."
    if name := facts.get("x-mask-from"):
        yield f"A mask of {code_span(name)}."
    if types := facts.get("x-model-types"):
        yield f"Takes models of the type {_list(types, 'or')}."
    if condition := facts.get("x-required-if"):
        yield f"The vendor says that it is required {_tell_condition(condition)}; nothing checks it."
    for key, heading in (("x-hint", "Hint"), ("x-placeholder", "Placeholder")):
        if text := facts.get(key, "").strip():
            yield f"{heading}: “{text}”"


def _tell_span(
    facts: Json, least: str, most: str, write: Callable[[float], str], after: str
) -> Iterator[str]:
    if least in facts and most in facts:
        yield f"From {write(facts[least])} to {write(facts[most])}{after}."
    elif least in facts:
        yield f"At least {write(facts[least])}{after}."
    elif most in facts:
        yield f"At most {write(facts[most])}{after}."


def _tell_condition(condition: Json) -> str:
    """Tell a condition, without a claim to its meaning where that is not certain; one of another form as it stands."""
    match condition if len(condition) == 1 else None:
        case {"ifDefined": [*names]} if names and _is_texts(names):
            return _tell_others("with", names)
        case {"ifNotDefined": [*names]} if names and _is_texts(names):
            return _tell_others("without", names)
        case {"conditional": {"values": dict(values), "operator": "and" | "or" as word}}:
            if values and all(isinstance(some, list) and some for some in values.values()):
                return f"if {f' {word} '.join(_tell_choices(name, some) for name, some in values.items())}"
    return f"under a condition: {code_span(json_line(condition))}"


def _tell_others(word: str, names: Sequence[str]) -> str:
    doubt = ", all of them or any of them" if names[1:] else ""
    return f"{word} {_list(names, 'and')}{doubt}"


def _tell_choices(name: str, choices: Iterable[Any]) -> str:
    return f"{_code(name)} is {_list(map(write_choice, choices), 'or')}"


def _name(labels: Mapping[str, str]) -> str:
    """Say what choices are called."""
    return ", ".join(f"{_code(choice)} is “{label}”" for choice, label in labels.items())


def _list(names: Iterable[str], word: str) -> str:
    """List names as code: `a`, `b` or `c`."""
    *others, last = map(_code, names)
    return f"{', '.join(others)} {word} {last}" if others else last


def _code(text: str) -> str:
    return code_span(text or '""')


def _write(number: float) -> str:
    return number_text(number).removesuffix(".0")
