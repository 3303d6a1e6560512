"""The providers of models: what each has, and which capabilities. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from paramsync.rendering.models import Model
from paramsync.rendering.names.parameters import Name, collect_names
from paramsync.rendering.names.slugs import make_slug
from paramsync.rendering.pages import Page, all_models


@dataclass(frozen=True, slots=True, eq=False)
class Capability:
    """A capability, and the models that have it."""

    name: str
    models: tuple[Model, ...]


@dataclass(frozen=True, eq=False)
class Provider:
    """A provider, its models by id, and the pages that they are on. What is spelled otherwise, and has the same slug, is the same."""

    slug: str
    name: str
    models: tuple[Model, ...]
    pages: tuple[Page, ...]

    @cached_property
    def capabilities(self) -> tuple[Capability, ...]:
        """The capabilities of its models, that of most models first."""
        return list_capabilities(self.models)

    @cached_property
    def parameters(self) -> tuple[Name, ...]:
        """The names of the parameters of its models, as if there were no others; that of most models first."""
        return tuple(sorted(collect_names(self.models), key=lambda one: -len(one.uses)))


def collect_providers(pages: Iterable[Page]) -> tuple[Provider, ...]:
    """Collect the providers of all models, by their slugs."""
    pages = [*pages]
    found: dict[str, list[Model]] = {}
    for model in all_models(pages):
        found.setdefault(make_slug(model.provider), []).append(model)
    page_of = {model.id: page for page in pages for model in page.models}
    return tuple(
        Provider(
            slug,
            _choose_name(models),
            tuple(models),
            tuple({(page := page_of[model.id]).name: page for model in models}.values()),
        )
        for slug, models in sorted(found.items())
    )


def list_capabilities(models: Iterable[Model]) -> tuple[Capability, ...]:
    """List the capabilities of models, that of most models first."""
    found: dict[str, list[Model]] = {}
    for model in models:
        for capability in dict.fromkeys(model.capabilities):
            found.setdefault(capability, []).append(model)
    made = (Capability(name, tuple(those)) for name, those in found.items())
    return tuple(sorted(made, key=lambda one: (-len(one.models), one.name)))


def _choose_name(models: Sequence[Model]) -> str:
    """Choose the name as most models have it."""
    numbers = Counter(model.provider for model in models)
    return min(numbers, key=lambda name: (-numbers[name], name))
