"""Guess in which sentences descriptions state facts: those of the usual ones that a page has, as it writes them. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from paramsync.guessing.usual import SENTENCES
from paramsync.pages.statements import (
    Sentence,
    find_statements,
    read_number_text,
    remove_emphasis,
    split_list,
)
from paramsync.rules import LIMITS
from paramsync.specs.cells import read_limit_text
from paramsync.text import UNSAFE, collapse_whitespace

MAX_SENTENCES = 20
MAX_TEXT = 1000  # characters of a description


@dataclass(frozen=True)
class Described:
    """The description of a parameter, and its type, where that is known."""

    text: str
    type: str


def guess_sentences(descriptions: list[Described], given: Collection[str]) -> list[Sentence]:
    """Guess the sentences; none for what columns give. Each is one that more often can be read than not."""
    texts = [
        Described(collapse_whitespace(remove_emphasis(one.text))[:MAX_TEXT], one.type) for one in descriptions
    ]
    found: dict[str, int] = {}
    counts = Counter[str]()
    for rank, match in (each for one in texts for each in _find(one)):
        found.setdefault(match, rank)
        counts[match] += 1
    often = sorted(found, key=lambda match: (-counts[match], found[match]))
    chosen = list[Sentence]()
    for sentence in map(_make, sorted(often[: 3 * MAX_SENTENCES], key=found.__getitem__)):
        if sentence and not sentence.keywords & {*given} and _is_readable(sentence, tuple(chosen), texts):
            chosen.append(sentence)
    return chosen[:MAX_SENTENCES]


def are_read(texts: list[Described], sentences: list[Sentence]) -> bool:
    """Tell whether sentences find something in each of some texts."""
    return bool(texts) and all(any(find_statements(one.text, tuple(sentences))) for one in texts)


def _find(described: Described) -> Iterator[tuple[int, str]]:
    """Find what is usual in a description: its rank, and how the sentence is written here, with placeholders."""
    for rank, (kinds, pattern) in enumerate(SENTENCES):
        if described.type in kinds or "any" in kinds or not described.type:
            for found in pattern.finditer(described.text):
                match, end = found[0], found.start()
                for keyword in sorted(found.groupdict(), key=found.start, reverse=True):
                    start, stop = found.start(keyword) - end, found.end(keyword) - end
                    match = f"{match[:start]}{{{keyword.replace('_', '-')}}}{match[stop:]}"
                yield rank, f"^{match}" if pattern.pattern.startswith("^") else match


def _make(match: str) -> Sentence | None:
    return None if UNSAFE.search(match) or len(match) > 100 else Sentence(match=match)  # noqa: PLR2004


def _is_readable(sentence: Sentence, others: tuple[Sentence, ...], texts: list[Described]) -> bool:
    """Tell whether what a sentence says beside the others can be read as often as not."""
    votes = [
        _reads(said.keyword, said.text)
        for one in texts
        for said in find_statements(one.text, (*others, sentence))
        if said.keyword in sentence.keywords and sentence.pattern.fullmatch(said.sentence)
    ]
    return any(votes) and 2 * sum(votes) >= len(votes)


def _reads(keyword: str, text: str) -> bool:
    if keyword == "choices":
        return len(split_list(text) or ()) > 1
    if keyword in LIMITS:
        return read_limit_text(read_number_text(text, ()), LIMITS[keyword]) is not None
    return True
