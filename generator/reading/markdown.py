"""Read a page in Markdown, line by line. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from generator.reading.inline import bars, label_at, read_cell, read_text
from generator.reading.page import Document, Row, Section, Source, Table, Text, lines

FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
TITLE = re.compile(r"^title:[ \t]*(?P<quote>[\"']?)(?P<title>.*?)(?P=quote)[ \t]*\r?$", re.MULTILINE)
FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
HEADING = re.compile(r" {0,3}(#{1,6})(?=\s)")
DELIMITER_CELL = re.compile(r":?-+:?")
QUOTE_MARK = re.compile(r"\s*(?:>[ \t]?)+")


@dataclass
class Reader:
    """What has been read so far; the first section is what stands before the first heading."""

    source: Source
    labels: Sequence[str]
    sections: list[Section] = field(default_factory=list)
    paragraph: tuple[int, int] | None = None  # the offsets of the paragraph that is open

    def end_paragraph(self) -> None:
        """File the open paragraph as a label's fact or as prose."""
        if self.paragraph is None:
            return
        section = self.sections[-1]
        start, end = self.paragraph
        if label := label_at(self.source.text, self.labels, start):
            fact = (label["label"], read_text(self.source, min(label.end(), end), end))
            self.sections[-1] = replace(section, labels=(*section.labels, fact))
        else:
            text = read_text(self.source, start, end)
            self.sections[-1] = replace(section, prose=(*section.prose, text))
        self.paragraph = None


def read_markdown(source: Source, labels: Sequence[str]) -> Document:
    """Read Markdown: front matter or a first-level heading for the title, then sections."""
    front = FRONT_MATTER.match(source.text)
    title = TITLE.search(source.text, *front.span(1)) if front else None
    reader = Reader(source, labels, [Section(0, read_text(source, 0, 0))])
    _read_lines(reader, front.end() if front else 0)
    lead, *sections = reader.sections
    name = read_text(source, *title.span("title")).prose if title else ""
    if sections and sections[0].level == 1:
        top, *sections = sections
        return Document(name or top.heading.prose, lead.prose + top.prose, tuple(sections))
    return Document(name, lead.prose, tuple(sections))


def _read_lines(reader: Reader, start: int) -> None:
    fence = ""
    rows: list[tuple[int, int]] = []  # the offsets of the lines of the table that is open
    for line in lines(reader.source.text[start:]):
        begin, start = start, start + len(line)
        mark = FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        is_row = not fence and not mark and line.lstrip().startswith("|")
        if is_row:
            rows.append((begin, start))
        elif rows:
            _end_table(reader, rows)
            rows = []
        if fence or mark or is_row or _is_rule(line) or _is_contents_item(line):
            reader.end_paragraph()
        elif heading := HEADING.match(line):
            reader.end_paragraph()
            text = read_text(reader.source, begin + heading.end(), begin + _end_of_heading(line))
            reader.sections.append(Section(len(heading[1]), text))
        else:
            first = begin + (quote.end() if (quote := QUOTE_MARK.match(line)) else 0)
            reader.paragraph = (reader.paragraph[0] if reader.paragraph else first, start)
    reader.end_paragraph()
    if rows:
        _end_table(reader, rows)


def _is_rule(line: str) -> bool:
    """Tell whether a line is blank, or a thematic break."""
    signs = "".join(line.split())
    return not signs or (signs.startswith("---") and not signs.strip("-"))


def _is_contents_item(line: str) -> bool:
    """Tell whether a line is an item of a list of contents: a link to a heading of the page."""
    item = line.strip()
    link = item.rfind("](#")
    return item.startswith(("- [", "* [", "+ [")) and link > 0 and item.find(")", link) == len(item) - 1


def _end_of_heading(line: str) -> int:
    """Say where a heading's text ends: before the signs that may close it."""
    text = line.rstrip()
    open_end = text.rstrip("#")
    return len(open_end) if open_end.endswith((" ", "\t")) else len(text)


def _end_table(reader: Reader, rows: list[tuple[int, int]]) -> None:
    text = reader.source.text
    if len(rows) > 1 and _is_delimiter(text[slice(*rows[1])]):
        header, _, *body = (_read_row(reader.source, *row) for row in rows)
        section = reader.sections[-1]
        reader.sections[-1] = replace(section, tables=(*section.tables, Table(header, tuple(body))))


def _is_delimiter(line: str) -> bool:
    return all(DELIMITER_CELL.fullmatch(cell.strip()) for cell in line.strip().strip("|").split("|"))


def _read_row(source: Source, start: int, end: int) -> Row:
    first, *ends = bars(source.text, start, end)
    cells: list[Text] = []
    for stop in ends:
        cells.append(read_cell(source, first + 1, stop))
        first = stop
    if source.text[first + 1 : end].strip():
        cells.append(read_cell(source, first + 1, end))
    return tuple(cells)
