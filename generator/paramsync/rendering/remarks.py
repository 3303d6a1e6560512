"""What the vendor says of a parameter for people, beside its rules, in words: its remarks. Pure."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from paramsync.pages.meanings import RESERVED
from paramsync.pages.prose import code_span
from paramsync.rules import MAX_COUNT, RULES, is_number
from paramsync.specs.schema import find_leaf
from paramsync.text import Json, json_line, json_number, number_text

BETWEEN_WORDS = re.compile(r"(?<=[^\W_])[\s_-]+(?=[^\W_])")
MINUTE, HOUR = 60, 3600  # in seconds
LONGEST = 1_000_000  # seconds that are written as hours and minutes
UNITS = {"GiB": 2**30, "GB": 10**9, "MiB": 2**20, "MB": 10**6, "KiB": 2**10, "KB": 10**3}  # in bytes
LIMITS = frozenset(rule.unenforced for rule in RULES)  # which are no annotations for people


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


# The annotations that have words of their own, and whether a value can be one: another value is shown as any annotation.
REMARKS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("x-label", "x-kind", "x-group"), _is_text),
    "x-labels": lambda value: isinstance(value, dict),
    "x-cost": lambda value: value is True,
    "x-required-if": lambda _: True,
}


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is said of a parameter beside its rules; `label` and `labels` (listed choice as a text -> label) only where they say more than the name.

    `sentences` tell what has no place in a table, in Markdown that is not yet escaped; in `annotations` are all others, heading -> text.
    """

    kind: str = ""
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    changes_price: bool = False
    sentences: tuple[str, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """What has words of its own, in sentences, where there is no table."""
        label = f"Called “{self.label}”." if self.label else ""
        kind = f"Kind of file: {self.kind}." if self.kind else ""
        choices = f"Of the choices, {_name(self.labels)}." if self.labels else ""
        price = "Changes the price." if self.changes_price else ""
        return tuple(filter(None, (label, kind, choices, *self.sentences, price)))

    @property
    def all_sentences(self) -> tuple[str, ...]:
        """All that it says, where there is no table."""
        return (*self.words, *self._list_annotations())

    @property
    def details(self) -> tuple[str, ...]:
        """The sentences for which a table has no place."""
        return (*self.sentences, *self._list_annotations())

    def _list_annotations(self) -> Iterator[str]:
        """Write a sentence for each of the others; a text is quoted, and has an end of its own."""
        return (
            f"{heading}: {text}{'' if text[-1] == '”' else '.'}" for heading, text in self.annotations.items()
        )


def make_remarks(schema: Json, name: str) -> Remarks:
    """Make the remarks of a parameter, or of a value inside one."""
    found = find_remarks(schema)
    label = found.get("x-label", "")
    labels = {key: one for key, one in found.get("x-labels", {}).items() if _is_text(one)}
    listed = find_leaf(schema).get("enum")
    choices = labels if listed is None else map(write_choice, listed)
    told = {key: labels[key] for key in choices if key in labels and says_more(labels[key], key)}
    unlisted = told if listed is None else {}
    return Remarks(
        kind=found.get("x-kind", ""),
        label=label if says_more(label, name) else "",
        labels={} if unlisted else told,
        changes_price="x-cost" in found,
        sentences=(
            *([f"{_name(unlisted)}."] if unlisted else []),
            *_tell_condition(found.get("x-required-if")),
        ),
        annotations=dict(_write_annotations(find_annotations(schema, without=found))),
    )


def find_remarks(schema: Json) -> Json:
    """Find the annotations that have words of their own."""
    return {key: one for key, one in schema.items() if key in REMARKS and REMARKS[key](one)}


def find_annotations(schema: Json, without: Container[str] = ()) -> Json:
    """Find what else a schema says beside the rules, where that is one value or a list of texts, by keyword."""
    said = {key: one for key, one in schema.items() if key.startswith("x-") and key not in without}
    return {
        key: one
        for key, one in said.items()
        if key not in RESERVED
        and key not in LIMITS
        and (isinstance(one, (str, int, float)) or _is_texts(one))
    }


def says_more(label: str, name: str) -> bool:
    """Tell whether a label says more than a name: `Canvas size` of `width` does, `Num Outputs` of `numOutputs` does not."""
    return bool(label.strip()) and _fold(label) != _fold(name)


def _fold(text: str) -> str:
    return BETWEEN_WORDS.sub("", text.strip()).casefold()


def write_choice(choice: Any) -> str:
    """Write a choice as the key of its label."""
    if isinstance(choice, str):
        return choice
    return json_number(choice) if is_number(choice) else json_line(choice)


def write_header(keyword: str) -> str:
    """Write the name of an annotation for people: `x-max-duration` as Max Duration."""
    return keyword.removeprefix("x-").replace("-", " ").title()


def write_duration(seconds: float) -> str:
    """Write a duration for people: 90 as 1 min 30 s."""
    if seconds < MINUTE or seconds > LONGEST or seconds % 1:
        return f"{_write_number(seconds)} s"
    parts = ((seconds // HOUR, "h"), (seconds % HOUR // MINUTE, "min"), (seconds % MINUTE, "s"))
    return " ".join(f"{_write_number(number)} {unit}" for number, unit in parts if number)


def write_size(size: float) -> str:
    """Write a number of bytes for people: 15728640 as 15 MiB, in the largest unit in which it is a whole number."""
    can_be_whole = 0 < size <= MAX_COUNT
    unit = next((unit for unit, factor in UNITS.items() if can_be_whole and size % factor == 0), "")
    return f"{_write_number(size / UNITS[unit])} {unit}" if unit else f"{_write_number(size)} bytes"


# The annotations whose numbers have a unit.
AMOUNTS: dict[str, Callable[[float], str]] = {
    "x-min-duration": write_duration,
    "x-max-duration": write_duration,
    "x-max-size": write_size,
}


def _write_annotations(annotations: Json) -> Iterator[tuple[str, str]]:
    for keyword, value in annotations.items():
        if text := _write_value(keyword, value):
            yield write_header(keyword), text


def _write_value(keyword: str, value: Any) -> str:
    if isinstance(value, list):
        return _list(value)
    if isinstance(value, str):
        return f"“{stripped}”" if (stripped := value.strip(" ")) else ""
    if not is_number(value):
        return json_line(value)
    return AMOUNTS[keyword](value) if keyword in AMOUNTS and value >= 0 else _write_number(value)


def _tell_condition(condition: Any) -> Iterator[str]:
    """Tell a condition as it is stated: what it means is not certain."""
    if isinstance(condition, dict):
        stated = "; ".join(f"{_code(word)}: {_list_or_json(one)}" for word, one in condition.items())
    else:
        stated = _list_or_json(condition)
    if condition:
        yield f"The vendor states when it is required, and nothing checks it: {stated}."


def _name(labels: Mapping[str, str]) -> str:
    """Say what choices are called."""
    return ", ".join(f"{_code(choice)} is “{label}”" for choice, label in labels.items())


def _list_or_json(value: Any) -> str:
    return _list(value) if value and _is_texts(value) else _code(json_line(value))


def _list(texts: Iterable[str]) -> str:
    return ", ".join(map(_code, texts))


def _code(text: str) -> str:
    return code_span(text or '""')


def _write_number(number: float) -> str:
    return number_text(number).removesuffix(".0")
