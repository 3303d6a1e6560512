"""Read a page in HTML from its headings, paragraphs, lists and tables, wherever they are nested. Pure.

One pass: all visible text is appended to one list of pieces. When a heading, a paragraph or a cell is closed, its collector
gets the pieces since its start tag.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from paramsync.findings import LimitError
from paramsync.pages.html_elements import (
    CELLS,
    HEADINGS,
    IN_TABLES,
    MARKS,
    TABLE,
    VOID_ELEMENTS,
    find_closed_elements,
)
from paramsync.pages.html_tags import Tag, read_tags
from paramsync.pages.inline import match_label, normalize_pieces
from paramsync.pages.page import OpenSection, PageContent, Piece, Source, Table, Text
from paramsync.text import collapse_whitespace

FOREIGN_ELEMENTS = frozenset(["svg", "math"])
# fmt: off
HIDDEN_ELEMENTS = frozenset([
    "aside", "footer", "iframe", "nav", "noembed", "noframes", "noscript", "script", "style", "svg", "template",
])
SPACED_ELEMENTS = frozenset(["br", "dd", "div", "dl", "dt", "li", "ol", "p", "pre", "table", "td", "th", "tr", "ul"])  # separated from the text around them
# fmt: on
LEADING_SPACE = re.compile(r"\s*+")
MAX_DEPTH = 200  # of elements; twenty times the depth of any page seen so far
MAX_OPEN_TABLES = 8  # nested tables
MAX_OPEN_COLLECTORS = 20  # nested paragraphs, headings and cells: each copies all text inside

Collector = Callable[[Text], object]


@dataclass(slots=True)
class Element:
    """An open element; its content begins at `first_piece` of the reader's pieces and `first_text` of its texts."""

    tag: Tag
    is_hidden: bool = False
    is_code: bool = False  # or inside a code span
    url: str = ""  # of a link to another page
    has_link: bool = False  # a list item that has had a link to a heading
    first_piece: int = 0
    first_text: int = 0
    collect: Collector | None = None  # called with the text when the element is closed


@dataclass(slots=True)
class OpenTable:
    """A table that is being read, its section, and its open row."""

    section: OpenSection
    rows: list[list[Text]] = field(default_factory=list)
    row: list[Text] | None = None


@dataclass
class Reader:
    """The state of reading; the first section holds what comes before the first heading."""

    source: Source
    labels: tuple[str, ...]
    sections: list[OpenSection]
    titles: list[Text] = field(default_factory=list)
    contents: list[Text] = field(default_factory=list)
    tables: list[OpenTable] = field(default_factory=list)
    elements: list[Element] = field(default_factory=lambda: [Element(Tag("", {}, 0, 0))])
    names: list[str] = field(default_factory=lambda: [""])  # of the open elements
    open_tables: list[OpenTable] = field(default_factory=list)  # hidden ones too
    pieces: list[Piece] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # the text of the pieces, without marks


def read_html(source: Source, labels: tuple[str, ...]) -> PageContent:
    """Read HTML; the title is that of the first title element.

    Raises:
        LimitError: elements are nested too deeply.

    """
    reader = Reader(source, labels, [OpenSection(0, Text(source.place(0), "", ()))])
    for part in read_tags(source.text):
        if isinstance(part, str):
            _add_text(reader, part)
            continue
        if part.name in IN_TABLES - TABLE and not reader.open_tables:
            continue  # browsers ignore these outside a table
        for index in find_closed_elements(part, reader.names):
            _close_elements(reader, index, part.start)
        if not part.is_end:
            _open_element(reader, part)
    _close_elements(reader, 1, len(source.text))
    for table in reader.tables:
        if table.rows and table.rows[0]:
            header, *rows = map(tuple, table.rows)
            table.section.tables.append(Table(header, tuple(rows)))
    title = reader.titles[0].value if reader.titles else ""
    return PageContent(title, tuple(one.close() for one in reader.sections), tuple(reader.contents))


def _add_text(reader: Reader, text: str) -> None:
    if not reader.elements[-1].is_hidden:
        reader.pieces.append(Piece(text, reader.elements[-1].is_code))
        reader.texts.append(text)


def _add_mark(reader: Reader, mark: str) -> None:
    """Add a Markdown mark or a separating space, but not in code spans and hidden elements."""
    parent = reader.elements[-1]
    if mark and not parent.is_hidden and not parent.is_code:
        reader.pieces.append(Piece(mark))


def _open_element(reader: Reader, tag: Tag) -> None:
    _check_depth(reader, tag, len(reader.elements), MAX_DEPTH, "elements")
    _check_depth(reader, tag, len(reader.open_tables), MAX_OPEN_TABLES, "tables")
    parent = reader.elements[-1]
    _add_mark(reader, _find_mark(tag))
    element = Element(tag, parent.is_hidden or _is_hidden(tag), parent.is_code or tag.name == "code")
    link = tag.attributes.get("href", "") if tag.name == "a" else ""
    if link and not link.startswith("#") and not element.is_hidden and not element.is_code:
        element.url = link
        reader.pieces.append(Piece(""))  # a bracket, perhaps
    element.first_piece, element.first_text = len(reader.pieces), len(reader.texts)
    element.collect = _find_collector(reader, element)
    reader.elements.append(element)
    reader.names.append(tag.name)
    if element.collect:
        uses = sum(one.collect is not None for one in reader.elements)
        _check_depth(reader, tag, uses, MAX_OPEN_COLLECTORS, "paragraphs, headings and cells")
    # In HTML, a slash at the end of a tag has no effect, but it closes an element of SVG or MathML.
    if tag.name in VOID_ELEMENTS or (tag.is_self_closing and not FOREIGN_ELEMENTS.isdisjoint(reader.names)):
        _close_elements(reader, len(reader.elements) - 1, tag.end)


