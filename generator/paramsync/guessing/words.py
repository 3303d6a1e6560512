"""Guess the words in cells: for yes, no and nothing, how defaults are written, and what is required where no column says so. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from paramsync.guessing.found import FoundTable
from paramsync.guessing.usual import MARKS, NOTHING, OPTIONAL, PAIRS, REQUIRED, STAR_IS_REQUIRED, find_answer
from paramsync.pages.meanings import Meaning
from paramsync.pages.page import Text
from paramsync.pages.statements import remove_emphasis
from paramsync.pages.tables import ValueForm
from paramsync.rules import LIMITS

OPTIONALS = ("default", "choices", *LIMITS)  # meanings of columns that may say that there is nothing
UNIT = re.compile(r"-?[\d.,]+ (?P<unit>\S+)")
JSON = re.compile(r"\".*\"|\[.*\]|\{.*\}", re.DOTALL)
MAX_WORDS = 30


def guess_values(cells: list[Text]) -> ValueForm:
    """Tell how defaults are written by those that say something."""
    said = [one for one in cells if one.codes or one.value.lower() not in NOTHING]
    if any(JSON.fullmatch(one.value) for one in said):
        return "json"
    return "code" if 2 * sum(bool(one.codes) for one in said) > len(said) else "bare" if said else "code"


def guess_words(tables: list[FoundTable]) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Guess the words for yes, no and nothing, and of a column for yes and no those that are neither."""
    said = [*dict.fromkeys(cell.plain for cell in find_cells(tables, "required"))][:MAX_WORDS]
    words = {
        "yes": [one for one in said if find_answer(one) is True],
        "no": [one for one in said if find_answer(one) is False],
    }
    for yes in words["yes"]:
        no = PAIRS.get(yes.lower(), "")
        if no and not any(one.lower() == no for one in words["no"]):
            words["no"].append(no.title() if yes.istitle() else no.upper() if yes.isupper() else no)
    cells = [cell for meaning in OPTIONALS for cell in find_cells(tables, meaning)]
    plain = dict.fromkeys(cell.value for cell in cells if not cell.codes)
    words["nothing"] = [one for one in plain if one.lower() in NOTHING]
    limits = [cell for meaning in LIMITS for cell in find_cells(tables, meaning)]
    units = (UNIT.fullmatch(cell.plain) for cell in limits)
    words["units"] = [*dict.fromkeys(one["unit"] for one in units if one)]
    unknown = tuple(one for one in said if find_answer(one) is None)
    return {name: found for name, found in words.items() if found}, unknown


def guess_required(tables: list[FoundTable]) -> tuple[list[dict[str, Any]], bool]:
    """Guess how descriptions begin that say what is required, and whether the others are: where only what is optional is said.

    Tables without a column for it may stand beside some that have one.
    """
    without = [one for one in tables if "required" not in one.meanings]
    texts = [remove_emphasis(cell.prose) for cell in find_cells(without, "description")]
    said = {
        f"^{found['word']}": states
        for states, pattern in ((False, OPTIONAL), (True, REQUIRED))
        for text in texts
        if (found := pattern.match(text))
    }
    marks = _guess_marks(tables)
    sentences = [{"match": match, "states": {"required": states}} for match, states in said.items()] + marks
    answers = {*said.values(), *(one["states"]["required"] for one in marks if "required" in one["states"])}
    return sentences, answers == {False}


def _guess_marks(tables: list[FoundTable]) -> list[dict[str, Any]]:
    """Guess what stands beside names in their cells; what may mean anything is an annotation."""
    names = [remove_emphasis(cell.value) for cell in find_cells(tables, "name")]
    above = {text.value for one in tables for section in one.above for text in section.prose}
    is_star_required = any(map(STAR_IS_REQUIRED.search, above))
    found = dict[str, dict[str, Any]]()
    for pattern, is_required in MARKS:
        for mark in (said["mark"] for name in names if (said := pattern.fullmatch(name))):
            is_known = is_required is not None or is_star_required
            states = {"required": is_required is not False} if is_known else {"x-mark": mark.strip()}
            found.setdefault(f"{{name}}{mark}", states)
    return [{"match": match, "states": states} for match, states in found.items()]


def find_cells(tables: Iterable[FoundTable], meaning: Meaning) -> Iterator[Text]:
    return (cell for one in tables for cell in one.cells(meaning))
