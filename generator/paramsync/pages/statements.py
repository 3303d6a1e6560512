"""Sentences in which descriptions state facts: `[[prose]]` of the profile, and what they find in a text. Pure."""

import re
from collections.abc import Iterator
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
PLACEHOLDER = re.compile(r"\{(?P<keyword>[\w-]+)\}")
NUMBER = r"[`\"“]?(?:-?(?:\d{1,3}(?:,\d{3})+|\d{1,40})(?:\.\d{1,40})?)[`\"”]?"
# A text in quotes or a code span, or a word without the signs that end a sentence.
WORD = r"(?:`[^`]{1,200}`|\"[^\"]{0,200}\"|“[^”]{0,200}”|'[^']{0,200}'|[^\s,;()`\"“”，；。]{0,200}[^\s,;.:()`\"“”，；。])"
# Up to the end of a sentence, with what stands in brackets.
REST = r"(?:\([^()]{0,200}\)|`[^`]{0,200}`|\"[^\"]{0,200}\"|“[^”]{0,200}”|[^().;；。`\"“]|[.;](?=[^\s)])){1,2000}"
EMPHASIS = re.compile(r"(?<![\w`*])(\*{1,3}|_{1,3})(?![\s*_])([^*_`\n]{0,200}?[^\s*_`])\1(?![\w`*])")
ITEM = re.compile(
    r"\s*(?:`(?P<code>[^`]+)`|\"(?P<double>[^\"]*)\"|“(?P<curly>[^”]*)”|'(?P<single>[^']*)'|(?P<bare>[^\s,，、;；|()`\"“”]+))\s*(?:\([^()]*\)\s*)?"
)
SEPARATOR = re.compile(r"(?:[,，、;；|]\s*(?:(?:or|and)\s+)?|(?:or|and)\s+)")
LAST = re.compile(r"[,，、;；|.。]*")
AND_OTHERS = frozenset({"…", "...", "etc", "etc."})  # what a list ends with that has not all


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence states: a fact, its text, and the sentence."""

    keyword: str
    value: Any  # of `states`; None where it is read from `text`
    text: str
    sentence: str


class Sentence(ConfigTable):
    """A sentence of a description, with placeholders for the facts that it states, or with facts that follow from it.

    After `^`, it is one with which a description begins.
    """

    match: Word
    states: dict[str, bool | float | str] = Field(default={})

    @model_validator(mode="after")
    def _check(self) -> "Sentence":
        keywords = PLACEHOLDER.findall(self.match)
        if len({*keywords}) < len(keywords):
            raise KeyMistakeError(("match",), "each placeholder may stand once")
        if not keywords and not self.states:
            known = "{minimum}, {choices} or {default}"
            raise KeyMistakeError(("match",), f"write a placeholder such as {known}, or what it states")
        if not PLACEHOLDER.sub("", self.match.removeprefix(START)).strip():
            raise KeyMistakeError(("match",), "write more than a placeholder: it would match any text")
        for key, names in (("match", keywords), ("states", [*self.states])):
            for name in names:
                if problem := _find_bad_keyword(name, is_stated=key == "states"):
                    raise KeyMistakeError((key,) if key == "match" else (key, name), problem)
        for name, value in self.states.items():
            if problem := _find_bad_value(name, value):
                raise KeyMistakeError(("states", name), problem)
        return self

    @property
    def keywords(self) -> frozenset[str]:
        """The facts that it may state."""
        return frozenset((*PLACEHOLDER.findall(self.match), *self.states))

    @property
    def states_annotations(self) -> list[str]:
        return [one for one in (*PLACEHOLDER.findall(self.match), *self.states) if is_annotation(one)]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        text = self.match.removeprefix(START)
        parts = PLACEHOLDER.split(text)
        pattern = "".join(
            f"(?P<{_group(part)}>{_write_placeholder(part, is_last=not any(parts[index + 1 :]))})"
            if index % 2
            else re.sub(r"(?:\\\s|\s)+", r"\\s+", re.escape(part))
            for index, part in enumerate(parts)
        )
        before = r"\A" if text != self.match else r"(?<!\w)" if text[0].isalnum() or text[0] == "{" else ""
        last = parts[-1][-1:]
        after = r"(?=[\s)\]]|\Z)" if last == "." else r"(?!\w)" if not last or last.isalnum() else ""
        return re.compile(before + pattern + after)


Sentences = Annotated[tuple[Sentence, ...], Field(default=())]


def find_statements(text: str, sentences: tuple[Sentence, ...]) -> Iterator[Statement]:
    """Find what the sentences state in a text; what one of them has read, no later one reads."""
    plain = remove_emphasis(text)
    taken: list[tuple[int, int]] = []
    for sentence in sentences:
        for found in sentence.pattern.finditer(plain):
            if any(found.start() < end and start < found.end() for start, end in taken):
                continue
            taken.append(found.span())
            for keyword in PLACEHOLDER.findall(sentence.match):
                yield Statement(keyword, None, found[_group(keyword)].strip(), found[0])
            for keyword, value in sentence.states.items():
                yield Statement(keyword, value, found[0], found[0])


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
        if not separator:
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


def _group(keyword: str) -> str:
    return keyword.replace("-", "_")


def _write_placeholder(keyword: str, *, is_last: bool) -> str:
    if keyword in BY_KEYWORD:
        return NUMBER
    return WORD if keyword == "default" else REST if is_last else REST + "?"


def _find_bad_keyword(name: str, *, is_stated: bool) -> str:
    known = ["choices", "default", *BY_KEYWORD] if not is_stated else ["required", "default", *BY_KEYWORD]
    if name in known or is_annotation(name):
        return ""
    return f"{quote(name)} is no fact that a sentence can state{suggest_name(name, known)}; there are {', '.join(known)}, and annotations such as x-unit"


def _find_bad_value(name: str, value: object) -> str:
    if name == "required" and not isinstance(value, bool):
        return "must be true or false"
    if name in BY_KEYWORD and not BY_KEYWORD[name].allows_limit(value):
        return f"must be {BY_KEYWORD[name].limit_kind}"
    return ""
