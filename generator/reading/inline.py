"""Markdown inside a line: escapes, code spans, addresses, entities. Pure."""

import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from generator.reading.page import Piece, Source, Text
from generator.texts import WHITE_SPACE, fold

INLINE = re.compile(
    r"""
      \\(?P<escaped>[!-/:-@\[-`{-~])
    | (?P<fence>`+)
    | <(?P<address>[A-Za-z][A-Za-z0-9+.-]+:[^\s<>]*)>
    | (?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)
    """,
    re.VERBOSE,
)
# In a table, a backslash takes the next backslash or bar along; any other bar ends the cell, inside a code span too.
BAR = re.compile(r"\\[\\|]|(?P<bar>\|)")


def read_text(source: Source, start: int, end: int) -> Text:
    """Read the Markdown between two offsets, without the white space around it."""
    raw = source.text[start:end]
    written = raw.strip(" \t\r\n\f\v")
    start += raw.find(written)
    return Text(source.place(start), written, fold_pieces(_pieces(written)))


def read_cell(source: Source, start: int, end: int) -> Text:
    """Read the Markdown of a cell: as text, but a bar in a code span is escaped."""
    cell = read_text(source, start, end)
    pieces = (
        replace(piece, text=piece.text.replace(r"\|", "|")) if piece.is_code else piece
        for piece in cell.pieces
    )
    return replace(cell, pieces=tuple(pieces))


def bars(text: str, start: int, end: int) -> Iterator[int]:
    """Find the bars that separate cells."""
    return (match.start() for match in BAR.finditer(text, start, end) if match["bar"])


def label_at(text: str, labels: Sequence[str], start: int = 0) -> re.Match[str] | None:
    """Match `**Label:**` at an offset; group `label` is which."""
    names = "|".join(map(re.escape, labels))
    return re.compile(rf"\*\*(?P<label>{names})(?::\*\*|\*\*:)\s*").match(text, start)


def fold_pieces(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Join neighbouring texts, fold the white space of each piece, and strip the ends of the whole."""
    joined: list[Piece] = []
    for is_code, group in groupby(pieces, key=lambda piece: piece.is_code):
        if is_code:
            joined += [Piece(fold(piece.text), is_code=True) for piece in group]
        else:
            joined.append(Piece(WHITE_SPACE.sub(" ", "".join(piece.text for piece in group))))
    if joined and not joined[0].is_code:
        joined[0] = Piece(joined[0].text.lstrip(" "))
    if joined and not joined[-1].is_code:
        joined[-1] = Piece(joined[-1].text.rstrip(" "))
    return tuple(piece for piece in joined if piece.text or piece.is_code)


def _pieces(text: str) -> Iterator[Piece]:
    fences: dict[int, list[int]] = {}  # length -> where runs of so many backticks begin
    for run in re.finditer("`+", text):
        fences.setdefault(len(run[0]), []).append(run.start())
    end = position = 0
    while match := INLINE.search(text, position):
        position = match.end()
        if match["fence"] is None:
            yield Piece(text[end : match.start()])
            yield Piece(match["escaped"] or match["address"] or html.unescape(match["entity"]))
            end = position
            continue
        closing = fences.get(len(match["fence"]), [])
        following = bisect_right(closing, match.start())
        if following < len(closing):
            yield Piece(text[end : match.start()])
            yield Piece(text[position : closing[following]], is_code=True)
            end = position = closing[following] + len(match["fence"])
    yield Piece(text[end:])
