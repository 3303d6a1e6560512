"""Decide which specs each page's folder should hold: what is written, stays, moves, goes or is held back. Pure.

A model with errors keeps its last good spec. A model that no page lists any more is kept, marked as deprecated, until it is
pruned. A page that loses too many models or parameters at once is held back: its folder stays unchanged.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from paramsync.findings import Finding, Place
from paramsync.paths import PAGE_JSON
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import (
    Folder,
    PageDocument,
    given_names,
    name_in_code,
    spec_file,
    write_page_json,
    write_spec,
)
from paramsync.text import Json, Tree, pluralize, shorten

DEPRECATED = "deprecated"
# The new spec is written; the old one stays as it is; it stays, marked as deprecated; there is none.
Decision = Literal["written", "unchanged", "deprecated", "removed"]


@dataclass(frozen=True)
class Retention:
    """The decision: the JSON files that each folder should hold, and findings that say why pages are held back.

    `chosen` are the pages that were decided about; the folders of other pages are unchanged.
    """

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
    """Decide for the named pages and the pages that models move from; without names, for all pages.

    `pages` and `folders` have the same keys; `failed` are the models with errors. `max_share` is the share (0 to 1) of a page's
    models, or of a model's parameters, that may disappear at once. `prune` removes the models that no page lists.
    """
    on_pages = frozenset(model for page in pages.values() for model in page.models)
    chosen = _choose_pages(pages, folders, names)
    findings = {
        name: [*_find_removals(pages[name], folders[name], on_pages, failed, max_share)]
        for name in sorted(chosen)
    }
    active = [
        name
        for name, found in findings.items()
        if not found and (pages[name].drafts or not pages[name].has_error)
    ]
    held_back = [model for name in folders.keys() - active for model in folders[name].page.all_models]
    context = _Context(pages, folders, on_pages, failed.union(held_back), frozenset(active), prune)
    trees = {name: folder.files for name, folder in folders.items()}
    trees |= {name: _write_folder(name, context) for name in active}
    return Retention(chosen, trees, tuple(one for found in findings.values() for one in found))


def last_specs(folders: Iterable[Folder]) -> dict[str, Json]:
    """Return the specs that stand so far, by model; of two, that of the page which lists the model."""
    models = [(folder, model) for folder in folders for model in folder.page.all_models]
    models.sort(key=lambda each: each[1] not in each[0].page.deprecated)
    return {model: spec for folder, model in models if (spec := folder.spec(model))}


@dataclass(frozen=True)
class _Context:
    """What the decision about a model depends on.

    `active` are the pages whose folders are rewritten; `failed` are the models that have errors, or that are in a folder which
    this run leaves as it is.
    """

    pages: Mapping[str, BuiltPage]
    folders: Mapping[str, Folder]
    on_pages: frozenset[str]
    failed: frozenset[str]
    active: frozenset[str]
    prune: bool

    @cached_property
    def owners(self) -> dict[str, str]:
        """Model -> the page that will list it."""
        return {model: name for name in self.folders for model in self._listed(name)}

    def _listed(self, name: str) -> Iterable[str]:
        folder = self.folders[name]
        if name not in self.active:
            return folder.page.models
        models = self.pages[name].models
        return [one for one in models if one not in self.failed or folder.has_spec(one)]


def _choose_pages(
    pages: Mapping[str, BuiltPage], folders: Mapping[str, Folder], names: Collection[str]
) -> frozenset[str]:
    if not names:
        return frozenset(pages)
    taken = {model for name in names for model in pages[name].models}
    sources = [name for name, folder in folders.items() if not taken.isdisjoint(folder.page.all_models)]
    return frozenset([*names, *sources])


def _find_removals(
    page: BuiltPage, folder: Folder, on_pages: Container[str], failed: Container[str], max_share: float
) -> Iterator[Finding]:
    """Find out whether too many models of a page, or parameters of a model, disappeared at once."""
    listed = folder.page.models
    missing = [model for model in listed if model not in on_pages]
    if page.drafts and len(missing) > max_share * len(listed) and not page.has_error:
        place = Place(page.drafts[0].origins[""]["title"].place.file)
        problem = f"{len(missing)} of {pluralize(len(listed), 'model')} disappeared at once: {shorten(', '.join(missing))}"
        yield Finding("many-models-gone", place, problem)
    for draft in page.drafts:
        if draft.model in failed:  # what could not be read is not gone
            continue
        before, now = folder.spec(draft.model).get("properties", {}), draft.spec.get("properties", {})
        missing = [name for name in before if name not in now]
        if len(missing) > max_share * len(before):
            names = shorten(", ".join(missing))
            problem = f"{len(missing)} of {pluralize(len(before), 'parameter')} disappeared at once: {names}"
            yield Finding("many-parameters-gone", draft.origins[""]["title"].place, problem, draft.model)


def _decide(model: str, name: str, context: _Context) -> Decision:
    """Decide what happens to a model in the folder of a page that lists it, or listed it before."""
    page, folder = context.pages[name], context.folders[name]
    as_before: Decision = "unchanged" if folder.has_spec(model) else "removed"
    was_deprecated = model in folder.page.deprecated
    if model in page.models and model not in context.failed:
        return "written"
    if model in page.models and not was_deprecated:
        return as_before
    if context.owners.get(model, name) != name:  # it has moved
        return "removed"
    if not was_deprecated and (page.has_error or model in context.on_pages):  # the page may still list it
        return as_before
    is_wanted = model in context.on_pages or not context.prune
    return "deprecated" if is_wanted and folder.has_spec(model) else "removed"


def _write_folder(name: str, context: _Context) -> Tree:
    page, folder = context.pages[name], context.folders[name]
    candidates = dict.fromkeys((*page.models, *folder.page.all_models))
    decisions = {model: _decide(model, name, context) for model in candidates}
    written = [one.spec for one in page.drafts if decisions[one.model] == "written"]
    tree = {spec_file(name_in_code(spec)): write_spec(spec) for spec in written}
    kept = map(folder.page.spec_file, _models_with(decisions, "unchanged"))
    tree |= {file: folder.files[file] for file in kept}
    models = tuple(model for model, decision in decisions.items() if decision in ("written", "unchanged"))
    taken = {file.lower() for file in tree}
    deprecated = [
        model
        for model in _models_with(decisions, "deprecated")
        if folder.page.spec_file(model).lower() not in taken
    ]
    tree |= {folder.page.spec_file(model): _deprecated_spec(model, folder) for model in deprecated}
    dates = {model: folder.page.deprecated.get(model, page.document.updated) for model in deprecated}
    providers = dict(_providers((*models, *deprecated), page, folder.page))
    names = {model: name for model, name in folder.page.names.items() if decisions.get(model) != "written"}
    names = {model: name for model, name in names.items() if model in models or model in deprecated}
    names |= given_names(written)
    document = replace(page.document, models=models, deprecated=dates, providers=providers, names=names)
    return tree | {PAGE_JSON: write_page_json(document)}


def _models_with(decisions: Mapping[str, Decision], decision: Decision) -> list[str]:
    return [model for model, one in decisions.items() if one == decision]


def _deprecated_spec(model: str, folder: Folder) -> str:
    """Return a spec with `deprecated: true` before its type; one that is damaged as it is, for somebody to restore."""
    spec = folder.spec(model)
    return write_spec(_mark_deprecated(spec)) if spec else folder.files[folder.page.spec_file(model)]


def _mark_deprecated(spec: Json) -> Json:
    plain = {key: fact for key, fact in spec.items() if key != DEPRECATED}
    before = list(plain)[: list(plain).index("type")] if "type" in plain else list(plain)
    return {key: plain[key] for key in before} | {DEPRECATED: True} | plain


def _providers(models: Iterable[str], page: BuiltPage, before: PageDocument) -> Iterator[tuple[str, str]]:
    """Return pairs of a model and the heading above it; for a model that the page no longer lists, the heading from before."""
    for model in models:
        source = page.document if model in page.models else before
        if model in source.providers:
            yield model, source.providers[model]
