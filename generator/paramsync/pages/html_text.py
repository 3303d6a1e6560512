"""The text of an HTML page while it is read: one list of pieces, in which the content of each open element has a beginning. Pure."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from paramsync.pages.html_content import find_mark, is_incidental, is_paragraph, is_term
from paramsync.pages.html_elements import CELLS, HEADINGS
from paramsync.pages.html_tags import Tag
from paramsync.pages.page import STRIKE, Piece, Text

# fmt: off
SPACED_ELEMENTS = frozenset(["br", "dd", "div", "dl", "dt", "li", "ol", "p", "pre", "table", "td", "th", "tr", "ul"])  # separated from the text around them
# fmt: on
MORE = re.compile(
    r"\d|\bmore\b|\ball\b|…|\.{3}", re.IGNORECASE
)  # as on a button that shows the rest of a list
WORD_BEFORE, WORD_AFTER = re.compile(r"\w\s+$"), re.compile(r"\s+\w")
NEAR = 50  # characters beside incidental text
LETTER = re.compile(r"[^\W_]")


@dataclass(slots=True)
class Element:
    """An open element; its content begins at `first_piece` of the reader's pieces and `first_text` of its texts."""

    tag: Tag
    is_hidden: bool = False
    is_code: bool = False  # or inside a code span
    is_incidental: bool = False  # content only where nothing stands beside it
    is_concealed: bool = False  # not displayed, within a text that is: content only if it holds code
    url: str = ""  # of a link to another page
    has_link: bool = False  # a list item that has had a link to a heading
    first_piece: int = 0
    first_text: int = 0
    collect: Callable[[Text], object] | None = None  # called with the text when the element is closed
    incidentals: list[tuple[int, int]] = field(default_factory=list)  # the pieces of these in it, from and to


@dataclass
class OpenText:
    """The open elements, the outermost first, and all text so far."""

    elements: list[Element] = field(default_factory=lambda: [Element(Tag("", {}, 0, 0))])
    names: list[str] = field(default_factory=lambda: [""])  # of the open elements
    pieces: list[Piece] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # the text of the pieces, without marks
    open_collectors: int = 0
    hidden_collectors: int = 0  # of these

    @property
    def is_read(self) -> bool:
        """True if text that comes now is read: what is hidden is, too, where it may have to be reported."""
        return not self.elements[-1].is_hidden or self.hidden_collectors > 0


def add_text(reader: OpenText, text: str) -> None:
    if reader.is_read:
        reader.pieces.append(Piece(text, reader.elements[-1].is_code))
        reader.texts.append(text)


def add_mark(reader: OpenText, mark: str) -> None:
    """Add a Markdown mark or a separating space; in code spans only what strikes out, in headings no emphasis."""
    is_code = reader.elements[-1].is_code
    if mark and reader.is_read and (not is_code or mark == STRIKE):
        is_left_out = mark in {"*", "**"} and not HEADINGS.isdisjoint(reader.names)
        reader.pieces.append(Piece("" if is_left_out else mark, is_code))


def open_text(reader: OpenText, element: Element) -> None:
    """Begin the content of an element, with its mark; without knowing yet whether anything is collected."""
    add_mark(reader, _find_separator(element.tag))
    _note_incidental(reader, element)
    link = element.tag.attributes.get("href", "") if element.tag.name == "a" else ""
    if link and not link.startswith("#") and not element.is_hidden and not element.is_code:
        element.url = link
        reader.pieces.append(Piece(""))  # a bracket, perhaps
    element.first_piece, element.first_text = len(reader.pieces), len(reader.texts)


def close_text(reader: OpenText, element: Element) -> None:
    """End the text of an element that is open no more, before it is collected."""
    if element.tag.name == "code" and not reader.elements[-1].is_code:
        _join_code(reader, element)
    if element.url:
        _write_link(reader, element)


def close_mark(reader: OpenText, element: Element) -> None:
    """Remove what is not shown of an element that was collected, and write the mark after it."""
    if element.collect and element.is_hidden:
        reader.hidden_collectors -= 1
        _remove_text(reader, element)
    _close_incidental(reader, element)
    if find_mark(element.tag) and not _shows_something(reader, element):
        _remove_mark(reader, element)
    else:
        add_mark(reader, _find_separator(element.tag))


