"""What a run changes on each page, counted: by severity, and the models that are new, deprecated or held back. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping

from paramsync.changes.kinds import VERSION_STEPS, Change
from paramsync.changes.specs import compare_specs, read_spec_set
from paramsync.findings import InputError
from paramsync.pages.vendor import Vendor
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import Folder, spec_file
from paramsync.text import Tree

Counts = Mapping[str, int]  # label -> how many, in the order of LABELS
LABELS = ("new", *VERSION_STEPS, "deprecated", "held back")


def count_changes(
    pages: Mapping[str, BuiltPage],
    folders: Mapping[str, Folder],
    after: Mapping[str, Tree],
    vendor: Vendor,
) -> dict[str, Counts]:
    """Count what changes on each page whose folder changes, or of which models are held back.

    `folders` are those before the run, `after` are their JSON files after it. What was damaged before is not compared.
    """
    before = {name: folder.files for name, folder in folders.items()}
    changed = [name for name in after if before[name] != after[name]]
    counts: dict[str, Counter[str]] = {name: Counter() for name in pages}
    for one in _compare(changed, before, after, vendor):
        if label := _label(one):
            counts[one.page][label] += 1
    for name in pages:
        counts[name]["held back"] = len({*_find_held_back(pages[name], folders[name], after[name])})
    found = {name: {label: each[label] for label in LABELS if each[label]} for name, each in counts.items()}
    return {name: each for name, each in found.items() if each}


def _label(change: Change) -> str:
    """Return the label under which a change counts; a page that is new counts by its models."""
    special = {"page-added": "", "model-added": "new", "model-deprecated": "deprecated"}
    return special.get(change.kind, change.severity)


def _find_held_back(page: BuiltPage, before: Folder, after: Tree) -> Iterator[str]:
    """Find the models of a page whose specs do not become what the page says."""
    for draft in page.drafts:
        file = spec_file(draft.name_in_code)
        if after.get(file) == before.files.get(file) and before.spec(draft.model) != draft.spec:
            yield draft.model
    if before.files == after:  # what the page no longer lists is neither deprecated nor removed
        yield from (model for model in before.page.models if model not in page.models)


def _compare(
    names: list[str], before: Mapping[str, Tree], after: Mapping[str, Tree], vendor: Vendor
) -> tuple[Change, ...]:
    """Compare the folders of pages, but for those that cannot be read."""
    try:
        return compare_specs(_flatten(before, names), _flatten(after, names), vendor)
    except InputError:
        readable = [name for name in names if _are_readable(name, vendor, before, after)]
        return compare_specs(_flatten(before, readable), _flatten(after, readable), vendor)


def _are_readable(name: str, vendor: Vendor, *sides: Mapping[str, Tree]) -> bool:
    """Tell whether the folder of a page can be read on each side."""
    try:
        for side in sides:
            read_spec_set(_flatten(side, [name]), vendor)
    except InputError:
        return False
    return True


def _flatten(trees: Mapping[str, Tree], names: list[str]) -> Tree:
    return {f"{name}/{path}": text for name in names for path, text in trees[name].items()}
