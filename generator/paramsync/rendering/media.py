"""What goes into a model and what comes out of it: kinds of media, as the profile says how capabilities and names tell them. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from paramsync.pages.vendor import INPUT, OUTPUT, Vendor
from paramsync.rendering.values import Value

IN_CAPABILITY = "(?:^|_){}(?:_|$)"
RECENT = 1024


class Taken(NamedTuple):
    """A parameter, or what is inside one: its name, what it may be, and the kind of file if that is stated."""

    name: str
    value: Value
    kind: str


def find_inputs(capabilities: Sequence[str], taken: Iterable[Taken], vendor: Vendor) -> tuple[str, ...]:
    """Find which kinds of media go into a model, in the vendor's order: by its capabilities, files and texts."""
    if not vendor.kinds:
        return ()
    found = {
        put_in
        for put_in, _ in _read_capabilities(tuple(capabilities), vendor.media.capability, _name_kinds(vendor))
    }
    found |= {_find_kind(one, vendor) for one in taken}
    return tuple(kind for kind in vendor.kinds if kind in found)


def find_outputs(capabilities: Sequence[str], vendor: Vendor) -> tuple[str, ...]:
    """Find which kinds of media a model makes, in the vendor's order: by its capabilities alone."""
    read = _read_capabilities(tuple(capabilities), vendor.media.capability, _name_kinds(vendor))
    found = {made for _, made in read}
    return tuple(kind for kind in vendor.kinds if kind in found)


def _find_kind(one: Taken, vendor: Vendor) -> str:
    """Find the kind of what a file or a free text is; empty if nothing says so."""
    leaf = one.value.leaf
    if one.value.word in vendor.files:
        return one.kind or _find_in_name(one.name, dict(_name_kinds(vendor)))
    is_free = leaf.types == ("string",) and not leaf.choices
    return _find_in_name(one.name, vendor.media.texts) if is_free else ""


def _find_in_name(name: str, words: Mapping[str, str]) -> str:
    small = name.lower()
    return next((kind for word, kind in words.items() if word in small), "")


def _name_kinds(vendor: Vendor) -> tuple[tuple[str, str], ...]:
    """Pair each word for a kind with the kind: the kinds themselves first."""
    return (*((kind.lower(), kind) for kind in vendor.kinds), *vendor.media.words.items())


@lru_cache(RECENT)
def _read_capabilities(
    capabilities: tuple[str, ...], pattern: str, words: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """Read what goes in and what comes out of capabilities that say so."""
    return tuple(_read_each(capabilities, pattern, dict(words))) if pattern and words else ()


def _read_each(
    capabilities: Iterable[str], pattern: str, words: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    any_word = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    text = re.escape(pattern)
    for name, group in ((INPUT, "input"), (OUTPUT, "output")):
        text = text.replace(re.escape(name), f"(?P<{group}>{any_word})")
    for capability in capabilities:
        for found in re.finditer(IN_CAPABILITY.format(text), capability.lower()):
            yield words[found["input"]], words[found["output"]]
