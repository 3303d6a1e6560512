"""Decide which specs each page's folder should hold: what is written, stays, moves, goes or is held back. Pure.

A model with errors keeps its last good spec, and so does one that loses too many parameters at once. A model that no page lists
any more is kept, marked as deprecated, until it is pruned. A page that loses too many models at once is held back: its folder
stays unchanged.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from paramsync.findings import Finding
from paramsync.pages.removals import Removals
from paramsync.paths import PAGE_JSON
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import (
    Folder,
    PageDocument,
    given_names,
    spec_file,
    write_page_json,
    write_spec,
)
from paramsync.specs.removals import find_losses, locate_page
from paramsync.text import Json, Tree

DEPRECATED = "deprecated"
ALL_MAY_GO = Removals(share=1)
# The new spec is written; the old one stays as it is; it stays, marked as deprecated; there is none.
Decision = Literal["written", "unchanged", "deprecated", "removed"]


@dataclass(frozen=True)
class Retention:
    """The decision: the JSON files that each folder should hold, and findings that say what is held back, and why.

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
    limits: Removals = ALL_MAY_GO,
    accepted: frozenset[str] = frozenset(),
    prune: bool = False,
) -> Retention:
    """Decide for the named pages and the pages that models move from; without names, for all pages.

    `pages` and `folders` have the same keys; `failed` are the models with errors. `accepted` are the pages and the models that
    may lose more at once than `limits` allow. `prune` removes the models that no page lists.
    """
    chosen = _choose_pages(pages, folders, names)
    losses = [*find_losses(pages, folders, sorted(chosen), failed, limits)]
    refused = [loss for loss in losses if loss.loser not in accepted]
    failed |= {loss.model for loss in refused if loss.model}
    blocked = {loss.page for loss in refused if not loss.model}
    active = chosen - blocked - {name for name in chosen if pages[name].has_error and not pages[name].drafts}
    held_back = [model for name in folders.keys() - active for model in folders[name].page.all_models]
    context = _Context(pages, folders, failed.union(held_back), active, prune)
    trees = {name: folder.files for name, folder in folders.items()}
    trees |= {name: _write_folder(name, context) for name in sorted(active)}
    unused = accepted.difference(loss.loser for loss in losses)
    findings = (*(loss.report() for loss in refused), *_report_unused(unused, pages, folders))
    return Retention(chosen, trees, findings)


def mark_deprecated(spec: Json) -> Json:
    """Put `deprecated: true` before the type of a spec."""
    plain = {key: fact for key, fact in spec.items() if key != DEPRECATED}
    before = list(plain)[: list(plain).index("type")] if "type" in plain else list(plain)
    return {key: plain[key] for key in before} | {DEPRECATED: True} | plain


@dataclass(frozen=True)
class _Context:
    """What the decision about a model depends on.

    `active` are the pages whose folders are rewritten; `failed` are the models that have errors, or that are in a folder which
    this run leaves as it is.
    """

    pages: Mapping[str, BuiltPage]
    folders: Mapping[str, Folder]
    failed: frozenset[str]
    active: frozenset[str]
    prune: bool

    @cached_property
    def on_pages(self) -> frozenset[str]:
        """The models that pages list."""
        return frozenset(model for page in self.pages.values() for model in page.models)

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


def _report_unused(
    names: frozenset[str], pages: Mapping[str, BuiltPage], folders: Mapping[str, Folder]
) -> Iterator[Finding]:
    """Report the accepted pages and models that have lost nothing that would be held back."""
    for name, page in pages.items():
        place = locate_page(name, page)
        if name in names:
            yield Finding("nothing-to-accept", place, f"no models of the page {name} are held back")
        for model in sorted(names & {*page.models, *folders[name].page.all_models}):
            yield Finding("nothing-to-accept", place, "no parameters of it are held back", model)


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
    written = [one for one in page.drafts if decisions[one.model] == "written"]
    tree = {spec_file(one.name_in_code): write_spec(one.spec) for one in written}
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
    names |= given_names(one.spec for one in written)
    document = replace(page.document, models=models, deprecated=dates, providers=providers, names=names)
    return tree | {PAGE_JSON: write_page_json(document)}


def _models_with(decisions: Mapping[str, Decision], decision: Decision) -> list[str]:
    return [model for model, one in decisions.items() if one == decision]


def _deprecated_spec(model: str, folder: Folder) -> str:
    """Return a spec with `deprecated: true` before its type; one that is damaged as it is, for somebody to restore."""
    spec = folder.spec(model)
    return write_spec(mark_deprecated(spec)) if spec else folder.files[folder.page.spec_file(model)]


def _providers(models: Iterable[str], page: BuiltPage, before: PageDocument) -> Iterator[tuple[str, str]]:
    """Return pairs of a model and the heading above it; for a model that the page no longer lists, the heading from before."""
    for model in models:
        source = page.document if model in page.models else before
        if model in source.providers:
            yield model, source.providers[model]
