"""What models say of a name, in variants: a group for all that allow the same values. Pure."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.rows import KEPT, Row, list_rows
from paramsync.rules import is_number
from paramsync.text import Json, json_line

# What does not decide which values there may be, beside annotations; models of one variant may differ in it.
NOT_VALUES = frozenset({"description", "default", "title"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """A parameter of a model."""

    model: Model
    parameter: Parameter


@dataclass(frozen=True, eq=False)
class Variant:
    """Uses of a name that allow the same values: of the same type, with the same limits and choices, in any order.

    `number` is 1 for the first of its variants. `added` are the choices that the first variant lacks, `missing` those that it has and this one lacks, where both have choices.
    """

    number: int
    uses: tuple[Use, ...]
    added: tuple[Any, ...] = ()
    missing: tuple[Any, ...] = ()

    @cached_property
    def row(self) -> Row:
        """Its row in a table: type, limits and choices are those of all, and the default is, if it has one."""
        one = self.uses[0].parameter
        row = next(list_rows({"properties": {one.name: one.schema}}))
        defaults = {json_line(use.parameter.default) for use in self.uses}
        return row if len(defaults) == 1 else replace(row, default=None)

    @property
    def choices(self) -> tuple[Any, ...]:
        return self.row.choices

    @property
    def required(self) -> tuple[Use, ...]:
        """The uses in which it is required."""
        return tuple(use for use in self.uses if use.parameter.is_required)

    @property
    def is_mostly_required(self) -> bool:
        return len(self.required) > len(self.uses) / 2

    @property
    def defaults(self) -> tuple[tuple[Any, Sequence[Use]], ...]:
        """The defaults, each with the uses that have it, that of most first; uses without one are left out."""
        found = group_alike(
            (use for use in self.uses if use.parameter.has_default),
            lambda use: json_line(use.parameter.default),
        )
        return tuple((uses[0].parameter.default, uses) for uses in found)


def list_variants(uses: Iterable[Use]) -> tuple[Variant, ...]:
    """Group the uses of a name by the values that they allow; that of most models first."""
    groups = group_alike(uses, lambda use: outline(use.parameter.schema))
    return tuple(_compare(number, tuple(one), groups[0]) for number, one in enumerate(groups, 1))


def collect_choices(variants: Iterable[Variant]) -> tuple[tuple[Any, Sequence[Variant]], ...]:
    """Collect all choices of some variants, each with those that have it: numbers in their order, other choices of most models first."""
    found: dict[str, tuple[Any, list[Variant]]] = {}
    for variant in variants:
        for choice in variant.choices:
            found.setdefault(json_line(choice), (choice, []))[1].append(variant)
    choices = found.values()
    if all(is_number(choice) for choice, _ in choices):
        return tuple(sorted(choices, key=lambda one: one[0]))
    return tuple(sorted(choices, key=lambda one: -sum(len(variant.uses) for variant in one[1])))


def group_alike(those: Iterable[T], key: Callable[[T], str]) -> list[list[T]]:
    """Group what has one key; the largest group first, and of groups of one size that which begins first."""
    groups: dict[str, list[T]] = {}
    for one in those:
        groups.setdefault(key(one), []).append(one)
    return sorted(groups.values(), key=len, reverse=True)


def outline(schema: Json) -> str:
    """Write what decides which values a schema allows, and the vendor's word for the type: alike for alike."""
    return json.dumps(_strip(schema), sort_keys=True)


def _strip(schema: Json) -> Json:
    kept = {
        key: one
        for key, one in schema.items()
        if key not in NOT_VALUES and (not key.startswith("x-") or key == "x-type" or key in KEPT)
    }
    if "enum" in kept:
        kept["enum"] = sorted({*map(json_line, kept["enum"])})
    if "required" in kept:
        kept["required"] = sorted(kept["required"])
    if "items" in kept:
        kept["items"] = _strip(kept["items"])
    if "properties" in kept:
        kept["properties"] = {name: _strip(one) for name, one in kept["properties"].items()}
    if "anyOf" in kept:
        kept["anyOf"] = [_strip(one) for one in kept["anyOf"]]
    return kept


def _compare(number: int, uses: tuple[Use, ...], first: Sequence[Use]) -> Variant:
    """Make a variant, with what its choices are beside those of the first."""
    own, others = ({json_line(one): one for one in each[0].parameter.choices} for each in (uses, first))
    if not own or not others:
        return Variant(number, uses)
    added = tuple(one for key, one in own.items() if key not in others)
    missing = tuple(one for key, one in others.items() if key not in own)
    return Variant(number, uses, added, missing)
