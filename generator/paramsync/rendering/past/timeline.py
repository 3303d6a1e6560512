"""All changes of the past, and those of a model, a page, some parameters, a provider or a version. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import groupby

from paramsync.changes.history import Release
from paramsync.changes.rows import ModelRow
from paramsync.pages.vendor import Vendor
from paramsync.rendering.models import Model
from paramsync.rendering.names.slugs import make_slug
from paramsync.rendering.past.changes import KnownModel, PastChange
from paramsync.rendering.past.history import Dates, Extent, History
from paramsync.rendering.past.releases import PastRelease

# How much of a history a page shows, so that it stays light, and no change is written out on many: 100 entries with rows are about
# 10 kB compressed, 1,000 lines 30 kB. All of a version is on its own page.
OF_ALL = Extent(100, 1500)
OF_RELEASE = Extent(500, 5000)
OF_ONE = Extent(10, 200)


class Timeline:
    """The changes of all versions, the newest first, by what they are about; `models` are those that are there now."""

    def __init__(self, versions: Sequence[Release], models: Iterable[Model], vendor: Vendor) -> None:
        self.versions, self.vendor = versions, vendor
        self._models = {model.id: model for model in models}
        self._find_slug = cache(make_slug)  # many changes have few names

    @cached_property
    def all(self) -> History:
        """The changes of all versions."""
        changes = [
            PastChange(release, number, one, self._know(one.model) if one.model else None)
            for release in self.versions
            for number, one in enumerate(release.changes)
        ]
        return History(changes, self.versions, OF_ALL)

    @property
    def releases(self) -> Iterator[PastRelease]:
        """The releases, the newest first, each with as much as a page of its own shows."""
        for one in self.versions:
            yield from self.of_release(one.version).releases

    def of_model(self, model: str) -> History:
        """Select the changes of a model; before it was renamed, those under its old name."""
        return self._select(self._follow(model, -1))

    def of_page(self, page: str, models: Iterable[str]) -> History:
        """Select the changes of a page, and of the models that it has now."""
        chosen = {*models}
        return self._select(one for one in self.all if one.page == page or one.change.model in chosen)

    def of_parameter(self, slug: str) -> History:
        """Select the changes of the parameters of a name, in any spelling, also those by which a model comes or goes that takes it."""
        return self._select(self._by_parameter.get(slug, ()))

    def of_provider(self, slug: str) -> History:
        """Select the changes of the models of a provider, also of those that are gone."""
        return self._select(self._by_provider.get(slug, ()))

    def of_release(self, version: str) -> History:
        """Select the changes of one version."""
        versions = [one for one in self.versions if one.version == version]
        return History(self._by_version.get(version, ()), versions, OF_RELEASE)

    def dates_of(self, models: Collection[str]) -> Mapping[str, Dates]:
        """Find when models were added, last changed and last broken, by id."""
        return {model: self.of_model(model).dates for model in models}

    def _follow(self, model: str, newer: int) -> Iterator[PastChange]:
        """Go through the changes of a model in versions before one, which is given by its place, and through those before it was renamed."""
        own = [one for one in self._by_model.get(model, ()) if self._place(one) > newer]
        renamed = next(
            (one for one in own if one.kind == "model-renamed" and one.change.model == model), None
        )
        last = self._place(renamed) if renamed else len(self.versions)
        yield from (one for one in own if self._place(one) <= last)
        if renamed:
            yield from self._follow(renamed.change.old, last)

    def _select(self, changes: Iterable[PastChange]) -> History:
        chosen = sorted(changes, key=self._place)
        shown = {one.version for one in chosen}
        return History(chosen, [one for one in self.versions if one.version in shown], OF_ONE)

    def _place(self, change: PastChange) -> int:
        return self._places[change.version]

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {release.version: place for place, release in enumerate(self.versions)}

    @cached_property
    def _by_model(self) -> Mapping[str, Sequence[PastChange]]:
        found = defaultdict[str, list[PastChange]](list)
        for one in self.all:
            for model in dict.fromkeys(
                (one.change.model, *([one.change.old] if one.kind == "model-renamed" else []))
            ):
                found[model].append(one)
        return found

    @cached_property
    def _by_version(self) -> Mapping[str, Sequence[PastChange]]:
        return {version: [*ones] for version, ones in groupby(self.all, lambda one: one.version)}

    @cached_property
    def _by_parameter(self) -> Mapping[str, Sequence[PastChange]]:
        """The changes of each name, by its slug."""
        found = defaultdict[str, list[PastChange]](list)
        for one in self.all:
            for slug in dict.fromkeys(map(self._find_slug, one.names)):
                found[slug].append(one)
        return found

    @cached_property
    def _by_provider(self) -> Mapping[str, Sequence[PastChange]]:
        found = defaultdict[str, list[PastChange]](list)
        for one in self.all:
            if one.model:
                found[self._find_slug(one.model.provider)].append(one)
        return found

    def _know(self, model: str) -> KnownModel:
        """Tell what is known of a model."""
        if model not in self._known:
            now, row = self._models.get(model), self._rows.get(model)
            title, provider = (
                (now.title, now.provider) if now else (row.title, row.provider) if row else ("", "")
            )
            self._known[model] = KnownModel(
                model, title or model, provider, self.vendor.urn_of(_as_text(model)), now
            )
        return self._known[model]

    @cached_property
    def _known(self) -> dict[str, KnownModel]:
        return {}

    @cached_property
    def _rows(self) -> Mapping[str, ModelRow]:
        """The newest row that the history has of each model."""
        found: dict[str, ModelRow] = {}
        for release in self.versions:
            for one in release.changes:
                old = one.old if one.kind == "model-renamed" else one.model
                for model, row in ((one.model, one.after), (old, one.before)):
                    if isinstance(row, ModelRow):
                        found.setdefault(model, row)
        return found


def _as_text(model: str) -> str:
    """Replace what no URN can have, half a surrogate pair; no model that is there has one in its id."""
    return model.encode(errors="replace").decode()
