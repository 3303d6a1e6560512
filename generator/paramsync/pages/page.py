"""A page as read from any form: its sections, and the place of every text. Pure data."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field, fields, replace
from itertools import accumulate
from typing import Literal

from paramsync.findings import Place
from paramsync.pages.prose import code_span, is_link, remove_link_backticks

EMPHASIZED = re.compile(r"(?P<mark>\*\*|__|\*|_)(?P<text>[^*_]+)(?P=mark)")
# Comments and the like, with which a page of any form may begin.
PROLOG = re.compile(r"(?:\s++|<!--.*?-->|<\?[^>]*>|\{/\*.*?\*/\})*+", re.DOTALL)
LINK = re.compile(r"\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
CODE_MARK = re.compile("\0([0-9]+)\0")
STRIKE = "~~"  # around text that is struck out
Form = Literal["markdown", "html", "folded"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, or a code span."""

    text: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A cell, a heading or a paragraph: its place, its source text, and its pieces."""

    place: Place
    written: str
    pieces: tuple[Piece, ...]

    @property
    def value(self) -> str:
        """The text without markup."""
        if len(self.pieces) == 1:  # as in most cells
            return self.pieces[0].text
        return "".join([piece.text for piece in self.pieces])

    @property
    def plain(self) -> str:
        """The text without markup, and without emphasis of the whole."""
        value = self.value
        found = EMPHASIZED.fullmatch(value) if value[:1] in ("*", "_") else None
        return found["text"] if found else value

    @property
    def marked(self) -> str:
        """The text with backticks around all code spans."""
        return "".join(code_span(piece.text) if piece.is_code else piece.text for piece in self.pieces)

    @property
    def prose(self) -> str:
        """The text for people, with backticks around code spans, except those that contain only a link."""
        return remove_link_backticks("".join(_write_piece(piece) for piece in self.pieces))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(piece.text for piece in self.pieces if piece.is_code)

    @property
    def is_struck_out(self) -> bool:
        """True if the whole text is struck out, which all forms mark as Markdown does."""
        value = self.value
        inner = value.removeprefix(STRIKE).removesuffix(STRIKE)
        return bool(inner) and value == STRIKE + inner + STRIKE and STRIKE not in inner

    def without_strikes(self) -> "Text":
        """Return the text without what strikes it out, which stands inside a code span only at its ends."""
        inner = (
            piece.text.removeprefix(STRIKE).removesuffix(STRIKE)
            if piece.is_code
            else piece.text.replace(STRIKE, "")
            for piece in self.pieces
        )
        pieces = [replace(piece, text=text) for piece, text in zip(self.pieces, inner, strict=True)]
        return replace(self, pieces=tuple(piece for piece in pieces if piece.text or piece.is_code))

    def without_links(self) -> "Text":
        """Return the text with the words of Markdown's links in their place, code spans included."""
        if "](" not in self.value:
            return self
        whole = "".join(f"\0{index}\0" if one.is_code else one.text for index, one in enumerate(self.pieces))
        parts = CODE_MARK.split(LINK.sub(r"\1", whole))
        pieces = [self.pieces[int(part)] if index % 2 else Piece(part) for index, part in enumerate(parts)]
        return replace(self, pieces=tuple(piece for piece in pieces if piece.text or piece.is_code))


Row = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; a row may have more or fewer cells than the header."""

    header: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and the text and tables below it up to the next heading of any level."""

    level: int
    heading: Text
    prose: tuple[Text, ...] = ()
    labels: tuple[tuple[str, Text], ...] = ()
    tables: tuple[Table, ...] = ()
    stray_rows: tuple[Row, ...] = ()  # rows that belong to no table
    hidden_labels: tuple[tuple[str, Text], ...] = ()  # what a reader does not see
    hidden_tables: tuple[Table, ...] = ()
    unread_tables: tuple[Table, ...] = ()  # in code blocks and comments of Markdown
    raw_tables: tuple[
        Text, ...
    ] = ()  # lines of Markdown in which a table of HTML begins, up to the end of the table
    endpoints: tuple[Text, ...] = ()  # lines of code blocks of Markdown that may name one


@dataclass(slots=True)
class OpenSection:
    """A section that is being read; it has lists, so that adding to it takes constant time."""

    level: int
    heading: Text
    prose: list[Text] = field(default_factory=list)
    labels: list[tuple[str, Text]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    stray_rows: list[Row] = field(default_factory=list)
    hidden_labels: list[tuple[str, Text]] = field(default_factory=list)
    hidden_tables: list[Table] = field(default_factory=list)
    unread_tables: list[Table] = field(default_factory=list)
    raw_tables: list[Text] = field(default_factory=list)
    endpoints: list[Text] = field(default_factory=list)

    def close(self) -> Section:
        lists = [getattr(self, one.name) for one in fields(Section)[2:]]
        return Section(self.level, self.heading, *map(tuple, lists))


@dataclass(frozen=True, slots=True)
class PageContent:
    """The result of reading a page in one form.

    `title` is empty if there is none. The first section holds what comes before the first heading. `contents` are the headings
    that the table of contents names; `unclear` are the headings whose end cannot be determined.
    """

    title: str
    sections: tuple[Section, ...]
    contents: tuple[Text, ...]
    unclear: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A documentation page; `title`, `kind` and `updated` (a date) are empty if the page does not state them."""

    file: str
    form: Form
    title: str
    kind: str
    updated: str
    sections: tuple[Section, ...]
    contents: tuple[Text, ...] = ()
    unclear: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file, which can compute the place of each of its characters."""

    file: str
    text: str
    line_starts: tuple[int, ...]

    @classmethod
    def of(cls, file: str, text: str) -> "Source":
        return cls(file, text, tuple(accumulate(map(len, split_lines(text)), initial=0)))

    def place(self, offset: int) -> Place:
        line = min(bisect_right(self.line_starts, offset), max(len(self.line_starts) - 1, 1))
        return Place(self.file, line, offset - self.line_starts[line - 1] + 1)


def find_start(text: str) -> int:
    """Find the offset after the comments with which a page begins."""
    prolog = PROLOG.match(text)
    return prolog.end() if prolog else 0


def split_lines(text: str) -> list[str]:
    """Split text into lines, at line feeds only; each line keeps its line feed."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _write_piece(piece: Piece) -> str:
    return code_span(piece.text) if piece.is_code and not is_link(piece.text) else piece.text
