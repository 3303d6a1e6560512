"""What a browser makes of the HTML that a notebook is given."""

from base64 import b64decode
from dataclasses import dataclass, field
from html.parser import HTMLParser

MEDIA = ("img", "video", "audio")
TAGS = {"div", "strong", "table", "tbody", "tr", "th", "td", "br", "code", "progress", *MEDIA}
ATTRIBUTES = {"style", "src", "alt", "controls", "preload", "max", "value"}  # none of which runs anything
EMPTY = ("br", "img")


@dataclass
class Shown(HTMLParser):
    """HTML of known tags and attributes, each closed, which asks nobody for anything: its texts, and its files by MIME type."""

    html: str
    texts: list[str] = field(default_factory=list)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()
        assert self.open == [], self.html

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag in TAGS, tag
        assert given.keys() <= ATTRIBUTES, given
        assert "url(" not in (given.get("style") or "")
        assert ("src" in given) is (tag in MEDIA)
        if tag in MEDIA:
            kind, _, data = (given["src"] or "").removeprefix("data:").partition(";base64,")
            self.files.append((tag, kind, b64decode(data, validate=True)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment

    def __str__(self) -> str:
        return " | ".join(self.texts)
