"""Find models that are documented twice, and pages of which all models are: a page that has moved, and stands in two folders. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from paramsync.findings import Finding, Place
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import Folder
from paramsync.specs.draft import Draft
from paramsync.text import pluralize


def find_duplicates(
    pages: Mapping[str, BuiltPage], folders: Mapping[str, Folder], overlays: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """Find the models that are documented twice; each is reported once, where it has come later.

    The page of two that has its spec in its folder is the one which had the model first. `overlays` are the paths of a page's overlays.
    """
    documented: dict[str, list[tuple[str, Draft]]] = defaultdict(list)
    for page in sorted(pages, key=lambda name: not folders[name].page.all_models):
        for draft in pages[page].drafts:
            documented[draft.model].append((page, draft))
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for model, places in documented.items():
        places.sort(key=lambda each: not folders[each[0]].has_spec(model))
        for page, draft in places[1:]:
            yield _report_model(draft, places[0][1], cause=_cause(page, places[0][0]))
            shared[page, places[0][0]].add(model)
    for (new, old), models in shared.items():
        if new != old and models == {*pages[old].models}:
            yield _report_page(new, old, len(models), pages[new], overlays[old])


def _report_model(draft: Draft, first: Draft, cause: str) -> Finding:
    place, other = (one.origins[""]["x-model"].place for one in (draft, first))
    problem = f"the model is also documented at {other}"
    return Finding("duplicate-model", place, problem, draft.model, cause=cause)


def _report_page(new: str, old: str, number: int, built: BuiltPage, overlays: Collection[str]) -> Finding:
    """Report a page that has all models of another one: it can do without the other."""
    place = Place(built.drafts[0].origins[""]["title"].place.file)
    problem = f"it documents all of specs/{old}, too: {pluralize(number, 'model')}"
    move = [f"git mv {' '.join(sorted(overlays))} specs/{new}"] if overlays else []
    lines = [f"# in the root, if {old} is now called {new}", *move, f"git rm -r specs/{old}"]
    return Finding("duplicate-page", place, problem, lines="\n".join(lines), cause=_cause(new, old))


def _cause(*pages: str) -> str:
    return " ".join(sorted(pages))
