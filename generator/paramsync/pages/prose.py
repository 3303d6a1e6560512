"""Find the code spans in text for people, and what a Markdown renderer would turn into links. Pure."""

import re
from collections.abc import Iterator
from typing import Literal

Kind = Literal["text", "code", "link"]

FENCE = re.compile("`+")
# The characters of a link; it ends before a character that Markdown interprets even there.
WORD = re.compile(r"[^\s`\\<>\[\]]+")
# A word with one of these is a link, a formula or an emoji in at least one renderer.
LINK = re.compile(
    r"""
      //                           # https://, ftp://, //example.com
    | www(?:\.|\Z)                 # at the end, a template may add a full stop
    | (?<=.)@                      # an email address, with mailto: or xmpp: or without
    | (?<=[^.])\.[^\W\d_]{2}       # example.com, README.md
    | \d\.\d{1,3}\.\d{1,3}\.\d     # 127.0.0.1
    | \$(?!\d)                     # on GitHub, text between two $ is a formula; a price does not end one
    | :(?:(?!\d+:)[\w+-]+|100|1234):  # on GitHub, :octocat: is an emoji, 9:16: is not
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What stands in each of these, wherever it is.
IN_LINKS = re.compile(r"//|www|@|\.[^\W\d_]{2}|\d\.\d|\$|:[\w+-]", re.IGNORECASE)
# Characters around a link that are not part of it.
LEADING, TRAILING = "({\"'“‘«*_~", ".,:;!?}\"'”’»*_~"


def split_prose(text: str) -> Iterator[tuple[Kind, str]]:
    """Split text into code spans, links (what a renderer would turn into links), and other text.

    A code span next to a link counts as text: if the link became a code span, their fences would be read as one.
    """
    links = [*_find_links(text)]
    starts, ends = {start for start, _ in links}, {end for _, end in links}
    code = [span for span in _find_code(text) if span[0] not in ends and span[1] not in starts]
    kinds: list[tuple[int, int, Kind]] = [(*span, "code") for span in code] + [
        (*span, "link") for span in links
    ]
    position = 0
    for start, end, kind in sorted(kinds):
        if start >= position:  # not inside a code span
            yield "text", text[position:start]
            yield kind, text[start:end]
            position = end
    yield "text", text[position:]


def remove_link_backticks(text: str) -> str:
    """Remove the backticks from code spans that contain only a link, so that links compare equal with and without them."""
    parts, position = [], 0
    for start, end in _find_code(text):
        if is_link(read_code_span(text[start:end])):
            parts += [text[position:start], read_code_span(text[start:end])]
            position = end
    return "".join(parts) + text[position:]


def remove_backticks(text: str) -> str:
    """Remove the backticks from all code spans."""
    return "".join(read_code_span(part) if kind == "code" else part for kind, part in split_prose(text))


def is_link(text: str) -> bool:
    """Tell whether a renderer would turn the whole text into a link, and nothing around it is left out of that."""
    return bool(WORD.fullmatch(text) and LINK.search(text)) and _trim_link(text) == text


def code_span(text: str) -> str:
    """Write text as a Markdown code span, with a fence longer than any inside."""
    longest = max(map(len, FENCE.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def read_code_span(span: str) -> str:
    """Read what stands in a code span, as `code_span` writes it."""
    fence = len(span) - len(span.lstrip("`"))
    content = span[fence:-fence]
    return content[1:-1] if content[0] == " " else content


def _find_links(text: str) -> Iterator[tuple[int, int]]:
    if not IN_LINKS.search(text):
        return
    for word in WORD.finditer(text):
        if LINK.search(word[0]):
            link = _trim_link(word[0])
            link = link if LINK.search(link) else word[0]
            start = word.start() + word[0].index(link)
            yield start, start + len(link)


def _trim_link(word: str) -> str:
    """Remove brackets, quotes and punctuation around a link."""
    link = word.lstrip(LEADING)
    excess, end = link.count(")") - link.count("("), len(link)
    while end and (link[end - 1] in TRAILING or (link[end - 1] == ")" and excess > 0)):
        end -= 1
        excess -= link[end] == ")"
    return link[:end]


def _find_code(text: str) -> Iterator[tuple[int, int]]:
    """Find the code spans in the form that `code_span` writes; after a backslash, it is text."""
    runs = [*FENCE.finditer(text)]
    closing = _pair_fences([len(run[0]) for run in runs])
    index = 0
    while index < len(runs):
        start, last = runs[index].start(), closing.get(index, index)
        content = (runs[index].end(), runs[last].start())
        if last > index and text[start - 1 : start] != "\\" and _is_padded_well(text, *content):
            yield start, runs[last].end()
            index = last
        index += 1


def _pair_fences(lengths: list[int]) -> dict[int, int]:
    """Pair each fence with the next one of the same length; the longest fence between them must be one backtick shorter."""
    pairs: dict[int, int] = {}
    # Going backwards: the fences seen so far without a longer one in front of them, the nearest last.
    open_ended: list[int] = []
    for index in reversed(range(len(lengths))):
        longest = 0
        while open_ended and lengths[open_ended[-1]] < lengths[index]:
            longest = lengths[open_ended.pop()]
        if open_ended and lengths[open_ended[-1]] == lengths[index]:
            other = open_ended.pop()
            if longest == lengths[index] - 1:
                pairs[index] = other
        open_ended.append(index)
    return pairs


def _is_padded_well(text: str, start: int, end: int) -> bool:
    """Tell whether the code has one space at both ends if it begins or ends with a backtick, and no space otherwise."""
    if " " not in (text[start], text[end - 1]):
        return True
    return end - start > 2 and text[start] == text[end - 1] == " " and "`" in (text[start + 1], text[end - 2])  # noqa: PLR2004
