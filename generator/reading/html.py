"""Read a page in HTML, told by its headings, paragraphs, lists and tables, wherever they stand. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bs4 import BeautifulSoup, ParserRejectedMarkup, Tag
from bs4.element import Comment, NavigableString, PageElement

from generator.errors import InputError, Place
from generator.reading.inline import fold_pieces, label_at
from generator.reading.page import Document, Piece, Row, Section, Source, Table, Text
from generator.texts import fold, shorten

BLOCKS = re.compile(r"^(h[1-6]|p|table)$")
NOT_CONTENT = {"aside", "footer", "nav", "noscript", "script", "style", "svg", "template"}
APART = {
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "td",
    "th",
    "tr",
    "ul",
}  # no run of text
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "sup": "^", "sub": "_"}
CONTENTS_LINK = re.compile(r"^#")
START_TAG = re.compile(r"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>\s*")


def read_html(source: Source, labels: Sequence[str]) -> Document:
    """Read HTML: the title element or the first-level heading for the title, then sections.

    Raises:
        InputError: a declaration or a character reference is broken, or tags are nested too deeply.

    """
    try:
        return _read(source, labels)
    except (ParserRejectedMarkup, RecursionError, ValueError) as error:
        raise InputError(
            Place(source.file), f"not HTML that can be read: {shorten(str(error))}; save the page again"
        ) from None


def _read(source: Source, labels: Sequence[str]) -> Document:
    soup = BeautifulSoup(source.text, "html.parser")
    title = soup.title.get_text() if soup.title else ""
    sections = [Section(0, Text(source.place(0), "", ()))]
    for block in soup.find_all(BLOCKS):
        if _is_shown(block):
            _read_block(source, block, labels, sections)
    links = (item.find("a", href=CONTENTS_LINK, recursive=False) for item in soup.find_all("li"))
    contents = [_read_text(source, link) for link in links if isinstance(link, Tag) and _is_shown(link)]
    return Document(fold(title), tuple(sections), tuple(contents))


def _is_shown(element: PageElement) -> bool:
    """Tell content from navigation, trailers, and what only machines see."""
    above = [element, *element.parents]
    return not any(
        isinstance(tag, Tag)
        and (tag.name in NOT_CONTENT or tag.has_attr("hidden") or tag.get("aria-hidden") == "true")
        for tag in above
    )


def _read_block(source: Source, block: Tag, labels: Sequence[str], sections: list[Section]) -> None:
    section = sections[-1]
    if block.name == "table":
        if table := _read_table(source, block):
            sections[-1] = replace(section, tables=(*section.tables, table))
    elif block.name != "p":
        sections.append(Section(int(block.name[1]), _read_text(source, block)))
    elif not block.find_parent("table"):
        text = _read_text(source, block)
        if label := label_at(text.value, labels):
            pieces = (Piece(text.pieces[0].text[label.end() :]), *text.pieces[1:])
            fact = (label["label"], replace(text, pieces=fold_pieces(pieces)))
            sections[-1] = replace(section, labels=(*section.labels, fact))
        else:
            sections[-1] = replace(section, prose=(*section.prose, text))


def _read_table(source: Source, table: Tag) -> Table | None:
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table and _is_shown(row)]
    header, *body = (_read_row(source, row) for row in rows) if rows else ((),)
    return Table(header, tuple(body)) if header else None


def _read_row(source: Source, row: Tag) -> Row:
    return tuple(
        _read_text(source, cell) for cell in row.find_all(("td", "th")) if cell.find_parent("tr") is row
    )


def _read_text(source: Source, tag: Tag) -> Text:
    """Read the inside of a tag; it stands where the tag's first piece of content does."""
    start = source.line_starts[(tag.sourceline or 1) - 1] + (tag.sourcepos or 0)
    mark = START_TAG.match(source.text, start)
    place = source.place(mark.end() if mark else start)
    return Text(place, fold(tag.decode_contents()), fold_pieces(_pieces(tag)))


def _pieces(tag: Tag) -> Iterator[Piece]:
    for child in tag.children:
        if isinstance(child, NavigableString):
            if not isinstance(child, Comment):
                yield Piece(str(child))
        elif isinstance(child, Tag) and _is_shown(child):
            yield from _tag_pieces(child)


def _tag_pieces(tag: Tag) -> Iterator[Piece]:
    mark = MARKS.get(tag.name, "")
    if tag.name == "code":
        yield Piece(tag.get_text(), is_code=True)
    elif tag.name in APART:
        yield Piece(" ")
        yield from _pieces(tag)
        yield Piece(" ")
    elif (
        tag.name == "a"
        and (address := str(tag.get("href", ""))) not in ("", tag.get_text())
        and address[0] != "#"
    ):
        yield Piece("[")
        yield from _pieces(tag)
        yield Piece(f"]({address})")
    else:
        yield Piece(mark)
        yield from _pieces(tag)
        yield Piece(mark)
