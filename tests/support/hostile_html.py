"""The proof for pages: what a parser of HTML makes of a page is what it would make of plain words, with the texts in their place."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any
from xml.etree import ElementTree as ET

from paramsync.rendering.filters import fragment, query
from paramsync.rendering.names.slugs import make_slug
from paramsync.text import UNSAFE, json_line
from support.node import ask_node
from support.twins import WORD, find_difference

Texts = Mapping[str, str]
Node = Sequence[Any]  # depth, tag and attributes; or depth, nothing and a text
ReadCode = Callable[
    [str, Texts, str], str
]  # gives code with a text for each word, by the name of its language

LOST = re.compile(r"[\s`\ufffd]")  # what a text may lose: white space, the fences of code, what is replaced
NAMES = {"id", "for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget"}
URLS = {"href", "src"}
RUNS = {"style", "srcdoc", "srcset", "action", "formaction"}
REFUSED = {"style", "iframe", "object", "embed", "base", "template", "#comment", "#error"}
ELSEWHERE = re.compile(f"https://({WORD.pattern})")
WEB_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
OWN_URL = re.compile(
    r"(?:(?:\.\./)*[A-Za-z0-9_][A-Za-z0-9._~/-]*)?(?:\?[A-Za-z0-9._~=&%-]*)?(?:#[A-Za-z0-9._~:-]*)?"
)
LABEL = 20  # characters of a text that charts show
PARTS = re.compile(r"([^?#]*)(\??[^#]*)(.*)", re.DOTALL)


@dataclass
class Element:
    """An element, with the text behind its tag, up to the next tag."""

    depth: int
    tag: str
    attributes: dict[str, str]
    language: str = ""  # of the code that its text is
    text: str = field(default="")

    @property
    def shape(self) -> tuple[int, str, tuple[str, ...]]:
        return self.depth, self.tag, tuple(self.attributes)


def find_page_problems(tree: Texts, twin: Texts, texts: Texts, read_code: ReadCode) -> Iterator[str]:
    """Say where a text is more than text on a page, or what acts there; each word of `twin` stands for its text."""
    for path in sorted(path for path in tree if path.endswith(".html")):
        found, plain = read_pages(tree[path], twin[path])
        yield from (f"{path}: {problem}" for problem in find_acting(found))
        yield from _compare(path, found, plain, texts, read_code)


def read_pages(*pages: str) -> list[list[Element]]:
    """Read what browsers make of pages."""
    return [*map(_gather, ask_node("html.mjs", pages))]


def find_feed_problems(path: str, text: str, twin: str, texts: Texts) -> Iterator[str]:
    """Say where a text is more than text in XML."""
    try:
        found, plain = (_gather(_list_nodes(ET.fromstring(one))) for one in (text, twin))  # noqa: S314 - of our own
    except ET.ParseError as error:
        yield f"{path}: {error}"
    else:
        yield from _compare(path, found, plain, texts)


def _list_nodes(element: ET.Element, depth: int = 0) -> Iterator[Node]:
    is_part = not element.tag.endswith("}code")
    if is_part:
        yield depth, element.tag, element.attrib.items()
    yield depth + 1, "", element.text or ""
    for child in element:
        yield from _list_nodes(child, depth + is_part)
        yield depth + 1, "", child.tail or ""


def _gather(nodes: Iterable[Node]) -> list[Element]:
    """Gather elements; text before the first one is of a document that has none."""
    elements = [Element(0, "#document", {})]
    language = ""
    for depth, tag, content in nodes:
        if not tag:
            elements[-1].text += content
            continue
        attributes = dict(content)
        language = attributes.get("data-tab", language)
        is_code = tag == "pre"
        elements.append(Element(depth, tag, attributes, language if is_code else ""))
    return elements


def find_acting(elements: Iterable[Element]) -> Iterator[str]:
    """Say what could run on a page, and what leads elsewhere or tells there from where."""
    for one in elements:
        if one.tag in REFUSED:
            yield f"<{one.tag}> {one.attributes}"
        yield from (f"<{one.tag} {name}>" for name in one.attributes if name in RUNS or name.startswith("on"))
        if one.tag == "script" and ("src" not in one.attributes or one.text.strip()):
            yield "a script that stands in the page"
        for name in URLS & one.attributes.keys():
            url = one.attributes[name]
            may_leave = one.tag == "a" and one.attributes.get("rel") == "noreferrer"
            if not (OWN_URL.fullmatch(url) or (may_leave and WEB_URL.fullmatch(url))):
                yield f"<{one.tag} {name}> leads to {url!a}"


def _compare(
    path: str,
    found: Sequence[Element],
    plain: Sequence[Element],
    texts: Texts,
    read_code: ReadCode | None = None,
) -> Iterator[str]:
    shapes = zip_longest(*([one.shape for one in side] for side in (found, plain)))
    if uneven := next((pair for pair in shapes if pair[0] != pair[1]), None):
        yield f"{path}: {uneven[0]} should be {uneven[1]}"
        return
    for one, other in zip(found, plain, strict=True):
        for name, value in other.attributes.items():
            yield from _compare_value(f"{path}: <{one.tag} {name}>", name, one.attributes[name], value, texts)
        if one.tag.endswith("}id"):  # of the feed: a URN
            yield from find_difference(f"{path}: id", one.text, _put(other.text, texts, query))
        elif one.language and read_code:
            code = (read_code(one.text, {}, one.language), read_code(other.text, texts, one.language))
            yield from find_difference(f"{path}: code", *code)
        else:
            yield from _compare_text(f"{path}: <{one.tag}>", one.text, other.text, texts)


def _compare_value(where: str, name: str, found: str, plain: str, texts: Texts) -> Iterator[str]:
    """Compare what an attribute says: a name or a URL is what the filters make of a text."""
    if name in NAMES:
        yield from find_difference(where, found, _put(plain, texts, fragment))
    elif name not in URLS:
        yield from _compare_text(where, found, plain, texts)
    elif elsewhere := ELSEWHERE.fullmatch(plain):
        yield from find_difference(where, found, texts[elsewhere[1]])
    else:
        [(in_path, in_query, in_fragment)] = PARTS.findall(plain)[:1]
        expected = _put(in_path, texts, make_slug) + _put(in_query, texts, query)
        expected += _put(in_fragment, texts, query if in_path.startswith("http") else fragment)
        yield from find_difference(where, found, expected)


def _put(plain: str, texts: Texts, write: Callable[[str], str]) -> str:
    return WORD.sub(lambda word: write(texts[word[0]]), plain)


def _compare_text(where: str, found: str, plain: str, texts: Texts) -> Iterator[str]:
    """Compare what people read; a text stands there as it is, in JSON, or its beginning where there is no more room."""
    if found == plain and not WORD.search(plain):
        return
    left, parts = _leave(found), re.split(f"({WORD.pattern})", _leave(plain))
    expected = "".join(_leave(texts.get(part, part)) for part in parts)
    if left != expected and not re.fullmatch("".join(_list_forms(part, texts) for part in parts), left):
        yield from find_difference(where, left, expected)


def _list_forms(part: str, texts: Texts) -> str:
    """Give the pattern of all forms of the text that stands for a word, or of a part that is none."""
    if part not in texts:
        return re.escape(part)
    text = texts[part]
    forms = (text, json_line(text)[1:-1], f"{text[:LABEL]}…")
    return f"(?:{'|'.join(re.escape(_leave(one)) for one in forms)})"


def _leave(text: str) -> str:
    return LOST.sub("", UNSAFE.sub("", text))