def find_pieces(reader: OpenText, element: Element) -> list[Piece]:
    """Return the pieces of an element, without incidental ones if it has other text; those of a struck-out cell or row with the mark for it."""
    pieces = reader.pieces[element.first_piece :]
    if element.incidentals:
        pieces = _leave_out_incidental(element, pieces)
    if element.tag.name not in CELLS:
        return pieces
    around = [element.tag, *(one.tag for one in reader.elements if one.tag.name == "tr")]
    is_struck = STRIKE in map(find_mark, around)
    return [Piece(STRIKE), *pieces, Piece(STRIKE)] if is_struck else pieces


def _find_separator(tag: Tag) -> str:
    return " " if tag.name in SPACED_ELEMENTS or is_paragraph(tag) else find_mark(tag)


def _note_incidental(reader: OpenText, element: Element) -> None:
    """Note whether an element is incidental; one in a code span is hidden, and one around a word with a tooltip is not."""
    is_in_heading = element.tag.name == "a" and not HEADINGS.isdisjoint(reader.names)
    element.is_incidental = is_incidental(element.tag, is_in_heading=is_in_heading)
    element.is_hidden = element.is_hidden or (element.is_incidental and element.is_code)
    if is_term(element.tag):
        for one in reader.elements:
            one.is_incidental = False


def _close_incidental(reader: OpenText, element: Element) -> None:
    """Remove a sign that is a link, and what is concealed; tell the heading, paragraph or cell around where incidental text is."""
    pieces = reader.pieces[element.first_piece :] if element.tag.name == "a" or element.is_concealed else []
    is_sign = element.tag.attributes.get("href", "").startswith("#") and not any(map(is_said, pieces))
    if is_sign or (element.is_concealed and not any(piece.is_code for piece in pieces)):
        _remove_text(reader, element)
    elif element.is_incidental and not element.is_hidden:
        for one in reversed(reader.elements):
            if one.collect:
                one.incidentals.append((element.first_piece, len(reader.pieces)))
                return
        _remove_text(reader, element)


def _leave_out_incidental(element: Element, pieces: list[Piece]) -> list[Piece]:
    """Leave out incidental pieces that are no content; those of a heading that are stand apart from the others."""
    spans = [(start - element.first_piece, end - element.first_piece) for start, end in element.incidentals]
    shown = [index for index, piece in enumerate(pieces) if piece.text.strip()]
    first = next((index for index in shown if is_said(pieces[index])), len(pieces))
    left_out = {
        index
        for start, end in spans
        if first < start and not _is_content(pieces, shown, start, end)
        for index in range(start, end)
    }
    ends = {index for span in spans for index in span}
    gap = Piece(" ") if element.tag.name in HEADINGS else Piece("")
    spaced = [
        (gap, piece) if index in ends else (piece,)
        for index, piece in enumerate(pieces)
        if index not in left_out
    ]
    return [piece for part in spaced for piece in part]


def _is_content(pieces: list[Piece], shown: list[int], start: int, end: int) -> bool:
    """Tell whether incidental pieces hold code or a number, or stand in a sentence; `shown` are the indexes of visible pieces."""
    before, after = bisect_left(shown, start) - 1, bisect_left(shown, end)
    if before >= 0 and after < len(shown):
        left, right = pieces[shown[before]].text[-NEAR:], pieces[shown[after]].text[:NEAR]
        if WORD_BEFORE.search(left) and WORD_AFTER.match(right):
            return True
    return any(one.is_code or MORE.search(one.text) for one in pieces[start:end])


def is_said(piece: Piece) -> bool:
    """Tell whether a piece says something: code, a letter or a digit."""
    return piece.is_code or LETTER.search(piece.text) is not None


def _remove_text(reader: OpenText, element: Element) -> None:
    del reader.pieces[element.first_piece :], reader.texts[element.first_text :]


def _shows_something(reader: OpenText, element: Element) -> bool:
    return any(reader.texts[index].strip() for index in range(element.first_text, len(reader.texts)))


def _remove_mark(reader: OpenText, element: Element) -> None:
    """Remove the mark before an element without visible text, such as an icon."""
    if reader.is_read and not reader.elements[-1].is_code:
        reader.pieces[element.first_piece - 1] = Piece("")


def _join_code(reader: OpenText, element: Element) -> None:
    """Join the pieces of a code span into one."""
    if not element.is_hidden:
        text = "".join(piece.text for piece in reader.pieces[element.first_piece :])
        reader.pieces[element.first_piece :] = [Piece(text, is_code=True)]


def _write_link(reader: OpenText, element: Element) -> None:
    """Write a link in Markdown, unless its text is its URL."""
    if "".join(reader.texts[element.first_text :]) != element.url:
        reader.pieces[element.first_piece - 1] = Piece("[")
        reader.pieces.append(Piece(f"]({element.url})"))
