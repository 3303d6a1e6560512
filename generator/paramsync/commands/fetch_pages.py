"""Fetch the pages of a run and save them, each under its name, and say what happened to each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from paramsync.commands.page_store import PageReport, PageStore
from paramsync.findings import InputError, UsageError
from paramsync.progress import Progress
from paramsync.site.cache import CacheEntry, digest
from paramsync.site.crawl import Results, fetch_pages
from paramsync.site.discovery import ListedPages
from paramsync.site.pages import FetchedPage
from paramsync.site.responses import FetchError
from paramsync.site.urls import UrlPolicy
from paramsync.text import suggest_name

MAX_CANDIDATES = 10  # URLs to try for a page that is not listed any more


@dataclass(frozen=True)
class SavedPages:
    """What a run did: the saved pages that it was about, what happened to each, and what is wrong with the indexes (URL, problem)."""

    names: tuple[str, ...]
    reports: tuple[PageReport, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    entries: Mapping[str, CacheEntry] | None = None  # for the cache, if it is to be written


def fetch_and_save(
    store: PageStore,
    names: Sequence[str],
    policy: UrlPolicy,
    entries: Mapping[str, CacheEntry],
    *,
    end: float,
    progress: Progress,
) -> SavedPages:
    """Fetch the pages named, or all that are listed or saved, and save them in the store.

    Raises:
        UsageError: the site lists no page of a name.

    """
    select = partial(_select_pages, names, store, entries)
    known = {entry.url: entry.validators for name, entry in entries.items() if _is_valid(entry, store, name)}
    listed, results = fetch_pages(policy, select, known, store.inspect, end=end, progress=progress)
    reports = tuple(_save(name, results[name], store, listed) for name in _in_order(results))
    served = (one.name if isinstance(one, FetchedPage) else name for name, one in results.items())
    return SavedPages(
        tuple(sorted({name for name in served if name in store.pages})),
        reports,
        tuple(listed.problems),
        _update_entries(store, entries, results),
    )


def choose_saved(store: PageStore, names: Sequence[str]) -> SavedPages:
    """Choose the saved pages named, or all, without a request.

    Raises:
        UsageError: no page of a name is saved.

    """
    for name in names:
        if name not in store.pages:
            raise UsageError(f"no page {name!r} is saved{suggest_name(name, store.pages)}")
    return SavedPages(tuple(dict.fromkeys(names) or store.pages))


def _is_valid(entry: CacheEntry, store: PageStore, name: str) -> bool:
    """Tell whether a page is saved as it was when its entry was made."""
    saved = store.pages.get(name)
    return saved is not None and [entry.digest] == list(map(digest, saved.forms.values()))


def _select_pages(
    names: Sequence[str], store: PageStore, entries: Mapping[str, CacheEntry], listed: ListedPages
) -> dict[str, list[str]]:
    """Select the pages named, or all that are listed or saved; each with its URL, or those where it may be.

    Raises:
        UsageError: there is no page of a name.

    """
    existing = dict.fromkeys((*listed.urls, *store.pages))
    for name in names:
        if name not in existing and not listed.problems:
            raise UsageError(f"the site lists no page {name!r}{suggest_name(name, existing)}")
    found = [url for name, url in listed.urls.items() if name not in listed.policy.site.pages]
    surroundings = dict.fromkeys(map(listed.policy.split_around_name, found))

    def candidates(name: str) -> Iterator[str]:
        if name in listed.urls:
            yield listed.urls[name]
            return
        if name in entries and listed.policy.page_name(entries[name].url) == name:
            yield entries[name].url
        if name in store.pages:  # it may still stand beside others, or redirect to where it has moved
            yield from (before + name + after for before, after in surroundings)

    return {name: list(islice(candidates(name), MAX_CANDIDATES)) for name in dict.fromkeys(names) or existing}


def _in_order(results: Results) -> list[str]:
    """Return the names, first those whose folder moves, so that a new page does not take its place."""

    def is_saved_later(name: str) -> bool:
        result = results[name]
        return not isinstance(result, FetchedPage) or result.name == name

    return sorted(results, key=is_saved_later)


def _save(
    name: str, result: FetchedPage | FetchError | None, store: PageStore, listed: ListedPages
) -> PageReport:
    stays = "; the saved page stays" if name in store.pages else ""
    if isinstance(result, FetchError):
        return PageReport(name, "failed", f"{result.url}: {result.problem}{stays}")
    if result is None:
        return PageReport(name, "failed", f"{_explain_missing(name, listed)}{stays}")
    try:
        report = store.save(name, result)
    except FetchError as error:
        return PageReport(name, "rejected", f"{result.url}: {error.problem}{stays}")
    except InputError as error:
        return PageReport(name, "failed", f"cannot be saved: {error}")
    return _add_urls(report, result, listed)


def _explain_missing(name: str, listed: ListedPages) -> str:
    if name in listed.urls:
        return f"{listed.urls[name]}: listed, but the site has no such page (status 404 or 410)"
    if listed.problems:
        return "not listed by the indexes that could be read"
    return f"not listed, and not found; if it is gone for good, remove specs/{name}"


def _add_urls(report: PageReport, fetched: FetchedPage, listed: ListedPages) -> PageReport:
    """Say where a page was found that is not listed, or is listed at several URLs."""
    if report.status in ("changed", "unchanged") and report.page not in listed.urls:
        note = f"{report.status}; {fetched.url} still serves it"
        return replace(report, status="not listed", note=note)
    if others := listed.other_urls.get(fetched.name):
        source = f"from {fetched.url}, not from {', '.join(islice(others, 3))}"
        return replace(report, note="; ".join(filter(None, [report.note, source])))
    return report


def _update_entries(
    store: PageStore, entries: Mapping[str, CacheEntry], results: Results
) -> dict[str, CacheEntry]:
    """Keep the entries of pages that are still saved; replace those of pages that are saved as they were served."""
    updated = {name: entry for name, entry in entries.items() if name in store.pages}
    for fetched in results.values():
        if isinstance(fetched, FetchedPage) and fetched.body is not None:
            saved = store.pages.get(fetched.name)
            if saved and saved.has(fetched.form, fetched.body):
                given = fetched.validators
                entry = CacheEntry(fetched.url, digest(fetched.body), given.etag, given.last_modified)
                updated[fetched.name] = entry
    return updated
