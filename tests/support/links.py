"""The links of a site, in HTML, Markdown and JSON, to files and to places in pages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from support.html_reader import HtmlReader

PLACES = ("popovertarget", "for", "aria-labelledby", "aria-controls", "aria-describedby")
MARKDOWN = MarkdownIt("commonmark").enable("table")
OUTER = ("http", "https", "data", "mailto")
URL = re.compile(r"[a-z-]+\.(?:html|md|json|txt|xml)|[a-z]+/\S+\.(?:html|md|json)")


def find_links(page: HtmlReader) -> Iterator[str]:
    """Find where a page leads, and which of its own places it names."""
    yield from page.list_values("href", "src")
    yield from (f"#{place}" for value in page.list_values(*PLACES) for place in value.split())


def list_links(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".html" | ".xml":
            yield from find_links(HtmlReader(text))
        case ".md" | ".txt":
            yield from find_links(HtmlReader(MARKDOWN.render(text)))
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
        name: [*HtmlReader(path.read_text(encoding="utf-8")).list_values("id")]
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
