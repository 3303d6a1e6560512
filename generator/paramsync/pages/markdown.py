"""Read a page in Markdown, line by line. Pure."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from paramsync.pages.inline import find_pipes, match_label, read_cell, read_scalar, read_text
from paramsync.pages.page import OpenSection, PageContent, Row, Source, Table, Text, split_lines

FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
TITLE = re.compile(r"^title:(?P<title>.*)$", re.MULTILINE)
FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
HEADING = re.compile(r" {0,3}(#{1,6})(?=\s)")
DELIMITER_CELL = re.compile(r":?-+:?")
QUOTE_MARK = re.compile(r"\s*(?:>[ \t]?)+")


@dataclass
class Reader:
    """The state of reading; the first section holds what comes before the first heading."""

    source: Source
    labels: tuple[str, ...]
    sections: list[OpenSection] = field(default_factory=list)
    contents: list[Text] = field(default_factory=list)
    paragraph: tuple[int, int] | None = None  # the offsets of the open paragraph

    def end_paragraph(self) -> None:
        """Add the open paragraph, if there is one, to its section, as a label or as prose."""
        if self.paragraph is None:
            return
        section = self.sections[-1]
        start, end = self.paragraph
        if label := match_label(self.source.text, self.labels, start):
            section.labels.append((label["label"], read_text(self.source, min(label.end(), end), end)))
        else:
            section.prose.append(read_text(self.source, start, end))
        self.paragraph = None


def read_markdown(source: Source, labels: tuple[str, ...]) -> PageContent:
    """Read Markdown; the title is that of the front matter."""
    front = FRONT_MATTER.match(source.text)
    title = TITLE.search(source.text, *front.span(1)) if front else None
    reader = Reader(source, labels, [OpenSection(0, read_text(source, 0, 0))])
    _read_lines(reader, front.end() if front else 0)
    name = read_scalar(title["title"]) if title else ""
    return PageContent(name, tuple(section.close() for section in reader.sections), tuple(reader.contents))


def _read_lines(reader: Reader, start: int) -> None:
    fence = ""  # the characters that opened the open code block or comment
    rows: list[tuple[int, int]] = []  # the offsets of the lines of the open table
    for line in split_lines(reader.source.text[start:]):
        begin, start = start, start + len(line)
        fence, is_hidden = _track_fence(fence, line)
        is_row = not is_hidden and (line.lstrip().startswith("|") or _continues_table(rows, line))
        if is_row:
            rows.append((begin, start))
        elif rows:
            _end_table(reader, rows)
            rows = []
        if is_hidden or is_row or _is_block_break(line):
            reader.end_paragraph()
        elif link := _find_contents_link(line):
            reader.end_paragraph()
            if reader.sections[-1].level <= 1:
                reader.contents.append(read_text(reader.source, begin + link[0], begin + link[1]))
        elif heading := HEADING.match(line):
            reader.end_paragraph()
            text = read_text(reader.source, begin + heading.end(), begin + _find_heading_end(line))
            reader.sections.append(OpenSection(len(heading[1]), text))
        else:
            first = begin + (quote.end() if (quote := QUOTE_MARK.match(line)) else 0)
            reader.paragraph = (reader.paragraph[0] if reader.paragraph else first, start)
    reader.end_paragraph()
    if rows:
        _end_table(reader, rows)


def _track_fence(fence: str, line: str) -> tuple[str, bool]:
    """Return the fence that is open after a line, and whether the line belongs to a code block or a comment."""
    if fence == "<!--" or (not fence and line.lstrip().startswith("<!--")):
        return ("" if "-->" in line else "<!--"), True
    mark = FENCE.match(line)
    if mark and (not fence or mark[1].startswith(fence)):
        return ("" if fence else mark[1]), True
    return fence, bool(fence)


def _continues_table(rows: list[tuple[int, int]], line: str) -> bool:
    """Tell whether a line without a leading pipe is still a row: a table ends at a blank line or a new block."""
    return len(rows) > 1 and "|" in line and not HEADING.match(line) and not QUOTE_MARK.match(line)


def _is_block_break(line: str) -> bool:
    """Tell whether a line is blank or a thematic break."""
    characters = "".join(line.split())
    return not characters or (characters.startswith("---") and not characters.strip("-"))


def _find_contents_link(line: str) -> tuple[int, int] | None:
    """Find the offsets of the name in an item of a table of contents: a link to a heading of the page."""
    item = line.strip()
    start, end = line.find("[") + 1, line.rfind("](#")
    is_item = (
        item.startswith(("- [", "* [", "+ [")) and end > 0 and line.find(")", end) == len(line.rstrip()) - 1
    )
    return (start, end) if is_item else None


def _find_heading_end(line: str) -> int:
    """Find the end of a heading's text, before an optional closing sequence of `#`."""
    text = line.rstrip()
    open_end = text.rstrip("#")
    return len(open_end) if open_end.endswith((" ", "\t")) else len(text)


def _end_table(reader: Reader, rows: list[tuple[int, int]]) -> None:
    """Add lines with pipes to the section as a table, or as stray rows if the second line has no delimiters."""
    section = reader.sections[-1]
    read = tuple(_read_row(reader.source, *row) for row in rows)
    if read[0] and len(rows) > 1 and _is_delimiter(reader.source.text[slice(*rows[1])]):
        section.tables.append(Table(read[0], read[2:]))
    else:
        section.stray_rows += read


def _is_delimiter(line: str) -> bool:
    return all(DELIMITER_CELL.fullmatch(cell.strip()) for cell in line.strip().strip("|").split("|"))


def _read_row(source: Source, start: int, end: int) -> Row:
    """Read the cells between pipes, and any text before the first pipe or after the last one."""
    edges = [start - 1, *find_pipes(source.text, start, end), end]
    cells = [read_cell(source, one + 1, other) for one, other in pairwise(edges)]
    first, last = int(not cells[0].written), len(cells) - int(not cells[-1].written)
    return tuple(cells[first:last])
