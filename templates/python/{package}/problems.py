"""The problems that validators find, and their messages. Fast, whatever the payload is."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from .display import keep, show, show_kept
from .json_pointers import write_pointer
from .json_types import MAX_FLOAT
from .rules import BROKEN, Code
from .vocabulary import Vocabulary

IN_FULL = 20  # problems of a payload that list all choices, and suggest the nearest

_new: Any = tuple.__new__  # makes a problem at once; `Problem(...)` runs a `__new__` in Python
_item: Any = tuple.__getitem__


class _LazyMessage(tuple[Any, ...]):
    """A message that is composed when it is read: the function that does, and what it is called with."""

    __slots__ = ()

    def compose(self) -> str:
        composed: str = self[0](*self[1:])
        return composed

    __str__ = compose

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
        return item.compose() if type(item) is _LazyMessage else str(item)


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


class Branch(list[Problem]):
    """The problems by one of some alternatives; they share what other models found in an object, which each may look at again."""

    def __init__(self, judged: dict[tuple[str, str], list[Problem]]) -> None:
        self.judged = judged


Alternative = tuple[Callable[[object], bool], Callable[[list[Problem], Any, str], None]]
"""What tells whether a value has the type of an alternative, and what adds its problems."""


def missing(problems: list[Problem], name: str, at: str = "") -> None:
    """Add the problem that a required parameter is missing, by its name as in a JSON Pointer."""
    problems.append(_new(Problem, (f"{at}/{name}", "required", f"{name} is required")))


def wrong_type(problems: list[Problem], pointer: str, expected: str, value: object) -> None:
    """Add the problem that a value has a wrong type: it is not `a string`, as `expected` says."""
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


def _describe_type(kept: object, expected: str, is_large: bool) -> str:  # noqa: FBT001
    return f"{show_kept(kept)} is not {expected}{': it is too large' if is_large else ''}"


def _describe_choice(kept: object, choices: Vocabulary | None) -> str:
    if choices is None:
        return f"{show_kept(kept)} is none of the choices"
    return f"{show_kept(kept)} is none of {choices.listed}{choices.suggest(kept)}"


def _describe_limit(kept: object, code: Code, limit: float) -> str:
    before, after = BROKEN[code]
    return f"{show_kept(kept)}{before}{limit}{after}"


def _describe_name(kept: object, names: Vocabulary) -> str:
    return f"there is no parameter {show_kept(kept)}{names.suggest(kept)}"
