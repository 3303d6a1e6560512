"""The problems that validators find, and their messages. Fast, whatever the payload is."""

import operator
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from json import dumps
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeGuard

from .rules import BROKEN, Code

IN_FULL = 20  # problems of a payload that list all choices, and suggest the nearest
MAX_SHOWN = 60
MAX_FLOAT = sys.float_info.max
MAX_READ = 1000  # characters of a text that are looked at to show it
MAX_SHOWN_BITS = 14_285  # bits of a number: Python refuses to write larger ones by default
ENOUGH_ALIKE = 0.6  # of the letters of two names, to take one for the other
MAX_COMPARED = 50  # names that are compared letter by letter: those with a similar length and the same letters
URL = re.compile(r"(https?:[^?#\"<>]*)([?#][^\s\"'<>]*)?", re.IGNORECASE)


_new: Any = tuple.__new__  # makes a problem at once; `Problem(...)` runs a `__new__` in Python
_item: Any = tuple.__getitem__


class _LazyMessage(tuple[Any, ...]):
    """A message that is composed when it is read: the function that does, and what it is called with."""

    __slots__ = ()

    def __str__(self) -> str:
        described: str = self[0](*self[1:])
        return described

    def __repr__(self) -> str:  # `"%r" % problem` asks for it
        return repr(str(self))


class _Item:
    """An item of a problem as an attribute, which is no default of a dataclass; a message is composed when it is read."""

    def __init__(self, index: int) -> None:
        self.index = index

    def __get__(self, problem: Any, _: type) -> str:
        if problem is None:
            raise AttributeError("only a problem has it, not the class")
        item = _item(problem, self.index)
        if type(item) is str:
            return item
        return item[0](*item[1:]) if type(item) is _LazyMessage else str(item)


