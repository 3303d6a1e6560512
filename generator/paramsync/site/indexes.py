"""Find the addresses in what lists pages: llms.txt, a sitemap, a page with links. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from paramsync.site.responses import FetchError
from paramsync.site.urls import LONGEST
from paramsync.text import shorten, unescape_attribute

SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")
HTML = re.compile(r"\s*<[A-Za-z!?]")
ANCHOR = re.compile(r"<a\s[^<>]*?\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE)
IN_TEXT = re.compile(r"\]\(\s*<?([^\s()<>]+)|(https?://[^\s()<>\[\]\"'`]+)")


@dataclass(frozen=True)
class Index:
    """What an index names: addresses as written there, and other sitemaps."""

    links: tuple[str, ...]
    sitemaps: tuple[str, ...] = ()


def read_index(body: bytes) -> Index:
    """Read an index; its form is told by what stands in it.

    Raises:
        FetchError: it is a sitemap that is not whole, or declares what a sitemap has no need of.

    """
    if SITEMAP.search(body[:4000]) and body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _read_sitemap(body)
    text = body.decode(errors="replace").removeprefix("\ufeff")
    pattern = ANCHOR if HTML.match(text) else IN_TEXT
    links = (next(filter(None, found.groups()), "") for found in pattern.finditer(text))
    return Index(tuple(unescape_attribute(link) for link in links if len(link) <= LONGEST))


def _read_sitemap(body: bytes) -> Index:
    try:
        found = list(_locations(body))
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an unknown encoding
        raise FetchError(f"it is not a whole sitemap: {shorten(str(error))}") from None
    return Index(
        tuple(text for kind, text in found if kind == "url"),
        tuple(text for kind, text in found if kind == "sitemap"),
    )


def _locations(body: bytes) -> Iterator[tuple[str, str]]:
    """Give each `loc`, with what it stands in: `url` or `sitemap`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    above: list[str] = []
    found: list[tuple[str, list[str]]] = []

    def start(name: str, _: dict[str, str]) -> None:
        above.append(name.rpartition(":")[2])
        if above[-1] == "loc":
            found.append((above[-2] if len(above) > 1 else "", []))

    def text(piece: str) -> None:
        if above[-1] == "loc":
            found[-1][1].append(piece)

    def refuse(*_: object) -> None:
        raise FetchError("it is a sitemap with a document type, which could grow without end")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: above.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(body, True)  # noqa: FBT003 - so says the library
    return ((kind, "".join(pieces).strip()) for kind, pieces in found)
