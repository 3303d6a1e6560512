"""Read a page in HTML from its headings, paragraphs, lists and tables, wherever they are nested. Pure.

One pass: all visible text is appended to one list of pieces. When a heading, a paragraph or a cell is closed, its collector
gets the pieces since its start tag.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from paramsync.findings import LimitError, Place
from paramsync.pages.html_content import find_controlled, is_concealed, is_content, is_paragraph
from paramsync.pages.html_elements import (
    CELLS,
    HEADINGS,
    IN_TABLES,
    PARAGRAPH_CLOSERS,
    TABLE,
    VOID_ELEMENTS,
    find_closed_elements,
)
from paramsync.pages.html_tags import Tag, read_tags
from paramsync.pages.html_text import (
    SPACED_ELEMENTS,
    Element,
    OpenText,
    add_text,
    close_mark,
    close_text,
    find_pieces,
    is_said,
    open_text,
)
from paramsync.pages.inline import match_label, normalize_pieces
from paramsync.pages.page import OpenSection, PageContent, Piece, Source, Table, Text
from paramsync.text import collapse_whitespace

FOREIGN_ELEMENTS = frozenset(["svg", "math"])
# Where a text begins or ends that is in no paragraph.
BLOCKS_OF_TEXT = (PARAGRAPH_CLOSERS | SPACED_ELEMENTS | {"body", "title"}) - {"br"}
LEADING_SPACE = re.compile(r"\s*+")
MAX_DEPTH = 200  # of elements; twenty times the depth of any page seen so far
MAX_OPEN_TABLES = 8  # nested tables
MAX_OPEN_COLLECTORS = 20  # nested paragraphs, headings and cells: each copies all text inside

Collector = Callable[[Text], object]


@dataclass(slots=True)
class OpenTable:
    """A table that is being read, its section, and its open row."""

    section: OpenSection
    is_hidden: bool = False
    rows: list[list[Text]] = field(default_factory=list)
    row: list[Text] | None = None


@dataclass(kw_only=True)
class Reader(OpenText):
    """The state of reading; the first section holds what comes before the first heading."""

    source: Source
    labels: tuple[str, ...]
    sections: list[OpenSection]
    controlled: frozenset[str]  # the ids of what a click shows
    titles: list[Text] = field(default_factory=list)
    contents: list[Text] = field(default_factory=list)
    tables: list[OpenTable] = field(default_factory=list)
    open_tables: list[OpenTable] = field(default_factory=list)  # hidden ones too
    loose: tuple[int, int] = (
        0,
        0,
    )  # where text outside paragraphs, headings and cells begins: a piece, an offset


def read_html(source: Source, labels: tuple[str, ...]) -> PageContent:
    """Read HTML; the title is that of the first title element.

    Raises:
        LimitError: elements are nested too deeply.

    """
    lead = OpenSection(0, Text(source.place(0), "", ()))
    reader = Reader(source=source, labels=labels, sections=[lead], controlled=find_controlled(source.text))
    for part in read_tags(source.text):
        if isinstance(part, str):
            add_text(reader, part)
            continue
        if part.name in IN_TABLES - TABLE and not reader.open_tables:
            continue  # browsers ignore these outside a table
        if part.name in BLOCKS_OF_TEXT or is_paragraph(part):
            _end_loose_text(reader, part.start, part.end)
        for index in find_closed_elements(part, reader.names):
            _close_elements(reader, index, part.start)
        if not part.is_end:
            _open_element(reader, part)
    _end_loose_text(reader, len(source.text), len(source.text))
    _close_elements(reader, 1, len(source.text))
    for table in reader.tables:
        if table.rows and table.rows[0]:
            header, *rows = map(tuple, table.rows)
            tables = table.section.hidden_tables if table.is_hidden else table.section.tables
            tables.append(Table(header, tuple(rows)))
    title = reader.titles[0].value if reader.titles else ""
    return PageContent(title, tuple(one.close() for one in reader.sections), tuple(reader.contents))


def read_tables(text: str) -> tuple[Table, ...]:
    """Read the tables of a part of a page; their places count from its beginning."""
    try:
        sections = read_html(Source.of("", text), ()).sections
    except LimitError:
        return ()
    return tuple(table for section in sections for table in section.tables)


def _end_loose_text(reader: Reader, end: int, following: int) -> None:
    """Add the text outside paragraphs, headings and cells up to an offset as a paragraph, for many sites write them so."""
    first, start = reader.loose
    pieces = normalize_pieces(reader.pieces[first:]) if not reader.open_collectors else ()
    if any(map(is_said, pieces)) and not reader.open_tables:
        _add_paragraph(
            reader, Text(_place(reader, start), collapse_whitespace(reader.source.text[start:end]), pieces)
        )
    reader.loose = (len(reader.pieces), following)


def _open_element(reader: Reader, tag: Tag) -> None:
    _check_depth(reader, tag, len(reader.elements), MAX_DEPTH, "elements")
    _check_depth(reader, tag, len(reader.open_tables), MAX_OPEN_TABLES, "tables")
    parent = reader.elements[-1]
    around = (
        [*reader.names, *(one.tag.attributes.get("role", "") for one in reader.elements)]
        if tag.name == "aside"
        else ()
    )
    is_hidden = parent.is_hidden or not is_content(tag, around, reader.controlled)
    element = Element(tag, is_hidden, parent.is_code or tag.name == "code")
    if is_hidden and not parent.is_hidden and reader.open_collectors and is_concealed(tag):
        element.is_hidden, element.is_concealed = False, True
    open_text(reader, element)
    element.collect = _find_collector(reader, element)
    reader.elements.append(element)
    reader.names.append(tag.name)
    if element.collect:
        reader.hidden_collectors += element.is_hidden
        reader.open_collectors += 1
        what = "paragraphs, headings and cells"
        _check_depth(reader, tag, reader.open_collectors, MAX_OPEN_COLLECTORS, what)
    # In HTML, a slash at the end of a tag has no effect, but it closes an element of SVG or MathML.
    if tag.name in VOID_ELEMENTS or (tag.is_self_closing and not FOREIGN_ELEMENTS.isdisjoint(reader.names)):
        _close_elements(reader, len(reader.elements) - 1, tag.end)


def _check_depth(reader: Reader, tag: Tag, depth: int, limit: int, what: str) -> None:
    if depth > limit:
        raise LimitError(reader.source.place(tag.start), f"{what} are nested more than {limit} levels deep")


def _find_collector(reader: Reader, element: Element) -> Collector | None:
    """Find the collector for the text of an element, and open the table, row or section that it needs."""
    name, parent, section = element.tag.name, reader.elements[-1], reader.sections[-1]
    if name == "table":
        reader.open_tables.append(table := OpenTable(section, element.is_hidden))
        reader.tables.append(table)
    is_first_link = name == "a" and parent.tag.name == "li" and not parent.has_link
    if (
        is_first_link
        and len(element.tag.attributes.get("href", "")) > 1
        and element.tag.attributes["href"][0] == "#"
        and section.level <= 1
    ):
        parent.has_link = True
        return None if element.is_hidden else reader.contents.append
    if name in HEADINGS or name == "title":
        return _find_title_collector(reader, element)
    if reader.open_tables and reader.open_tables[-1].is_hidden == element.is_hidden:
        return _find_table_collector(reader.open_tables[-1], name)
    add = _add_hidden_paragraph if element.is_hidden else _add_paragraph
    return partial(add, reader) if is_paragraph(element.tag) else None


def _find_title_collector(reader: Reader, element: Element) -> Collector | None:
    """Find the collector of a heading, and open its section; the heading of a note is not read."""
    if element.is_hidden:
        return None
    if "blockquote" in reader.names:
        return _leave_out
    if element.tag.name == "title":
        return reader.titles.append
    reader.sections.append(opened := OpenSection(int(element.tag.name[1]), reader.sections[-1].heading))
    return partial(setattr, opened, "heading")


def _leave_out(_: Text) -> None:
    """Read the heading of a note, which opens no section and describes no model."""


def _find_table_collector(table: OpenTable, name: str) -> Collector | None:
    if name == "tr" or (name in CELLS and table.row is None):
        table.row = []
        table.rows.append(table.row)
    return table.row.append if name in CELLS and table.row is not None else None


def _add_paragraph(reader: Reader, text: Text) -> None:
    section = reader.sections[-1]
    if label := _read_label(reader, text):
        section.labels.append(label)
    else:
        section.prose.append(text)


def _add_hidden_paragraph(reader: Reader, text: Text) -> None:
    if label := _read_label(reader, text):
        reader.sections[-1].hidden_labels.append(label)


def _read_label(reader: Reader, text: Text) -> tuple[str, Text] | None:
    label = match_label(text.value, reader.labels)
    if label is None:
        return None
    pieces = (Piece(text.pieces[0].text[label.end() :]), *text.pieces[1:])
    return label["label"], replace(text, pieces=normalize_pieces(pieces))


def _close_elements(reader: Reader, count: int, offset: int) -> None:
    """Close open elements, the innermost first, until `count` are left; their content ends at `offset`."""
    while len(reader.elements) > count:
        element = reader.elements.pop()
        reader.names.pop()
        close_text(reader, element)
        if element.tag.name == "table":
            reader.open_tables.pop()
        elif element.tag.name == "tr" and reader.open_tables:
            reader.open_tables[-1].row = None
        if element.collect:
            element.collect(_read_element(reader, element, offset))
            reader.open_collectors -= 1
        close_mark(reader, element)
        if element.collect:
            reader.loose = (len(reader.pieces), offset)


def _read_element(reader: Reader, element: Element, offset: int) -> Text:
    """Read the content of an element up to an offset; its place is that of the first character that is not whitespace."""
    written = collapse_whitespace(reader.source.text[element.tag.end : offset])
    return Text(_place(reader, element.tag.end), written, normalize_pieces(find_pieces(reader, element)))


def _place(reader: Reader, offset: int) -> Place:
    space = LEADING_SPACE.match(reader.source.text, offset)
    return reader.source.place(space.end() if space else offset)
