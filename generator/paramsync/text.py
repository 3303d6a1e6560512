"""Normalize, shorten and escape text, and read and write JSON. Pure."""

import html
import json
import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from difflib import get_close_matches
from html.entities import html5
from json.encoder import encode_basestring
from typing import Any, NoReturn

from paramsync.findings import InputError, Place

Json = dict[str, Any]
Tree = dict[str, str]  # path relative to a folder, with slashes -> content

# Characters that are invisible or change how the text around them is shown: controls, line and paragraph separators,
# bidirectional overrides, invisible format characters, surrogates, private use, noncharacters, tags. Joiners are not
# included, because emoji need them. The list is written out because `str.isprintable` differs between Python versions.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
# Characters that a reader of a value does not see, or takes for a space or for nothing: those, odd spaces and fillers, and
# joiners and variation selectors beside ASCII, where they join and select nothing.
INVISIBLE = re.compile(
    UNSAFE.pattern
    + "|[\xa0\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]"
    "|(?<![^\x00-\x7f])[\u200c\u200d\ufe00-\ufe0f](?!\u20e3)|[\u200c\u200d](?![^\x00-\x7f])"
)
# Where a line may or must not break, which means nothing in a sentence.
BREAK_HINTS = re.compile("[\xad\u200b\u2060\ufeff]")
URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)  # to make one takes longer than to use it
MAX_LENGTH = 80  # characters of quoted text in a message
CHARACTER_REFERENCE = re.compile(
    r"&(?:#(?:[0-9]+|[xX][0-9A-Fa-f]+);?|(?P<name>[A-Za-z][A-Za-z0-9]*+(?P<end>;?))(?P<more>=?))"
)
MIN_PLAIN, MAX_PLAIN = 1e-6, 1e21  # between them, JavaScript writes a number without an exponent
# int() refuses so many digits.
OVERLONG_REFERENCE = re.compile(r"&#(?:[0-9]{1000,}|[xX][0-9A-Fa-f]{1000,});?")
WHITESPACE = re.compile(r"[ \t\n\r\f\v]+")
VERSION = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}", re.ASCII)
# How git marks the two sides of a conflict, in this order.
CONFLICT_MARKS = [re.compile(mark, re.MULTILINE) for mark in (r"^<{7} ", r"^={7}$", r"^>{7} ")]
BINARY = re.compile("[\0\udc80-\udcff]")  # a NUL, or a byte that is not UTF-8 (surrogateescape)


def collapse_whitespace(text: str) -> str:
    """Replace each run of whitespace by one space, and strip both ends."""
    return WHITESPACE.sub(" ", text).strip(" ")


def unify_line_ends(text: str) -> str:
    """Write CRLF as LF: git makes either of the other, as it is set up. What is no text stays as it is."""
    return text.replace("\r\n", "\n") if "\r\n" in text and not BINARY.search(text) else text


def is_version(text: str) -> bool:
    """Tell whether a text is a version such as 1.0.0."""
    return bool(VERSION.fullmatch(text))


def find_conflict(text: str) -> int:
    """Return the line where a conflict begins that git has left in a text; 0 where there is none."""
    start, *more = CONFLICT_MARKS
    if not (found := start.search(text)):
        return 0
    end = found.end()
    for mark in more:
        if not (following := mark.search(text, end)):
            return 0
        end = following.end()
    return text.count("\n", 0, found.start()) + 1


