"""Twins in sense: names of parameters that mean the same in different models, each with why. Pure.

What two names share is looked up by what is said (the list of choices, the description, the label), so that the time grows with the
parameters, and never with the pairs of names. What many names share tells nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations
from math import ceil
from typing import Any, Literal, NamedTuple

from paramsync.rendering.models import Model
from paramsync.rendering.names.variants import Use, group_alike
from paramsync.rendering.naming import CAMEL_CASE_BOUNDARY, WORD
from paramsync.rendering.values import Value, find_text
from paramsync.text import json_line

ReasonKind = Literal["choices", "nearly", "description", "label"]
Uses = Mapping[str, Sequence[Use]]  # by the slug of their name
Types = tuple[bool, tuple[str, ...], bool]
Pair = tuple[str, str]
_List = tuple[str, frozenset[str]]  # a slug, and choices

MAX_ALIKE = 4  # names: what more of them share is said of anything
TELLING_CHOICES = 5  # texts that two names hardly have in common by chance; names that are alike need fewer
FEW_CHOICES = 3
TELLING_WORDS, FEW_WORDS = 6, 3  # of a description, likewise
LABEL_WORDS = 2
NEAR = 0.75  # of all choices of two lists, those that both have
MAX_LISTS = 64  # that are compared for having one choice
MIN_PART = 4  # letters of a word that has meaning inside another: `sync` in `lipsync`
NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two names mean the same.

    `text` is the description or label that both have; of choices, `shared` are those of both, `own` those of the twin alone, and
    `missing` those that only the other name has.
    """

    kind: ReasonKind
    text: str = ""
    shared: tuple[Any, ...] = ()
    own: tuple[Any, ...] = ()
    missing: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """A name that means the same as another one, the models that take it, and why."""

    name: str
    models: tuple[Model, ...]
    reasons: tuple[Reason, ...]


class _Match(NamedTuple):
    """A thing that two uses say alike."""

    kind: ReasonKind
    one: Use
    other: Use


def find_twins(names: Uses) -> dict[str, tuple[Twin, ...]]:
    """Find the twins of each name, given the parameters that have it; that of most models first."""
    found: dict[str, list[Twin]] = {}
    models = {slug: frozenset(use.model.id for use in uses) for slug, uses in names.items()}
    matches: dict[Pair, list[_Match]] = {}
    for pair, match in (*_find_alike(names), *_find_near(names)):
        matches.setdefault(pair, []).append(match)
    for (one, other), those in sorted(matches.items()):
        sound = [match for match in those if not _contradict(match.one, match.other)]
        if models[one].isdisjoint(models[other]) and _mean_the_same(sound):
            found.setdefault(one, []).append(_make_twin(names[other], sound))
            turned = [_Match(match.kind, match.other, match.one) for match in sound]
            found.setdefault(other, []).append(_make_twin(names[one], turned))
    return {slug: tuple(sorted(twins, key=lambda one: -len(one.models))) for slug, twins in found.items()}


def _mean_the_same(matches: Sequence[_Match]) -> bool:
    """Tell whether what two names have in common is too much for chance."""
    if not matches:
        return False
    kinds = {one.kind: one.one.parameter for one in matches}
    alike = _are_alike(matches[0].one.parameter.name, matches[0].other.parameter.name)
    is_said = "description" in kinds or "label" in kinds
    if "choices" in kinds and (is_said or _are_telling(kinds["choices"].choices, alike=alike)):
        return True
    if "nearly" in kinds and (alike or is_said):
        return True
    if "description" in kinds:
        words = len(_fold(kinds["description"].description).split())
        return words >= (FEW_WORDS if alike else TELLING_WORDS)
    return "label" in kinds


def _are_telling(choices: Sequence[Any], *, alike: bool) -> bool:
    """Tell whether two names, which may be alike, hardly have all these choices by chance."""
    if alike:
        return len(choices) >= FEW_CHOICES
    return len(choices) >= TELLING_CHOICES and all(isinstance(one, str) for one in choices)


def _find_alike(names: Uses) -> Iterator[tuple[Pair, _Match]]:
    """Find the pairs of names of which something is said alike, for values of the same types."""
    said: dict[tuple[ReasonKind, Any, Types], dict[str, Use]] = {}
    for slug, uses in names.items():
        for use in uses:
            types = _list_types(use.parameter.value)
            for kind, key in _list_said(use):
                said.setdefault((kind, key, types), {}).setdefault(slug, use)
    for (kind, _, _), those in said.items():
        if len(those) <= MAX_ALIKE:
            for (one, use), (other, another) in combinations(sorted(those.items(), key=_first), 2):
                yield (one, other), _Match(kind, use, another)


