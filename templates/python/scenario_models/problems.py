"""What a validator finds, and how it says so: cheaply, whatever it is given."""

import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import partial
from heapq import nsmallest
from typing import Any, Literal, Self, TypeGuard

Code = Literal["required", "type", "enum", "minimum", "maximum", "unknown"]

IN_FULL = 20  # problems of a payload that tell all choices, and what comes nearest
LONGEST_SHOWN = 60
LONGEST_READ = 1000  # characters of a text, of which what is shown is made
LARGEST_SHOWN = 14_285  # bits of a number: more have more digits than Python writes unless it is told to
MOST_COMPARED = 50  # names letter by letter, of all those that are about as long and have the same letters
FIELDS = {"pointer": 0, "code": 1, "message": 2}
ADDRESS = re.compile(r"(https?:[^?#\"<>]*)([?#][^\s\"'<>]*)?", re.IGNORECASE)


class _Later:
    """A message that is worked out when it is read; it keeps nothing of a payload but what it shows."""

    def __init__(self, work_out: Callable[[], str]) -> None:
        self._work_out = work_out

    def __str__(self) -> str:
        return self._work_out()


class _Items(tuple[str, Code, str]):  # noqa: SLOT001 - what pydantic makes has no items, but attributes
    """A tuple whose items are also its attributes, and text when they are read."""

    def __new__(cls, pointer: str = "", code: Code = "type", message: str | _Later = "") -> Self:
        return super().__new__(cls, (pointer, code, message))  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> str:
        if name not in FIELDS:
            raise AttributeError(f"a problem has no {name!r}")
        return str(super().__getitem__(FIELDS[name]))

    def __iter__(self) -> Iterator[str]:
        return iter((self.pointer, self.code, self.message))

    def __getitem__(self, index: Any) -> Any:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == (tuple(other) if isinstance(other, tuple) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: tuple[str, ...]) -> bool:
        return tuple(self) < tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type, tuple[str, ...]]:
        return type(self), tuple(self)


@dataclass(frozen=True, eq=False, init=False)
class Problem(_Items):
    """One thing that is wrong with a payload: a tuple of three, and a dataclass, as those take it who write JSON objects."""

    __slots__ = ()

    pointer: str
    """Where: a JSON Pointer (RFC 6901) into the payload, such as `/loras/0`."""

    code: Code
    """Which rule is broken, by its name in the spec; `unknown` is a parameter the model does not have."""

    message: str
    """What to tell a person. It is worked out when it is read."""

    def _asdict(self) -> dict[str, Any]:
        return asdict(self)


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a number in JSON: no boolean, no NaN, no infinity."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def elements(problems: list[Problem], payload: Mapping[Any, Any], name: str) -> Iterator[tuple[int, Any]]:
    """Give each element of an array with its index, if the payload has it; say so where it is no array."""
    values = payload.get(name, [])
    if isinstance(values, list):
        return enumerate(values)
    wrong_type(problems, f"/{name}", "array", values)
    return iter(())


def missing(problems: list[Problem], pointer: str) -> None:
    """Say that a required parameter is not there."""
    problems.append(Problem(pointer, "required", f"{pointer[1:]} is required"))


def wrong_type(problems: list[Problem], pointer: str, expected: str, value: object) -> None:
    """Say that a value is not of its type."""
    article = "an" if expected[0] in "aeiou" else "a"
    problems.append(Problem(pointer, "type", f"{show(value)} is not {article} {expected}"))


def not_a_choice(problems: list[Problem], pointer: str, choices: Collection[object], value: object) -> None:
    """Say that a value is none of the choices, and which comes nearest."""
    shown = show(value)
    message: str | _Later = f"{shown} is none of the choices"
    if len(problems) < IN_FULL:
        message = _Later(partial(_tell_choices, shown, choices, _comparable(value)))
    problems.append(Problem(pointer, "enum", message))


def below(problems: list[Problem], pointer: str, minimum: float, value: float) -> None:
    """Say that a number is too small."""
    problems.append(Problem(pointer, "minimum", f"{show(value)} is below {minimum}"))


def above(problems: list[Problem], pointer: str, maximum: float, value: float) -> None:
    """Say that a number is too large."""
    problems.append(Problem(pointer, "maximum", f"{show(value)} is above {maximum}"))


def unknown(problems: list[Problem], payload: Mapping[Any, Any], names: Collection[str]) -> None:
    """Say of each name in a payload that the model does not have it, and which comes nearest."""
    for name in payload:
        if name in names:
            continue
        told = f"there is no parameter {show(name)}"
        is_full = len(problems) < IN_FULL
        message = _Later(partial(_tell_name, told, names, _comparable(name))) if is_full else told
        pointer = name if isinstance(name, str) else show(name)
        problems.append(Problem("/" + pointer.replace("~", "~0").replace("/", "~1"), "unknown", message))


def nearest(value: object, names: Collection[object]) -> str:
    """Give the hint `; did you mean ...?`, or nothing where no name comes near."""
    if not isinstance(value, str) or len(value) > LONGEST_SHOWN:
        return ""
    word, letters = _fold(value), set(_fold(value))
    plain = {_fold(name): name for name in names if isinstance(name, str)}
    alike = nsmallest(MOST_COMPARED, plain, lambda name: abs(len(name) - len(word)) - len(letters.intersection(name)))
    near = get_close_matches(word, alike, 1)
    return f"; did you mean {show(plain[near[0]])}?" if near else ""


def _fold(name: str) -> str:
    return name[:LONGEST_READ].lower().replace("_", "")


def _tell_choices(shown: str, choices: Collection[object], value: str | None) -> str:
    return f"{shown} is none of {', '.join(map(show, choices))}{nearest(value, choices)}"


def _tell_name(told: str, names: Collection[str], name: str | None) -> str:
    return told + nearest(name, names)


def _comparable(value: object) -> str | None:
    """Give a text that is short enough to be compared, and all of which may be shown."""
    if not isinstance(value, str) or len(value) > LONGEST_SHOWN or without_signatures(value) != value:
        return None
    return value


def show(value: object) -> str:
    """Show a value in a message, as JSON in which no address has a signature; of an array or an object, say only that it is one."""
    if isinstance(value, str):
        return cut(without_signatures(json.dumps(value[:LONGEST_READ])))
    if isinstance(value, list | tuple | dict):
        return "an object" if isinstance(value, dict) else "an array"
    try:
        return cut(_write(value))
    except (TypeError, ValueError):
        return cut(type(value).__name__)


def show_name(name: str) -> str:
    """Show what should be a name in a message: as it is, but for the signature of an address that it may be."""
    return without_signatures(name[:LONGEST_READ])


def _write(value: object) -> str:
    """Write what is no text, array or object as JSON.

    Raises:
        TypeError, ValueError: it has no JSON, or is too long.

    """
    if not isinstance(value, int) or isinstance(value, bool):
        return json.dumps(value)
    if value.bit_length() > LARGEST_SHOWN:
        raise ValueError("a number with very many digits")
    return int.__repr__(value)


def without_signatures(text: str) -> str:
    """Cut addresses in a text behind the question mark, where a signature may be."""
    if "?" not in text and "#" not in text:
        return text
    return ADDRESS.sub(lambda found: found[1] + ("?…" if found[2] else ""), text)


def cut(text: str) -> str:
    """Leave out what is too long to be shown."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
