"""The names and choices that are allowed, and which of them comes nearest to a wrong one. Standard library only."""

from collections.abc import Collection
from typing import Any

from .display import MAX_READ, MAX_SHOWN, show

ENOUGH_ALIKE = 0.6  # of the letters of two names, to take one for the other
MAX_COMPARED = (
    50  # names that are compared letter by letter: those with a similar length and the same letters
)


class Vocabulary:
    """The names or choices that are allowed, in their order; what messages say of them is prepared when the first one is read."""

    __slots__ = ("_hints", "_listed", "_words", "known", "values")

    def __init__(self, values: Collection[Any]) -> None:
        self.values: Collection[Any] = values
        self.known: frozenset[Any] = frozenset(values)
        self._listed: str | None = None
        self._words: list[_Word] | None = None
        self._hints: dict[str, str] = {}

    @property
    def listed(self) -> str:
        """All of them, for a message."""
        if self._listed is None:
            self._listed = ", ".join(map(show, self.values))
        return self._listed

    def suggest(self, value: object) -> str:
        """Return the hint `; did you mean ...?` for a value, or what is kept of it; or an empty text if none is similar."""
        if not isinstance(value, str) or len(value) > MAX_SHOWN:
            return ""
        if self._words is None:
            self._hints = {
                fold(one): f"; did you mean {show(one)}?" for one in self.values if isinstance(one, str)
            }
            self._words = [(text, len(text), _mark_letters(text)) for text in self._hints]
        word = fold(value)
        near = word if word in self._hints else _find_nearest(word, self._words)
        return "" if near is None else self._hints[near]


def nearest(value: object, values: Collection[Any]) -> str:
    """Return the hint `; did you mean ...?` for one value that is none of some, or an empty text if none is similar."""
    return Vocabulary(values).suggest(value)


def fold(name: str) -> str:
    """Return a name without what people mistake: capitals and underscores."""
    return name[:MAX_READ].lower().replace("_", "")


_Word = tuple[str, int, int]
"""A folded text, its length, and its letters."""


def _mark_letters(text: str) -> int:
    """Return a number with a bit for each letter; some letters share one, as small numbers are faster."""
    marked = 0
    for letter in text:
        marked |= 1 << ord(letter) % 29
    return marked


def _find_nearest(word: str, words: list[_Word]) -> str | None:
    """Return what `difflib.get_close_matches` gives first: of the words with the highest ratio, the last one in the alphabet."""
    length, others, highest, near = len(word), ~_mark_letters(word), ENOUGH_ALIKE, ""
    for text, size, letters in words if len(words) <= MAX_COMPARED else _most_alike(word, words):
        if (
            2.0 * (size - (letters & others).bit_count()) / (length + size) >= highest
        ):  # else too few letters are in the word
            ratio = 2.0 * _count_alike(text, word) / (length + size)
            highest, near = max((highest, near), (ratio, text))
    return near or None


def _most_alike(word: str, words: list[_Word]) -> list[_Word]:
    """Return the words of a similar length, and with the same letters."""
    from heapq import nsmallest

    letters = set(word)
    return nsmallest(
        MAX_COMPARED, words, lambda one: abs(one[1] - len(word)) - len(letters.intersection(one[0]))
    )


def _count_alike(text: str, word: str) -> int:
    """Count the letters in the longest piece that two texts have in common, and in the same way on both sides of it."""
    if text in word:
        return len(text)
    if word in text:
        return len(word)
    start = begin = 0
    for end in range(
        1, len(text) + 1
    ):  # from start to end it is one letter more than the longest piece so far
        if text[start:end] in word:
            begin = start
        else:
            start += 1
    size = len(text) - start
    if size <= 1:
        return _count_letters(text, word)
    before, _, after = word.partition(text[begin : begin + size])
    return size + _count_alike(text[:begin], before) + _count_alike(text[begin + size :], after)


def _count_letters(text: str, word: str) -> int:
    """Count the same where no piece is longer than a letter."""
    count = 0
    for letter in text:
        _, found, after = word.partition(letter)
        if found:
            count, word = count + 1, after
    return count