def _list_said(use: Use) -> Iterator[tuple[ReasonKind, Any]]:
    if len(choices := _choices_of(use)) > 1:
        yield "choices", choices
    if text := _fold(use.parameter.description):
        yield "description", text
    label = _fold(find_text(use.parameter.schema, "x-label"))
    if len(label.split()) >= LABEL_WORDS:
        yield "label", label


def _find_near(names: Uses) -> Iterator[tuple[Pair, _Match]]:
    """Find the pairs of names that have nearly the same choices: lists of which each has all but few of the other's.

    Of two such lists, one of the rarest choices of one is among the rarest of the other.
    """
    lists = {
        (slug, _choices_of(use)): use
        for slug, uses in names.items()
        for use in reversed(uses)
        if len(use.parameter.choices) > FEW_CHOICES and use.parameter.value.leaf.types == ("string",)
    }
    numbers = Counter(chain.from_iterable(choices for _, choices in lists))
    having: dict[str, list[_List]] = {}
    for key in lists:
        rarest = sorted(key[1], key=lambda one: (numbers[one], one))
        for choice in rarest[: len(rarest) - ceil(NEAR * len(rarest)) + 1]:
            having.setdefault(choice, []).append(key)
    for keys in having.values():
        for one, other in combinations(sorted(keys[:MAX_LISTS], key=_first), 2):
            if one[0] != other[0] and one[1] != other[1] and _share(one[1], other[1]) >= NEAR:
                yield (one[0], other[0]), _Match("nearly", lists[one], lists[other])


def _make_twin(uses: Sequence[Use], matches: Iterable[_Match]) -> Twin:
    """Make a twin of which these are the uses; the other uses of each match are its."""
    name = group_alike(uses, lambda use: use.parameter.name)[0][0].parameter.name
    models = {use.model.id: use.model for use in uses}
    return Twin(name, tuple(models.values()), tuple(map(_make_reason, _take_best(matches))))


def _take_best(matches: Iterable[_Match]) -> Iterator[_Match]:
    """Take one match of each kind; of lists that are nearly alike only where none is alike, those that have most in common."""
    kinds: dict[str, list[_Match]] = {}
    for one in matches:
        kinds.setdefault(one.kind, []).append(one)
    if "choices" in kinds:
        kinds.pop("nearly", None)
    for those in kinds.values():
        yield max(those, key=lambda match: _share(_choices_of(match.one), _choices_of(match.other)))


def _make_reason(match: _Match) -> Reason:
    theirs = match.other.parameter
    if match.kind == "description":
        return Reason(match.kind, theirs.description)
    if match.kind == "label":
        return Reason(match.kind, find_text(theirs.schema, "x-label"))
    ours, of_twin = _choices_of(match.one), _choices_of(match.other)
    return Reason(
        match.kind,
        shared=tuple(one for one in theirs.choices if json_line(one) in ours),
        own=tuple(one for one in theirs.choices if json_line(one) not in ours),
        missing=tuple(one for one in match.one.parameter.choices if json_line(one) not in of_twin),
    )


def _contradict(one: Use, other: Use) -> bool:
    """Tell whether two parameters have choices, and hardly any of both."""
    choices, others = _choices_of(one), _choices_of(other)
    return bool(choices and others) and _share(choices, others) < NEAR


def _share(choices: frozenset[str], others: frozenset[str]) -> float:
    return len(choices & others) / max(len(choices | others), 1)


def _choices_of(use: Use) -> frozenset[str]:
    return frozenset(map(json_line, use.parameter.choices))


def _list_types(value: Value) -> Types:
    return value.is_array, value.leaf.types, value.is_file or value.leaf.is_file


def _are_alike(name: str, other: str) -> bool:
    """Tell whether all words of one name are in another: `lipsyncMode` has those of `syncMode`."""
    fewer, more = sorted((_split(name), _split(other)), key=len)
    return bool(fewer) and all(any(_is_in(word, each) for each in more) for word in fewer)


def _is_in(word: str, other: str) -> bool:
    shorter, longer = sorted((word, other), key=len)
    return word == other or (len(shorter) >= MIN_PART and shorter in longer)


@lru_cache(1024)
def _split(name: str) -> tuple[str, ...]:
    return tuple(WORD.findall(CAMEL_CASE_BOUNDARY.sub("_", name).lower()))


def _fold(text: str) -> str:
    """Return the words of a text alone: what differs in capitals and signs says the same."""
    return NOT_WORD.sub(" ", text.lower()).strip()


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]
