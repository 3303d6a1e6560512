"""Markdown inside a line: escapes, code spans, addresses, entities. Pure."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from generator.reading.page import Piece, Source, Text
from generator.texts import WHITE_SPACE

INLINE = re.compile(
    r"""
      \\(?P<escaped>[!-/:-@\[-`{-~])
    | (?<!`)(?P<fence>`+)(?!`)(?P<code>.+?)(?<!`)(?P=fence)(?!`)
    | <(?P<address>[A-Za-z][A-Za-z0-9+.-]+:[^\s<>]*)>
    | (?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)
    """,
    re.VERBOSE | re.DOTALL,
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
    """Join neighbours of a kind, fold their white space, and strip the ends of the whole."""
    joined: list[Piece] = []
    for piece in pieces:
        text = WHITE_SPACE.sub(" ", piece.text)
        if piece.is_code:
            joined.append(Piece(text.strip(" "), is_code=True))
        elif joined and not joined[-1].is_code:
            joined[-1] = Piece(WHITE_SPACE.sub(" ", joined[-1].text + text))
        else:
            joined.append(Piece(text))
    if joined and not joined[0].is_code:
        joined[0] = Piece(joined[0].text.lstrip(" "))
    if joined and not joined[-1].is_code:
        joined[-1] = Piece(joined[-1].text.rstrip(" "))
    return tuple(piece for piece in joined if piece.text or piece.is_code)


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for match in INLINE.finditer(text):
        yield Piece(text[end : match.start()])
        end = match.end()
        if match["code"] is not None:
            yield Piece(match["code"], is_code=True)
        else:
            yield Piece(match["escaped"] or match["address"] or html.unescape(match["entity"]))
    yield Piece(text[end:])
