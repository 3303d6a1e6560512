"""Guess how a page is to be read: all that its profile says of tables, columns, types, words and sentences. Pure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from paramsync.guessing.found import FoundTable, find_columns, find_tables
from paramsync.guessing.ids import FoundIds, find_ids
from paramsync.guessing.sentences import Described, are_read, guess_sentences
from paramsync.guessing.types import GuessedTypes, guess_types
from paramsync.guessing.usual import (
    ASIDE,
    NOTHING,
    SITE_TITLE,
    TYPE_OF_WORD,
    UPDATED,
)
from paramsync.guessing.words import find_cells, guess_required, guess_values, guess_words
from paramsync.pages.meanings import Meaning, list_keywords
from paramsync.pages.page import Page
from paramsync.pages.statements import Sentence
from paramsync.pages.tables import ValueForm

DOTTED = re.compile(r"[\w\]]\.\w")
LIMITS_COLUMN = "x-range"  # it has sentences if all that it says can be read as such
LENGTHS = {"minLength": ("minLength", "minItems"), "maxLength": ("maxLength", "maxItems")}


@dataclass(frozen=True)
class Guess:
    """What the profile of a page is likely to say; what could not be told is empty."""

    place: FoundIds = field(default_factory=FoundIds)
    columns: dict[str, Meaning] = field(default_factory=dict)
    possible_columns: dict[str, Meaning] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    required: bool = False
    values: ValueForm = "code"
    nested: str = ""
    types: GuessedTypes = field(default_factory=GuessedTypes)
    sentences_of_page: dict[str, str] = field(default_factory=dict)
    prose: tuple[dict[str, Any], ...] = ()
    words: dict[str, list[str]] = field(default_factory=dict)
    unknown_words: tuple[str, ...] = ()  # of the column for what is required

    @property
    def meanings(self) -> set[Meaning]:
        return {*self.columns.values(), *self.possible_columns.values()}

    @property
    def prose_states_required(self) -> bool:
        """True if sentences say what is required, or what is not."""
        return any("required" in one.get("states", ()) for one in self.prose)


def guess_profile(page: Page) -> Guess:
    """Guess the profile of a page; that of no page in particular, if it has no table of parameters."""
    tables, others = find_tables(page)
    if not tables:
        return Guess()
    columns, possible = (_widen(one, tables) for one in find_columns(tables))
    meanings = {*columns.values(), *possible.values()}
    place = find_ids(page, tables)
    types = guess_types(
        (cell.without_links().plain for cell in find_cells(tables, "type")),
        place.ids if place.may_be_types else frozenset(),
    )
    words, unknown = guess_words(tables)
    stated, is_required = guess_required(tables)
    given = {keyword for meaning in meanings for keyword in list_keywords(meaning)}
    in_limits = _guess_limits(tables, given)
    if in_limits:
        columns, possible = (_replace(one, LIMITS_COLUMN, "prose") for one in (columns, possible))
    sentences = [*in_limits, *guess_sentences([*_describe(tables, "description")], given)]
    return Guess(
        place=place,
        columns=columns,
        possible_columns=possible,
        needs=_guess_needs(others, columns),
        ignored=_guess_ignored(tables, others),
        required=is_required,
        values=guess_values([*find_cells(tables, "default")]),
        nested="." if _are_nested([one.plain for one in find_cells(tables, "name")]) else "",
        types=types if "type" in meanings else GuessedTypes(),
        sentences_of_page=_guess_sentences_of_page(page),
        prose=(*stated, *({"match": match} for match in dict.fromkeys(one.match for one in sentences))),
        words=words,
        unknown_words=unknown,
    )


def _are_nested(names: list[str]) -> bool:
    """Tell whether names are inside each other: several have a point, or one begins with another one."""
    dotted = [one for one in names if DOTTED.search(one)]
    return len(dotted) > 1 or any(re.split(r"[.\[]", one)[0] in names for one in dotted)


def _guess_limits(tables: list[FoundTable], given: Collection[str]) -> list[Sentence]:
    """Guess the sentences of a column for all sorts of limits; none if not all that it says can be read."""
    limits = [*_describe(tables, LIMITS_COLUMN)]
    sentences = guess_sentences(limits, given)
    return sentences if are_read(limits, sentences) else []


def _replace(columns: dict[str, Meaning], old: Meaning, new: Meaning) -> dict[str, Meaning]:
    return {header: new if meaning == old else meaning for header, meaning in columns.items()}


def _widen(columns: dict[str, Meaning], tables: list[FoundTable]) -> dict[str, Meaning]:
    """Let a column of lengths give the numbers of elements, too, where it does of an array."""
    rows = (row for one in tables for row in one.rows if "type" in row)
    arrays = [row for row in rows if _kind_of(row["type"].plain) == "array"]

    def widen(meaning: Meaning) -> Meaning:
        wider = LENGTHS.get(meaning) if isinstance(meaning, str) else None
        is_said = any(meaning in row and row[meaning].plain.lower() not in NOTHING for row in arrays)
        return wider if wider and is_said and wider[1] not in columns.values() else meaning

    return {header: widen(meaning) for header, meaning in columns.items()}


def _kind_of(word: str) -> str:
    """Tell the JSON type of a word from its beginning, or from the brackets at its end."""
    word = word.lower().removeprefix("?").removeprefix("nullable ")
    return "array" if word.endswith("[]") else TYPE_OF_WORD.get(re.split(r"[\s(<\[]", word)[0], "")


def _guess_sentences_of_page(page: Page) -> dict[str, str]:
    """Guess in which sentences a page states its title, without the site's, and its date."""
    texts = (text.value for section in page.sections[:3] for text in section.prose)
    title, dates = SITE_TITLE.fullmatch(page.title), (UPDATED.search(text) for text in texts)
    found = {"title": f"{{title}}{title['site']}"} if title else {}
    date = next(filter(None, dates), None)
    return found | ({"updated": f"{date['before']}{{updated}}{date['after']}"} if date else {})


def _guess_needs(others: list[FoundTable], columns: dict[str, Meaning]) -> tuple[str, ...]:
    """Say what tells tables of parameters, where others would be taken for some of them."""
    meanings = {*columns.values()} - {"ignored"}
    if not any(2 * len(one.meanings & meanings) > len(meanings) and not one.is_aside for one in others):
        return ()
    rest = set[Meaning]().union(*(one.meanings for one in others if not one.is_aside))
    telling = [
        one for one in dict.fromkeys(columns.values()) if one in meanings - rest and isinstance(one, str)
    ]
    return ("name", *telling[:2]) if telling else ()


def _guess_ignored(tables: list[FoundTable], others: list[FoundTable]) -> tuple[str, ...]:
    """Return patterns for the headings of tables that are about something else."""
    wanted = {id(section) for one in tables for section in one.above}
    headings = [section.heading.plain for one in others for section in one.above if id(section) not in wanted]
    found = (ASIDE.search(heading) for heading in headings)
    return tuple(dict.fromkeys(f"*{one[0]}*" for one in found if one))


def _describe(tables: list[FoundTable], column: str) -> Iterator[Described]:
    """Give the texts of a column that say anything, with the types of their parameters."""
    for table in tables:
        for row in table.rows:
            if column in row and row[column].value.lower() not in NOTHING:
                kind = _kind_of(row["type"].plain) if "type" in row else ""
                yield Described(row[column].prose, kind)