def _check_depth(reader: Reader, tag: Tag, depth: int, limit: int, what: str) -> None:
    if depth > limit:
        raise LimitError(reader.source.place(tag.start), f"{what} are nested more than {limit} levels deep")


def _find_mark(tag: Tag) -> str:
    return " " if tag.name in SPACED_ELEMENTS else MARKS.get(tag.name, "")


def _is_hidden(tag: Tag) -> bool:
    """Tell whether an element is not content: navigation, a footer, a script, or marked as hidden."""
    is_marked = "hidden" in tag.attributes or tag.attributes.get("aria-hidden") == "true"
    return is_marked or tag.name in HIDDEN_ELEMENTS


def _find_collector(reader: Reader, element: Element) -> Collector | None:
    """Find the collector for the text of an element, and open the table, row or section that it needs."""
    name, parent, section = element.tag.name, reader.elements[-1], reader.sections[-1]
    if name == "table":
        reader.open_tables.append(table := OpenTable(section))
        reader.tables += [] if element.is_hidden else [table]
    is_first_link = name == "a" and parent.tag.name == "li" and not parent.has_link
    if is_first_link and element.tag.attributes.get("href", "").startswith("#"):
        parent.has_link = True
        return None if element.is_hidden else reader.contents.append
    if element.is_hidden:
        return None
    if name in HEADINGS:
        reader.sections.append(opened := OpenSection(int(name[1]), section.heading))
        return partial(setattr, opened, "heading")
    if name == "title":
        return reader.titles.append
    if reader.open_tables:
        return _find_table_collector(reader.open_tables[-1], name)
    return partial(_add_paragraph, reader) if name == "p" else None


def _find_table_collector(table: OpenTable, name: str) -> Collector | None:
    if name == "tr" or (name in CELLS and table.row is None):
        table.row = []
        table.rows.append(table.row)
    return table.row.append if name in CELLS and table.row is not None else None


def _add_paragraph(reader: Reader, text: Text) -> None:
    section = reader.sections[-1]
    if label := match_label(text.value, reader.labels):
        pieces = (Piece(text.pieces[0].text[label.end() :]), *text.pieces[1:])
        section.labels.append((label["label"], replace(text, pieces=normalize_pieces(pieces))))
    else:
        section.prose.append(text)


def _close_elements(reader: Reader, count: int, offset: int) -> None:
    """Close open elements, the innermost first, until `count` are left; their content ends at `offset`."""
    while len(reader.elements) > count:
        element = reader.elements.pop()
        reader.names.pop()
        if element.tag.name == "code" and not reader.elements[-1].is_code:
            _join_code(reader, element)
        if element.url:
            _write_link(reader, element)
        if element.tag.name == "table":
            reader.open_tables.pop()
        elif element.tag.name == "tr" and reader.open_tables:
            reader.open_tables[-1].row = None
        if element.collect:
            element.collect(_read_element(reader, element, offset))
        if element.tag.name in MARKS and not _shows_something(reader, element):
            _remove_mark(reader, element)
        else:
            _add_mark(reader, _find_mark(element.tag))


def _shows_something(reader: Reader, element: Element) -> bool:
    return any(reader.texts[index].strip() for index in range(element.first_text, len(reader.texts)))


def _remove_mark(reader: Reader, element: Element) -> None:
    """Remove the mark before an element without visible text, such as an icon."""
    if not reader.elements[-1].is_hidden and not reader.elements[-1].is_code:
        reader.pieces[element.first_piece - 1] = Piece("")


def _join_code(reader: Reader, element: Element) -> None:
    """Join the pieces of a code span into one."""
    if not element.is_hidden:
        text = "".join(piece.text for piece in reader.pieces[element.first_piece :])
        reader.pieces[element.first_piece :] = [Piece(text, is_code=True)]


def _write_link(reader: Reader, element: Element) -> None:
    """Write a link in Markdown, unless its text is its URL."""
    if "".join(reader.texts[element.first_text :]) != element.url:
        reader.pieces[element.first_piece - 1] = Piece("[")
        reader.pieces.append(Piece(f"]({element.url})"))


def _read_element(reader: Reader, element: Element, offset: int) -> Text:
    """Read the content of an element up to an offset; its place is that of the first character that is not whitespace."""
    source, start = reader.source, element.tag.end
    space = LEADING_SPACE.match(source.text, start)
    place = source.place(space.end() if space else start)
    return Text(
        place,
        collapse_whitespace(source.text[start:offset]),
        normalize_pieces(reader.pieces[element.first_piece :]),
    )
