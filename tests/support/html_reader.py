"""What stands in HTML: its elements with their attributes, and its texts."""

from collections.abc import Iterator
from html.parser import HTMLParser


class HtmlReader(HTMLParser):
    """The elements of HTML, each with its attributes, and the pieces of its text, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def words(self) -> str:
        """The text without what only lays it out."""
        return " ".join(" ".join(self.texts).split())

    def list_values(self, *names: str) -> Iterator[str]:
        """List what attributes of some names say."""
        for _, attributes in self.elements:
            yield from (attributes[name] for name in names if name in attributes)
