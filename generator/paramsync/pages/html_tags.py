"""Split HTML into tags and text as browsers do. Pure.

A comment, tag or script that is not closed extends to the end of the text; so the time is linear in its length.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from paramsync.text import unescape_attribute, unescape_html

MARKUP_START = re.compile(r"<(?:/?[A-Za-z]|[!?/])")
TAG = re.compile(
    r"""
    <(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+)
    (?P<attributes>(?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)*+)  # a quote that is not closed is an ordinary character
    >
    """,
    re.VERBOSE,
)
ATTRIBUTE = re.compile(
    r"""
    (?P<name>[^\s/>=]++)
    (?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s>]*+)))?+
    """,
    re.VERBOSE,
)
# A comment; declarations, processing instructions and end tags without a name count as comments too.
COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![A-Za-z]))[^>]*+>?", re.DOTALL)
# Elements that contain only text, up to their own end tag; character references are decoded in the first two.
RAW_TEXT_ELEMENTS = ("textarea", "title", "iframe", "noembed", "noframes", "script", "style", "xmp")
RAW_TEXT_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])|\Z", re.IGNORECASE) for name in RAW_TEXT_ELEMENTS}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, and the offsets of its first character and after its last one."""

    name: str
    attributes: Mapping[str, str]
    start: int
    end: int
    is_end: bool = False
    is_self_closing: bool = False


def read_tags(text: str) -> Iterator[Tag | str]:
    """Split HTML into tags and the texts between them, in order; character references are decoded."""
    position = 0
    while found := MARKUP_START.search(text, position):
        yield from _unescape_text(text[position : found.start()])
        match = COMMENT.match(text, found.start()) or TAG.match(text, found.start())
        if match is None:
            return  # a tag that is not closed
        position = match.end()
        if match.re is TAG:
            yield (tag := _read_tag(match))
            if tag.name in RAW_TEXT_ELEMENTS and not tag.is_end:
                raw = text[position : (position := _find_raw_text_end(text, tag.name, position))]
                yield from _unescape_text(raw) if tag.name in RAW_TEXT_ELEMENTS[:2] else [raw]
    yield from _unescape_text(text[position:])


def _find_raw_text_end(text: str, name: str, start: int) -> int:
    end = RAW_TEXT_ENDS[name].search(text, start)
    return end.start() if end else len(text)


def _read_tag(match: re.Match[str]) -> Tag:
    written = match["attributes"]
    found = list(ATTRIBUTE.finditer(written)) if written else []
    attributes: dict[str, str] = {}
    for one in found:
        value = one["double"] or one["single"] or one["bare"] or ""
        attributes.setdefault(one["name"].lower(), unescape_attribute(value))
    is_empty = written.endswith("/") and not (found and found[-1].end() == len(written))
    return Tag(match["name"].lower(), attributes, match.start(), match.end(), bool(match["end"]), is_empty)


def _unescape_text(text: str) -> Iterator[str]:
    if text:
        yield unescape_html(text)
