"""Read a page whose line breaks are gone: every run of white space is one space. Pure.

A heading ends where its name in the list of contents ends; a row ends after as many cells as the header has.
"""

import re
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import NamedTuple

from paramsync.pages.inline import find_pipes, match_label, read_cell, read_scalar, read_text
from paramsync.pages.page import PageContent, Row, Section, Source, Table, Text

FRONT_MATTER = re.compile(r"\s*---\s+(?:(?P<title>title:)\s+(?P<quote>[\"']?)|(?=---\s))")
FRONT_MATTER_ENDS = {  # of front matter, behind a title in quotes or without
    quote: re.compile(rf"{quote}\s+---(?=\s)" if quote else r"(?<=\s)---(?=\s)") for quote in ("", '"', "'")
}
CONTENTS_ITEM = re.compile(
    r"(?:^|\s)[-*+] \[(?P<name>(?:\\.|[^\]\\]|\](?!\(#)){0,200})\]\(#[^)\s]{0,200}\)(?=\s|$)"
)
HEADING = re.compile(r"(?:^|(?<=\s))(#{1,6})\s+")
WORD = re.compile(r"\S+")
ESCAPE_CHARACTERS = str.maketrans("", "", "\\`")
MAX_HEADING_WORDS = 30  # of a heading
MAX_HEADING_LENGTH = 400  # characters of one, with escapes
ASTERISKS = re.compile(r"\*\*")
ROW = re.compile(r"\s*\|")
DELIMITER = re.compile(r"\|\s+(?P<row>\|(?:\s*:?-{3,}:?\s*\|)+)(?=\s|$)")


class Heading(NamedTuple):
    """The name of a heading, the offsets of its signs, of its text and behind it, and its level."""

    name: str
    start: int
    text: int
    end: int
    level: int


def read_folded(source: Source, labels: tuple[str, ...]) -> PageContent:
    """Read folded text. Where there is no list of contents, the headings are `unclear`."""
    title, start = _read_front_matter(source)
    first = next((mark for mark in HEADING.finditer(source.text, start) if len(mark[1]) > 1), None)
    items = CONTENTS_ITEM.finditer(source.text, start, first.start() if first else len(source.text))
    contents = [read_text(source, *item.span("name")) for item in items]
    there = Counter(_normalize_name(text.value) for text in contents)
    headings = list(_find_headings(source, start, there.keys()))
    there.subtract(heading.name for heading in headings)
    unclear = [heading for heading in headings if there[heading.name] < 0]
    if first and not headings and DELIMITER.search(source.text):
        unclear = [Heading("", first.start(), first.start(), first.end(), 0)]
    starts = [*(heading.start for heading in headings), len(source.text)]
    return PageContent(
        title=title,
        sections=(
            Section(0, read_text(source, start, start), (read_text(source, start, starts[0]),)),
            *(
                _read_section(source, heading, end, labels)
                for heading, end in zip(headings, starts[1:], strict=True)
            ),
        ),
        contents=tuple(contents),
        unclear=tuple(read_text(source, heading.start, heading.end) for heading in unclear),
    )


def _read_front_matter(source: Source) -> tuple[str, int]:
    """Read the title, if there is one, and say where the front matter ends."""
    front = FRONT_MATTER.match(source.text)
    if front is None:
        return "", 0
    start = front.end("title") if front["title"] else front.end()
    for quote in (front["quote"] or "", ""):
        if end := FRONT_MATTER_ENDS[quote].search(source.text, front.end()):
            return read_scalar(source.text[start : end.end() - 3]), end.end()
    return "", 0


def _find_headings(source: Source, start: int, names: Collection[str]) -> Iterator[Heading]:
    """Find what reads as a heading that the list of contents names."""
    counts = {name.count(" ") + 1 for name in names if name}
    lengths = sorted((count for count in counts if count <= MAX_HEADING_WORDS), reverse=True)
    behind = start
    for mark in HEADING.finditer(source.text, start) if lengths else ():
        name, end = (
            _match_name(source.text, mark.end(), names, lengths) if mark.start() >= behind else ("", 0)
        )
        if end:
            behind = end
            yield Heading(name, mark.start(), mark.end(), end, len(mark[1]))


