"""Decide what each page's folder should hold: what stays, moves, goes, and is held back. Pure.

A model with errors keeps its last good spec. One that no page lists any more stays, marked as deprecated, until it is pruned.
A page that has lost too much at once is held back: its folder stays as it is, and gives no model away.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from paramsync.findings import Finding, Place
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import Folder, PageDocument, spec_file, write_page, write_spec
from paramsync.specs.paths import PAGE_JSON
from paramsync.text import Json, Tree, pluralize, shorten

DEPRECATED = "deprecated"
Decision = Literal["written", "kept", "deprecated", "gone"]


@dataclass(frozen=True)
class Retention:
    """What is decided: which pages it is about, the JSON files that each folder should hold, and why pages are held back."""

    chosen: frozenset[str]
    folders: Mapping[str, Tree]
    findings: tuple[Finding, ...]


def retain(
    pages: Mapping[str, BuiltPage],
    folders: Mapping[str, Folder],
    failed: frozenset[str],
    names: Collection[str] = (),
    *,
    max_share: float = 1,
    prune: bool = False,
) -> Retention:
    """Decide for the pages named, and those that hold models which these list now; or for all pages.

    `pages` and `folders` have the same names; `failed` are the models that have errors. `most` is the share of a page's models,
    or of a model's parameters, that may vanish at once. To prune is to let go of the models that no page lists.
    """
    on_pages = frozenset(model for page in pages.values() for model in page.models)
    chosen = _choose_pages(pages, folders, names)
    findings = {
        name: [*_find_removals(pages[name], folders[name], on_pages, max_share)] for name in sorted(chosen)
    }
    active = [
        name
        for name, found in findings.items()
        if not found and (pages[name].drafts or not pages[name].has_error)
    ]
    stuck = [model for name in folders.keys() - active for model in folders[name].page.all_models]
    known = _Context(pages, folders, on_pages, failed.union(stuck), frozenset(active), prune)
    trees = {name: folder.files for name, folder in folders.items()}
    trees |= {name: _write_folder(name, known) for name in active}
    return Retention(chosen, trees, tuple(one for found in findings.values() for one in found))


def retained_specs(on_pages: Container[str], folders: Iterable[Folder]) -> list[Json]:
    """Give the specs of the models that stay though no page lists them."""
    models = ((folder, model) for folder in folders for model in folder.page.all_models)
    return [spec for folder, model in models if model not in on_pages and (spec := folder.spec(model))]


@dataclass(frozen=True)
class _Context:
    """All that decides the fate of a model; `failed` are those that have errors, or that an inactive page still holds."""

    pages: Mapping[str, BuiltPage]
    folders: Mapping[str, Folder]
    on_pages: frozenset[str]
    failed: frozenset[str]
    active: frozenset[str]
    prune: bool

    @cached_property
    def owners(self) -> dict[str, str]:
        """The page that each model will be listed by."""
        return {model: name for name in self.folders for model in self._listed(name)}

    def _listed(self, name: str) -> Iterable[str]:
        folder = self.folders[name]
        if name not in self.active:
            return folder.page.models
        models = self.pages[name].models
        return [one for one in models if one not in self.failed or spec_file(one) in folder.files]


def _choose_pages(
    pages: Mapping[str, BuiltPage], folders: Mapping[str, Folder], names: Collection[str]
) -> frozenset[str]:
    if not names:
        return frozenset(pages)
    taken = {model for name in names for model in pages[name].models}
    givers = [name for name, folder in folders.items() if not taken.isdisjoint(folder.page.all_models)]
    return frozenset([*names, *givers])


def _find_removals(
    page: BuiltPage, folder: Folder, on_pages: Container[str], max_share: float
) -> Iterator[Finding]:
    """Find whether a page has lost too much at once: of its models, or of one model's parameters."""
    listed = folder.page.models
    gone = [model for model in listed if model not in on_pages]
    if page.drafts and len(gone) > max_share * len(listed) and not page.has_error:
        place = Place(page.drafts[0].origins[""]["title"].place.file)
        problem = f"{len(gone)} of {pluralize(len(listed), 'model')} gone at once: {shorten(', '.join(gone))}"
        yield Finding("many-models-gone", place, problem)
    for draft in page.drafts:
        before, now = folder.spec(draft.model).get("properties", {}), draft.spec.get("properties", {})
        lost = [name for name in before if name not in now]
        if len(lost) > max_share * len(before):
            names = shorten(", ".join(lost))
            problem = f"{len(lost)} of {pluralize(len(before), 'parameter')} gone at once: {names}"
            yield Finding("many-parameters-gone", draft.origins[""]["title"].place, problem, draft.model)


def _decide(model: str, name: str, known: _Context) -> Decision:
    """Decide what becomes of a model in the folder of a page that lists it, or did."""
    page, folder = known.pages[name], known.folders[name]
    stays: Decision = "kept" if spec_file(model) in folder.files else "gone"
    was_deprecated = model in folder.page.deprecated
    if model in page.models and model not in known.failed:
        return "written"
    if model in page.models and not was_deprecated:
        return stays
    if known.owners.get(model, name) != name:  # it has moved
        return "gone"
    if not was_deprecated and (
        page.has_error or model in known.on_pages
    ):  # it may still be there, and not be understood
        return stays
    is_wanted = model in known.on_pages or not known.prune
    return "deprecated" if is_wanted and folder.spec(model) else "gone"


def _write_folder(name: str, known: _Context) -> Tree:
    page, folder = known.pages[name], known.folders[name]
    candidates = dict.fromkeys((*page.models, *folder.page.all_models))
    fates = {model: _decide(model, name, known) for model in candidates}
    tree = {
        spec_file(one.model): write_spec(one.spec) for one in page.drafts if fates[one.model] == "written"
    }
    tree |= {file: folder.files[file] for file in map(spec_file, _models_decided(fates, "kept"))}
    models = tuple(model for model, fate in fates.items() if fate in ("written", "kept"))
    taken = {file.lower() for file in tree}
    lost = [model for model in _models_decided(fates, "deprecated") if spec_file(model).lower() not in taken]
    tree |= {spec_file(model): write_spec(_mark_deprecated(folder.spec(model))) for model in lost}
    dates = {model: folder.page.deprecated.get(model, page.document.updated) for model in lost}
    providers = dict(_providers((*models, *lost), page, folder.page))
    document = replace(page.document, models=models, deprecated=dates, providers=providers)
    return tree | {PAGE_JSON: write_page(document)}


def _models_decided(fates: Mapping[str, Decision], fate: Decision) -> list[str]:
    return [model for model, its in fates.items() if its == fate]


def _mark_deprecated(spec: Json) -> Json:
    """Mark a spec as deprecated, before its type."""
    plain = {key: fact for key, fact in spec.items() if key != DEPRECATED}
    before = list(plain)[: list(plain).index("type")] if "type" in plain else list(plain)
    return {key: plain[key] for key in before} | {DEPRECATED: True} | plain


def _providers(models: Iterable[str], page: BuiltPage, before: PageDocument) -> Iterator[tuple[str, str]]:
    """Give the provider's heading of each model that has one: as the page says, or, of a lost model, as it said."""
    for model in models:
        says = page.document if model in page.models else before
        if model in says.providers:
            yield model, says.providers[model]
