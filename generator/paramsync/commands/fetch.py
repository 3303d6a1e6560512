"""The verb `fetch`: the site's pages, and what else describes their models, to saved files.

Reads and writes `specs/<page>/page.*`, `<model>.llm.md` and `<model>.record.json`.
"""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from paramsync.commands.fetch_models import Row, count_changes, fetch_models, write_rows
from paramsync.commands.fetch_pages import SavedPages, choose_saved, fetch_and_save
from paramsync.commands.model_store import WRITTEN, FileReport, ModelStore
from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.page_store import PageStore
from paramsync.commands.root import update_files
from paramsync.config import read_config
from paramsync.findings import InputError, Place
from paramsync.pages.profile import Profile
from paramsync.pages.site import Site
from paramsync.paths import PROFILE, SourceName
from paramsync.progress import Progress
from paramsync.site.cache import MODELS, read_entries, write_entries
from paramsync.site.model_sources import NOUNS, ModelSource, choose_sources
from paramsync.site.responses import FetchError
from paramsync.site.urls import UrlPolicy
from paramsync.text import pluralize
from paramsync.workspace import files


def fetch(
    root: Path,
    names: Sequence[str],
    wanted: Sequence[SourceName],
    *,
    check: bool,
    allow_loopback: bool,
    progress: Progress,
) -> Outcome:
    """Save the wanted sources (without one, all that the profile asks for) of the pages named, or of all.

    By a check, compare them.

    Raises:
        InputError: `specs/profile.toml` cannot be used, or has no [site].
        UsageError: there is no page of a name, a source cannot be fetched, or a key is missing.

    """
    profile = read_config(files.read_text(root / PROFILE, root), PROFILE, Profile)
    site = _site_of(profile)
    policy, end = UrlPolicy(site, allow_loopback), time.monotonic() + site.deadline
    sources, notes = _choose(profile, wanted, policy)
    store = PageStore(root, profile)
    if "page" in wanted or not wanted:
        pages = fetch_and_save(store, names, policy, read_entries(root), end=end, progress=progress)
    else:
        pages = choose_saved(store, names)
    known = read_entries(root, MODELS)
    models, entries = fetch_models(ModelStore(store), sources, pages.names, known, end=end, progress=progress)
    update_files(root, store.expected, store.actual, check=check)
    if not check:
        if pages.entries is not None:
            write_entries(root, pages.entries)
        if entries or known:
            write_entries(root, entries, MODELS)
    return _outcome(pages, models, notes, check=check)


def _site_of(profile: Profile) -> Site:
    if profile.site:
        return profile.site
    problem = "there is no [site]; add it, with hosts, user_agent, and pages or indexes and page"
    raise InputError(Place(PROFILE), problem)


def _choose(
    profile: Profile, wanted: Sequence[SourceName], policy: UrlPolicy
) -> tuple[list[ModelSource], list[str]]:
    try:
        return choose_sources(profile, wanted, policy, os.environ)
    except FetchError as error:
        raise InputError(Place(PROFILE), f"url of [sources.record]: {error.problem}") from None


def _outcome(
    pages: SavedPages, models: Sequence[FileReport], notes: Sequence[str], *, check: bool
) -> Outcome:
    wrong = sum(one.is_wrong for one in pages.reports) + sum(one.is_wrong for one in models)
    changed = {one.path for one in models if one.status in WRITTEN}
    written = len(changed) + sum(report.is_written for report in pages.reports)
    unchanged = sum(not report.is_written and not report.is_wrong for report in pages.reports)
    unchanged += sum(report.status == "unchanged" for report in models)
    exit_code = INPUT_ERROR if wrong or pages.problems else DRIFT if check and written else IN_ORDER
    rows = [*sorted(_page_rows(pages, models)), *write_rows(models)]
    return Outcome(
        lines=(*(f"{url}: error: {problem}" for url, problem in pages.problems), *_table(rows), *notes),
        subject=_describe(pages, models) + (f", {wrong} of them failed or rejected" if wrong else ""),
        changed=written,
        unchanged=unchanged,
        exit_code=exit_code,
    )


def _page_rows(pages: SavedPages, models: Sequence[FileReport]) -> Iterator[Row]:
    """Write a row for each page, with what changed of its models' files."""
    counts = count_changes(models)
    for report in pages.reports:
        yield report.page, report.status, "; ".join(filter(None, (report.note, counts.pop(report.page, ""))))
    for page, note in counts.items():
        yield page, "models", note


def _describe(pages: SavedPages, models: Sequence[FileReport]) -> str:
    """Say what a run was about: `3 pages, 12 records`."""
    numbers = {noun: len({one.path for one in models if one.noun == noun}) for noun in NOUNS.values()}
    found = [pluralize(number, noun) for noun, number in numbers.items() if number]
    return ", ".join([pluralize(len(pages.reports), "page"), *found] if pages.reports or not found else found)


def _table(rows: Sequence[Row]) -> Iterator[str]:
    first, status = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    for name, happened, note in rows:
        yield f"{name:{first}}  {happened:{status}}  {note}".rstrip()
