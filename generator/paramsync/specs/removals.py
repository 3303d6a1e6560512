"""Find which pages have lost too many models at once, and which models too many parameters; a new name is no loss. Pure."""

import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from paramsync.findings import Finding, Place, one_line
from paramsync.pages.removals import Removals
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import Folder
from paramsync.specs.draft import Draft
from paramsync.specs.renames import find_renamed_models, find_renamed_parameters
from paramsync.text import Json, escape_unsafe, pluralize

WIDTH = 100  # characters of a line of names


@dataclass(frozen=True)
class Loss:
    """The models that a page, or the parameters that a model of it, has lost at once, and how many there were."""

    page: str
    model: str  # empty: the page lost models
    place: Place
    names: tuple[str, ...]
    total: int

    @property
    def loser(self) -> str:
        """The model or the page that has lost them, by whose name this is accepted."""
        return self.model or self.page

    def report(self) -> Finding:
        code, noun = ("many-parameters-gone", "parameter") if self.model else ("many-models-gone", "model")
        names = textwrap.wrap(
            one_line(escape_unsafe(", ".join(self.names))),
            WIDTH,
            break_long_words=False,
            break_on_hyphens=False,
        )
        shown = "\n    ".join(names if len(names) == 1 else ["", *names])
        problem = f"{len(self.names)} of {pluralize(self.total, noun)} disappeared at once: {shown}"
        # What goes is to be read before it is accepted: together stands only what loses the same.
        return Finding(code, self.place, problem, self.model, cause=", ".join(self.names))


def find_losses(
    pages: Mapping[str, BuiltPage],
    folders: Mapping[str, Folder],
    chosen: Sequence[str],
    failed: Collection[str],
    limits: Removals,
) -> Iterator[Loss]:
    """Find what is lost on the chosen pages.

    A model with errors keeps its last spec anyway, and a page that cannot be read as a whole its list of models.
    """
    on_pages = frozenset(model for page in pages.values() for model in page.models)
    missing = {
        name: [model for model in folders[name].page.models if model not in on_pages]
        for name in chosen
        if pages[name].drafts and not pages[name].has_error
    }
    sound = {one.model: one for name in chosen for one in pages[name].drafts if one.model not in failed}
    last = last_specs(folders.values())
    renamed = _find_renamed(missing, folders, last, sound)
    for name in chosen:
        lost = tuple(model for model in missing.get(name, ()) if model not in renamed)
        losses = [Loss(name, "", locate_page(name, pages[name]), lost, len(folders[name].page.models))]
        drafts = [draft for draft in pages[name].drafts if draft.model in sound]
        losses += [_find_lost_parameters(name, draft, last) for draft in drafts]
        yield from (one for one in losses if limits.are_too_many(len(one.names), one.total))


def last_specs(folders: Iterable[Folder]) -> dict[str, Json]:
    """Return the specs that stand so far, by model; of two, that of the page which lists the model."""
    models = [(folder, model) for folder in folders for model in folder.page.all_models]
    models.sort(key=lambda each: each[1] not in each[0].page.deprecated)
    return {model: spec for folder, model in models if (spec := folder.spec(model))}


def locate_page(name: str, page: BuiltPage) -> Place:
    """Return the place of a page as a whole: its file, or its folder if no model of it can be read."""
    return Place(page.drafts[0].origins[""]["title"].place.file if page.drafts else f"specs/{name}")


def _find_renamed(
    missing: Mapping[str, list[str]],
    folders: Mapping[str, Folder],
    last: Mapping[str, Json],
    sound: Mapping[str, Draft],
) -> frozenset[str]:
    """Return the missing models that are on a page under another id."""
    known = frozenset(model for folder in folders.values() for model in folder.page.all_models)
    removed = {model: last[model] for models in missing.values() for model in models if model in last}
    added = {model: draft.spec for model, draft in sound.items() if model not in known}
    return frozenset(find_renamed_models(removed, added).values())


def _find_lost_parameters(page: str, draft: Draft, last: Mapping[str, Json]) -> Loss:
    before = last.get(draft.model, draft.spec)
    renamed = find_renamed_parameters(before, draft.spec).values()
    now = draft.spec["properties"]
    lost = tuple(name for name in before["properties"] if name not in now and name not in renamed)
    return Loss(page, draft.model, draft.origins[""]["title"].place, lost, len(before["properties"]))
