"""Guess what a vendor's words for types stand for. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from paramsync.guessing.usual import FORMAT, TYPE_OF_WORD, find_patterns
from paramsync.rules import SCALARS

COMMON = ("string", "integer", "number", "boolean", "array", "object")  # which other pages may have
MODEL = re.compile(
    r"[A-Z][A-Za-z0-9]+(?:[._][A-Za-z0-9]+)*"
)  # how the name of an object of an API is written
NAME = re.compile(r"[\w.]+")
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
    types, words = GuessedTypes(), [*dict.fromkeys(words)][:MAX_WORDS]
    if models.isdisjoint(part for word in words for part in NAME.findall(word)):
        models = frozenset()  # none of them is the type of a value
    for word in words:
        if not _add(word, types, models, 0):
            types.unknown[word] = None
    lower = [word for word in types.words if word.islower()]
    if lower or not types.words:
        types.words |= {word: word for word in COMMON if word not in types.words}
    return types


def _add(word: str, types: GuessedTypes, models: frozenset[str], depth: int) -> bool:
    """Add what is needed to understand a word; tell whether it is understood."""
    if word in types.words or word in models:
        types.has_references |= word in models
        return True
    found = FORMAT.fullmatch(word)
    plain = found["word"] if found else word
    kind = TYPE_OF_WORD.get(plain.lower())
    if kind and (not found or kind in SCALARS):
        types.words[word] = kind
        return True
    for pattern, meant, inside in find_patterns(word) if depth < MAX_DEPTH else ():
        before = GuessedTypes(dict(types.words), dict(types.patterns), {}, types.has_references)
        if all(_add(one, types, models, depth + 1) for one in inside):
            types.patterns[pattern] = meant
            return True
        types.words, types.patterns, types.has_references = (
            before.words,
            before.patterns,
            before.has_references,
        )
    if models and MODEL.fullmatch(word):
        types.has_references = True
        return True
    return False
