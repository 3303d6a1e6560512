"""Check the arguments of a client before anything is sent: a wrong type is a TypeError that says what to write. Pure."""

from collections.abc import AsyncIterable, Iterable, Mapping
from inspect import isclass, iscoroutinefunction
from math import inf
from operator import index
from os import PathLike, fspath
from pathlib import Path
from typing import Literal, SupportsFloat, SupportsIndex

from ..display import show
from .clock import Deadline
from .responses import is_safe

NOT_AWAITED = "on_progress is a coroutine function, which Client does not await: use AsyncClient, or a function without async"


def make_deadline(timeout: float | None) -> Deadline:
    """Return the deadline of a timeout that begins now; None means that there is none."""
    return Deadline.after(read_timeout(timeout))


def read_timeout(timeout: float | None) -> float:
    """Return the seconds of a timeout; for None, infinity."""
    return inf if timeout is None else read_seconds("timeout", timeout, ", or None for no limit")


def read_seconds(name: str, value: object, more: str = "") -> float:
    """Return a number of seconds, given as any type of number."""
    return read_amount(name, value, "seconds", more)


def read_amount(name: str, value: object, unit: str, more: str = "") -> float:
    """Return an amount of a unit, given as any type of number."""
    return to_amount(value, f"{name} must be a number of {unit}, 0 or more{more}")


def to_amount(value: object, wanted: str, error: type[ValueError] = ValueError) -> float:
    """Return a number that is not negative; `wanted` says what it must be."""
    if not isinstance(value, SupportsFloat) or isinstance(value, bool | str):
        raise TypeError(f"{wanted}, not {describe(value)}")
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        amount = -1.0
    if not amount >= 0:  # NaN neither
        raise error(wanted)
    return amount


def read_error_types(name: str, value: object) -> tuple[type[BaseException], ...]:
    """Return classes of errors, given as one or as a tuple, as for `except`."""
    given = value if isinstance(value, tuple) else (value,)
    if wrong := [one for one in given if not (isclass(one) and issubclass(one, BaseException))]:
        raise TypeError(f"{name} must be a class of errors, or a tuple of some, as after except, not {describe(wrong[0])}")
    return given


def read_count(name: str, value: object, least: int) -> int:
    """Return a whole number."""
    return to_count(value, f"{name} must be a whole number, {least} or more", least)


def to_count(value: object, wanted: str, least: int, error: type[ValueError] = ValueError) -> int:
    """Return a whole number that is not too small; `wanted` says what it must be."""
    if not isinstance(value, SupportsIndex) or isinstance(value, bool):
        raise TypeError(f"{wanted}, not {describe(value)}")
    if index(value) < least:
        raise error(wanted)
    return index(value)


def read_path(name: str, value: object) -> Path:
    """Return a path that is given as a text or as any object that stands for one."""
    path = fspath(value) if isinstance(value, str | PathLike) else None
    if not isinstance(path, str):
        raise TypeError(f"{name} must be a Path or a str, not {describe(value)}")
    if not path or "\0" in path:
        raise ValueError(f"{name} is empty, or has a NUL in it; for the current folder write '.'")
    return Path(path)


def check_callback(callback: object) -> None:
    """Check that `on_progress` can be called."""
    if callback is not None and not callable(callback):
        raise TypeError(f"on_progress must be a function that takes a Progress, not {describe(callback)}")


def check_blocking_callback(callback: object) -> None:
    """Check that `on_progress` can be called, and need not be awaited."""
    check_callback(callback)
    if iscoroutinefunction(callback) or iscoroutinefunction(getattr(callback, "__call__", None)):  # noqa: B004
        raise TypeError(NOT_AWAITED)


def check_requests(requests: object) -> None:
    """Check that several requests are given, and not one: that, too, can be iterated over."""
    if hasattr(requests, "model_id"):
        raise TypeError("run_many needs several requests, not one: write run_many([request]), or run(request)")
    if not isinstance(requests, Iterable | AsyncIterable) or isinstance(requests, str | bytes | Mapping):
        raise TypeError(f"run_many needs several requests, such as a list, not {describe(requests)}")


def check_blocking_requests(requests: object) -> None:
    """Check that several requests are given, and need not be awaited."""
    check_requests(requests)
    if not isinstance(requests, Iterable):
        raise TypeError(f"{describe(requests)} must be awaited, which Client does not: use AsyncClient, or a list")


def check_id(of: Literal["job", "asset"], value: object) -> None:
    """Check that the id of a job or an asset is given."""
    if not isinstance(value, str):
        hint = f"; write {of}.id" if hasattr(value, "is_over" if of == "job" else "mime_type") else ""
        raise TypeError(f"the id of {'an' if of == 'asset' else 'a'} {of} is a str such as '{of}_123', not {describe(value)}{hint}")
    if not is_safe(value):
        raise ValueError(f"{show(value)} is not {'an' if of == 'asset' else 'a'} {of} id, such as {of}_123")


def check_text(name: str, value: object) -> None:
    """Check that a text, or nothing, is given."""
    if not isinstance(value, str | None):
        raise TypeError(f"{name} must be a str, not {describe(value)}")


def describe(value: object) -> str:
    """Describe the type of a wrong argument, and not its value, which may be a secret."""
    if value is None:
        return "None"
    if isclass(value):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
