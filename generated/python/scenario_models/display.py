"""How messages show what people and services wrote: short, in one line, and without signatures of URLs. Standard library only."""

import re
from json import dumps
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

from .json_types import MAX_FLOAT, is_array, is_object

MAX_SHOWN = 60
MAX_SHOWN_BYTES = 20
MAX_SHOWN_DEPTH = 20
MAX_READ = 1000  # characters of a text that are looked at to show it
MAX_SHOWN_BITS = 14_285  # bits of a number: Python refuses to write larger ones by default
URL = re.compile(r"(https?:[^?#\"<>]*)([?#][^\s\"'<>]*)?", re.IGNORECASE)


class _Shown(NamedTuple):
    """What is kept of a value that is large, may change, or has a signature: how messages show it."""

    text: str


def keep(value: Any) -> object:
    """Return what messages need of a value: itself if it is small, can never change, and has no signature; or how they show it."""
    kind = type(value)
    if kind is str or isinstance(
        value, str
    ):  # the tests for signs spare a call, which takes as long as the rest of this
        is_kept = len(value) <= MAX_SHOWN and (
            ("?" not in value and "#" not in value) or value == without_signatures(value)
        )
    elif kind is int or kind is float:
        is_kept = -MAX_FLOAT <= value <= MAX_FLOAT
    else:
        is_kept = kind is bool or value is None
    return value if is_kept else _Shown(show(value))


def show_kept(kept: Any) -> str:
    """Write what is kept of a value as `show` writes the value; what is most often kept in half the time."""
    kind = type(kept)
    if kind is str:
        return cut(encode_basestring_ascii(kept))
    if kind is int or kind is float:
        return cut(repr(kept))
    return kept.text if isinstance(kept, _Shown) else show(kept)


def show(value: object) -> str:
    """Write a value for a message: as JSON without signatures of URLs; an array or an object only by its type."""
    if isinstance(value, str):
        quoted = encode_basestring_ascii(value if len(value) <= MAX_READ else value[:MAX_READ])
        if len(quoted) <= MAX_SHOWN and "?" not in quoted and "#" not in quoted:
            return quoted  # without the slice and two calls: 16,000 names take a tenth less
        return cut(without_signatures(quoted))
    if not isinstance(value, (int, float)):
        if is_object(value):
            return "an object"
        if is_array(value):
            return "an array"
    try:
        return cut(_write(value))
    except (TypeError, ValueError):
        return cut(type(value).__name__)


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


class _Unquoted(str):
    """What is shown in place of a value, without the quotes of a text."""

    __slots__ = ()

    __repr__ = str.__str__


def show_value(value: Any, depth: int = 0) -> Any:
    """Return what `repr` may show of a value of a request: few bytes, and no query of a URL, which may be a signature."""
    if isinstance(value, list | tuple | dict) and depth > MAX_SHOWN_DEPTH:
        return _Unquoted("…")
    if isinstance(value, list | tuple):
        return [show_value(item, depth + 1) for item in value]
    if isinstance(value, dict):
        names = (name if isinstance(name, tuple) else show_value(name) for name in value)
        return {name: show_value(item, depth + 1) for name, item in zip(names, value.values(), strict=True)}
    if isinstance(value, bytes | bytearray | memoryview):
        return _show_bytes(value)
    if isinstance(value, str):
        return _show_text(value)
    return _Unquoted("…") if isinstance(value, int) and value.bit_length() > MAX_SHOWN_BITS else value


def _show_bytes(value: bytes | bytearray | memoryview) -> object:
    size = value.nbytes if isinstance(value, memoryview) else len(value)
    return bytes(value) if size <= MAX_SHOWN_BYTES else _Unquoted(f"<{size} bytes>")


def _show_text(value: str) -> str:
    """Return what may be shown of a text: of a data URL, only what it says of its content."""
    if value[:5].lower() != "data:":
        return without_signatures(value)
    head, comma, _ = value[:MAX_READ].partition(",")
    return f"{cut(without_signatures(head))}{comma and ',…'}"


def show_name(name: str) -> str:
    """Write a name for a message: as it is, but without signatures, in case it is a URL."""
    return without_signatures(name[:MAX_READ])


def plain(text: object) -> str:
    """Make a text of the service safe to show: one line, no control characters, no signature of a URL; empty for what is not a text."""
    if not isinstance(text, str):
        return ""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:MAX_READ])
    return without_signatures(" ".join(shown.split()))


def without_signatures(text: str) -> str:
    """Cut the queries and fragments of URLs in a text: they may hold a signature."""
    return URL.sub(lambda found: found[1] + ("?…" if found[2] else ""), text)


def cut(text: str) -> str:
    """Shorten a text that is too long to be shown."""
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