def unescape_html(text: str) -> str:
    """Decode the character references in HTML text."""
    return html.unescape(OVERLONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def unescape_attribute(text: str) -> str:
    """Decode the character references in the value of an HTML attribute, where `&copy=1` is not a reference."""
    return CHARACTER_REFERENCE.sub(_unescape_reference, text) if "&" in text else text


def find_invisible(text: str) -> list[str]:
    """Find the characters of a value that a reader does not see, as code points: `U+200B`."""
    return list(dict.fromkeys(f"U+{ord(found[0]):04X}" for found in INVISIBLE.finditer(text)))


def remove_break_hints(text: str) -> str:
    """Remove soft hyphens, zero width spaces and word joiners from a sentence."""
    return BREAK_HINTS.sub("", text)


def quote(text: str) -> str:
    """Quote text of a page for a message; long text is shortened."""
    return shorten(repr(text[: MAX_LENGTH + 1]))


def shorten(text: str, max_length: int = MAX_LENGTH) -> str:
    """Shorten text to one line without unsafe characters."""
    return escape_unsafe(text if len(text) <= max_length else text[: max_length - 1] + "…").replace(
        "\n", r"\n"
    )


def escape_unsafe(text: str) -> str:
    """Escape unsafe characters, except line feeds, so that the text can be printed to a terminal."""
    return UNSAFE.sub(lambda match: "\n" if match[0] == "\n" else f"\\u{{{ord(match[0]):x}}}", text)


def pluralize(number: int, noun: str) -> str:
    """Write a number with its noun: `1 page`, `2 pages`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def list_words(words: Sequence[str]) -> str:
    """List words in a sentence: `a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def json_text(value: Any) -> str:
    """Write a value as JSON, indented by two spaces; keys keep their order, and only unsafe characters are escaped."""
    return UNSAFE.sub(_escape_json, _indent_json(value, "\n"))


def json_line(value: Any) -> str:
    """Write a value as JSON on one line; only unsafe characters are escaped."""
    return UNSAFE.sub(_escape_json, ENCODER.encode(value))


def toml_text(text: str) -> str:
    """Write a text as a TOML string; only unsafe characters are escaped."""
    return UNSAFE.sub(lambda match: f"\\U{ord(match[0]):08x}", ENCODER.encode(text))


def suggest_name(name: str, names: Iterable[str]) -> str:
    """Return `; did you mean …?` with the most similar name, or an empty string if no name is similar."""
    near = get_close_matches(name, list(names), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def read_json(text: str, place: Place) -> Any:
    """Parse strict JSON: NaN and infinities are errors.

    Raises:
        InputError: the text is not JSON (with line and column), or git has left a conflict in it. If the place has a line, it is
            that of the text's beginning.

    """
    if line := find_conflict(text):
        raise InputError(Place(place.file, line), "git has left a conflict here; take one of both sides")
    try:
        return json.loads(
            text.removeprefix("\ufeff"), parse_constant=_reject_number, parse_float=_parse_float
        )
    except json.JSONDecodeError as error:
        line = max(place.line, 1) + error.lineno - 1
        raise InputError(Place(place.file, line, error.colno), f"not JSON: {error.msg}") from None
    except RecursionError:
        raise InputError(place, "nested too deeply") from None
    except ValueError as error:
        is_long = "digits" in str(error)  # more than Python reads
        problem = "a number has too many digits" if is_long else f"not JSON: {error}"
        raise InputError(place, problem) from None


def number_text(value: float) -> str:
    """Write a number as the vendor's pages do: `1`, `0.5`, `1e-7`."""
    return re.sub(r"e([+-])0+", r"e\1", repr(value))


def json_number(value: float) -> str:
    """Write a number as JavaScript's JSON does: 1.0 as `1`, 1e21 as `1e+21`."""
    if value and not MIN_PLAIN <= abs(value) < MAX_PLAIN:
        return number_text(float(value))
    return format(Decimal(repr(float(value or 0))), "f").removesuffix(".0")


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


def _indent_json(value: Any, margin: str) -> str:
    """Write JSON over several lines, as `json` does: `margin` is a line end and the indent there.

    For each text, `json` makes functions that refer to each other, which only the collector of circles removes.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    inner = margin + "  "
    items: list[str] = []
    if isinstance(value, dict) and value:
        for key, one in value.items():
            items.append(f"{encode_basestring(key)}: {_indent_json(one, inner)}")
        return f"{{{inner}{f',{inner}'.join(items)}{margin}}}"
    if isinstance(value, list | tuple) and value:
        for one in value:
            items.append(_indent_json(one, inner))  # noqa: PERF401 - a comprehension is one call more at each depth
        return f"[{inner}{f',{inner}'.join(items)}{margin}]"
    return ENCODER.encode(value)


def _escape_json(match: re.Match[str]) -> str:
    if match[0] == "\n":  # only the layout has line feeds: json.dumps has escaped those inside strings
        return "\n"
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
