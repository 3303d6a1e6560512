"""Keys of generated files: digests of all that a file follows from; one whose key is as it was need not be made again. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cached_property

from paramsync.rendering.environment import ANY_NAME
from paramsync.rendering.models import Model
from paramsync.rendering.names.parameters import Name
from paramsync.rendering.names.providers import Provider
from paramsync.rendering.pages import Group, Page
from paramsync.rendering.past.changes import PastChange
from paramsync.rendering.past.history import History
from paramsync.rendering.render import REFERRED, Output, Renderer

LENGTH = 16  # bytes of a key
OF_ALL = frozenset(
    {"pages", "models", "paths", "bodies", "parameters", "providers", "all_volumes", "statistics", ANY_NAME}
)
OF_ALL_MODELS = OF_ALL | {REFERRED}  # in a file for no model and no page
OF_RELEASES = frozenset({"releases", "version", "statistics", ANY_NAME})
OF_PAGE = frozenset({"page", ANY_NAME})
CHANGES, DATES, RELEASE = "changes", "dates", "release"
# What has a digest of its own, or follows from what has one.
NOT_FACTS = frozenset({"spec", "context", "parameters", "groups", "deprecated", "models"})


class Keys:
    """Makes the keys of the files of a target.

    `base` is a digest of what all of them follow from: paramsync, the target, those that it spells like, and the vendor. `specs` has
    digests of the JSON files of `specs/`, by their paths below it.
    """

    def __init__(self, renderer: Renderer, base: str, specs: Mapping[str, str]) -> None:
        self.renderer, self.base, self.specs = renderer, base, specs
        self._models: dict[str, str] = {}
        self._pages: dict[str, str] = {}
        self._drafts: dict[str, str] = {}
        self._templates: dict[str, str] = {}
        self._changes: dict[int, str] = {}

    def make(self, output: Output) -> str:
        """Make the key of a file: what its template does not name, it does not see, and so has no part in it."""
        named = self.renderer.find_names(output.template)
        parts: list[object] = [self.base, output.path, output.template, *self._digest_models(output.models)]
        parts += [self._digest_templates(one[:-1]) for one in sorted(named) if one.endswith("/")]
        parts += self._digest_around(output)
        page = self.renderer.find_page(output)
        if named & OF_PAGE and page:
            parts.append(self._digest_page(page))
        if named & (OF_ALL if output.subjects else OF_ALL_MODELS):
            parts.append(self._all)
        if self.renderer.sees_origins(output) and page:
            parts.append(self._digest_drafts(page.name))
        if named & OF_RELEASES:
            parts.append(self._releases)
        if named & {CHANGES, ANY_NAME} or RELEASE in output.subjects:
            parts.append(self._digest_history(self.renderer.find_history(output)))
        if named & {DATES, ANY_NAME}:
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
        if id(change) not in self._changes:
            known = change.model and (change.model.title, change.model.provider)
            self._changes[id(change)] = digest_parts(change.change, change.change.rows, known)
        return self._changes[id(change)]

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
        return digest_parts(*map(self._digest_page, self.renderer.pages))

    @cached_property
    def _releases(self) -> str:
        return digest_parts(*self.renderer.releases)

    def _digest_templates(self, target: str) -> str:
        """Digest the files of another target, of which a template imports or includes some."""
        if target not in self._templates:
            self._templates[target] = digest_parts(sorted(self.renderer.find_templates(target).items()))
        return self._templates[target]

    def _digest_drafts(self, page: str) -> str:
        """Digest what the page and the other sources of its models say, and overlays."""
        if page not in self._drafts:
            self._drafts[page] = self.renderer.drafts.digest(page)
        return self._drafts[page]

    def _digest_page(self, page: Page) -> str:
        if page.name not in self._pages:
            groups = [(*_list_facts(one), len(one.models)) for one in page.groups]
            models = self._digest_models(page.models)
            self._pages[page.name] = digest_parts(*_list_facts(page), groups, *models)
        return self._pages[page.name]

    def _digest_models(self, models: Sequence[Model]) -> list[str]:
        """Digest models, and those that they refer to."""
        return [*map(self._digest_model, (*models, *self.renderer.find_referred(models).values()))]

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
