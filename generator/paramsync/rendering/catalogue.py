"""All that templates may be rendered for: pages, models, names of parameters, providers and versions, each collected when it is asked for. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from paramsync.changes.history import Release
from paramsync.pages.vendor import Vendor
from paramsync.rendering.models import Model
from paramsync.rendering.names.parameters import Name, collect_names
from paramsync.rendering.names.providers import Provider, collect_providers
from paramsync.rendering.pages import Page, all_models
from paramsync.rendering.past.timeline import Timeline
from paramsync.rendering.statistics import Statistics


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The pages of a vendor, and all versions, the newest first, with what follows from them."""

    pages: tuple[Page, ...]
    releases: tuple[Release, ...]
    vendor: Vendor

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """All models, by their ids."""
        return all_models(self.pages)

    @cached_property
    def by_reference(self) -> Mapping[str, Model]:
        """All models, by the `$id`s of their specs."""
        return {model.spec["$id"]: model for model in self.models}

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The names of all parameters."""
        return collect_names(self.models)

    @cached_property
    def providers(self) -> tuple[Provider, ...]:
        """The providers of all models."""
        return collect_providers(self.pages)

    @cached_property
    def statistics(self) -> Statistics:
        return Statistics(self.models, self.providers, self.releases)

    @cached_property
    def timeline(self) -> Timeline:
        """What changed in the past."""
        return Timeline(self.releases, self.models, self.vendor)

    def find_page(self, model: Model) -> Page:
        """Find the page that a model is on."""
        return self._page_of[model.id]

    def find_referred(self, models: Iterable[Model]) -> Mapping[str, Model]:
        """Find the models that some refer to, and so on, by `$id`."""
        found: dict[str, Model] = {}
        left = [*models]
        while left:
            for one in left.pop().references:
                if one not in found:
                    found[one] = self.by_reference[one]
                    left.append(found[one])
        return found

    @cached_property
    def _page_of(self) -> Mapping[str, Page]:
        return {model.id: page for page in self.pages for model in page.models}
