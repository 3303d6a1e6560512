"""Sentences in which descriptions state facts: `[[prose]]` of the profile, and what they find in a text. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, model_validator

from paramsync.config import ConfigTable, KeyMistakeError
from paramsync.pages.declared import Word
from paramsync.pages.meanings import is_annotation
from paramsync.rules import BY_KEYWORD
from paramsync.text import quote, suggest_name

START = "^"
# A sentence with one of these placeholders is about the cell of a name, or of a type, as a whole; with both, of a name.
NAME, TYPE = "name", "type"
PLACEHOLDER = re.compile(r"\{(?P<keyword>[\w-]+)\}")
QUOTED = r"`[^`]*`|\"[^\"]*\"|“[^”]*”"
# What may be a number, whether it can be read or not: up to a space or a sign that ends it.
NUMBER = r"(?>,(?=\d)|\s(?=\d{3}(?!\d))|[^\s,;；，()\[\]\"“”]){1,60}"
# Up to the end of a clause.
CLAUSE = rf"(?>{QUOTED}|'[^']*'|[.:,](?=[^\s)])|[^.:,;()；，。]){{1,200}}"
# Up to the end of a sentence, with what stands in brackets.
REST = rf"(?>\([^()]*\)|{QUOTED}|[.;](?=[^\s)])|[^.;)；。]){{1,2000}}"
IN_CELL = {NAME: r"\S{1,200}", TYPE: r".{1,200}"}
BEGINS_NUMBER = re.compile(r"[`\"“]?[-+−]?\.?\d")
DENIAL = re.compile(r"(?:\b(?:not|no|never|neither|cannot|without)|n't|n’t)\s+(?:be\s+)?$", re.IGNORECASE)
MAX_DENIAL = 20  # characters before a sentence that may deny it
EMPHASIS = re.compile(r"(?<![\w`*])(\*{1,3}|_{1,3})(?![\s*_])([^*_`\n]{0,200}?[^\s*_`])\1(?![\w`*])")
ITEM = re.compile(
    r"\s*(?:`(?P<code>[^`]+)`|\"(?P<double>[^\"]*)\"|“(?P<curly>[^”]*)”|'(?P<single>[^']*)'|(?P<bare>[^\s,，、;；|()`\"“”]+))(?:\s+\([^()]*\))?\s*"
)
SEPARATOR = re.compile(r"(?:[,，、;；|]\s*(?:(?:or|and)\s+)?|(?:or|and)\s+)")
LAST = re.compile(r"[,，、;；|.。]*")
AND_OTHERS = frozenset({"…", "...", "etc", "etc."})  # what a list ends with that has not all
THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence states: a fact, its text, and the sentence."""

    keyword: str
    value: Any  # of `states`; None where it is read from `text`
    text: str
    sentence: str
    is_denied: bool = False  # what stands before the sentence says that it is not so


class Sentence(ConfigTable):
    """A sentence of a description, with placeholders for the facts that it states, or with facts that follow from it.

    After `^`, it is one with which a description begins. With `{name}` or `{type}`, it is what may stand in the cell of a name or a type.
    """

    match: Word
    states: dict[str, bool | float | str] = Field(default={})

    @model_validator(mode="after")
    def _check_match(self) -> "Sentence":
        problem = ""
        if len({*self.placeholders}) < len(self.placeholders):
            problem = "each placeholder may stand once"
        elif "}{" in self.match:
            problem = "write something between two placeholders"
        elif not self.placeholders and not self.states:
            problem = "write a placeholder such as {minimum}, {choices} or {default}, or what it states"
        elif not PLACEHOLDER.sub("", self.match.removeprefix(START)).strip() and not (
            self.cell and len(self.placeholders) > 1
        ):
            problem = "write more than a placeholder: it would match any text"
        if problem:
            raise KeyMistakeError(("match",), problem)
        return self

    @model_validator(mode="after")
    def _check_facts(self) -> "Sentence":
        for name in self.placeholders:
            if problem := _find_bad_keyword(name, _list_placeholders(self)):
                raise KeyMistakeError(("match",), problem)
        for name, value in self.states.items():
            problem = _find_bad_keyword(name, ["required", "default", *BY_KEYWORD])
            if value not in [f"{{{one}}}" for one in self.placeholders]:  # what a placeholder finds
                problem = problem or _find_bad_value(name, value)
            if problem:
                raise KeyMistakeError(("states", name), problem)
        return self

    @cached_property
    def cell(self) -> str:
        """The meaning of the column whose cells it is about as a whole; empty if it is about descriptions."""
        return next((one for one in IN_CELL if f"{{{one}}}" in self.match), "")

    @cached_property
    def placeholders(self) -> list[str]:
        return PLACEHOLDER.findall(self.match)

    @cached_property
    def keywords(self) -> frozenset[str]:
        """The facts that it may state."""
        return frozenset((*self.placeholders, *self.states)) - IN_CELL.keys()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        text = self.match.removeprefix(START)
        parts = PLACEHOLDER.split(text)
        pattern = "".join(
            f"(?P<{_group(part)}>{_write_placeholder(part, is_last=not any(parts[index + 1 :]))})"
            if index % 2
            else _write_words(part, parts[max(0, index - 1) : index + 2 : 2])
            for index, part in enumerate(parts)
        )
        before = r"\A" if text != self.match else r"(?<!\w)" if text[0].isalnum() or text[0] == "{" else ""
        last = parts[-1][-1:]
        after = r"(?=[\s)\]]|\Z)" if last == "." else r"(?!\w)" if not last or last.isalnum() else ""
        return re.compile(before + pattern + after, re.IGNORECASE)


