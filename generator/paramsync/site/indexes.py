"""Find the URLs in an index of pages: llms.txt, a sitemap, or HTML with links. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from paramsync.site.responses import FetchError
from paramsync.site.urls import MAX_LENGTH
from paramsync.text import shorten, unescape_attribute

SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")
HTML = re.compile(r"\s*<[A-Za-z!?]")
LINK_IN_HTML = re.compile(
    r"<a\s[^<>]*?\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE
)
LINK_IN_TEXT = re.compile(r"\]\(\s*<?([^\s()<>]+)|(https?://[^\s()<>\[\]\"'`]+)")


@dataclass(frozen=True)
class Index:
    """The URLs in an index, as written there: links, and other sitemaps."""

    links: tuple[str, ...]
    sitemaps: tuple[str, ...] = ()


def read_index(body: bytes) -> Index:
    """Read an index; its content tells its form.

    Raises:
        FetchError: it is a sitemap that is not well-formed, or has a DOCTYPE.

    """
    if SITEMAP.search(body[:4000]) and body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _read_sitemap(body)
    text = body.decode(errors="replace").removeprefix("\ufeff")
    pattern = LINK_IN_HTML if HTML.match(text) else LINK_IN_TEXT
    links = (next(filter(None, found.groups()), "") for found in pattern.finditer(text))
    return Index(tuple(unescape_attribute(link) for link in links if len(link) <= MAX_LENGTH))


def _read_sitemap(body: bytes) -> Index:
    try:
        found = list(_locations(body))
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an unknown encoding
        raise FetchError(f"invalid sitemap: {shorten(str(error))}") from None
    return Index(
        tuple(text for kind, text in found if kind == "url"),
        tuple(text for kind, text in found if kind == "sitemap"),
    )


def _locations(body: bytes) -> Iterator[tuple[str, str]]:
    """Return each `loc` with its parent, `url` or `sitemap`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    open_elements: list[str] = []
    found: list[tuple[str, list[str]]] = []

    def start(name: str, _: dict[str, str]) -> None:
        open_elements.append(name.rpartition(":")[2])
        if open_elements[-1] == "loc":
            found.append((open_elements[-2] if len(open_elements) > 1 else "", []))

    def text(piece: str) -> None:
        if open_elements[-1] == "loc":
            found[-1][1].append(piece)

    def refuse(*_: object) -> None:
        raise FetchError("sitemap with a DOCTYPE, whose entities could expand without end")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_elements.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(body, True)  # noqa: FBT003 - positional only
    return ((kind, "".join(pieces).strip()) for kind, pieces in found)
