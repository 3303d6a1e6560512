"""Know the lines of Markdown, and of the dialects in which sites write it: what begins, ends and hides a block. Pure."""

import re

FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})")  # also within lists and components
# What hides all lines from the one that it begins to the one with its end.
HIDING = {
    "<!--": "-->",
    "{/*": "*/}",
    "{{/*": "*/}}",
    "{% comment": "{% endcomment",
    **{
        f"<{name}{end}": f"</{name}"
        for name in ("noscript", "script", "style", "template")
        for end in (">", " ")
    },
    "<": ">",  # a tag that goes on in the next line
}
OPEN_TAG = re.compile(r"</?[A-Za-z][\w.]*(?:\s[^<>]*)?$")
HEADING = re.compile(r" {0,3}(#{1,6})(?=\s)")
# Content of a component may be indented like code.
INDENTED_HEADING = re.compile(r"[ \t]*(#{1,6})(?=\s)")
ATTRIBUTES = re.compile(r"(?<!\\)\{:?[ \t]*[#.][^{}]*\}")  # as in `## Name {#id .class}`
EMPHASIZED = re.compile(r"\s*(?P<mark>\*\*|__)(?P<text>[^*_\\]+)(?P=mark)\s*")  # a whole heading
UNDERLINE = re.compile(r" {0,3}(?P<sign>[=-])(?P=sign)*[ \t]*$")
QUOTE_MARK = re.compile(r"\s*(?:>[ \t]?)+")
LIST_MARK = re.compile(r"\s*(?:[-*+]|[0-9]{1,9}[.)])\s")
TAG = r"</?(?:[A-Z][\w.]*|article|center|details|div|figure|p|section|summary)(?:\s[^<>]*)?>"
ANY_TAG = re.compile(TAG)
TAG_IN_FRONT = re.compile(rf"\s*{TAG}")
TAGS_IN_FRONT = re.compile(rf"\s*(?:{TAG}\s*)*+")
# A row of delimiters, as it stands below the header of a table whose rows have no bars around them.
DELIMITERS = re.compile(r" {0,3}:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$")
COMPONENT = re.compile(r"<(?P<end>/?)[A-Z][\w.]*(?:\s[^<>]*?)?(?P<empty>/?)>")
TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
TABLE_TAG = re.compile(r"<table\b", re.IGNORECASE)
# What works on the page and is not shown: directives, and blocks and attributes of template languages.
DIRECTIVE = re.compile(
    r""":{3,}.* | \{%.*%\} | \{\{[<%].*[>%]\}\} | \{:.*\} | (?:!{3}|\?{3}\+?|={3})\s.* | \[TOC\] | \[(?!\^)[^\]]+\]:\s.*""",
    re.VERBOSE,
)
# An import or export of MDX, which stands above all sections.
MODULE_LINE = re.compile(
    r"""(?:import\s++(?:["']|.*\sfrom\s++["'])|export\s++(?:const|default|function|let)\s)"""
)


def track_hidden(end: str, line: str) -> tuple[str, bool]:
    """Return what ends the code block or comment that is open after a line, and whether the line belongs to one.

    `end` is what ends the one that is open before the line, or an empty string. A comment with text after it hides nothing.
    """
    text = line.strip()
    if end in HIDING.values():
        return ("" if end in text.lower() else end), True
    is_whole = text.startswith("<") and text.endswith("/>") and not text.startswith("<!--")
    if not end and text[:1] in {"<", "{"} and not is_whole:
        for mark, closing in HIDING.items():
            if text.startswith(mark) and (mark != "<" or OPEN_TAG.match(text)):
                _, found, rest = text.lower().partition(closing)
                return ("" if found else closing), not (found and rest.strip("> \t"))
    mark_found = FENCE.match(line)
    if mark_found and (not end or mark_found[1].startswith(end)):
        return ("" if end else mark_found[1]), True
    return end, bool(end)


def is_block_break(line: str) -> bool:
    """Tell whether a line is blank, a thematic break, or not shown."""
    text = line.strip()
    characters = "".join(text.split())
    is_rule = any(characters.startswith(sign * 3) and not characters.strip(sign) for sign in "-*_")
    return not characters or is_rule or bool(DIRECTIVE.fullmatch(text))


def find_contents_link(line: str) -> tuple[int, int] | None:
    """Find the offsets of the name in an item of a table of contents: a link to a heading of the page."""
    item = line.strip()
    start, end = line.find("[") + 1, line.rfind("](#")
    is_item = item.startswith(("- [", "* [", "+ [")) and end > 0
    return (start, end) if is_item and line.find(")", end) == len(line.rstrip()) - 1 else None


def find_heading_end(line: str) -> int:
    """Find the end of a heading's text, before attributes and an optional closing sequence of `#`."""
    end = _find_text_end(line, len(line))
    while end and line[end - 1] == "}" and ATTRIBUTES.fullmatch(line, start := line.rfind("{", 0, end), end):
        end = _find_text_end(line, start)
    text = line[:end]
    open_end = text.rstrip("#")
    return len(open_end) if open_end.endswith((" ", "\t")) else len(text)


def find_content(line: str) -> tuple[int, int]:
    """Find the offsets of what a line shows between the tags of blocks and components, without a quote mark."""
    quote = QUOTE_MARK.match(line)
    tags = TAGS_IN_FRONT.match(line, quote.end() if quote else 0)
    start, end = tags.end() if tags else 0, _find_text_end(line, len(line))
    while (
        end > start
        and line[end - 1] == ">"
        and ANY_TAG.fullmatch(line, tag := line.rfind("<", start, end), end)
    ):
        end = _find_text_end(line, tag)
    return start, max(start, end)


def count_open_components(line: str) -> int:
    """Count the components that a line opens, less those that it closes."""
    if "<" not in line:
        return 0
    return sum(-1 if tag["end"] else not tag["empty"] for tag in COMPONENT.finditer(line))


def _find_text_end(line: str, end: int) -> int:
    """Find the offset after the last character before an offset that is not whitespace."""
    while end and line[end - 1].isspace():
        end -= 1
    return end
