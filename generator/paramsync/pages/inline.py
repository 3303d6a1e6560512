"""Read inline Markdown: escapes, code spans, autolinks, entities, comments and the inline tags of HTML. Pure."""

import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter

from paramsync.pages.html_elements import MARKS
from paramsync.pages.page import Piece, Source, Text
from paramsync.text import WHITESPACE, collapse_whitespace

INLINE = re.compile(
    r"""
      \\(?P<escaped>[!-/:-@\[-`{-~])
    | (?P<fence>`+)
    | <(?P<autolink>[A-Za-z][A-Za-z0-9+.-]+:[^\s<>]*)>
    | <!--(?P<comment>) | \{/\*(?P<note>)
    | </?(?P<tag>a|abbr|b|bdi|br|code|del|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var|wbr)(?:\s[^<>]*)?/?>
    | (?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)
    """,
    re.VERBOSE | re.IGNORECASE,
)
ENDS = {"comment": "-->", "note": "*/}"}
PLAIN_TEXT = re.compile(r"[^\\`<&{]*")  # nothing that has a meaning in Markdown
WHITESPACE_CHARACTERS = " \t\r\n\f\v"
# In a table, a backslash escapes the next backslash or pipe; any other pipe ends the cell, even inside a code span.
PIPE = re.compile(r"\\[\\|]|(?P<pipe>\|)")


def read_text(source: Source, start: int, end: int) -> Text:
    """Read the Markdown between two offsets, without the whitespace around it."""
    raw = source.text[start:end]
    written = raw.lstrip(WHITESPACE_CHARACTERS)
    start += len(raw) - len(written) if written else 0
    written = written.rstrip(WHITESPACE_CHARACTERS)
    return Text(source.place(start), written, _read_written(written))


def read_cell(source: Source, start: int, end: int) -> Text:
    """Read the Markdown of a cell, in which a pipe in a code span is escaped."""
    cell = read_text(source, start, end)
    if r"\|" not in cell.written:
        return cell
    pieces = (
        replace(piece, text=piece.text.replace(r"\|", "|")) if piece.is_code else piece
        for piece in cell.pieces
    )
    return replace(cell, pieces=tuple(pieces))


def read_scalar(text: str) -> str:
    """Read a value of front matter: Markdown, with or without YAML quotes."""
    value = text.strip(WHITESPACE_CHARACTERS)
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1].replace("''", "'") if value[0] == "'" else value[1:-1]
    elif value[:1] not in {"'", '"'}:
        value = re.split(r"[ \t]#", value, maxsplit=1)[0]  # a comment
    return read_text(Source.of("", value), 0, len(value)).prose


def find_pipes(text: str, start: int, end: int) -> Iterator[int]:
    """Find the offsets of the pipes that separate cells."""
    return (match.start() for match in PIPE.finditer(text, start, end) if match["pipe"])


def match_label(text: str, labels: tuple[str, ...], start: int = 0) -> re.Match[str] | None:
    """Match `**Label:**` or `**Label**:` at an offset; the group `label` is the label."""
    return _label_pattern(labels).match(text, start)


@cache
def _label_pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, labels))
    return re.compile(rf"\*\*(?P<label>{names})(?::\*\*|\*\*:)\s*")


@lru_cache(4096)  # most cells say what many say, such as `-` and `No`
def _read_written(written: str) -> tuple[Piece, ...]:
    if PLAIN_TEXT.fullmatch(written):
        return (Piece(collapse_whitespace(written)),) if written else ()
    return normalize_pieces(_read_pieces(written))


def normalize_pieces(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Join adjacent texts, collapse the whitespace in each piece, and strip both ends of the whole."""
    joined: list[Piece] = []
    for is_code, group in groupby(pieces, key=attrgetter("is_code")):
        if is_code:
            joined += [Piece(collapse_whitespace(piece.text), is_code=True) for piece in group]
        else:
            joined.append(Piece(WHITESPACE.sub(" ", "".join(piece.text for piece in group))))
    if joined and not joined[0].is_code:
        joined[0] = Piece(joined[0].text.lstrip(" "))
    if joined and not joined[-1].is_code:
        joined[-1] = Piece(joined[-1].text.rstrip(" "))
    return tuple(piece for piece in joined if piece.text or piece.is_code)


def _read_pieces(text: str) -> Iterator[Piece]:
    fences: dict[int, list[int]] = {}  # number of backticks -> the offsets of fences of that length
    for run in re.finditer("`+", text):
        fences.setdefault(len(run[0]), []).append(run.start())
    ends = {
        kind: [found.start() for found in re.finditer(re.escape(mark), text)] if mark in text else []
        for kind, mark in ENDS.items()
    }
    end = position = 0
    while match := INLINE.search(text, position):
        position = match.end()
        if (kind := match.lastgroup) in ENDS:
            following = bisect_right(ends[kind], match.start())
            if following < len(ends[kind]):
                yield Piece(text[end : match.start()])
                end = position = ends[kind][following] + len(ENDS[kind])
            continue
        if match["fence"] is None:
            yield Piece(text[end : match.start()])
            yield Piece(_read_part(match))
            end = position
            continue
        closing = fences.get(len(match["fence"]), [])
        following = bisect_right(closing, match.start())
        if following < len(closing):
            yield Piece(text[end : match.start()])
            yield Piece(text[position : closing[following]], is_code=True)
            end = position = closing[following] + len(match["fence"])
    yield Piece(text[end:])


def _read_part(match: re.Match[str]) -> str:
    """Return what an escape, an autolink, an inline tag or an entity stands for."""
    if match["tag"]:
        tag = match["tag"].lower()
        return " " if tag == "br" else MARKS.get(tag, "")
    return match["escaped"] or match["autolink"] or html.unescape(match["entity"])
