"""Tell what of an HTML page is content: what a reader sees of it, at once or after a click. Pure."""

import re
from collections.abc import Collection, Container

from paramsync.pages.html_elements import IN_TABLES, MARKS
from paramsync.pages.html_tags import Tag
from paramsync.pages.page import STRIKE

# fmt: off
# What one works with, what stands around the content, and what is shown only where something else cannot be.
HIDDEN_ELEMENTS = frozenset([
    "audio", "canvas", "datalist", "dialog", "footer", "iframe", "label", "nav", "noembed", "noframes", "noscript", "rp", "script",
    "select", "style", "svg", "template", "textarea", "video",
])
HIDDEN_ROLES = frozenset([
    "alert", "alertdialog", "complementary", "contentinfo", "dialog", "menu", "menubar", "navigation", "search", "status", "tablist",
    "toolbar", "tooltip",
])
HIDDEN_CLASSES = frozenset([  # text for screen readers only, as the known style sheets call it
    "cdk-visually-hidden", "screen-reader-only", "screen-reader-text", "show-for-sr", "sr-only", "visually-hidden", "visuallyhidden",
])
# fmt: on
REVEALED_ROLES = frozenset({"tabpanel", "region"})  # parts that a click shows
STREAMED = re.compile(r"S:[0-9a-f]+")  # the id of a part that a script of React moves to its place
CONTROLS = re.compile(r"""\baria-controls\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE)
NOT_DISPLAYED = re.compile(r"\bdisplay\s*:\s*none\b|\bvisibility\s*:\s*hidden\b", re.IGNORECASE)
STRUCK_OUT = re.compile(r"\btext-decoration(?:-line)?\s*:[^;]*\bline-through\b", re.IGNORECASE)


def find_controlled(text: str) -> frozenset[str]:
    """Find the ids of the elements that some control of a page shows."""
    return frozenset(name for found in CONTROLS.finditer(text) for name in "".join(found.groups("")).split())


def is_content(tag: Tag, around: Container[str], controlled: Container[str]) -> bool:
    """Tell whether an element inside the elements `around` is content, given its start tag and the ids of what is controlled."""
    attributes, role = tag.attributes, tag.attributes.get("role", "").lower()
    if tag.name in HIDDEN_ELEMENTS or role in HIDDEN_ROLES or "popover" in attributes:
        return False
    if tag.name == "aside" and not ("main" in around or "article" in around):
        return False
    if tag.name not in IN_TABLES and not HIDDEN_CLASSES.isdisjoint(_classes(tag)):
        return False
    name = attributes.get("id", "")
    if role in REVEALED_ROLES or attributes.get("hidden") == "until-found":
        return True
    is_marked = "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true"
    is_marked = is_marked or bool(NOT_DISPLAYED.search(attributes.get("style", "")))
    return not is_marked or bool(name and (name in controlled or STREAMED.fullmatch(name)))


def is_incidental(tag: Tag, headings: Collection[Tag]) -> bool:
    """Tell whether an element is content only where nothing stands beside it: a button, or a link of a heading to itself."""
    if tag.name == "button" or tag.attributes.get("role", "").lower() == "button":
        return True
    link = tag.attributes.get("href", "")
    return tag.name == "a" and any(link == f"#{heading.attributes.get('id', '')}" for heading in headings)


def is_paragraph(tag: Tag) -> bool:
    """Tell whether an element is a paragraph, for some sites write them as other elements."""
    return (
        tag.name == "p" or tag.attributes.get("data-as") == "p" or tag.attributes.get("role") == "paragraph"
    )


def is_term(tag: Tag) -> bool:
    """Tell whether an element is a word that has a tooltip, which is content even in a button."""
    return "tooltip" in _classes(tag)


def find_mark(tag: Tag) -> str:
    """Return the Markdown mark of an element, or an empty string."""
    is_struck = "line-through" in _classes(tag) or STRUCK_OUT.search(tag.attributes.get("style", ""))
    return STRIKE if is_struck else MARKS.get(tag.name, "")


def _classes(tag: Tag) -> list[str]:
    return tag.attributes.get("class", "").lower().split()
