"""Keys of generated files: digests of all that a file follows from; one whose key is as it was need not be made again. Pure."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache, cached_property

from paramsync.rendering.models import Model
from paramsync.rendering.names.parameters import Name
from paramsync.rendering.names.providers import Provider
from paramsync.rendering.outputs import Output
from paramsync.rendering.pages import Group, Page
from paramsync.rendering.past.changes import PastChange
from paramsync.rendering.past.history import History
from paramsync.rendering.render import REFERRED, Renderer

LENGTH = 16  # bytes of a key
OF_ALL = ("pages", "models", "paths", "bodies", "parameters", "providers", "all_volumes", "statistics")
OF_ALL_MODELS = (*OF_ALL, REFERRED)  # in a file for no model and no page
OF_RELEASES = ("releases", "version", "statistics")
RELEASE = "release"
# What has a digest of its own, or follows from what has one.
NOT_FACTS = frozenset({"spec", "context", "parameters", "groups", "deprecated", "models"})


class Keys:
    """Makes the keys of the files of a target.

    `base` is a digest of what all of them follow from: paramsync, the target, those that it spells like, and the vendor. `specs` has
    digests of the JSON files of `specs/`, by their paths below it; `digest_drafts` digests what the drafts of a page follow from.
    """

    def __init__(
        self, renderer: Renderer, base: str, specs: Mapping[str, str], digest_drafts: Callable[[str], str]
    ) -> None:
        self.renderer, self.base, self.specs = renderer, base, specs
        self.catalogue, self.shared = renderer.catalogue, renderer.shared
        self._models: dict[str, str] = {}
        self._pages: dict[str, str] = {}
        self._changes: dict[tuple[str, int], str] = {}
        self._digest_drafts = cache(digest_drafts)
        self._digest_templates = cache(self._make_of_templates)

    def make(self, output: Output) -> str:
        """Make the key of a file: what its template does not name, it does not see, and so has no part in it."""
        uses = self.renderer.find_uses(output.template)
        parts: list[object] = [self.base, output.path, output.template, *self._digest_models(output.models)]
        parts += map(self._digest_templates, sorted(uses.targets))
        parts += self._digest_around(output)
        page = self.renderer.find_page(output)
        if page and uses.any_of("page"):
            parts.append(self._digest_page(page))
        if uses.any_of(*(OF_ALL if output.subjects else OF_ALL_MODELS)):
            parts.append(self._all)
        if page and self.renderer.sees_origins(output):
            parts.append(self._digest_drafts(page.name))
        if uses.any_of(*OF_RELEASES):
            parts.append(self._releases)
        if uses.any_of("changes") or RELEASE in output.subjects:
            parts.append(self._digest_history(self.renderer.find_history(output)))
        if uses.any_of("dates"):
            parts.append(sorted(self.renderer.find_dates(output).items()))
        return digest_parts(*parts)

    def make_of_provider(self, provider: Provider) -> str:
        """Make a key of all that is written about the models of a provider."""
        return digest_parts(self.base, provider.slug, *self._digest_models(provider.models))

    def _digest_history(self, history: History) -> str:
        """Digest changes, and what is known of their models now."""
        changes = ((one.release.version, one.date, self._digest_change(one)) for one in history)
        models = {one.model.id: one.model.now for one in history if one.model}
        now = [(name, model and self._digest_model(model)) for name, model in models.items()]
        return digest_parts(*changes, *now, *((one.version, one.notes) for one in history.versions))

    def _digest_change(self, change: PastChange) -> str:
        """Digest a change with its rows, which are long, and of which several files tell."""
        place = change.version, change.number
        if place not in self._changes:
            known = change.model and (change.model.title, change.model.provider)
            self._changes[place] = digest_parts(change.change, change.change.rows, known)
        return self._changes[place]

    def _digest_around(self, output: Output) -> list[object]:
        """Digest what the template of a name or a provider may see beside its models: its twins, or its pages."""
        match [*output.subjects.values()]:
            case [Name(slug=slug, twins=twins)]:
                those = [(one.name, one.reasons, self._digest_models(one.models)) for one in twins]
                return [slug, *those]
            case [Provider(name=name, pages=pages), *_]:
                return [name, *map(self._digest_page, pages)]
        return []

    @cached_property
    def _all(self) -> str:
        return digest_parts(*map(self._digest_page, self.catalogue.pages))

    @cached_property
    def _releases(self) -> str:
        return digest_parts(*self.catalogue.releases)

    def _make_of_templates(self, target: str) -> str:
        """Make a key of the files of another target, of which a template imports or includes some."""
        return digest_parts(sorted(self.shared.find_templates(target).items()))

    def _digest_page(self, page: Page) -> str:
        if page.name not in self._pages:
            groups = [(*_list_facts(one), len(one.models)) for one in page.groups]
            models = self._digest_models(page.models)
            self._pages[page.name] = digest_parts(*_list_facts(page), groups, *models)
        return self._pages[page.name]

    def _digest_models(self, models: Sequence[Model]) -> list[str]:
        """Digest models, and those that they refer to."""
        return [*map(self._digest_model, (*models, *self.catalogue.find_referred(models).values()))]

    def _digest_model(self, model: Model) -> str:
        """Digest the spec of a model, and what its page says of it."""
        if model.id not in self._models:
            spec = self.specs[model.source.removeprefix("specs/")]
            self._models[model.id] = digest_parts(spec, *_list_facts(model))
        return self._models[model.id]


def _list_facts(one: Model | Page | Group) -> list[object]:
    return [getattr(one, field.name) for field in fields(one) if field.name not in NOT_FACTS]


def digest_parts(*parts: object) -> str:
    """Digest texts, numbers and data classes of these."""
    return hashlib.blake2b(repr(parts).encode(errors="surrogatepass"), digest_size=LENGTH).hexdigest()
