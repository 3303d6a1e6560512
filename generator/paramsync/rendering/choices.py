"""Names for choices, from which a target spells the members of an enum. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from paramsync.text import json_line, json_number

MAX_NAME_LENGTH = 60  # characters of a name
LAST_LATIN = "\u024f"  # up to here stand letters of ASCII with a mark
SIGNS = ("\u2000", "\u303f")  # dashes, arrows and the like
WORDS = {
    "+": " plus ",
    "%": " percent ",
    "&": " and ",
    "@": " at ",
    "#": " sharp ",
    "*": " star ",
    "=": " equals ",
    "!": " not ",
}
MINUS = re.compile(r"(?<![A-Za-z0-9])-(?=[.]?[0-9])|(?<=[0-9]e)-")
NOT_NAME = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the choices for a value; `names` are those of all of them, in order, and its own is the one at `index`.

    Names are words of letters and digits of ASCII with underscores between; two may be alike, and a target tells them apart. `choices` is
    the name of all of them together, and `model` that of the model, in code.
    """

    value: Any
    index: int
    names: tuple[str, ...]
    choices: str
    model: str

    @property
    def name(self) -> str:
        return self.names[self.index]


def name_choices(values: Sequence[Any], choices: str, model: str) -> tuple[Choice, ...]:
    names = tuple(map(make_name, values))
    return tuple(Choice(value, index, names, choices, model) for index, value in enumerate(values))


def make_name(value: Any) -> str:
    """Make a name for a choice: `16:9` is `16_9`, -1 is `minus_1`, an empty text `empty`, and what has no letter is told by its code points."""
    text = _write(value)
    words = MINUS.sub(" minus ", text)
    words = "".join(_spell_out(one) for one in words)
    found = NOT_NAME.sub("_", words).strip("_") or "_".join(f"u{ord(one):x}" for one in text)
    return found[:MAX_NAME_LENGTH].strip("_") or "empty"


def _write(value: Any) -> str:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return json_number(value) if is_number else json_line(value)


def _spell_out(character: str) -> str:
    """Write a character in ASCII: a sign that has a word by this, a letter with a mark without it, any other letter by its number."""
    if character.isascii():
        return WORDS.get(character, character)
    letter = unicodedata.normalize("NFKD", character)[0] if character <= LAST_LATIN else ""
    if letter.isascii() and letter.isalnum():
        return letter
    return " " if SIGNS[0] <= character <= SIGNS[1] else f" u{ord(character):x} "