def _match_name(text: str, start: int, names: Collection[str], lengths: Sequence[int]) -> tuple[str, int]:
    """Give the name that stands at an offset, and where it ends; of two that fit, the longer one is meant.

    `lengths` are those that names have, in words, the longest first.
    """
    words: list[tuple[str, int]] = []
    for word in WORD.finditer(text, start, start + MAX_HEADING_LENGTH):
        if plain := _normalize_name(word[0]):
            words.append((plain, word.end()))
        elif words:  # what shows nothing belongs to the word before
            words[-1] = words[-1][0], word.end()
        if len(words) > lengths[0]:
            break
    if start + MAX_HEADING_LENGTH < len(text):
        words = words[:-1]  # which may be cut, or is one too many
    for length in lengths:
        if length <= len(words) and (name := " ".join(word for word, _ in words[:length])) in names:
            return name, words[length - 1][1]
    return "", 0


def _normalize_name(name: str) -> str:
    """Give a name as it is compared: whatever is escaped or in a code span, and with one space between two words."""
    return " ".join(name.translate(ESCAPE_CHARACTERS).split())


def _read_section(source: Source, heading: Heading, end: int, labels: tuple[str, ...]) -> Section:
    position = heading.end
    tables: list[Table] = []
    between: list[tuple[int, int]] = []
    for delimiter in DELIMITER.finditer(source.text, position, end):
        columns = delimiter["row"].count("|") - 1
        header_bars = deque(find_pipes(source.text, position, delimiter.start() + 1), columns + 1)
        if delimiter.start() >= position and len(header_bars) > columns:
            between.append((position, header_bars[0]))
            rows, position = _read_rows(source, delimiter.end(), end, columns)
            tables.append(Table(_read_cells(source, header_bars), rows))
    between.append((position, end))
    prose, facts = zip(*(_read_between_tables(source, *stretch, labels) for stretch in between), strict=True)
    text = read_text(source, heading.text, heading.end)
    return Section(heading.level, text, tuple(chain(*prose)), tuple(chain(*facts)), tuple(tables))


def _read_between_tables(
    source: Source, start: int, end: int, labels: tuple[str, ...]
) -> tuple[list[Text], list[tuple[str, Text]]]:
    """Read what stands between tables: prose, then labels, each with all up to the next."""
    stars = (found.start() for found in ASTERISKS.finditer(source.text, start, end))
    marks = [mark for star in stars if (mark := match_label(source.text, labels, star))]
    stops = [*(mark.start() for mark in marks), end]
    prose = read_text(source, start, stops[0])
    facts = [
        (mark["label"], read_text(source, min(mark.end(), stop), stop))
        for mark, stop in zip(marks, stops[1:], strict=True)
    ]
    return [prose] if prose.pieces else [], facts


def _read_rows(source: Source, start: int, end: int, columns: int) -> tuple[tuple[Row, ...], int]:
    """Read rows by their number of cells, and where they end.

    A row of the wrong length shifts all behind it: it is given as it is, and the rest is left out.
    """
    rows: list[Row] = []
    while ROW.match(source.text, start, end):
        row_bars = list(islice(find_pipes(source.text, start, end), columns + 1))
        rows.append(_read_cells(source, row_bars))
        start = row_bars[-1] + 1
    has_another = DELIMITER.search(source.text, start, end)
    left_over = [] if has_another else list(islice(find_pipes(source.text, start, end), 1))
    if rows and left_over and len(rows[-1]) == columns:
        blank = next((index for index, cell in enumerate(rows[-1]) if not cell.written), None)
        rows[-1] = rows[-1][:blank] if blank else (*rows[-1], read_cell(source, start, left_over[0]))
        return tuple(rows), end
    return tuple(rows), start


def _read_cells(source: Source, offsets: Iterable[int]) -> Row:
    return tuple(read_cell(source, bar + 1, stop) for bar, stop in pairwise(offsets))
