"""Fetch the files of models for the pages of a run, and say what happened to them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePosixPath

from paramsync.commands.model_store import WRITTEN, FileReport, FileStatus, ListedModel, ModelStore
from paramsync.findings import InputError
from paramsync.paths import PROFILE
from paramsync.progress import Progress
from paramsync.site.cache import CacheEntry, digest
from paramsync.site.model_files import FetchedFile, Results, WantedFile, fetch_files
from paramsync.site.model_sources import ModelSource
from paramsync.site.responses import FetchError, Validators
from paramsync.text import pluralize, shorten, toml_text

MAX_SHOWN = 3  # files of which the same is told
MAX_UNREAD = 20  # fields
Wanted = dict[str, tuple[ModelSource, ListedModel]]  # by path
Row = tuple[str, str, str]  # what it is about, the status, a note


def fetch_models(
    store: ModelStore,
    sources: Sequence[ModelSource],
    pages: Iterable[str],
    entries: Mapping[str, CacheEntry],
    *,
    end: float,
    progress: Progress,
) -> tuple[list[FileReport], dict[str, CacheEntry]]:
    """Fetch each source's file of each model of some pages; return the reports, and the entries of all files for the cache."""
    listed = [model for page in pages for model in store.list_models(page) or ()]
    moved = [report for model in listed for report in store.follow(model)]
    wanted = {model.path(source.ending): (source, model) for source in sources for model in listed}
    urls = {path: source.find_url(model.model, model.markdown) for path, (source, model) in wanted.items()}
    requests = {
        path: WantedFile(wanted[path][0].endpoint, url, _find_known(store, wanted[path][0], path, entries))
        for path, url in urls.items()
        if url
    }
    results = fetch_files(requests, end=end, progress=progress)
    saved = {report.path: report for report in _save_all(store, wanted, results)}
    sound = {path: wanted[path][0] for path, report in saved.items() if not report.is_wrong}
    return [*moved, *saved.values()], _update_entries(store, sound, results, entries)


def write_rows(reports: Sequence[FileReport]) -> Iterator[Row]:
    """Write what is to be told of single files: the same of several in one row."""
    groups: dict[tuple[str, str, str], list[FileReport]] = {}
    for one in reports:
        if one.problem:
            groups.setdefault((one.noun, one.status, one.problem), []).append(one)
    for (noun, status, problem), group in groups.items():
        first = group[0]
        where = f"{first.url}: " if first.url else ""
        if len(group) == 1:
            yield first.path.removeprefix("specs/"), status, f"{where}{problem}"
        else:
            yield pluralize(len(group), noun), status, f"{where}{problem}: {_list(group)}"
    yield from _write_unread(reports)


def count_changes(reports: Iterable[FileReport]) -> dict[str, str]:
    """Say by page how many of its models' files are no longer as they were."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for one in reports:
        if one.status in WRITTEN:
            counts.setdefault(one.path.split("/")[1], Counter())[one.noun, one.status] += 1
    return {
        page: ", ".join(_count(*each) for each in sorted(found.items())) for page, found in counts.items()
    }


def _count(kind: tuple[str, str], number: int) -> str:
    noun, status = kind
    return pluralize(number, f"{status} {noun}")


def _save_all(store: ModelStore, wanted: Wanted, results: Results) -> Iterator[FileReport]:
    gone: dict[str, str] = {}
    saved = 0
    for path, (source, listed) in wanted.items():
        if path not in results:
            continue
        try:
            is_saved = store.read(path) is not None
            saved += is_saved and source.means_gone
            if results[path] is not None:
                yield _save(store, source, listed, results[path])
            elif is_saved and source.means_gone:
                gone[path] = source.noun
            else:
                yield FileReport(source.noun, path, "missing")
        except InputError as error:
            yield FileReport(source.noun, path, "failed", f"cannot be saved: {error}")
    is_held_back = store.pages.profile.removals.are_too_many(len(gone), saved)
    for path in gone:
        source, listed = wanted[path]
        if is_held_back:
            problem = f"{len(gone)} of {pluralize(saved, 'model')} have gone from the API at once; the saved files stay; if they are gone for good, remove them"
            yield FileReport(source.noun, path, "kept", problem)
        else:
            yield store.remove(source, listed)


def _save(
    store: ModelStore, source: ModelSource, listed: ListedModel, result: FetchedFile | FetchError | None
) -> FileReport:
    path = listed.path(source.ending)
    problem, url = (result.problem, result.url) if isinstance(result, FetchError) else ("", "")
    status: FileStatus = "failed"
    if isinstance(result, FetchedFile):
        try:
            return store.save(source, listed, result)
        except FetchError as error:
            status, problem, url = "rejected", error.problem, result.url
    stays = "" if store.read(path) is None else "; the saved file stays"
    redact = source.keys.redact
    return FileReport(source.noun, path, status, f"{redact(problem)}{stays}", redact(url))


def _find_known(
    store: ModelStore, source: ModelSource, path: str, entries: Mapping[str, CacheEntry]
) -> dict[str, Validators]:
    """Find the validators of a file that is saved as it was served, by the URL that it had."""
    entry = entries.get(path)
    return {entry.url: entry.validators} if entry and entry.digest == _digest(store, source, path) else {}


def _digest(store: ModelStore, source: ModelSource, path: str) -> str:
    """Return the digest of a saved file and of how it is read: what is saved of it depends on the profile."""
    try:
        text = store.read(path)
    except InputError:
        return ""
    return "" if text is None else digest(f"{source.form}\n{text}".encode(errors="surrogateescape"))


def _update_entries(
    store: ModelStore, sound: Mapping[str, ModelSource], results: Results, entries: Mapping[str, CacheEntry]
) -> dict[str, CacheEntry]:
    """Keep the entries of files that are still there; replace those of files that are saved as they were served."""
    updated = {path: entry for path, entry in entries.items() if (store.pages.root / path).is_file()}
    for path, source in sound.items():
        fetched = results[path]
        if isinstance(fetched, FetchedFile) and fetched.body is not None:
            given = fetched.validators
            entry = CacheEntry(fetched.url, _digest(store, source, path), given.etag, given.last_modified)
            updated[path] = entry
    return updated


def _list(group: Sequence[FileReport]) -> str:
    shown = [PurePosixPath(one.path).name for one in islice(group, MAX_SHOWN)]
    more = len(group) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _write_unread(reports: Iterable[FileReport]) -> Iterator[Row]:
    """Say which fields the profile does not name, each once, with the line that it lacks."""
    found: dict[str, list[FileReport]] = {}
    for one in reports:
        for name in one.unread:
            found.setdefault(name, []).append(one)
    for name, group in islice(found.items(), MAX_UNREAD):
        where = group[0].path.removeprefix("specs/")
        others = f", here and in {len(group) - 1} more" if len(group) > 1 else ""
        line = f'{toml_text(shorten(name))} = "ignored"'
        note = f"the profile does not name the field {shorten(name)}{others}; below [sources.record.fields] in {PROFILE}: {line}, or its meaning"
        yield where, "unread", note
