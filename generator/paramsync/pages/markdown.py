"""Read a page in Markdown, line by line. Pure."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from paramsync.pages.endpoints import METHOD
from paramsync.pages.inline import find_pipes, match_label, read_cell, read_scalar, read_text
from paramsync.pages.markdown_lines import (
    DELIMITERS,
    EMPHASIZED,
    HEADING,
    INDENTED_HEADING,
    LIST_MARK,
    MODULE_LINE,
    QUOTE_MARK,
    TABLE_END,
    TABLE_TAG,
    TAG_IN_FRONT,
    UNDERLINE,
    count_open_components,
    find_content,
    find_contents_link,
    find_heading_end,
    is_block_break,
    track_hidden,
)
from paramsync.pages.page import OpenSection, PageContent, Row, Source, Table, Text, find_start, split_lines

FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
TITLE = re.compile(r"^title:[ \t]*+(?P<title>[^>|\n].*)$", re.MULTILINE)
ENDPOINT = re.compile(rf"\s*(?:{METHOD.pattern})\s", METHOD.flags)  # a line of code that is read
DELIMITER_CELL = re.compile(r":?-+:?")


@dataclass
class Reader:
    """The state of reading; the first section holds what comes before the first heading."""

    source: Source
    labels: tuple[str, ...]
    sections: list[OpenSection] = field(default_factory=list)
    contents: list[Text] = field(default_factory=list)
    paragraph: tuple[int, int] | None = None  # the offsets of the open paragraph
    components: int = 0  # how many are open
    raw_end: int = 0  # the offset after the last table in HTML

    def add_paragraph(self, start: int, end: int) -> None:
        """Add a paragraph to its section, as a label or as prose."""
        section = self.sections[-1]
        mark = LIST_MARK.match(self.source.text, start, end)
        if label := match_label(self.source.text, self.labels, mark.end() if mark else start):
            section.labels.append((label["label"], read_text(self.source, min(label.end(), end), end)))
        else:
            section.prose.append(read_text(self.source, start, end))

    def end_paragraph(self) -> None:
        if self.paragraph:
            self.add_paragraph(*self.paragraph)
        self.paragraph = None


def read_markdown(source: Source, labels: tuple[str, ...]) -> PageContent:
    """Read Markdown; the title is that of the front matter."""
    front = FRONT_MATTER.match(source.text, find_start(source.text))
    title = TITLE.search(source.text, *front.span(1)) if front else None
    reader = Reader(source, labels, [OpenSection(0, read_text(source, 0, 0))])
    _read_lines(reader, front.end() if front else 0)
    name = read_scalar(title["title"]) if title else ""
    return PageContent(name, tuple(section.close() for section in reader.sections), tuple(reader.contents))


def _read_lines(reader: Reader, start: int) -> None:
    hidden_until = ""  # what ends the open code block or comment
    rows: list[tuple[int, int]] = []  # the offsets of the lines of the open table
    are_hidden = False  # whether the lines in `rows` are
    lines = split_lines(reader.source.text[start:])
    for line, following in pairwise([*lines, ""]):
        begin, start = start, start + len(line)
        hidden_until, is_hidden = track_hidden(hidden_until, line)
        is_row = line.lstrip().startswith("|") or (not is_hidden and _continues_table(rows, line, following))
        if rows and not (is_row and is_hidden == are_hidden):
            _end_table(reader, rows, are_hidden=are_hidden)
            rows = []
        if is_row:
            rows.append((begin, start))
            are_hidden = is_hidden
        if is_hidden or is_row:
            reader.end_paragraph()
            if is_hidden and ENDPOINT.match(line):
                reader.sections[-1].endpoints.append(read_text(reader.source, begin, start))
        else:
            _read_line(reader, line, begin)
    reader.end_paragraph()
    if rows:
        _end_table(reader, rows, are_hidden=are_hidden)


def _read_line(reader: Reader, line: str, begin: int) -> None:
    """Read a line outside tables and what is hidden; it begins at an offset."""
    reader.components = max(0, reader.components + count_open_components(line))
    if _is_underline(reader, line):
        start, end = reader.paragraph or (begin, begin)
        _open_section(
            reader, 1 if "=" in line else 2, start, start + find_heading_end(reader.source.text[start:end])
        )
        reader.paragraph = None
    elif is_block_break(line) or (reader.sections[-1].level <= 1 and MODULE_LINE.match(line)):
        reader.end_paragraph()
    elif link := find_contents_link(line):
        reader.end_paragraph()
        if reader.sections[-1].level <= 1:
            reader.contents.append(read_text(reader.source, begin + link[0], begin + link[1]))
    elif heading := (INDENTED_HEADING if reader.components else HEADING).match(line):
        reader.end_paragraph()
        _open_section(reader, len(heading[1]), begin + heading.end(), begin + find_heading_end(line))
    else:
        _read_prose(reader, line, begin)


def _read_prose(reader: Reader, line: str, begin: int) -> None:
    """Add what a line shows to the open paragraph; an item of a list, and the tag of a block, begin another one."""
    start, end = find_content(line)
    if LIST_MARK.match(line) or TAG_IN_FRONT.match(line) or QUOTE_MARK.match(line):
        reader.end_paragraph()
    if start < end:
        reader.paragraph = (reader.paragraph[0] if reader.paragraph else begin + start, begin + end)
    if end < len(line.rstrip()):
        reader.end_paragraph()
    table = TABLE_TAG.search(line)
    if table and begin >= reader.raw_end:
        found = TABLE_END.search(reader.source.text, begin)
        reader.raw_end = found.end() if found else len(reader.source.text)
        raw = read_text(reader.source, begin + table.start(), reader.raw_end)
        reader.sections[-1].raw_tables.append(raw)


def _open_section(reader: Reader, level: int, start: int, end: int) -> None:
    if emphasized := EMPHASIZED.fullmatch(reader.source.text, start, end):
        start, end = emphasized.span("text")
    reader.sections.append(OpenSection(level, read_text(reader.source, start, end)))


def _is_underline(reader: Reader, line: str) -> bool:
    """Tell whether a line makes the open paragraph a heading, which is no label and no item of a list or quote."""
    if reader.paragraph is None or not UNDERLINE.match(line.rstrip()):
        return False
    text, (start, end) = reader.source.text, reader.paragraph
    first = text.rfind("\n", 0, start) + 1
    is_other = LIST_MARK.match(text, first, end) or QUOTE_MARK.match(text, first, end)
    return not is_other and not match_label(text, reader.labels, start)


def _continues_table(rows: list[tuple[int, int]], line: str, following: str) -> bool:
    """Tell whether a line without a leading pipe is a row: below a header, or the header above delimiters.

    A table ends at a blank line or a new block.
    """
    if "|" not in line or HEADING.match(line) or QUOTE_MARK.match(line):
        return False
    is_below_header = rows and (len(rows) > 1 or DELIMITERS.match(line))
    return bool(is_below_header or DELIMITERS.match(following))


def _end_table(reader: Reader, rows: list[tuple[int, int]], *, are_hidden: bool) -> None:
    """Add lines with pipes to the section as a table, or as stray rows if the second line has no delimiters."""
    section = reader.sections[-1]
    read = tuple(_read_row(reader.source, *row) for row in rows)
    if read[0] and len(rows) > 1 and _is_delimiter(reader.source.text[slice(*rows[1])]):
        (section.unread_tables if are_hidden else section.tables).append(Table(read[0], read[2:]))
    elif not are_hidden:
        section.stray_rows += read


def _is_delimiter(line: str) -> bool:
    return all(DELIMITER_CELL.fullmatch(cell.strip()) for cell in line.strip().strip("|").split("|"))


def _read_row(source: Source, start: int, end: int) -> Row:
    """Read the cells between pipes, and any text before the first pipe or after the last one."""
    edges = [start - 1, *find_pipes(source.text, start, end), end]
    cells = [read_cell(source, one + 1, other) for one, other in pairwise(edges)]
    first, last = int(not cells[0].written), len(cells) - int(not cells[-1].written)
    return tuple(cells[first:last])
