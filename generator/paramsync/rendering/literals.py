r"""How a target writes values as literals of its language, and which texts it cannot write safely. Pure.

Many languages run code that stands in a string: `"$(x)"`, `"#{x}"`, `"@{[x]}"`. A target says which characters do so there, or that none
does; until it has said so, a text that holds one which does so anywhere is an error.
"""

import re
from collections.abc import Mapping
from functools import cached_property, partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from paramsync.config import ConfigTable
from paramsync.text import UNSAFE, json_line, json_text, quote

# What runs code, or ends the string, in the strings of some language: `"` and `\` where they are escaped in another way.
RISKY = ('"', "\\", "$", "#", "`", "{", "%", "@", "[", "&", "!")
BEYOND_ASCII = r"[^\x00-\x7f]"
MAX_UNIT = 0xFFFF
SURROGATES = range(0xD800, 0xE000)
PLACE = re.compile(r"\{(?P<unit>code|unit|byte)(?::(?P<form>0?[0-9]*[xXdo]))?\}")
JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
JSON_CHARACTER = re.compile(r"\\u[0-9a-f]{4}|\\.|.", re.DOTALL)


def check_pattern(pattern: str) -> str:
    """Check that a text is a regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
    return pattern


def has_place(place: str) -> AfterValidator:
    """Check that a text has a place for something, such as `{items}`, once."""

    def check(text: str) -> str:
        if text.count(place) != 1:
            raise ValueError(f"{text!r} must have {place} in it, once")
        return text

    return AfterValidator(check)


def _check_quotes(text: str) -> str:
    if not text.partition("{text}")[2]:
        raise ValueError(f"{text!r} must have something behind {{text}}, which ends it")
    return text


Pattern = Annotated[str, AfterValidator(check_pattern)]
Sequences = Mapping[Annotated[str, Field(min_length=1)], str]
OfNumber = Annotated[str, has_place("{number}")]


class Literals(ConfigTable):
    """How values are written; templates/README.md shows each key with an example.

    In `control`, `astral` and `surrogate`, `{code:04x}` is the code point of a character; a form with `{unit:04x}` is written for each of its UTF-16
    units, one with `{byte:02x}` for each of its UTF-8 bytes. The filter `schema` omits choices and defaults that match `left_out`.
    """

    true: str = "true"
    false: str = "false"
    null: str = "null"
    text: Annotated[str, has_place("{text}"), AfterValidator(_check_quotes)] = '"{text}"'
    interpolates: Sequences | None = None  # what runs code inside `text` -> how it is written instead
    escapes: Sequences = Field(default_factory=dict)  # what else is written in another way
    control: str = "\\u{code:04x}"  # of a character that nobody sees; without a form, it cannot be written
    astral: str = "\\U{code:08x}"  # of one above U+FFFF
    surrogate: str | None = None  # of half a surrogate pair, which some languages do not have; as `control`
    only_ascii: bool = False  # whether all others are escaped, too
    integer: OfNumber = "{number}"
    max_integer: Annotated[int, Field(gt=0)] | None = None  # of a plain one; beyond it, `big_integer`
    big_integer: OfNumber = "{number}"
    number: OfNumber = "{number}"  # with a point or an exponent
    list: Annotated[str, has_place("{items}")] = "[{items}]"
    map: Annotated[str, has_place("{items}")] = "{{items}}"
    pair: Annotated[str, has_place("{key}"), has_place("{value}")] = "{key}: {value}"
    separator: str = ", "
    keys: Mapping[str, str] = Field(
        default_factory=dict
    )  # keys of maps that are not written as other texts are
    left_out: Pattern = ""

    @cached_property
    def written(self) -> Mapping[str, str]:
        """What is not written as it is: a sequence of characters -> what stands for it."""
        end = self.text.partition("{text}")[2][:1]
        closing = {end: f"\\{end}"} if end else {}
        return {"\\": "\\\\"} | closing | dict(self.interpolates or {}) | dict(self.escapes)

    @cached_property
    def special(self) -> "re.Pattern[str]":
        """What is not written as it is, the longest first."""
        sequences = map(re.escape, sorted(self.written, key=len, reverse=True))
        unsafe = f"{UNSAFE.pattern}|{BEYOND_ASCII}" if self.only_ascii else UNSAFE.pattern
        return re.compile("|".join([*sequences, unsafe]))

    @cached_property
    def risky(self) -> tuple[str, ...]:
        """What JSON must not show as it is where a program may take it for a string of the language."""
        return RISKY if self.interpolates is None else tuple(self.interpolates)


def write_literal(value: Any, style: Literals) -> str:
    """Write any JSON as a literal.

    Raises:
        ValueError: a text cannot be written safely; the message says which key says how.

    """
    write = partial(write_literal, style=style)
    match value:
        case None:
            return style.null
        case bool():
            return style.true if value else style.false
        case int() | float():
            return _write_number(value, style)
        case str():
            return write_text(value, style)
        case list() | tuple():
            return style.list.replace("{items}", style.separator.join(map(write, value)))
        case dict():
            pairs = (
                _write_pair(style.keys.get(key) or write(key), write(one), style)
                for key, one in value.items()
            )
            return style.map.replace("{items}", style.separator.join(pairs))
    raise TypeError(f"{quote(repr(value))} has no literal")


def write_fraction(value: float, style: Literals) -> str:
    """Write a number as one with a point or an exponent, even if it is whole: 1 as `1.0`."""
    return style.number.replace("{number}", repr(float(value)))


def write_text(text: str, style: Literals) -> str:
    if style.interpolates is None and any(one in text for one in RISKY):
        raise ValueError(
            f"{quote(text)} may run code in a string of this language; say below [literals] in target.toml what does, and how it is "
            r"written, such as interpolates = { '$' = '\$' }, or interpolates = {} if nothing does"
        )
    return style.text.replace("{text}", style.special.sub(partial(_write_special, text, style), text))


def write_json(value: Any, style: Literals, *, is_line: bool = False) -> str:
    """Write JSON, in which what runs code in a string of the language is escaped: it has the same value for who reads JSON."""
    text = json_line(value) if is_line else json_text(value)
    if not style.risky:
        return text
    return JSON_STRING.sub(
        lambda found: f'"{JSON_CHARACTER.sub(partial(_disarm, style), found[0][1:-1])}"', text
    )


def _write_number(value: float, style: Literals) -> str:
    if isinstance(value, float):
        return write_fraction(value, style)
    is_big = style.max_integer is not None and abs(value) > style.max_integer
    return (style.big_integer if is_big else style.integer).replace("{number}", repr(value))


def _write_pair(key: str, value: str, style: Literals) -> str:
    before, _, after = style.pair.partition("{key}")
    return before.replace("{value}", value) + key + after.replace("{value}", value)


def _write_special(text: str, style: Literals, match: re.Match[str]) -> str:
    if (written := style.written.get(match[0])) is not None:
        return written
    code = ord(match[0])
    plain = style.astral if code > MAX_UNIT else style.control
    form = style.surrogate if code in SURROGATES and style.surrogate is not None else plain
    if not form:
        problem = f"{quote(text)} has U+{code:04X} in it, for which target.toml has no form"
        raise ValueError(
            f"{problem}; say below [literals] how such a character is written, by control, astral or surrogate"
        )
    found = PLACE.search(form)
    numbers = _NUMBERS[found["unit"]](match[0]) if found else [code]
    return "".join(PLACE.sub(partial(_write_code, number), form) for number in numbers)


def _write_code(number: int, place: re.Match[str]) -> str:
    return format(number, place["form"] or "d")


def _list_units(character: str) -> list[int]:
    units = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(units[start : start + 2]) for start in range(0, len(units), 2)]


def _list_bytes(character: str) -> list[int]:
    return [*character.encode("utf-8", "surrogatepass")]


_NUMBERS = {"code": lambda character: [ord(character)], "unit": _list_units, "byte": _list_bytes}


def _disarm(style: Literals, match: re.Match[str]) -> str:
    """Write a character of a JSON string by its number if the language could take it for more."""
    character = match[0][-1] if match[0][0] == "\\" and match[0][1:] in ('"', "\\", "/") else match[0]
    is_risky = any(one.startswith(character) for one in style.risky)
    return f"\\u{ord(character):04x}" if len(character) == 1 and is_risky else match[0]