def _of_texts(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method of a problem that does with its texts what is done with a tuple."""
    return lambda problem, *others: operation(tuple(problem), *others)


class _ProblemTuple(tuple[str, Code, str]):  # noqa: SLOT001 - pydantic makes one by its attributes
    """A tuple whose items are also attributes."""

    pointer: Any = _Item(0)
    code: Any = _Item(1)
    message: Any = _Item(2)

    def __new__(cls, pointer: str = "", code: Code = "type", message: str = "") -> Self:
        return super().__new__(cls, (pointer, code, message))

    def __iter__(self) -> Iterator[str]:
        return iter((self.pointer, self.code, self.message))

    def __reduce__(self) -> tuple[type, tuple[str, ...]]:
        return type(self), tuple(self)

    if not TYPE_CHECKING:  # type checkers see those of a tuple, which would find a message that is not composed
        __eq__, __ne__ = _of_texts(operator.eq), _of_texts(operator.ne)
        __lt__, __le__ = _of_texts(operator.lt), _of_texts(operator.le)
        __gt__, __ge__ = _of_texts(operator.gt), _of_texts(operator.ge)
        __hash__ = _of_texts(hash)
        __getitem__ = _of_texts(operator.getitem)
        __contains__, index, count = _of_texts(operator.contains), _of_texts(tuple.index), _of_texts(tuple.count)
        __add__, __mul__, __rmul__ = _of_texts(operator.add), _of_texts(operator.mul), _of_texts(operator.mul)

        def __radd__(self, before: object) -> Any:
            return before + tuple(self) if isinstance(before, tuple) else NotImplemented  # a list can be extended by it


@dataclass(frozen=True, eq=False, init=False)
class Problem(_ProblemTuple):
    """One problem of a payload: a tuple (pointer, code, message), and a dataclass, so that JSON libraries write an object."""

    __slots__ = ()

    pointer: str
    """Where: a JSON Pointer (RFC 6901) into the payload, such as `/loras/0`."""

    code: Code
    """The JSON Schema keyword that is broken; `unknown`: the model has no such parameter; `kind`: a local file is of another kind."""

    message: str
    """What is wrong, for people. It is composed when it is read."""

    def _asdict(self) -> dict[str, Any]:
        return asdict(self)


class Vocabulary:
    """The names or choices that are allowed, in their order; what messages say of them is prepared when the first one is read."""

    __slots__ = ("_hints", "_listed", "_words", "known", "values")

    def __init__(self, values: Collection[Any]) -> None:
        self.values = values
        self.known = frozenset(values)
        self._listed = ""
        self._hints: dict[str, str] = {}
        self._words: list[_Word] = []

    @property
    def listed(self) -> str:
        """All of them, for a message."""
        self._listed = self._listed or ", ".join(map(show, self.values))
        return self._listed

    def suggest(self, value: object) -> str:
        """Return the hint `; did you mean ...?` for a value, or what is kept of it; or an empty text if none is similar."""
        if isinstance(value, _Shown):
            value = value.compared
        if not isinstance(value, str) or len(value) > MAX_SHOWN:
            return ""
        if not self._words:
            self._hints = {fold(one): f"; did you mean {show(one)}?" for one in self.values if isinstance(one, str)}
            self._words = [(text, len(text), _mark_letters(text)) for text in self._hints]
        near = _find_nearest(fold(value), self._words)
        return "" if near is None else self._hints.get(near, "")


class Branch(list[Problem]):
    """The problems by one of some alternatives; they share what other models found in an object, which each may look at again."""

    def __init__(self, judged: dict[tuple[str, str], list[Problem]]) -> None:
        self.judged = judged


Alternative = tuple[Callable[[object], bool], Callable[[list[Problem], Any, str], None]]
"""What tells whether a value has the type of an alternative, and what adds its problems."""


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a number in JSON that a 64-bit float can be near to: no boolean, NaN or infinity."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -MAX_FLOAT <= value <= MAX_FLOAT


def is_object(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Tell whether a value is an object in JSON: a dict, or another mapping."""
    return isinstance(value, dict) or isinstance(value, Mapping)  # noqa: SIM101 - the first is much faster


def is_integer(value: object) -> TypeGuard[float]:
    """Tell whether a value is a whole number in JSON, however it is written: 1.0 is one."""
    return is_number(value) and value == int(value)


def is_array(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Tell whether a value is an array in JSON: a list, or a tuple."""
    return isinstance(value, list | tuple)


def is_choice(value: object, choices: Collection[object]) -> bool:
    """Tell whether a value of any type is one of the choices: 1.0 is 1, but true is not."""
    return any(value == one and isinstance(value, bool) is isinstance(one, bool) for one in choices)


def is_multiple(value: float, step: float) -> bool:
    """Tell whether a number is a multiple of another, in decimals as JSON writes them: 0.15 is one of 0.05."""
    if type(value) is int and type(step) is int:
        return value % step == 0
    above, below = _exact(value)
    step_above, step_below = _exact(step)
    return above * step_below % (below * step_above) == 0


def missing(problems: list[Problem], name: str, at: str = "") -> None:
    """Add the problem that a required parameter is missing, by its name as in a JSON Pointer."""
    problems.append(_new(Problem, (f"{at}/{name}", "required", f"{name} is required")))


def wrong_type(problems: list[Problem], pointer: str, expected: str, value: object) -> None:
    """Add the problem that a value has a wrong type."""
    is_large = isinstance(value, int) and not -MAX_FLOAT <= value <= MAX_FLOAT
    problems.append(_new(Problem, (pointer, "type", _LazyMessage((_describe_type, keep(value), expected, is_large)))))


def not_a_choice(problems: list[Problem], pointer: str, choices: Vocabulary, value: object) -> None:
    """Add the problem that a value is not one of the choices, with the nearest."""
    shown = choices if len(problems) < IN_FULL else None
    problems.append(_new(Problem, (pointer, "enum", _LazyMessage((_describe_choice, keep(value), shown)))))


def broken(problems: list[Problem], pointer: str, code: Code, limit: float, value: object) -> None:
    """Add the problem that a value breaks a rule with a limit."""
    problems.append(_new(Problem, (pointer, code, _LazyMessage((_describe_limit, keep(value), code, limit)))))


def any_of(problems: list[Problem], pointer: str, expected: str, value: object, *alternatives: Alternative) -> None:
    """Add the problems of a value that none of some alternatives allows: those by the first whose type it has."""
    judged = problems.judged if isinstance(problems, Branch) else {}
    first: Branch | None = None
    for has_type, check in alternatives:
        if has_type(value):
            found = Branch(judged)
            check(found, value, pointer)
            if not found:
                return
            first = first or found
    if first is None:
        wrong_type(problems, pointer, expected, value)
    else:
        problems.extend(first)


def unknown(problems: list[Problem], payload: Mapping[Any, Any], names: Vocabulary, at: str = "") -> None:
    """Say of each name in a payload that the model does not have it, and which comes nearest."""
    known = names.known
    for name in payload:
        if name in known:
            continue
        if type(name) is str and "~" not in name and "/" not in name:
            pointer = f"{at}/{name}"
        else:
            pointer = at + write_pointer([name if isinstance(name, str) else show(name)])
        if len(problems) < IN_FULL:
            message: Any = _LazyMessage((_describe_name, keep(name), names))
        else:
            message = f"there is no parameter {show(name)}"
        problems.append(_new(Problem, (pointer, "unknown", message)))


def write_pointer(place: Iterable[object]) -> str:
    """Write a place in JSON, names and indexes, as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)


_Word = tuple[str, int, int]
"""A text without what people mistake, its length, and its letters."""


def _mark_letters(text: str) -> int:
    """Return a number with a bit for each letter; some letters share one, as small numbers are faster."""
    marked = 0
    for letter in text:
        marked |= 1 << ord(letter) % 29
    return marked


def _find_nearest(word: str, words: list[_Word]) -> str | None:
    """Return what `difflib.get_close_matches` gives first: of the words with the highest ratio, the last one in the alphabet."""
    if not word:
        return word
    length, others, highest, near = len(word), ~_mark_letters(word), ENOUGH_ALIKE, ""
    for text, size, letters in words if len(words) <= MAX_COMPARED else _most_alike(word, words):
        if 2.0 * (size - (letters & others).bit_count()) / (length + size) >= highest:  # else too few letters are in the word
            ratio = 2.0 * _count_alike(text, word) / (length + size)
            highest, near = max((highest, near), (ratio, text))
    return near or None


def _count_alike(text: str, word: str) -> int:
    """Count the letters in the longest piece that two texts have in common, and in the same way on both sides of it."""
    if text in word:
        return len(text)
    if word in text:
        return len(word)
    start = begin = 0
    for end in range(1, len(text) + 1):  # from start to end it is one letter more than the longest piece so far
        if text[start:end] in word:
            begin = start
        else:
            start += 1
    size = len(text) - start
    if size <= 1:
        return _count_letters(text, word)
    before, _, after = word.partition(text[begin : begin + size])
    return size + _count_alike(text[:begin], before) + _count_alike(text[begin + size :], after)


def _count_letters(text: str, word: str) -> int:
    """Count the same where no piece is longer than a letter."""
    count = 0
    for letter in text:
        _, found, after = word.partition(letter)
        if found:
            count, word = count + 1, after
    return count


def _most_alike(word: str, words: list[_Word]) -> list[_Word]:
    """Return the words of a similar length, and with the same letters."""
    from heapq import nsmallest

    letters = set(word)
    return nsmallest(MAX_COMPARED, words, lambda one: abs(one[1] - len(word)) - len(letters.intersection(one[0])))


def fold(name: str) -> str:
    """Return a name without what people mistake: capitals and underscores."""
    return name[:MAX_READ].lower().replace("_", "")


@lru_cache(256)
def _exact(number: float) -> tuple[int, int]:
    """Return the value of a number as JSON writes it: the numerator and the denominator of a fraction."""
    from fractions import Fraction

    return Fraction(float.__repr__(number) if isinstance(number, float) else number).as_integer_ratio()


class _Shown(NamedTuple):
    """What is kept of a value that is too large to be kept, or holds a signature: how messages show it, and what it is compared by."""

    text: str
    compared: str | None


def keep(value: Any) -> object:
    """Return what messages need of a value: itself if it is small, can never change, and has no signature; or a `_Shown`."""
    kind = type(value)
    if kind is str:
        is_kept = len(value) <= MAX_SHOWN and "?" not in value and "#" not in value
    elif kind is int:
        is_kept = -MAX_FLOAT <= value <= MAX_FLOAT
    else:
        is_kept = kind is float or kind is bool or value is None
    return value if is_kept else _Shown(show(value), _comparable(value))


def _show_kept(kept: Any) -> str:
    """Write what is kept as `show` writes the value."""
    kind = type(kept)
    if kind is str:
        shown = encode_basestring_ascii(kept)
    elif kind is int or (kind is float and -MAX_FLOAT <= kept <= MAX_FLOAT):
        shown = repr(kept)
    else:
        return kept.text if isinstance(kept, _Shown) else show(kept)
    return shown if len(shown) <= MAX_SHOWN else cut(shown)


def _describe_type(kept: object, expected: str, is_large: bool) -> str:  # noqa: FBT001
    article = "an" if expected[0] in "aeiou" else "a"
    return f"{_show_kept(kept)} is not {article} {expected}{': it is too large' if is_large else ''}"


def _describe_choice(kept: object, choices: Vocabulary | None) -> str:
    if choices is None:
        return f"{_show_kept(kept)} is none of the choices"
    return f"{_show_kept(kept)} is none of {choices.listed}{choices.suggest(kept)}"


def _describe_limit(kept: object, code: Code, limit: float) -> str:
    before, after = BROKEN[code]
    return f"{_show_kept(kept)}{before}{limit}{after}"


def _describe_name(kept: object, names: Vocabulary) -> str:
    return f"there is no parameter {_show_kept(kept)}{names.suggest(kept)}"


def _comparable(value: object) -> str | None:
    """Return a text if it is short, and has no signature that must not be shown."""
    if not isinstance(value, str) or len(value) > MAX_SHOWN or without_signatures(value) != value:
        return None
    return value


def show(value: object) -> str:
    """Write a value for a message: as JSON without signatures of URLs; an array or an object only by its type."""
    if isinstance(value, str):
        quoted = encode_basestring_ascii(value if len(value) <= MAX_READ else value[:MAX_READ])
        return quoted if len(quoted) <= MAX_SHOWN and "?" not in quoted and "#" not in quoted else cut(without_signatures(quoted))
    if not isinstance(value, int | float):
        if is_object(value):
            return "an object"
        if isinstance(value, list | tuple):
            return "an array"
    try:
        return cut(_write(value))
    except (TypeError, ValueError):
        return cut(type(value).__name__)


def show_name(name: str) -> str:
    """Write a name for a message: as it is, but without signatures, in case it is a URL."""
    return without_signatures(name[:MAX_READ])


def _write(value: object) -> str:
    """Write a number, a boolean or None as JSON.

    Raises:
        TypeError, ValueError: JSON cannot express it, or it is too long.

    """
    if isinstance(value, float) and abs(value) <= MAX_FLOAT:
        return float.__repr__(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return dumps(value)
    if value.bit_length() > MAX_SHOWN_BITS:
        raise ValueError("a number with very many digits")
    return int.__repr__(value)


def without_signatures(text: str) -> str:
    """Cut the queries and fragments of URLs in a text: they may hold a signature."""
    if "?" not in text and "#" not in text:
        return text
    return URL.sub(lambda found: found[1] + ("?…" if found[2] else ""), text)


def plain(text: object) -> str:
    """Make a text of the service safe to show: one line, no control characters, no signature of a URL; empty for what is not a text."""
    if not isinstance(text, str):
        return ""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:MAX_READ])
    return without_signatures(" ".join(shown.split()))


def cut(text: str) -> str:
    """Shorten a text that is too long to be shown."""
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
