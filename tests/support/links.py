"""The links of a site, in HTML, Markdown and JSON, to files and to places in pages."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

LINKS = ("href", "src", "popovertarget", "for", "aria-labelledby", "aria-controls", "aria-describedby")
MARKDOWN = MarkdownIt("commonmark").enable("table")
OUTER = ("http", "https", "data", "mailto")
URL = re.compile(r"[a-z-]+\.(?:html|md|json|txt|xml)|[a-z]+/\S+\.(?:html|md|json)")


class Links(HTMLParser):
    """The links of a page, and the places in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: list[str] = []
        self.feed(text)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        self.places += [facts["id"]] if "id" in facts else []
        for name in LINKS:
            for one in facts.get(name, "").split() if name not in ("href", "src") else [facts.get(name)]:
                self.links += [one if name in ("href", "src") else f"#{one}"] if one is not None else []


def list_links(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".html" | ".xml":
            yield from Links(text).links
        case ".md" | ".txt":
            yield from Links(MARKDOWN.render(text)).links
        case ".json" if path.name == "catalogue.json":
            yield from (one for one in list_texts(json.loads(text)) if URL.fullmatch(one))


def list_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from list_texts(one)


def find_broken(site: Path) -> list[str]:
    """Find the links that lead nowhere, each with the file in which it stands."""
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    places = {
        name: Links(path.read_text(encoding="utf-8")).places
        for name, path in files.items()
        if path.suffix == ".html"
    }
    repeated = [
        f"{name}: {one} twice" for name, those in places.items() for one in {*those} if those.count(one) > 1
    ]
    return [
        f"{name}: {link}"
        for name, path in files.items()
        for link in dict.fromkeys(list_links(path))
        if not leads(link, name, files, places)
    ] + repeated


def leads(link: str, name: str, files: dict[str, Path], places: dict[str, list[str]]) -> bool:
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme in OUTER
    target = (Path("/") / Path(name).parent / unquote(parts.path)) if parts.path else Path("/") / name
    found = target.resolve().relative_to("/").as_posix()
    return found in files and (not parts.fragment or unquote(parts.fragment) in places.get(found, ()))
