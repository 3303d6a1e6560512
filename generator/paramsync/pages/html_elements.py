"""Which elements of HTML end where, by its standard: many need no end tag, and some end tags are in the wrong place. Pure."""

from collections.abc import Iterator, Sequence

from paramsync.pages.html_tags import Tag

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
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "sup": "^", "sub": "_"}
CELLS = frozenset({"td", "th"})
TABLE = frozenset({"table"})
# What is inside of one of these ends nothing outside.
SCOPE = TABLE | CELLS | {"applet", "caption", "marquee", "object", "template"}
INLINE = frozenset({*MARKS, "a", "code", "font", "s", "small", "span", "u"})
BLOCKS = HEADINGS | SCOPE | {"p", "li", "dd", "dt"}  # an inline element does not end one
IN_TABLES = frozenset({"tr", "thead", "tbody", "tfoot", *TABLE, *CELLS, "caption"})
# A start tag, and the elements that it ends, one after another, each with what it does not look beyond.
CLOSED_BY: dict[str, tuple[tuple[Names, Names], ...]] = {
    **dict.fromkeys(HEADINGS, ((HEADINGS, SCOPE),)),
    "li": ((frozenset({"li"}), SCOPE | {"ul", "ol", "menu"}),),
    **{name: ((frozenset({"dd", "dt"}), SCOPE | {"dl"}),) for name in ("dd", "dt")},
    **dict.fromkeys(CELLS, ((CELLS, TABLE),)),
    "tr": ((frozenset({"tr"}), TABLE),),
    **dict.fromkeys(("thead", "tbody", "tfoot"), ((IN_TABLES - TABLE, TABLE),) * 3),
    "a": ((frozenset({"a"}), BLOCKS),),
}


def find_closed_elements(tag: Tag, above: Sequence[str]) -> Iterator[int]:
    """Say how many of the open elements, given by their names from the outermost, stay open when a tag comes.

    A tag may end several, one after another: close what one number says before asking for the next.
    """
    for names, boundaries in _closing_rules(tag):
        for index in range(len(above) - 1, -1, -1):
            if above[index] in names:
                yield index
                break
            if above[index] in boundaries:
                break


def _closing_rules(tag: Tag) -> tuple[tuple[Names, Names], ...]:
    if not tag.is_end:
        paragraph = ((frozenset({"p"}), SCOPE),) if tag.name in PARAGRAPH_CLOSERS else ()
        return (*CLOSED_BY.get(tag.name, ()), *paragraph)
    names = HEADINGS if tag.name in HEADINGS else frozenset({tag.name})
    boundaries = TABLE if tag.name in IN_TABLES else BLOCKS if tag.name in INLINE else SCOPE
    return ((names, boundaries - names),)
