"""Guess what a vendor's words for types stand for. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from paramsync.guessing.usual import FORMAT, OBJECTS, TYPE_OF_WORD, find_patterns
from paramsync.rules import SCALARS

COMMON = ("string", "integer", "number", "boolean", "array", "object")  # which other pages may have
MODEL = re.compile(
    r"[A-Z][A-Za-z0-9]+(?:[._][A-Za-z0-9]+)*"
)  # how the name of an object of an API is written
NAME = re.compile(r"[\w.]+")
WHAT_IT_IS = re.compile(
    r" (?:structure|object|type|schema|resource|model|fields)$", re.IGNORECASE
)  # behind a noun
MAX_DEPTH = 5
MAX_WORDS = 200
REFERENCE = {"ref": "{T}"}


@dataclass
class GuessedTypes:
    """Words and patterns with what they stand for, and the words of which nobody knows."""

    words: dict[str, Any] = field(default_factory=dict)
    patterns: dict[str, Any] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)
    has_references: bool = False

    @property
    def all(self) -> dict[str, Any]:
        """All in the order in which they count: the first pattern that a word has decides."""
        references = {"{T}": REFERENCE} if self.has_references else {}
        return self.words | self.patterns | references


def guess_types(words: Iterable[str], models: frozenset[str]) -> GuessedTypes:
    """Guess the types of words; what may be the name of a model, or is one, refers to it."""
    words, nouns = [*dict.fromkeys(words)][:MAX_WORDS], _list_nouns(models)
    if models.isdisjoint(part for word in words for part in NAME.findall(word)):
        models = frozenset()  # none of them is the type of a value
    types = _unite(
        _find_object(word, nouns) or _explain(word, models, 0) or GuessedTypes(unknown={word: None})
        for word in words
    )
    if not types.words or any(map(str.islower, types.words)):
        types.words.update({word: word for word in COMMON if word not in types.words})
    return types


def _find_object(word: str, nouns: Mapping[str, str]) -> GuessedTypes | None:
    """Return what explains a word for objects that a model describes under another name; None if there is no such model."""
    found = OBJECTS.fullmatch(word)
    model = nouns.get(_fold(found["noun"])) if found else None
    if not found or not model:
        return None
    reference = {"ref": model}
    return GuessedTypes({word: {"array": reference} if found["array"] else reference})


def _list_nouns(models: Iterable[str]) -> dict[str, str]:
    """List what models may be called: noun -> id; none that two may be called."""
    nouns = [(_fold(WHAT_IT_IS.sub("", one)), one) for one in models]
    count = Counter(noun for noun, _ in nouns)
    return {noun: one for noun, one in nouns if noun and count[noun] == 1}


def _fold(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _explain(word: str, models: frozenset[str], depth: int) -> GuessedTypes | None:
    """Return what explains a word; None if nobody knows what it is. A name inside it that nobody knows is left open."""
    if word in models:
        return GuessedTypes(has_references=True)
    found = FORMAT.fullmatch(word)
    kind = TYPE_OF_WORD.get((found["word"] if found else word).lower())
    if kind and (not found or kind in SCALARS):
        return GuessedTypes({word: kind})
    for pattern, meant, inside in find_patterns(word) if depth < MAX_DEPTH else ():
        if "{T}" not in str(meant):
            return GuessedTypes(patterns={pattern: meant})
        parts = [_explain(one, models, depth + 1) or _leave_open(one) for one in inside]
        is_array = isinstance(meant, dict) and "array" in meant
        if None not in parts and (is_array or any(one and not one.unknown for one in parts)):
            return _unite([*filter(None, parts), GuessedTypes(patterns={pattern: meant})])
    return GuessedTypes(has_references=True) if models and MODEL.fullmatch(word) else None


def _leave_open(word: str) -> GuessedTypes | None:
    return GuessedTypes(unknown={word: None}) if NAME.fullmatch(word) and word != "null" else None


def _unite(parts: Iterable[GuessedTypes]) -> GuessedTypes:
    whole = GuessedTypes()
    for one in parts:
        whole.words.update(one.words)
        whole.patterns.update(one.patterns)
        whole.unknown.update(one.unknown)
        whole.has_references |= one.has_references
    return whole
