"""Split HTML into tags and text as browsers do. Pure.

What is open at the end, a comment, a tag, a script, takes all up to there, so that nothing is looked at twice.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from paramsync.text import unescape_attribute, unescape_html

MARKUP_START = re.compile(r"<(?:/?[A-Za-z]|[!?/])")
TAG = re.compile(
    r"""
    <(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+)
    (?P<attributes>(?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)*+)  # a quote that is never closed is a sign like others
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
# A comment; or a declaration, an instruction, an end tag without a name, which are comments too.
COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![A-Za-z]))[^>]*+>?", re.DOTALL)
# What holds text alone, up to its own end tag; references count in the first two.
RAW_TEXT_ELEMENTS = ("textarea", "title", "iframe", "noembed", "noframes", "script", "style", "xmp")
RAW_TEXT_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])|\Z", re.IGNORECASE) for name in RAW_TEXT_ELEMENTS}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, and the offsets of its first character and behind its last; an empty one closes itself."""

    name: str
    attributes: Mapping[str, str]
    start: int
    end: int
    is_end: bool = False
    is_self_closing: bool = False


def read_tags(text: str) -> Iterator[Tag | str]:
    """Give the tags, and the text between them with its references resolved, in their order."""
    position = 0
    while found := MARKUP_START.search(text, position):
        yield from _unescape_text(text[position : found.start()])
        match = COMMENT.match(text, found.start()) or TAG.match(text, found.start())
        if match is None:
            return  # a tag that has no end
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
    """Give a text, if there is any, with the characters that its references name."""
    if text:
        yield unescape_html(text)
