"""Find the elements that a tag closes, as the HTML standard says: many end tags are optional or misplaced. Pure."""

from collections.abc import Iterator, Sequence

from paramsync.pages.html_tags import Tag
from paramsync.pages.page import STRIKE

Names = frozenset[str]

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# fmt: off
VOID_ELEMENTS = frozenset([
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta",
    "param", "source", "track", "wbr",
])
PARAGRAPH_CLOSERS = HEADINGS | frozenset([
    "address", "article", "aside", "blockquote", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "header", "hgroup", "hr", "li", "main", "menu", "nav", "ol", "p", "pre", "search",
    "section", "table", "ul",
])
# fmt: on
MARKS = {
    "strong": "**",
    "b": "**",
    "em": "*",
    "i": "*",
    "sup": "^",
    "sub": "_",
    **dict.fromkeys(("s", "del", "strike"), STRIKE),
}
CELLS = frozenset({"td", "th"})
TABLE = frozenset({"table"})
# A tag inside one of these closes nothing outside it.
SCOPE = TABLE | CELLS | {"applet", "caption", "marquee", "object", "template"}
INLINE = frozenset({*MARKS, "a", "code", "font", "small", "span", "u"})
BLOCKS = HEADINGS | SCOPE | {"p", "li", "dd", "dt"}  # the end tag of an inline element does not close these
IN_TABLES = frozenset({"tr", "thead", "tbody", "tfoot", *TABLE, *CELLS, "caption"})
# Start tag -> the elements that it closes, one after another, each with the elements beyond which it has no effect.
CLOSED_BY: dict[str, tuple[tuple[Names, Names], ...]] = {
    **dict.fromkeys(HEADINGS, ((HEADINGS, SCOPE),)),
    "li": ((frozenset({"li"}), SCOPE | {"ul", "ol", "menu"}),),
    **{name: ((frozenset({"dd", "dt"}), SCOPE | {"dl"}),) for name in ("dd", "dt")},
    **dict.fromkeys(CELLS, ((CELLS, TABLE),)),
    "tr": ((frozenset({"tr"}), TABLE),),
    **dict.fromkeys(("thead", "tbody", "tfoot"), ((IN_TABLES - TABLE, TABLE),) * 3),
    "a": ((frozenset({"a"}), BLOCKS),),
}


def find_closed_elements(tag: Tag, open_names: Sequence[str]) -> Iterator[int]:
    """Return how many open elements stay open when a tag is read; `open_names` are their names, the outermost first.

    A tag may close elements several times: close down to each number before you take the next one.
    """
    for names, boundaries in _closing_rules(tag):
        for index in range(len(open_names) - 1, -1, -1):
            if open_names[index] in names:
                yield index
                break
            if open_names[index] in boundaries:
                break


def _closing_rules(tag: Tag) -> tuple[tuple[Names, Names], ...]:
    if not tag.is_end:
        paragraph = ((frozenset({"p"}), SCOPE),) if tag.name in PARAGRAPH_CLOSERS else ()
        return (*CLOSED_BY.get(tag.name, ()), *paragraph)
    names = HEADINGS if tag.name in HEADINGS else frozenset({tag.name})
    boundaries = TABLE if tag.name in IN_TABLES else BLOCKS if tag.name in INLINE else SCOPE
    return ((names, boundaries - names),)
