"""Where the facts of a model come from, as templates see it: by the rows of its table, in words. Pure."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from paramsync.findings import Place
from paramsync.pages.sources import SOURCE_TITLES
from paramsync.rendering.labels import LABELS
from paramsync.rendering.models import Model
from paramsync.rendering.remarks import write_header
from paramsync.specs.draft import Draft
from paramsync.specs.origins import Fact, Judgement, Quotation, find_facts
from paramsync.text import collapse_whitespace, shorten

LABELS_OF_MODEL = {
    "title": "Title",
    "x-model": "Model ID",
    "capabilities": "Capabilities",
    "description": "Description",
    "markdown": "LLM Markdown",
    "name_in_code": "Name in Code",
}
ELEMENTS = "[]"
MAX_WRITTEN = 100  # characters that are shown of a text
DraftsById = Mapping[str, Draft]  # of models
ReadDrafts = Callable[[Iterable[str]], DraftsById]  # reads pages by their names, each once


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source or an overlay says of a fact, as written (or how that begins), where, and whether that decides it, agrees or differs.

    `source` is one word, and `title` says it in a sentence; `row` is the name of the parameter in whose row, or record, it stands.
    """

    source: str
    title: str
    at: Place
    row: str
    written: str
    judgement: Judgement

    @property
    def place(self) -> str:
        """The file below the root, with line and column."""
        return str(self.at)

    @property
    def file(self) -> str:
        return self.at.file

    @property
    def line(self) -> int:
        return self.at.line


@dataclass(frozen=True, slots=True)
class FactOrigins:
    """A fact of a row under the label of its column, and what is said of it, first what decides it; `reason` is that of an overlay."""

    label: str
    keyword: str
    value: Any
    statements: tuple[Statement, ...]
    reason: str
    marks: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        """True if it is known where it comes from: what was kept, or edited by hand, no source says now."""
        return any(one.judgement != "differs" for one in self.statements)

    @property
    def is_documented(self) -> bool:
        return "undocumented" not in self.marks and self.is_known


@dataclass(frozen=True, slots=True)
class RowOrigins:
    """The facts of a row, in the order of the columns; it is marked as each of them is, but undocumented only if all of it is."""

    facts: tuple[FactOrigins, ...]

    @property
    def sources(self) -> tuple[Statement, ...]:
        """What each source says first, which tells where its row is; first that of the source which decides the first fact."""
        said = (one for fact in self.facts for one in fact.statements if one.source != "overlay")
        found: dict[str, Statement] = {}
        for one in said:
            found.setdefault(one.source, one)
        return tuple(found.values())

    @property
    def marks(self) -> tuple[str, ...]:
        found = {mark for one in self.facts for mark in one.marks}
        known = [one for one in self.facts if one.is_known]
        undocumented = {"undocumented"} if known and not any(one.is_documented for one in known) else set()
        return tuple(mark for mark in MARKS if mark in (found - {"undocumented"}) | undocumented)

    @property
    def is_documented(self) -> bool:
        """True if the vendor's documentation has the parameter, and not its API or an overlay alone."""
        return any(one.is_documented for one in self.facts)


MARKS = ("corrected", "disputed", "undocumented", "unsourced")


def make_origins(model: Model, draft: Draft | None) -> dict[str, RowOrigins]:
    """Tell by the names of rows, and for the model by an empty one, where facts come from; nothing where its page cannot be read."""
    if draft is None:
        return {}
    names = dict.fromkeys(row.name for row in model.rows)
    found: dict[str, dict[str, Fact]] = defaultdict(dict)
    for place, facts in find_facts(draft, model.spec).items():
        for fact in facts:
            if not fact.is_known and fact.value == []:
                continue  # of which nothing is said
            found[_find_row(place + ELEMENTS * fact.elements, names)].setdefault(fact.name, fact)
    return {name: _make_row(name, found[name]) for name in ("", *names)}


def _find_row(place: str, names: Container[str]) -> str:
    """Find the row that shows what is said of elements: their own, or that of the array."""
    while place not in names and place.endswith(ELEMENTS):
        place = place.removesuffix(ELEMENTS)
    return place


def _make_row(name: str, facts: Mapping[str, Fact]) -> RowOrigins:
    labels = LABELS if name else LABELS_OF_MODEL
    ordered = [one for one in labels if one in facts] + [one for one in facts if one not in labels]
    return RowOrigins(tuple(_make_fact(facts[one], labels.get(one) or write_header(one)) for one in ordered))


def _make_fact(fact: Fact, label: str) -> FactOrigins:
    is_marked = {
        "corrected": fact.is_corrected,
        "disputed": fact.is_disputed,
        "undocumented": fact.is_known and not fact.is_documented,
        "unsourced": not fact.is_known,
    }
    marks = tuple(mark for mark in MARKS if is_marked[mark])
    statements = tuple(_make_statement(fact, one) for one in fact.quotations)
    return FactOrigins(label, fact.keyword, fact.value, statements, fact.reason, marks)


def _make_statement(fact: Fact, one: Quotation) -> Statement:
    title = "an overlay" if one.source == "overlay" else SOURCE_TITLES[one.source]
    # A record that does not say that a parameter is required says that it is not: then its text is that of the whole parameter.
    is_silent = fact.name == "required" and one.source == "record" and one.written.startswith("{")
    written = "" if is_silent else _show(one.written)
    return Statement(one.source, title, one.place, one.row, written, one.judgement)


def _show(text: str) -> str:
    return shorten(collapse_whitespace(text), MAX_WRITTEN)
