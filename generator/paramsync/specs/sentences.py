"""Read what descriptions state in sentences that the profile declares: facts, or findings where a sentence says something else. Pure."""

from typing import Any

from paramsync.pages.page import Text
from paramsync.pages.statements import Statement, find_statements, read_number_text, split_list, unquote
from paramsync.rules import LIMITS, json_key
from paramsync.specs import cells
from paramsync.specs.draft import Draft
from paramsync.specs.schema import find_leaf
from paramsync.text import Json, json_line, quote, shorten

MAX_TEXT = 20_000  # characters of a description in which sentences are looked for


def read_sentences(cell: Text, schema: Json, facts: Json, draft: Draft, name: str) -> Json:
    """Read the facts that the sentences of a cell state, given those of the other cells, which count: keyword -> value.

    Of what two sentences state differently, neither is taken.
    """
    sentences, found, doubtful = draft.profile.prose, dict[str, Any](), set[str]()
    if not sentences:
        return found
    for said in find_statements(cell.marked[:MAX_TEXT], sentences):
        if said.keyword in doubtful:
            continue
        value = _read_value(said, schema, draft)
        if value is None:
            problem = f"{quote(said.sentence)} states no {said.keyword} that can be read"
            draft.doubt("unread-sentence", cell, problem, name, said.keyword)
        elif said.keyword in found and json_key(found[said.keyword]) != json_key(value):
            problem = f"{said.keyword}: {_show(found[said.keyword])}, but {_show(value)} in {quote(said.sentence)}: none is taken"
            draft.doubt("sentences-differ", cell, problem, name, said.keyword)
            doubtful.add(said.keyword)
        elif said.keyword in facts and json_key(facts[said.keyword]) != json_key(value):
            problem = f"{said.keyword}: {_show(facts[said.keyword])}, which counts, but {_show(value)} in {quote(said.sentence)}"
            draft.doubt("sentences-differ", cell, problem, name, said.keyword)
        else:
            found[said.keyword] = value
    return {key: value for key, value in found.items() if key not in facts and key not in doubtful}


def read_mark(said: Statement, draft: Draft) -> Any:
    """Read what stands beside a name or a type: a limit, or what it says as it is."""
    is_limit = said.value is None and said.keyword in LIMITS
    return _read_limit(said, draft) if is_limit else said.text if said.value is None else said.value


def _read_value(said: Statement, schema: Json, draft: Draft) -> Any:
    """Read what a sentence states; None if it is no value of its keyword."""
    if said.is_denied:
        return None
    if said.value is not None:
        return said.value
    words = draft.profile.words
    if said.keyword == "choices":
        items = split_list(said.text)
        leaf = find_leaf(schema)
        return cells.read_values(items, leaf, words) if items and cells.has_choices(leaf) else None
    if said.keyword == "default":
        return _read_default(said.text, schema, draft)
    if said.keyword in LIMITS:
        return _read_limit(said, draft)
    return said.text


def _read_limit(said: Statement, draft: Draft) -> float | None:
    return cells.read_limit_text(read_number_text(said.text, draft.profile.words.units), LIMITS[said.keyword])


def _read_default(text: str, schema: Json, draft: Draft) -> Any:
    """Read a quoted text, a code span, or a word; a number may have a unit."""
    words, form = draft.profile.words, draft.profile.tables.values
    value, _, unit = text.partition(" ")
    text = value if unit in words.units else text
    if " " in text and unquote(text) == text:
        return None
    return cells.read_default_text(text.strip("`") if form == "json" else unquote(text), schema, words, form)


def _show(value: Any) -> str:
    return shorten(json_line(value))
