"""Stamps: the outcome of a verb's last run, so that a run without changes shows it at once.

A stamp holds digests of the inputs and the outputs, each with paramsync itself. Those of `scrape` are by page: where nothing but
some pages has changed, only these are read again. It is kept in the cache.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from paramsync.commands.outcome import Outcome, PageResult
from paramsync.findings import Finding, InputError, Place
from paramsync.paths import APIS, is_spec_file
from paramsync.workspace.cache import read_cache, write_cache
from paramsync.workspace.entries import Entry, digest_entries, list_folder, look, walk
from paramsync.workspace.files import FILE, FOLDER
from paramsync.workspace.targets import TEMPLATES, find_supplied

Digests = dict[str, str]  # part of a root -> digest: "" is what everything depends on, any other is a page
Parts = Iterator[tuple[str, Iterator[Entry]]]
VERSIONED = (".dist-info", ".egg-info")  # what is installed has such a folder, named by its version


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the last run said, and which pages have changed since then; of the others, `settled` has what is to be known."""

    outcome: Outcome
    changed: frozenset[str]
    settled: Mapping[str, PageResult]


def digest_inputs(root: Path, verb: str) -> Digests:
    """Digest the inputs before a run; nothing where they cannot be read."""
    with suppress(InputError, OSError):
        return _digest(root, INPUTS[verb])
    return {}


def read_stamp(root: Path, verb: str, inputs: Digests) -> Stamp | None:
    """Return what the last run has left if since then nothing has changed but pages, else None."""
    with suppress(InputError, OSError):  # in the cache or the outputs
        stamp = read_cache(root, verb)
        before = stamp.get("inputs") if isinstance(stamp, dict) else None
        if not inputs or not isinstance(before, dict) or before.get("") != inputs[""]:
            return None
        changed = frozenset(part for part in inputs if inputs[part] != before.get(part))
        pages = {name: _page_result(**facts) for name, facts in stamp["pages"].items()}
        is_by_page = before.keys() == inputs.keys() and changed <= pages.keys()
        if is_by_page and stamp["outputs"] == _digest(root, OUTPUTS[verb]):
            results = tuple(_finding(**facts) for facts in stamp["findings"])
            outcome = Outcome(results, tuple(stamp["lines"]), stamp["subject"], unchanged=stamp["files"])
            return Stamp(outcome, changed, {name: one for name, one in pages.items() if name not in changed})
    return None


def write_stamp(root: Path, verb: str, outcome: Outcome, inputs: Digests) -> None:
    """Keep the outcome of a run that ended with 0; all its files count as unchanged when it is shown again.

    `inputs` is what `digest_inputs` gave before the run. Nothing is kept if they changed during it, or if the cache cannot be
    written.
    """
    if not inputs or inputs != digest_inputs(root, verb):
        return
    with suppress(InputError, OSError):
        stamp = {
            "inputs": inputs,
            "outputs": _digest(root, OUTPUTS[verb]),
            "findings": [asdict(one) for one in outcome.results if isinstance(one, Finding)],
            "lines": outcome.lines,
            "subject": outcome.subject,
            "files": outcome.changed + outcome.unchanged - outcome.removed,
            "pages": {name: asdict(one) for name, one in outcome.pages.items()},
        }
        write_cache(root, verb, stamp)


@cache
def digest_paramsync() -> str:
    """Digest paramsync with its targets, and what it runs on, once: they do not change while they run."""
    compiler, supplied = Path(__file__).parents[1], find_supplied()
    installed = [name for folder in sys.path if os.path.isdir(folder) for name in sorted(os.listdir(folder))]  # noqa: PTH112, PTH208
    versions = [sys.version, *(name for name in installed if name.endswith(VERSIONED))]
    seed = digest_entries(repr(versions), supplied, walk(supplied, TEMPLATES))
    modules = (one for one in walk(compiler.parent, compiler.name) if one.path.endswith(".py"))
    return digest_entries(seed, compiler.parent, modules)


def _digest(root: Path, parts: Callable[[Path], Parts]) -> Digests:
    return {part: digest_entries(digest_paramsync(), root, entries) for part, entries in parts(root)}


def _find_inputs_of_scrape(root: Path) -> Parts:
    """Find what `scrape` reads: of each page, what it does not write itself; of templates, what tells how they spell."""
    targets = [one for one in list_folder(root, TEMPLATES) if one.kind == FOLDER]
    common = [
        *_find_common(root),
        *list_folder(root, TEMPLATES),
        *(look(root, f"{one.path}/target.toml") for one in targets),
        *list_folder(root, f"{TEMPLATES}/{APIS}"),
        *(one for one in _list_shown(root, "generated") if one.kind != FILE),
    ]
    yield "", iter(common)
    for page in _list_pages(root):
        yield page.name, (one for one in list_folder(root, page.path) if not is_spec_file(one.name))


def _find_outputs_of_scrape(root: Path) -> Parts:
    for page in _list_pages(root):
        yield page.name, (one for one in list_folder(root, page.path) if is_spec_file(one.name))


def _find_inputs_of_generate(root: Path) -> Parts:
    of_pages = (list_folder(root, page.path) for page in _list_pages(root))
    yield "", chain(_find_common(root), *of_pages, walk(root, TEMPLATES))


def _find_outputs_of_generate(root: Path) -> Parts:
    yield "", chain([look(root, "generated")], _list_shown(root, "generated"), walk(root, "generated"))


def _find_common(root: Path) -> list[Entry]:
    """Find what every verb reads: what is in `specs/`, but not in the folders of pages."""
    return [look(root, "specs"), look(root, TEMPLATES), *_list_shown(root, "specs")]


def _list_pages(root: Path) -> list[Entry]:
    return [one for one in _list_shown(root, "specs") if one.kind != FILE]


def _list_shown(root: Path, folder: str) -> list[Entry]:
    """List what is in a folder and not hidden."""
    return [one for one in list_folder(root, folder) if not one.name.startswith(".")]


INPUTS = {"scrape": _find_inputs_of_scrape, "generate": _find_inputs_of_generate}
OUTPUTS = {"scrape": _find_outputs_of_scrape, "generate": _find_outputs_of_generate}


def _page_result(*, models: list[str], findings: list[dict[str, Any]], **numbers: int) -> PageResult:
    return PageResult(tuple(models), findings=tuple(_finding(**facts) for facts in findings), **numbers)


def _finding(*, place: dict[str, Any], **facts: str) -> Finding:
    return Finding(place=Place(**place), **facts)
