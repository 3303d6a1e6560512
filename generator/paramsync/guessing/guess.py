"""Guess how a page is to be read: all that its profile says of tables, columns, types, words and sentences. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from paramsync.guessing.found import FoundTable, find_columns, find_tables
from paramsync.guessing.ids import Place, find_place
from paramsync.guessing.sentences import Described, guess_sentences
from paramsync.guessing.types import GuessedTypes, guess_types
from paramsync.guessing.usual import (
    ASIDE,
    NO,
    NOTHING,
    OPTIONAL,
    PAIRS,
    REQUIRED,
    SITE_TITLE,
    TYPE_OF_WORD,
    UPDATED,
    YES,
)
from paramsync.pages.meanings import Meaning, list_keywords
from paramsync.pages.page import Page, Text
from paramsync.pages.statements import remove_emphasis
from paramsync.pages.tables import ValueForm
from paramsync.rules import LIMITS

OPTIONALS = ("default", "choices", *LIMITS)  # meanings of columns that may say that there is nothing
UNIT = re.compile(r"-?[\d.,]+ (?P<unit>\S+)")
JSON = re.compile(r"\".*\"|\[.*\]|\{.*\}", re.DOTALL)
DOTTED = re.compile(r"[\w\]]\.\w")
MAX_WORDS = 30
LENGTHS = {"minLength": ("minLength", "minItems"), "maxLength": ("maxLength", "maxItems")}


@dataclass(frozen=True)
class Guess:
    """What the profile of a page is likely to say; what could not be told is empty."""

    place: Place = field(default_factory=Place)
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
        return any("states" in one for one in self.prose)


def guess_profile(page: Page) -> Guess:
    """Guess the profile of a page; that of no page in particular, if it has no table of parameters."""
    tables, others = find_tables(page)
    if not tables:
        return Guess()
    columns, possible = (_widen(one, tables) for one in find_columns(tables))
    meanings = {*columns.values(), *possible.values()}
    place = find_place(page, tables)
    types = guess_types(
        (cell.plain for cell in _cells(tables, "type")), place.ids if place.may_be_types else ()
    )
    words, unknown = _guess_words(tables)
    stated, is_required = _guess_required(tables)
    given = {keyword for meaning in meanings for keyword in list_keywords(meaning)}
    sentences = guess_sentences([*_describe(tables)], given)
    return Guess(
        place=place,
        columns=columns,
        possible_columns=possible,
        needs=_guess_needs(others, columns),
        ignored=_guess_ignored(tables, others),
        required=is_required,
        values=_guess_values([*_cells(tables, "default")]),
        nested="." if sum(bool(DOTTED.search(one.plain)) for one in _cells(tables, "name")) > 1 else "",
        types=types if "type" in meanings else GuessedTypes(),
        sentences_of_page=_guess_sentences_of_page(page),
        prose=(*stated, *({"match": one.match} for one in sentences)),
        words=words,
        unknown_words=unknown,
    )


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
    word = word.lower()
    return "array" if word.endswith("[]") else TYPE_OF_WORD.get(re.split(r"[\s(<\[]", word)[0], "")


def _guess_sentences_of_page(page: Page) -> dict[str, str]:
    """Guess in which sentences a page states its title, without the site's, and its date."""
    texts = (text.value for section in page.sections[:3] for text in section.prose)
    title, dates = SITE_TITLE.fullmatch(page.title), (UPDATED.search(text) for text in texts)
    found = {"title": f"{{title}}{title['site']}"} if title else {}
    date = next(filter(None, dates), None)
    return found | ({"updated": f"{date['before']}{{updated}}{date['after']}"} if date else {})


def _cells(tables: Iterable[FoundTable], meaning: Meaning) -> Iterator[Text]:
    return (cell for one in tables for cell in one.cells(meaning))


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


def _guess_values(cells: list[Text]) -> ValueForm:
    """Tell how defaults are written by those that say something."""
    said = [one for one in cells if one.codes or one.value.lower() not in NOTHING]
    if any(JSON.fullmatch(one.value) for one in said):
        return "json"
    return "code" if 2 * sum(bool(one.codes) for one in said) > len(said) else "bare" if said else "code"


def _guess_words(tables: list[FoundTable]) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Guess the words for yes, no and nothing, and of a column for yes and no those that are neither."""
    said = [*dict.fromkeys(cell.plain for cell in _cells(tables, "required"))][:MAX_WORDS]
    words = {
        "yes": [one for one in said if one.lower() in YES],
        "no": [one for one in said if one.lower() in NO],
    }
    for yes in words["yes"]:
        no = PAIRS.get(yes.lower(), "")
        if no and not any(one.lower() == no for one in words["no"]):
            words["no"].append(no.title() if yes.istitle() else no.upper() if yes.isupper() else no)
    cells = [cell for meaning in OPTIONALS for cell in _cells(tables, meaning)]
    plain = dict.fromkeys(cell.value for cell in cells if not cell.codes)
    words["nothing"] = [one for one in plain if one.lower() in NOTHING]
    limits = [cell for meaning in LIMITS for cell in _cells(tables, meaning)]
    units = (UNIT.fullmatch(cell.plain) for cell in limits)
    words["units"] = [*dict.fromkeys(one["unit"] for one in units if one)]
    unknown = tuple(one for one in said if one.lower() not in YES | NO)
    return {name: found for name, found in words.items() if found}, unknown


def _guess_required(tables: list[FoundTable]) -> tuple[list[dict[str, Any]], bool]:
    """Guess how descriptions begin that say what is required, and whether the others are: where only what is optional is said.

    Tables without a column for it may stand beside some that have one.
    """
    without = [one for one in tables if "required" not in one.meanings]
    texts = [remove_emphasis(cell.prose) for cell in _cells(without, "description")]
    said = {
        states: Counter(found["word"] for text in texts if (found := pattern.match(text)))
        for states, pattern in ((False, OPTIONAL), (True, REQUIRED))
    }
    sentences = [
        {"match": f"^{word}", "states": {"required": states}}
        for states, words in said.items()
        for word in words
    ]
    return sentences, bool(said[False]) and not said[True]


def _describe(tables: list[FoundTable]) -> Iterator[Described]:
    for table in tables:
        for row in table.rows:
            if "description" in row:
                kind = _kind_of(row["type"].plain) if "type" in row else ""
                yield Described(row["description"].prose, kind)
