"""Read folded Markdown: text in which each run of whitespace, line breaks too, was replaced by one space. Pure.

A heading ends where its name in the table of contents ends; a row ends after as many cells as the header has.
"""

import re
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import NamedTuple

from paramsync.pages.inline import find_pipes, match_label, read_cell, read_scalar, read_text
from paramsync.pages.page import PageContent, Row, Section, Source, Table, Text

FRONT_MATTER = re.compile(r"\s*---\s+(?:(?P<title>title:)\s+(?P<quote>[\"']?)|(?=---\s))")
FRONT_MATTER_ENDS = {  # the quote around the title -> the end of the title and of the front matter
    quote: re.compile(rf"{quote}\s+---(?=\s)" if quote else r"(?<=\s)---(?=\s)") for quote in ("", '"', "'")
}
CONTENTS_ITEM = re.compile(
    r"(?:^|\s)[-*+] \[(?P<name>(?:\\.|[^\]\\]|\](?!\(#)){0,200})\]\(#[^)\s]{0,200}\)(?=\s|$)"
)
HEADING = re.compile(r"(?:^|(?<=\s))(#{1,6})\s+")
WORD = re.compile(r"\S+")
ESCAPE_CHARACTERS = str.maketrans("", "", "\\`")
MAX_HEADING_WORDS = 30
MAX_HEADING_LENGTH = 400  # characters, with escapes
ASTERISKS = re.compile(r"\*\*")
ROW = re.compile(r"\s*\|")
DELIMITER = re.compile(r"\|\s+(?P<row>\|(?:\s*:?-{3,}:?\s*\|)+)(?=\s|$)")


class Heading(NamedTuple):
    """A heading: its name, level, and the offsets of its `#`, of its text, and after its text."""

    name: str
    start: int
    text: int
    end: int
    level: int


def read_folded(source: Source, labels: tuple[str, ...]) -> PageContent:
    """Read folded text; without a table of contents, the headings are `unclear`."""
    title, start = _read_front_matter(source)
    first = next((mark for mark in HEADING.finditer(source.text, start) if len(mark[1]) > 1), None)
    items = CONTENTS_ITEM.finditer(source.text, start, first.start() if first else len(source.text))
    contents = [read_text(source, *item.span("name")) for item in items]
    names = Counter(_normalize_name(text.value) for text in contents)
    headings = list(_find_headings(source, start, names.keys()))
    names.subtract(heading.name for heading in headings)
    unclear = [heading for heading in headings if names[heading.name] < 0]
    if first and not headings and DELIMITER.search(source.text):
        unclear = [Heading("", first.start(), first.start(), first.end(), 0)]
    ends = [*(heading.start for heading in headings), len(source.text)]
    lead = Section(0, read_text(source, start, start), (read_text(source, start, ends.pop(0)),))
    sections = [
        _read_section(source, heading, end, labels) for heading, end in zip(headings, ends, strict=True)
    ]
    unclear_texts = tuple(read_text(source, heading.start, heading.end) for heading in unclear)
    return PageContent(title, (lead, *sections), tuple(contents), unclear_texts)


def _read_front_matter(source: Source) -> tuple[str, int]:
    """Read the title, or an empty string, and the offset after the front matter."""
    front = FRONT_MATTER.match(source.text)
    if front is None:
        return "", 0
    start = front.end("title") if front["title"] else front.end()
    for quote in (front["quote"] or "", ""):
        if end := FRONT_MATTER_ENDS[quote].search(source.text, front.end()):
            return read_scalar(source.text[start : end.end() - 3]), end.end()
    return "", 0


def _find_headings(source: Source, start: int, names: Collection[str]) -> Iterator[Heading]:
    """Find the headings that the table of contents names."""
    counts = {name.count(" ") + 1 for name in names}
    lengths = sorted((count for count in counts if count <= MAX_HEADING_WORDS), reverse=True)
    position = start
    for mark in HEADING.finditer(source.text, start) if lengths else ():
        if mark.start() < position:
            continue
        name, end = _match_name(source.text, mark.end(), names, lengths)
        if end:
            position = end
            yield Heading(name, mark.start(), mark.end(), end, len(mark[1]))


def _match_name(text: str, start: int, names: Collection[str], lengths: Sequence[int]) -> tuple[str, int]:
    """Match the longest of the names at an offset; return it and the offset of its end, or an empty string and 0.

    `lengths` are the lengths of the names in words, the longest first. A name of escapes alone is an empty string.
    """
    words: list[tuple[str, int]] = []
    escapes_end = 0  # of the escapes in front
    for word in WORD.finditer(text, start, start + MAX_HEADING_LENGTH):
        if plain := _normalize_name(word[0]):
            words.append((plain, word.end()))
        elif words:  # only escapes: part of the word before
            words[-1] = words[-1][0], word.end()
        else:
            escapes_end = word.end()
        if len(words) > lengths[0]:
            break
    if start + MAX_HEADING_LENGTH < len(text):
        words = words[:-1]  # the last one may be cut off
    for length in lengths:
        if length <= len(words) and (name := " ".join(word for word, _ in words[:length])) in names:
            return name, words[length - 1][1]
    return "", escapes_end if "" in names else 0


def _normalize_name(name: str) -> str:
    """Normalize a name for comparison: without backslashes and backticks, and with single spaces."""
    return " ".join(name.translate(ESCAPE_CHARACTERS).split())


def _read_section(source: Source, heading: Heading, end: int, labels: tuple[str, ...]) -> Section:
    position = heading.end
    tables: list[Table] = []
    between: list[tuple[int, int]] = []
    for delimiter in DELIMITER.finditer(source.text, position, end):
        columns = delimiter["row"].count("|") - 1
        pipes = deque(find_pipes(source.text, position, delimiter.start() + 1), columns + 1)
        if delimiter.start() >= position and len(pipes) > columns:
            between.append((position, pipes[0]))
            rows, position = _read_rows(source, delimiter.end(), end, columns)
            tables.append(Table(_read_cells(source, pipes), rows))
    between.append((position, end))
    prose, facts = zip(*(_read_between_tables(source, *span, labels) for span in between), strict=True)
    text = read_text(source, heading.text, heading.end)
    return Section(heading.level, text, tuple(chain(*prose)), tuple(chain(*facts)), tuple(tables))


def _read_between_tables(
    source: Source, start: int, end: int, labels: tuple[str, ...]
) -> tuple[list[Text], list[tuple[str, Text]]]:
    """Read the text between tables: prose, followed by labels, each with its text up to the next label."""
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
    """Read rows, each with as many cells as there are columns, and the offset after them.

    A row of the wrong length shifts all rows after it: it is returned with its wrong length, and the rest is left out.
    """
    rows: list[Row] = []
    while ROW.match(source.text, start, end):
        pipes = list(islice(find_pipes(source.text, start, end), columns + 1))
        rows.append(_read_cells(source, pipes))
        start = pipes[-1] + 1
    has_another = DELIMITER.search(source.text, start, end)
    left_over = [] if has_another else list(islice(find_pipes(source.text, start, end), 1))
    if rows and left_over and len(rows[-1]) == columns:
        blank = next((index for index, cell in enumerate(rows[-1]) if not cell.written), None)
        rows[-1] = rows[-1][:blank] if blank else (*rows[-1], read_cell(source, start, left_over[0]))
        return tuple(rows), end
    return tuple(rows), start


def _read_cells(source: Source, offsets: Iterable[int]) -> Row:
    return tuple(read_cell(source, pipe + 1, following) for pipe, following in pairwise(offsets))
