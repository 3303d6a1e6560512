"""What stands in the cells of the report's tables: code, links, folded lists. No text of a page acts there. Pure."""

import re
from collections.abc import Iterable

from paramsync.changes.groups import FROM_TO, Group
from paramsync.changes.kinds import KINDS, Change, write_value
from paramsync.changes.summary import as_code
from paramsync.findings import Place
from paramsync.text import pluralize

LINKED = 3  # models that are linked one by one; of more, the first of each page
MAX_LIST_BYTES = 12_000
MAX_VALUE = 160  # characters
BEFORE_DIFFERENCE = 30  # characters that are kept of what two long values have in common
FILE = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*/)+page\.(?:md|html|txt)")
URL = re.compile(r"https?://[a-z0-9.:-]+(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*/?")


def row(*cells: str) -> str:
    """Write a row of a table."""
    return f"| {' | '.join(cells)} |"


def code(text: str, max_length: int = MAX_VALUE) -> str:
    """Write text as a code span of a cell.

    A backslash before a pipe cannot be written there: U+FFFD takes the place of the pipe.
    """
    return as_code(text, max_length).replace("\\|", "\\\ufffd").replace("|", r"\|")


def link_line(place: Place, root_path: str) -> str:
    """Link the line of a page, from the top of the repository; a place that no link can name is code."""
    file = root_path + place.file
    if place.line and FILE.fullmatch(file):
        return f"[line {place.line}]({file}?plain=1#L{place.line})"
    return code(str(place))


def link_page(page: str, url: str) -> str:
    """Write the name of a page, and link the vendor's page where its URL is known and plain."""
    return f"{code(page)} [docs]({url})" if URL.fullmatch(url) else code(page)


def fold(title: str, content: str) -> str:
    """Fold a content that a click shows, within a cell."""
    return f"<details><summary>{title}</summary>{content}</details>"


def cut_list(items: Iterable[str], separator: str = ", ") -> str:
    """Join items up to the length that a list may have, and say how many more there are."""
    shown, hidden, room = [], 0, MAX_LIST_BYTES
    for item in items:
        room -= len((item + separator).encode())
        if room < 0:
            hidden += 1
        else:
            shown.append(item)
    return separator.join([*shown, *([f"and {hidden} more"] if hidden else [])])


def describe(group: Group) -> tuple[str, str, str]:
    """Write what has changed, and the values before and after, if the change has both."""
    one = group.changes[0]
    name = f"{code(one.parameter, 100)}: " if one.parameter else ""
    if not group.has_values:
        return name + one.describe(code), "", ""
    sentence = KINDS[one.kind][1].removesuffix(FROM_TO)
    before, after = contrast(write_value(one.kind, one.old), write_value(one.kind, one.new))
    return (
        name + sentence,
        "nothing" if one.old is None else code(before),
        "nothing" if one.new is None else code(after),
    )


def contrast(old: str, new: str) -> tuple[str, str]:
    """Cut from two long texts what both begin with, so that what differs is seen."""
    if max(len(old), len(new)) <= MAX_VALUE:
        return old, new
    common = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(new)
    )
    start = common - BEFORE_DIFFERENCE
    return (f"…{old[start:]}", f"…{new[start:]}") if start > 0 else (old, new)


def list_models(group: Group, root_path: str) -> str:
    """List where a change stands: few models with a link each; many folded, by page, with a link to the first."""
    if len(group.changes) <= LINKED:
        return ", ".join(f"{_name(one)} {link_line(one.place, root_path)}" for one in group.changes)
    pages = dict(group.by_page())
    models = sum(bool(one.model) for one in group.changes)
    counted = f"{pluralize(models, 'model')} of " if models else ""
    items = [
        f"{code(page, 100)} {link_line(ones[0].place, root_path)}: {cut_list(map(_name, ones))}"
        if models
        else f"{code(page, 100)} {link_line(ones[0].place, root_path)}"
        for page, ones in pages.items()
    ]
    return fold(counted + pluralize(len(pages), "page"), cut_list(items, "; "))


def _name(one: Change) -> str:
    return code(one.model or one.page, 100)