Sentences = Annotated[tuple[Sentence, ...], Field(default=())]


def find_statements(text: str, sentences: tuple[Sentence, ...]) -> Iterator[Statement]:
    """Find what the sentences state in a text; what one of them has read, no later one reads."""
    plain = remove_emphasis(text)
    taken = bytearray(len(plain))  # for each character whether it was read
    for sentence in sentences:
        for found in sentence.pattern.finditer(plain) if not sentence.cell else ():
            span = slice(*found.span())
            if any(taken[span]) or _is_about_words(sentence, found):
                continue
            taken[span] = bytes([True]) * len(found[0])
            is_denied = bool(DENIAL.search(plain[max(0, found.start() - MAX_DENIAL) : found.start()]))
            yield from _list_statements(sentence, found, is_denied=is_denied)


def read_cell(cell: str, text: str, sentences: tuple[Sentence, ...]) -> list[Statement]:
    """Read the cell of a name or a type by the first sentence that fits: that, and what stands beside it; nothing if none does."""
    for sentence in sentences:
        if sentence.cell == cell and (found := sentence.pattern.fullmatch(text)):
            return [*_list_statements(sentence, found, is_denied=False)]
    return []


def _is_about_words(sentence: Sentence, found: re.Match[str]) -> bool:
    """Tell whether words stand where a sentence has its first number, as in `up to date`."""
    first = next((one for one in sentence.placeholders if one in BY_KEYWORD), "")
    return bool(first) and not BEGINS_NUMBER.match(found[_group(first)])


def _list_statements(sentence: Sentence, found: re.Match[str], *, is_denied: bool) -> Iterator[Statement]:
    for keyword in sentence.placeholders:
        yield Statement(keyword, None, found[_group(keyword)].strip(), found[0], is_denied)
    for keyword, value in sentence.states.items():
        taken = PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
        stated = None if taken else value
        text = found[_group(taken["keyword"])].strip() if taken else found[0]
        yield Statement(keyword, stated, text, found[0], is_denied)


def remove_emphasis(text: str) -> str:
    """Return a text as sentences see it, without the marks of emphasis."""
    return EMPHASIS.sub(r"\2", text)


def split_list(text: str) -> list[str] | None:
    """Split a list of words, code spans or quoted texts, each perhaps with a remark in brackets; None if it is no such list."""
    items: list[str] = []
    position = 0
    while found := ITEM.match(text, position):
        items.append(next(one for one in found.groups() if one is not None))
        separator = SEPARATOR.match(text, found.end())
        position = separator.end() if separator else found.end()
        if separator or (
            found["code"] and text.startswith("`", position)
        ):  # code spans need none between them
            continue
        if len(items) == 1 and found["bare"] is not None:  # `empty` is no list
            return None
        break
    rest = LAST.match(text, position)
    is_whole = rest is not None and rest.end() == len(text)
    return items if items and is_whole and AND_OTHERS.isdisjoint(items) else None


def unquote(text: str) -> str:
    """Return a text without the quotes or backticks around it."""
    found = ITEM.fullmatch(text)
    return next(one for one in found.groups() if one is not None) if found else text


def read_number_text(text: str, units: Iterable[str]) -> str:
    """Return a number as JSON writes it, without quotes, plus, separators of thousands and a unit."""
    number = text.strip('`"“” ').replace("−", "-").removeprefix("+")
    unit = next((one for one in units if number.endswith(one) and number != one), "")
    number = number.removesuffix(unit).rstrip()
    return number.replace(",", "") if THOUSANDS.fullmatch(number) else number


def _group(keyword: str) -> str:
    return keyword.replace("-", "_")


def _write_words(text: str, beside: Iterable[str]) -> str:
    """Write the pattern of words between placeholders: spaces are any, and between numbers the backticks of code spans may stand."""
    space = r"`?\\s+`?" if all(one in BY_KEYWORD for one in beside) else r"\\s+"
    return re.sub(r"(?:\\\s|\s)+", space, re.escape(text))


def _write_placeholder(keyword: str, *, is_last: bool) -> str:
    """Write the pattern of a placeholder; what can be read of what it finds is said later, so that nothing is lost without a word."""
    if keyword in IN_CELL:
        return IN_CELL[keyword] + ("" if is_last else "?")
    if keyword in BY_KEYWORD:
        return NUMBER + ("(?<![.:,])" if is_last else "?")
    return (CLAUSE if keyword == "default" else REST) + ("" if is_last else "?")


def _list_placeholders(sentence: Sentence) -> list[str]:
    return [*IN_CELL, *BY_KEYWORD] if sentence.cell else ["choices", "default", *BY_KEYWORD]


def _find_bad_keyword(name: str, known: list[str]) -> str:
    if name in known or is_annotation(name):
        return ""
    return f"{quote(name)} is no fact that a sentence can state{suggest_name(name, known)}; there are {', '.join(known)}, and annotations such as x-unit"


def _find_bad_value(name: str, value: object) -> str:
    if name == "required" and not isinstance(value, bool):
        return "must be true or false"
    if name in BY_KEYWORD and not BY_KEYWORD[name].allows_limit(value):
        return f"must be {BY_KEYWORD[name].limit_kind}"
    return ""
