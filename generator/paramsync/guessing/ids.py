"""Find where the ids of models are on a page: at a label, in a heading, in an endpoint, or in the name of the page. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from paramsync.guessing.found import FoundTable
from paramsync.guessing.usual import CAPABILITIES, LABELS, MARKDOWN, PART
from paramsync.pages.endpoints import find_section_endpoint
from paramsync.pages.page import Page, Section
from paramsync.pages.tables import IdPlace

MIN_IDS = 2  # from which a common beginning can be told


@dataclass(frozen=True)
class FoundIds:
    """Where the ids are, and those that are there."""

    id: IdPlace = "page"
    labels: Mapping[str, str] = field(default_factory=dict)  # key of [labels] -> label
    prefix: str = ""  # with which all ids at labels begin
    level: int = 0  # of the heading that begins a model; 0: the nearest
    joined: bool = False
    ids: frozenset[str] = frozenset()

    @property
    def may_be_types(self) -> bool:
        """True if tables may be of the types of values: of objects that others refer to."""
        return self.id == "heading"


def find_ids(page: Page, tables: list[FoundTable]) -> FoundIds:
    """Find where the ids of models are, given the tables of parameters."""
    return _find_labels(page, tables) or _find_endpoints(tables) or _find_headings(tables)


def _find_labels(page: Page, tables: list[FoundTable]) -> FoundIds | None:
    texts = [text.written for section in page.sections for text in (*section.prose, *section.endpoints)]
    found = [one for text in texts for one in LABELS.finditer(text)]
    if 2 * len(found) < len(tables):
        return None
    label = Counter(one["label"] for one in found).most_common(1)[0][0]
    others = {"capabilities": CAPABILITIES, "markdown": MARKDOWN}
    said = {key: next(filter(None, map(pattern.search, texts)), None) for key, pattern in others.items()}
    labels = {"id": label} | {key: one["label"] for key, one in said.items() if one}
    ids = frozenset(one["id"] for one in found if one["label"] == label)
    return FoundIds("label", labels, _find_prefix([*ids]), ids=ids)


def _find_prefix(ids: Sequence[str]) -> str:
    """Find what all ids begin with, up to an underscore."""
    if len(ids) < MIN_IDS:
        return ""
    first, last = min(ids), max(ids)
    length = next((index for index, one in enumerate(first) if not last.startswith(one, index)), len(first))
    return first[: first.rfind("_", 0, length) + 1]


def _find_endpoints(tables: list[FoundTable]) -> FoundIds | None:
    found = []
    for table in tables:
        endpoints = map(find_section_endpoint, reversed(table.above))
        found.append(next((endpoint[0] for endpoint in endpoints if endpoint), ""))
    ids = [*filter(None, found)]
    if 2 * len(ids) < len(tables) or not ids:
        return None
    return FoundIds("endpoint", joined=len({*ids}) < len(ids), ids=frozenset(ids))


def _find_headings(tables: list[FoundTable]) -> FoundIds:
    """Find the headings that name models: the nearest that name no mere part of one; without any, the page is the model."""
    owners = [_find_owner(one) for one in tables]
    if any(one is None or one.level <= 1 for one in owners):
        return FoundIds("page", joined=len(tables) > 1)
    known = [one for one in owners if one]
    is_nearest = all(one is table.above[-1] for one, table in zip(known, tables, strict=True))
    levels = Counter(one.level for one in known)
    ids = frozenset(one.heading.plain for one in known)
    if len(ids) == 1 and not is_nearest:
        return FoundIds("page", joined=len(tables) > 1)
    joined = len({id(one) for one in known}) < len(known)
    return FoundIds("heading", level=0 if is_nearest else levels.most_common(1)[0][0], joined=joined, ids=ids)


def _find_owner(table: FoundTable) -> Section | None:
    return next(
        (one for one in reversed(table.above) if one.level and not PART.fullmatch(one.heading.plain)), None
    )
