"""Compare two sets of specs: their pages, and which models were added, removed, moved or renamed. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from paramsync.changes.kinds import Change, make_change
from paramsync.changes.models import compare_models
from paramsync.changes.pairs import Sides, compare_order
from paramsync.changes.rows import ModelRow
from paramsync.pages.vendor import Vendor
from paramsync.specs.document import PageDocument, read_specs, split_folders
from paramsync.specs.renames import find_renamed_models
from paramsync.specs.values import Models
from paramsync.text import Json, Tree, collapse_whitespace


@dataclass(frozen=True)
class ModelEntry:
    """A model of a set of specs; `name` is that in code, `provider` the heading above it, and empty without one."""

    page: str
    name: str
    spec: Json
    provider: str
    is_listed: bool


@dataclass(frozen=True)
class SpecSet:
    """A set of specs: its pages by name, and its models by id, in the order of their pages; `vendor` is whose they are."""

    pages: Mapping[str, PageDocument]
    models: Mapping[str, ModelEntry]
    vendor: Vendor

    def row_of(self, model: str) -> ModelRow:
        """Return what people know a model by."""
        entry = self.models[model]
        provider = entry.provider or collapse_whitespace(self.pages[entry.page].title) or entry.page
        return ModelRow(entry.spec["title"], provider, tuple(entry.spec["properties"]))

    def listed(self, page: str) -> list[str]:
        """Return the ids of the models that a page lists."""
        return [model for model, entry in self.models.items() if entry.page == page and entry.is_listed]


def compare_specs(old: Tree, new: Tree, vendor: Vendor) -> tuple[Change, ...]:
    """Compare two sets of specs of a vendor: the JSON files of two `specs/` folders, by their paths below it.

    Raises:
        InputError: a `page.json` or a spec is damaged or missing.

    """
    return compare_spec_sets(read_spec_set(old, vendor), read_spec_set(new, vendor))


def compare_spec_sets(before: SpecSet, after: SpecSet) -> tuple[Change, ...]:
    """Compare two sets of specs that were read."""
    moved = dict(_find_moved_pages(before, after))
    return (*_compare_pages(before, after, moved), *_compare_models(before, after, moved))


def read_spec_set(tree: Tree, vendor: Vendor) -> SpecSet:
    """Read the JSON files of a vendor's `specs/` folder, by their paths below it.

    Raises:
        InputError: a `page.json` or a spec is damaged or missing.

    """
    pages: dict[str, PageDocument] = {}
    listed: dict[str, ModelEntry] = {}
    deprecated: dict[str, ModelEntry] = {}
    for name, files in split_folders(tree).items():
        page, specs = read_specs(name, files, vendor.prefix)
        pages[name] = page
        for model, spec in specs.items():
            is_listed = model not in page.deprecated
            entry = ModelEntry(name, page.name_of(model), spec, page.providers.get(model, ""), is_listed)
            (listed if is_listed else deprecated)[model] = entry
    return SpecSet(pages, deprecated | listed, vendor)  # a model that a page lists belongs to that page


def _find_moved_pages(before: SpecSet, after: SpecSet) -> Iterator[tuple[str, str]]:
    """Match each removed page to the new page that lists its surviving models."""
    for name in before.pages.keys() - after.pages.keys():
        pages = {after.models[model].page for model in before.listed(name) if model in after.models}
        if len(pages) == 1 and not pages & before.pages.keys():
            yield name, pages.pop()


def _compare_pages(before: SpecSet, after: SpecSet, moved: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted(before.pages.keys() - after.pages.keys()):
        new = moved.get(name)
        yield make_change("page-moved", new, old=name, new=new) if new else make_change("page-removed", name)
    for name in sorted(after.pages.keys() - before.pages.keys() - set(moved.values())):
        yield make_change("page-added", name)
    for old, page in before.pages.items():
        name = moved.get(old, old)
        if name in after.pages:
            for key in ("title", "kind"):
                was, now = getattr(page, key), getattr(after.pages[name], key)
                if was != now:
                    yield make_change(f"page-{key}", name, old=was or None, new=now or None)
            reordered = compare_order("models-order", before.listed(old), after.listed(name))
            yield from (replace(one, page=name) for one in reordered)


def _compare_models(before: SpecSet, after: SpecSet, moved: Mapping[str, str]) -> Iterator[Change]:
    added = [model for model, entry in after.models.items() if model not in before.models and entry.is_listed]
    removed = [
        model for model, entry in before.models.items() if entry.is_listed and not _is_listed(after, model)
    ]
    renamed = find_renamed_models(_specs_of(before, removed), _specs_of(after, added))
    sides = Sides(
        *(
            Models({one.spec["$id"]: one.spec for one in side.models.values()}, side.vendor.uploaded)
            for side in (before, after)
        )
    )
    old_names = {*renamed.values()}
    for model, entry in before.models.items():
        if model not in after.models and model not in old_names:
            removal = make_change("model-removed", moved.get(entry.page, entry.page), model)
            yield replace(removal, before=before.row_of(model))
    for model, entry in after.models.items():
        old = before.models.get(renamed.get(model, model))
        if old is None:
            yield replace(make_change("model-added", entry.page, model), after=after.row_of(model))
        elif model in renamed:
            is_kept = renamed[model] in after.models
            renaming = make_change("model-renamed", entry.page, model, old=renamed[model], new=model)
            renaming = replace(renaming, before=before.row_of(renamed[model]), after=after.row_of(model))
            yield replace(renaming, severity="behaviour") if is_kept else renaming
        elif moved.get(old.page, old.page) != entry.page:
            yield make_change("model-moved", entry.page, model, old=old.page, new=entry.page)
        yield from _compare_listing(model, old, entry) if model not in old_names else ()
        if old is not None:
            yield from _compare_provider(model, old, entry)
            yield from compare_models(
                entry.page, model, old.spec, entry.spec, sides, names=(old.name, entry.name)
            )


def _is_listed(spec_set: SpecSet, model: str) -> bool:
    return model in spec_set.models and spec_set.models[model].is_listed


def _specs_of(spec_set: SpecSet, models: list[str]) -> dict[str, Json]:
    return {model: spec_set.models[model].spec for model in models}


def _compare_listing(model: str, old: ModelEntry | None, new: ModelEntry) -> Iterator[Change]:
    if not new.is_listed and (old is None or old.is_listed):
        yield make_change("model-deprecated", new.page, model)
    if new.is_listed and old is not None and not old.is_listed:
        yield make_change("model-returned", new.page, model)


def _compare_provider(model: str, old: ModelEntry, new: ModelEntry) -> Iterator[Change]:
    if old.provider != new.provider:
        yield make_change("provider", new.page, model, old=old.provider or None, new=new.provider or None)
