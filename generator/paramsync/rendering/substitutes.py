"""Substitutes: how a vector writes the values that JSON cannot represent, or that are too long for a file. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from paramsync.specs.problems import join_pointer


@dataclass(frozen=True)
class Substitute:
    """A value that JSON cannot represent, or that is too long for a file.

    `recipe` is {"number": "NaN"}, or a repeated value: {"text": …, "times": n} or {"item": …, "times": n}.
    """

    recipe: Mapping[str, Any]

    @cached_property
    def value(self) -> Any:
        if "number" in self.recipe:
            return float(self.recipe["number"])
        return (self.recipe["text"] if "text" in self.recipe else [self.recipe["item"]]) * self.recipe[
            "times"
        ]


def has_substitute(value: Any) -> bool:
    """Tell whether a value is a substitute, or has one in it: most have none."""
    if isinstance(value, dict):
        value = [*value.values()]
    return any(map(has_substitute, value)) if isinstance(value, list) else isinstance(value, Substitute)


def expand(value: Any) -> Any:
    """Replace each substitute by its value; what has none stays the same object."""
    if not has_substitute(value):
        return value
    if isinstance(value, Substitute):
        return value.value
    if isinstance(value, dict):
        return {name: expand(inner) for name, inner in value.items()}
    return [expand(inner) for inner in value] if isinstance(value, list) else value


def replace_by_nulls(value: Any) -> Any:
    """Replace each substitute by null."""
    if isinstance(value, dict):
        return {name: replace_by_nulls(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [replace_by_nulls(inner) for inner in value]
    return None if isinstance(value, Substitute) else value


def find_substitutes(value: Any, pointer: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Find the recipe of each substitute, with its JSON Pointer."""
    if isinstance(value, Substitute):
        yield pointer, value.recipe
    inner = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
    for key, one in inner.items():
        yield from find_substitutes(one, join_pointer(pointer, key))
