"""Find the tables of parameters of a page that no profile describes yet, and what its headers may mean. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from paramsync.guessing.usual import ASIDE, NAME, NOTHING, find_meaning
from paramsync.pages.meanings import Meaning, is_annotation
from paramsync.pages.page import Page, Section, Table, Text
from paramsync.rules import LIMITS
from paramsync.text import MAX_LENGTH, UNSAFE

MAX_ROWS = 3000  # of a page, from which what is usual there can be told
TELLING = (
    "type",
    "default",
    "required",
    "description",
)  # the first of these that any table has tells those of parameters


@dataclass(frozen=True)
class FoundTable:
    """A table that may be of parameters, and the headings that it is below, the outermost first."""

    table: Table
    above: tuple[Section, ...]

    @cached_property
    def columns(self) -> dict[str, Meaning]:
        """The likely meaning of each header, in order; no two have the same, but for columns that are not read."""
        columns: dict[str, Meaning] = {}
        for index, header in enumerate(self.table.header):
            taken = {*columns.values()} - {"ignored"}
            meaning = find_meaning(header.plain)
            if meaning in LIMITS and not self._has_numbers(index):
                meaning = ""
            if not meaning or meaning in taken:
                meaning = _name_annotation(header.plain)
            columns.setdefault(header.plain, "ignored" if meaning in taken else meaning)
        return columns if "name" in columns.values() else self._name_first(columns)

    @property
    def meanings(self) -> set[Meaning]:
        return {*self.columns.values()} - {"ignored"}

    @property
    def is_aside(self) -> bool:
        """True if a heading says that it is about something else than what is sent."""
        return any(ASIDE.search(one.heading.plain) for one in self.above)

    def cells(self, meaning: Meaning) -> list[Text]:
        """Return the cells of a column; none where the table has no such column."""
        return [row[meaning] for row in self.rows if meaning in row]

    @cached_property
    def rows(self) -> list[dict[Meaning, Text]]:
        """The rows that are whole, by the meanings of their cells."""
        width, meanings = len(self.table.header), [self.columns[one.plain] for one in self.table.header]
        return [dict(zip(meanings, row, strict=True)) for row in self.table.rows if len(row) == width]

    def _name_first(self, columns: dict[str, Meaning]) -> dict[str, Meaning]:
        """Take what stands before types and more for names, whatever its header, if it looks like names."""
        first = self.table.header[0].plain if self.table.header else ""
        texts = [row[0].value for row in self.table.rows if row]
        are_names = len({*texts}) == len(texts) and all(map(NAME.fullmatch, texts))
        is_told = "type" in columns.values() and len({*columns.values()} & {*TELLING}) > 1
        is_free = columns.get(first) not in TELLING
        return columns | {first: "name"} if are_names and is_told and is_free else columns

    def _has_numbers(self, index: int) -> bool:
        """Tell whether the cells of a column are numbers, perhaps with a unit, as far as they say anything."""
        texts = [row[index].plain for row in self.table.rows if len(row) > index]
        said = [text for text in texts if text.lower() not in NOTHING]
        return sum(text[:1].isdigit() or text[:1] == "-" for text in said) * 2 >= len(said)


def find_tables(page: Page) -> tuple[list[FoundTable], list[FoundTable]]:
    """Find the tables that are likely to be of parameters, and those that only look like it."""
    found = [one for one in _find_all(page) if _may_be_of_parameters(one)]
    kind = next((kind for kind in TELLING if any(kind in one.meanings for one in found)), "")
    of_kind = _drop_answers([one for one in found if kind in one.meanings])
    likely = [one for one in of_kind if not one.is_aside] or of_kind
    return _cut(likely), [one for one in found if one not in likely]


def _drop_answers(tables: list[FoundTable]) -> list[FoundTable]:
    """Leave out what says nothing of what is required beside a table that does, below the same heading: what comes back."""
    telling = {id(one.above[-1]) for one in tables if "required" in one.meanings}
    return [one for one in tables if "required" in one.meanings or id(one.above[-1]) not in telling]


def find_columns(tables: list[FoundTable]) -> tuple[dict[str, Meaning], dict[str, Meaning]]:
    """Return the meanings of headers: of those whose meaning each table has, and of others."""
    each = set[Meaning].intersection(*(one.meanings for one in tables)) if tables else set[Meaning]()
    votes: dict[str, Counter[Meaning]] = {}
    spelled: dict[str, str] = {}
    for one in tables:
        for header, meaning in one.columns.items():
            spelled.setdefault(header.casefold(), header)
            votes.setdefault(header.casefold(), Counter())[meaning] += 1
    chosen = {spelled[key]: count.most_common(1)[0][0] for key, count in votes.items()}
    always = {header: meaning for header, meaning in chosen.items() if meaning in each}
    return always, {header: meaning for header, meaning in chosen.items() if header not in always}


def _find_all(page: Page) -> Iterator[FoundTable]:
    opened: list[Section] = []
    for section in page.sections:
        opened = [one for one in opened if one.level < section.level]
        opened.append(section)
        for table in section.tables:
            yield FoundTable(table, tuple(opened))


def _may_be_of_parameters(found: FoundTable) -> bool:
    return "name" in found.meanings and bool(found.meanings & {*TELLING}) and bool(found.rows)


def _cut(tables: list[FoundTable]) -> list[FoundTable]:
    """Leave out the tables after the first thousands of rows."""
    kept, rows = list[FoundTable](), 0
    for one in tables:
        rows += len(one.table.rows)
        if rows > MAX_ROWS and kept:
            break
        kept.append(one)
    return kept


def _name_annotation(header: str) -> str:
    """Name an annotation after a header; `ignored` where that gives no name."""
    name = "-".join(
        ["x", *"".join(one if one.isascii() and one.isalnum() else " " for one in header.lower()).split()]
    )
    is_usable = is_annotation(name) and len(header) <= MAX_LENGTH and not UNSAFE.search(header)
    return name if is_usable else "ignored"
