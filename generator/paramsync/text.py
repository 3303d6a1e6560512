"""What every stage does alike with text: fold it, quote it, and write it as JSON. Pure."""

import html
import json
import math
import re
from collections.abc import Iterable
from difflib import get_close_matches
from html.entities import html5
from typing import Any, NoReturn

from paramsync.findings import InputError, Place

Json = dict[str, Any]
Tree = dict[str, str]  # path relative to a folder, with slashes -> text

# Characters that no reader sees as they act: controls, line and paragraph separators, bidirectional
# overrides, invisible formats, surrogates, private use, noncharacters, tags. The joiners that emoji need are not among them.
# The list is spelled out because what `str.isprintable` says changes with the version of Python.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
MAX_LENGTH = 80  # characters of a text in a message
CHARACTER_REFERENCE = re.compile(
    r"&(?:#(?:[0-9]+|[xX][0-9A-Fa-f]+);?|(?P<name>[A-Za-z][A-Za-z0-9]*+(?P<end>;?))(?P<more>=?))"
)
OVERLONG_REFERENCE = re.compile(r"&#(?:[0-9]{1000,}|[xX][0-9A-Fa-f]{1000,});?")  # for a number
WHITESPACE = re.compile(r"[ \t\n\r\f\v]+")


def collapse_whitespace(text: str) -> str:
    """Turn every run of white space into one space, with none at the ends."""
    return WHITESPACE.sub(" ", text).strip(" ")


def unescape_html(text: str) -> str:
    """Replace the character references of a text of HTML."""
    return html.unescape(OVERLONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def unescape_attribute(text: str) -> str:
    """Replace the character references of the value of an attribute, in which `&copy=1` is not one."""
    return CHARACTER_REFERENCE.sub(_unescape_reference, text) if "&" in text else text


def quote(text: str) -> str:
    """Quote a piece of a page for a message."""
    return shorten(repr(text[: MAX_LENGTH + 1]))


def shorten(text: str, longest: int = MAX_LENGTH) -> str:
    """Make a text fit for a message: one line, no control characters, not too long."""
    return escape_unsafe(text if len(text) <= longest else text[: longest - 1] + "…").replace("\n", r"\n")


def escape_unsafe(text: str) -> str:
    """Make a text fit for a terminal: line feeds stay, other unsafe characters show their number."""
    return UNSAFE.sub(lambda match: "\n" if match[0] == "\n" else f"\\u{{{ord(match[0]):x}}}", text)


def pluralize(number: int, noun: str) -> str:
    """Say how many there are."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def json_text(value: Any) -> str:
    """Write a value as JSON: two spaces, keys in their order, readable letters as they are, unsafe ones escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return UNSAFE.sub(_escape_json, text)


def json_line(value: Any) -> str:
    """Write a value as JSON on one line, with the same letters."""
    return UNSAFE.sub(_escape_json, json.dumps(value, ensure_ascii=False, allow_nan=False))


def suggest_name(name: str, names: Iterable[str]) -> str:
    """Give the hint `; did you mean …?`, or nothing where no name comes near."""
    near = get_close_matches(name, list(names), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def read_json(text: str, place: Place) -> Any:
    """Read JSON, and nothing beside it: no NaN, no infinities.

    Raises:
        InputError: it is not JSON, with line and column.

    """
    try:
        return json.loads(text, parse_constant=_reject_number, parse_float=_parse_float)
    except json.JSONDecodeError as error:
        raise InputError(Place(place.file, error.lineno, error.colno), f"not JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(place, f"not JSON: {error}") from None


def number_text(value: float) -> str:
    """Write a number as the pages do: `1`, `0.5`, `1e-7`."""
    return re.sub(r"e([+-])0+", r"e\1", repr(value))


def _unescape_reference(found: re.Match[str]) -> str:
    if found["name"] is None:
        return unescape_html(found[0])
    is_known = found["name"] in html5 and not (found["more"] and not found["end"])
    return html5[found["name"]] + found["more"] if is_known else found[0]


def _parse_float(number: str) -> float:
    value = float(number)
    return value if math.isfinite(value) else _reject_number(number)


def _reject_number(number: str) -> NoReturn:
    raise ValueError(f"{number} is not a number, or too large for one")


def _escape_json(match: re.Match[str]) -> str:
    if match[0] == "\n":  # only the layout has line feeds: json.dumps has escaped those inside strings
        return "\n"
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
