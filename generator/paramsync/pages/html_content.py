"""Tell what of an HTML page is content: what a reader sees of it, at once or after a click. Pure."""

import re
from collections.abc import Container

from paramsync.pages.html_elements import IN_TABLES, MARKS, TABLE
from paramsync.pages.html_tags import Tag
from paramsync.pages.page import STRIKE

# fmt: off
# What one works with, what stands around the content, and what is shown only where something else cannot be.
HIDDEN_ELEMENTS = frozenset([
    "audio", "canvas", "clipboard-copy", "datalist", "dialog", "footer", "iframe", "label", "nav", "noembed", "noframes", "noscript", "rp", "script",
    "select", "style", "svg", "template", "textarea", "video",
])
HIDDEN_ROLES = frozenset([
    "alertdialog", "complementary", "contentinfo", "dialog", "menu", "menubar", "navigation", "search", "tablist",
    "toolbar", "tooltip",
])
# fmt: on
# Text for screen readers only, as the known style sheets call it, and icons that are written as words.
HIDDEN_CLASS = re.compile(
    r"(?:[\w-]+-)?(?:sr-only|visually-?hidden|a11y-hidden|screen-reader-(?:only|text)|offscreen)|show-for-sr|material-(?:icons|symbols)[\w-]*"
)
REVEALED_ROLES = frozenset({"tabpanel", "region"})  # parts that a click shows
STREAMED = re.compile(r"S:[0-9a-f]+")  # the id of a part that a script of React moves to its place
CONTROLS = re.compile(r"""\baria-controls\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE)
NOT_DISPLAYED = re.compile(r"\bdisplay\s*:\s*none\b|\bvisibility\s*:\s*hidden\b", re.IGNORECASE)


def find_controlled(text: str) -> frozenset[str]:
    """Find the ids of the elements that some control of a page shows."""
    return frozenset(name for found in CONTROLS.finditer(text) for name in "".join(found.groups("")).split())


def is_content(tag: Tag, around: Container[str], controlled: Container[str]) -> bool:
    """Tell whether an element is content, given its start tag, the names and roles around an `aside`, and the ids of what is controlled."""
    attributes, role = tag.attributes, tag.attributes.get("role", "").lower()
    if tag.name in HIDDEN_ELEMENTS or role in HIDDEN_ROLES or "popover" in attributes:
        return False
    if tag.name == "aside" and not ("main" in around or "article" in around):
        return False
    if tag.name not in IN_TABLES and any(map(HIDDEN_CLASS.fullmatch, _classes(tag))):
        return False
    name = attributes.get("id", "")
    if role in REVEALED_ROLES or attributes.get("hidden") == "until-found":
        return True
    if tag.name in IN_TABLES - TABLE or (name and (name in controlled or STREAMED.fullmatch(name))):
        return True  # rows and cells may wait for a click, too
    return not is_concealed(tag) and attributes.get("aria-hidden", "").lower() != "true"


def is_concealed(tag: Tag) -> bool:
    """Tell whether an element says that it is not displayed, which a click may change."""
    return "hidden" in tag.attributes or bool(NOT_DISPLAYED.search(tag.attributes.get("style", "")))


def is_incidental(tag: Tag, *, is_in_heading: bool) -> bool:
    """Tell whether an element says nothing beside other text: a button, or a link of a heading to itself."""
    if tag.name == "button" or tag.attributes.get("role", "").lower() == "button":
        return True
    return is_in_heading and tag.name == "a" and tag.attributes.get("href", "").startswith("#")


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
    attributes = tag.attributes
    if "line-through" not in attributes.get("class", "") + attributes.get("style", ""):  # as most
        return MARKS.get(tag.name, "")
    styles = (style.partition(":") for style in attributes.get("style", "").split(";"))
    is_struck = any("text-decoration" in key and "line-through" in value for key, _, value in styles)
    return STRIKE if is_struck or "line-through" in _classes(tag) else MARKS.get(tag.name, "")


def _classes(tag: Tag) -> list[str]:
    return tag.attributes["class"].lower().split() if "class" in tag.attributes else []
