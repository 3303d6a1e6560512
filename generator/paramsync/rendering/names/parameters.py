"""The names of parameters, each in all its spellings, with the models that take it and what else has it. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.names.slugs import UNNAMED, make_slug
from paramsync.rendering.names.twins import Twin, find_twins
from paramsync.rendering.names.variants import Use, Variant, collect_choices, group_alike, list_variants
from paramsync.rendering.values import Property, find_properties

COMMON = 3  # choices, of which one is common
FindTwins = Callable[[str], Sequence[Twin]]


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """A property of an object inside a parameter of a model; `path` leads to it: `inputs[].image`."""

    model: Model
    parameter: Parameter
    path: str
    property: Property


@dataclass(frozen=True, eq=False)
class Spelling:
    """One of the ways in which a name is spelled: the parameters that have it, by model, and the properties of objects that have it."""

    name: str
    uses: tuple[Use, ...]
    inside: tuple[Inside, ...]

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """What models say of it, those that say the same together."""
        return list_variants(self.uses)

    @property
    def choices(self) -> tuple[tuple[Any, Sequence[Variant]], ...]:
        """All choices of the variants, each with those that have it."""
        return collect_choices(self.variants)

    @property
    def has_common_choices(self) -> bool:
        """True if at least one of three choices is one of several variants, so that a table shows more than lists do."""
        common = sum(len(those) > 1 for _, those in self.choices)
        return common > 0 and COMMON * common >= len(self.choices)


@dataclass(frozen=True, eq=False)
class Name:
    """A name of parameters, or of properties inside them: all spellings that have one slug, those of most models first."""

    slug: str
    spellings: tuple[Spelling, ...]
    find_twins: FindTwins = field(repr=False)

    @property
    def name(self) -> str:
        """The name as most models spell it."""
        return self.spellings[0].name

    @property
    def letter(self) -> str:
        """The capital under which it is listed; `#` for a name that begins with none."""
        first = self.slug[0].upper()
        return first if first.isalpha() and not self.slug.startswith(f"{UNNAMED}-") else "#"

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The parameters that have it, by model."""
        return tuple(use for one in self.spellings for use in one.uses)

    @cached_property
    def inside(self) -> tuple[Inside, ...]:
        """The properties of objects inside parameters that have it."""
        return tuple(each for one in self.spellings for each in one.inside)

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """The models that have it as a parameter, or inside one."""
        found = [*(one.model for one in self.uses), *(one.model for one in self.inside)]
        return tuple({one.id: one for one in found}.values())

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """What models say of it, those that say the same together, that of most models first."""
        return list_variants(self.uses)

    @property
    def types(self) -> tuple[str, ...]:
        """The vendor's words for its types, that of most models first."""
        found = group_alike(self.uses, lambda use: use.parameter.type)
        return tuple(uses[0].parameter.type for uses in found) or tuple(
            dict.fromkeys(
                one.property.value.word or one.property.value.described_types for one in self.inside
            )
        )

    @property
    def required(self) -> tuple[Use, ...]:
        """The uses in which it is required."""
        return tuple(use for use in self.uses if use.parameter.is_required)

    @property
    def descriptions(self) -> tuple[tuple[str, Sequence[Use]], ...]:
        """What is said of it, each with the uses of which it is said, that of most models first."""
        found = group_alike(self.uses, lambda use: use.parameter.description)
        return tuple((uses[0].parameter.description, uses) for uses in found)

    @property
    def choices(self) -> tuple[tuple[Any, Sequence[Variant]], ...]:
        """All choices of the variants, each with those that have it."""
        return collect_choices(self.variants)

    @property
    def twins(self) -> Sequence[Twin]:
        """Other names, in other models, that mean the same."""
        return self.find_twins(self.slug)


def collect_names(models: Iterable[Model]) -> tuple[Name, ...]:
    """Collect the names of all parameters of models, and of all properties inside them, by their letters and slugs."""
    found: dict[str, dict[str, tuple[list[Use], list[Inside]]]] = {}
    slugs: dict[str, str] = {}

    def find(name: str) -> tuple[list[Use], list[Inside]]:
        if name not in slugs:
            slugs[name] = make_slug(name)
        return found.setdefault(slugs[name], {}).setdefault(name, ([], []))

    for model in models:
        for parameter in model.parameters:
            find(parameter.name)[0].append(Use(model, parameter))
            for path, one in find_properties(parameter.value, parameter.name):
                find(one.name)[1].append(Inside(model, parameter, path, one))
    twins: list[dict[str, tuple[Twin, ...]]] = []

    def find_all_twins(slug: str) -> Sequence[Twin]:
        if not twins:
            twins.append(find_twins({one.slug: one.uses for one in names if one.uses}))
        return twins[0].get(slug, ())

    made = (Name(slug, _sort_spellings(spellings), find_all_twins) for slug, spellings in found.items())
    names = tuple(sorted(made, key=lambda one: (one.letter, one.slug)))
    return names


def _sort_spellings(spellings: dict[str, tuple[list[Use], list[Inside]]]) -> tuple[Spelling, ...]:
    made = (Spelling(name, tuple(uses), tuple(inside)) for name, (uses, inside) in spellings.items())
    return tuple(sorted(made, key=lambda one: (-len(one.uses), -len(one.inside), one.name)))
