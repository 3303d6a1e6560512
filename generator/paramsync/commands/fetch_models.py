"""Fetch the files of models for the pages of a run, and say what happened to them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePosixPath

from paramsync.commands.model_store import WRITTEN, FileReport, FileStatus, ModelFile, ModelStore
from paramsync.findings import InputError
from paramsync.paths import PROFILE
from paramsync.progress import Progress
from paramsync.site.cache import CacheEntry, digest
from paramsync.site.model_files import Endpoint, FetchedFile, WantedFile, fetch_files
from paramsync.site.model_sources import ModelSource
from paramsync.site.responses import FetchError, Validators
from paramsync.text import pluralize, shorten, toml_text

MAX_SHOWN = 3  # files of which the same is told
MAX_UNREAD = 20  # fields
Results = Mapping[ModelFile, FetchedFile | FetchError | None]  # None: its server says that there is none
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
    moved = [*store.follow(listed)]
    files = [ModelFile(source, model) for source in sources for model in listed]
    wanted: dict[Endpoint, dict[str, WantedFile]] = {}
    for file in files:
        if file.url:
            requested = WantedFile(file.url, _find_known(store, file, entries))
            wanted.setdefault(file.source.endpoint, {})[file.path] = requested
    fetched = fetch_files(wanted, end=end, progress=progress)
    results = {file: fetched[file.path] for file in files if file.path in fetched}
    reports = [*_save_all(store, results)]
    wrong = {report.path for report in reports if report.is_wrong}
    sound = {file: result for file, result in results.items() if file.path not in wrong}
    return [*moved, *reports], _update_entries(store, sound, entries)


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


def _save_all(store: ModelStore, results: Results) -> Iterator[FileReport]:
    gone: list[ModelFile] = []
    saved = 0
    for file, result in results.items():
        try:
            is_saved = store.read(file.path) is not None
            saved += is_saved and file.source.means_gone
            if result is not None:
                yield _save(store, file, result)
            elif is_saved and file.source.means_gone:
                gone.append(file)
            else:
                yield FileReport(file.source.noun, file.path, "missing")
        except InputError as error:
            yield FileReport(file.source.noun, file.path, "failed", f"cannot be saved: {error}")
    is_held_back = store.pages.profile.removals.are_too_many(len(gone), saved)
    for file in gone:
        if is_held_back:
            problem = f"{len(gone)} of {pluralize(saved, 'model')} have gone from the API at once; the saved files stay; if they are gone for good, remove them"
            yield FileReport(file.source.noun, file.path, "kept", problem)
        else:
            yield store.remove(file)


def _save(store: ModelStore, file: ModelFile, result: FetchedFile | FetchError) -> FileReport:
    try:
        if isinstance(result, FetchedFile):
            return store.save(file, result)
        status: FileStatus = "failed"
        error, url = result, result.url
    except FetchError as rejected:
        status, error, url = "rejected", rejected, result.url
    stays = "" if store.read(file.path) is None else "; the saved file stays"
    return FileReport(file.source.noun, file.path, status, f"{error.problem}{stays}", url)


def _find_known(
    store: ModelStore, file: ModelFile, entries: Mapping[str, CacheEntry]
) -> dict[str, Validators]:
    """Find the validators of a file that is saved as it was served, by the URL that it had."""
    entry = entries.get(file.path)
    return {entry.url: entry.validators} if entry and entry.digest == _digest(store, file) else {}


def _digest(store: ModelStore, file: ModelFile) -> str:
    """Return the digest of a saved file and of how it is read: what is saved of it depends on the profile."""
    try:
        text = store.read(file.path)
    except InputError:
        return ""
    return "" if text is None else digest(f"{file.source.form}\n{text}".encode(errors="surrogateescape"))


def _update_entries(
    store: ModelStore, sound: Results, entries: Mapping[str, CacheEntry]
) -> dict[str, CacheEntry]:
    """Keep the entries of files that are still there; replace those of files that are saved as they were served."""
    updated = {path: entry for path, entry in entries.items() if (store.pages.root / path).is_file()}
    for file, fetched in sound.items():
        if isinstance(fetched, FetchedFile) and fetched.body is not None:
            given = fetched.validators
            entry = CacheEntry(fetched.url, _digest(store, file), given.etag, given.last_modified)
            updated[file.path] = entry
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
