"""A page as read, whatever its form: sections, and every piece with its place. Pure data."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from paramsync.findings import Place
from paramsync.pages.prose import code_span, is_link, remove_link_backticks


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, or a code span."""

    text: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A cell, a heading or a paragraph: what it means, as it was written, and where."""

    place: Place
    written: str
    pieces: tuple[Piece, ...]

    @property
    def value(self) -> str:
        """The characters alone: `loop` for a code span of loop."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def prose(self) -> str:
        """The text for people: code spans keep their backticks, unless what is in them is a link."""
        return remove_link_backticks("".join(_write_piece(piece) for piece in self.pieces))

    @property
    def codes(self) -> tuple[str, ...]:
        """The code spans alone."""
        return tuple(piece.text for piece in self.pieces if piece.is_code)


Row = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its header, and its rows, each as long as it was found."""

    header: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, up to the next heading of any level."""

    level: int
    heading: Text
    prose: tuple[Text, ...] = ()
    labels: tuple[tuple[str, Text], ...] = ()
    tables: tuple[Table, ...] = ()
    stray_rows: tuple[Row, ...] = ()  # rows that belong to no table


@dataclass(slots=True)
class OpenSection:
    """A section while it is read: with lists, to which a piece is added in constant time."""

    level: int
    heading: Text
    prose: list[Text] = field(default_factory=list)
    labels: list[tuple[str, Text]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    stray_rows: list[Row] = field(default_factory=list)

    def close(self) -> Section:
        """Give the section as it was read."""
        prose, labels, tables = tuple(self.prose), tuple(self.labels), tuple(self.tables)
        return Section(self.level, self.heading, prose, labels, tables, tuple(self.stray_rows))


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a form's reader gives: a title if there is one, the sections, and the headings that a list of contents names.

    The first section is what stands before the first heading. `unclear` names a heading of which the form does not tell
    where it ends.
    """

    title: str
    sections: tuple[Section, ...]
    contents: tuple[Text, ...]
    unclear: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A documentation page: title, kind and date are empty where it does not say."""

    file: str
    title: str
    kind: str
    updated: str
    sections: tuple[Section, ...]
    contents: tuple[Text, ...] = ()
    unclear: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a page's file, which knows the place of each of its characters."""

    file: str
    text: str
    line_starts: tuple[int, ...]

    @classmethod
    def of(cls, file: str, text: str) -> "Source":
        """Take the text of a file."""
        return cls(file, text, tuple(accumulate(map(len, split_lines(text)), initial=0)))

    def place(self, offset: int) -> Place:
        """Say where the character at an offset stands."""
        line = min(bisect_right(self.line_starts, offset), max(len(self.line_starts) - 1, 1))
        return Place(self.file, line, offset - self.line_starts[line - 1] + 1)


def split_lines(text: str) -> list[str]:
    """Split a text into lines that keep their ends: a line ends with a line feed, and with nothing else."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _write_piece(piece: Piece) -> str:
    return code_span(piece.text) if piece.is_code and not is_link(piece.text) else piece.text
