"""Read a page in HTML, told by its headings, paragraphs, lists and tables, wherever they stand. Pure.

In one pass: all that is shown goes onto one tape, and a heading, a paragraph or a cell takes its part of it when it ends.
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
SPACED_ELEMENTS = frozenset(["br", "dd", "div", "dl", "dt", "li", "ol", "p", "pre", "table", "td", "th", "tr", "ul"])  # white space to readers
# fmt: on
LEADING_SPACE = re.compile(r"\s*+")
MAX_DEPTH = 200  # levels of elements; twenty times as many as the deepest page that was seen has
MAX_OPEN_TABLES = 8  # tables that are open at once, one inside another
MAX_OPEN_COLLECTORS = (
    20  # paragraphs, headings and cells that are open at once: each takes all that is inside
)

Collector = Callable[[Text], object]


@dataclass(slots=True)
class Element:
    """An element that is open: where its content begins, in the source and on the tape, and what its text is for."""

    tag: Tag
    is_hidden: bool = False
    is_code: bool = False  # or inside of a code span
    url: str = ""  # of a link that leads away
    has_link: bool = False  # an item, with a link to a heading
    first_piece: int = 0
    text: int = 0
    collect: Collector | None = None


@dataclass(slots=True)
class OpenTable:
    """A table while it is read, the section that it stands in, and the row that is open."""

    section: OpenSection
    rows: list[list[Text]] = field(default_factory=list)
    row: list[Text] | None = None


@dataclass
class Reader:
    """What has been read so far; the first section is what stands before the first heading."""

    source: Source
    labels: tuple[str, ...]
    sections: list[OpenSection]
    titles: list[Text] = field(default_factory=list)
    contents: list[Text] = field(default_factory=list)
    tables: list[OpenTable] = field(default_factory=list)
    elements: list[Element] = field(default_factory=lambda: [Element(Tag("", {}, 0, 0))])
    names: list[str] = field(default_factory=lambda: [""])  # of the elements that are open
    open_tables: list[OpenTable] = field(default_factory=list)  # those among them, hidden or not
    pieces: list[Piece] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # what is on the tape, without marks


def read_html(source: Source, labels: tuple[str, ...]) -> PageContent:
    """Read HTML: the title element or the first-level heading for the title, then sections.

    Raises:
        LimitError: elements are nested too deeply.

    """
    reader = Reader(source, labels, [OpenSection(0, Text(source.place(0), "", ()))])
    for part in read_tags(source.text):
        if isinstance(part, str):
            _add_text(reader, part)
            continue
        if part.name in IN_TABLES - TABLE and not reader.open_tables:
            continue  # outside of a table, browsers leave it out
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
    """Write what no text says: only outside of code spans, and where something is shown."""
    above = reader.elements[-1]
    if mark and not above.is_hidden and not above.is_code:
        reader.pieces.append(Piece(mark))


def _open_element(reader: Reader, tag: Tag) -> None:
    _check_depth(reader, tag, len(reader.elements), MAX_DEPTH, "elements")
    _check_depth(reader, tag, len(reader.open_tables), MAX_OPEN_TABLES, "tables")
    above = reader.elements[-1]
    _add_mark(reader, _find_mark(tag))
    element = Element(tag, above.is_hidden or _is_hidden(tag), above.is_code or tag.name == "code")
    link = tag.attributes.get("href", "") if tag.name == "a" else ""
    if link and not link.startswith("#") and not element.is_hidden and not element.is_code:
        element.url = link
        reader.pieces.append(Piece(""))  # a bracket, perhaps
    element.first_piece, element.text = len(reader.pieces), len(reader.texts)
    element.collect = _find_collector(reader, element)
    reader.elements.append(element)
    reader.names.append(tag.name)
    if element.collect:
        uses = sum(one.collect is not None for one in reader.elements)
        _check_depth(reader, tag, uses, MAX_OPEN_COLLECTORS, "paragraphs, headings and cells")
    # A slash at the end of a tag means nothing in HTML, but it closes an element of a drawing or a formula.
    if tag.name in VOID_ELEMENTS or (tag.is_self_closing and not FOREIGN_ELEMENTS.isdisjoint(reader.names)):
        _close_elements(reader, len(reader.elements) - 1, tag.end)


def _check_depth(reader: Reader, tag: Tag, depth: int, most: int, what: str) -> None:
    if depth > most:
        raise LimitError(reader.source.place(tag.start), f"{what} are nested more than {most} deep")


def _find_mark(tag: Tag) -> str:
    return " " if tag.name in SPACED_ELEMENTS else MARKS.get(tag.name, "")


def _is_hidden(tag: Tag) -> bool:
    """Tell content from navigation, trailers, and what only machines see."""
    is_marked = "hidden" in tag.attributes or tag.attributes.get("aria-hidden") == "true"
    return is_marked or tag.name in HIDDEN_ELEMENTS


def _find_collector(reader: Reader, element: Element) -> Collector | None:
    """Say what the text of an element is for, and make room for it."""
    name, above, section = element.tag.name, reader.elements[-1], reader.sections[-1]
    if name == "table":
        reader.open_tables.append(table := OpenTable(section))
        reader.tables += [] if element.is_hidden else [table]
    is_first_link = name == "a" and above.tag.name == "li" and not above.has_link
    if is_first_link and element.tag.attributes.get("href", "").startswith("#"):
        above.has_link = True
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
    """Close the open elements, but for so many of the outermost, at an offset."""
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
    return any(reader.texts[index].strip() for index in range(element.text, len(reader.texts)))


def _remove_mark(reader: Reader, element: Element) -> None:
    """Leave out the mark before an element that shows nothing, such as a picture that is drawn by a font."""
    if not reader.elements[-1].is_hidden and not reader.elements[-1].is_code:
        reader.pieces[element.first_piece - 1] = Piece("")


def _join_code(reader: Reader, element: Element) -> None:
    """Make one piece of all that stands in a code span."""
    if not element.is_hidden:
        text = "".join(piece.text for piece in reader.pieces[element.first_piece :])
        reader.pieces[element.first_piece :] = [Piece(text, is_code=True)]


def _write_link(reader: Reader, element: Element) -> None:
    """Write a link as Markdown does, unless it shows its address."""
    if "".join(reader.texts[element.text :]) != element.url:
        reader.pieces[element.first_piece - 1] = Piece("[")
        reader.pieces.append(Piece(f"]({element.url})"))


def _read_element(reader: Reader, element: Element, offset: int) -> Text:
    """Read the inside of an element up to an offset; it stands where its first piece of content does."""
    source, start = reader.source, element.tag.end
    space = LEADING_SPACE.match(source.text, start)
    place = source.place(space.end() if space else start)
    return Text(
        place,
        collapse_whitespace(source.text[start:offset]),
        normalize_pieces(reader.pieces[element.first_piece :]),
    )
