"""The verb `fetch`: the site's pages to saved pages. Reads and writes `specs/<page>/page.*`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.page_store import PageReport, PageStore
from paramsync.commands.root import update_files
from paramsync.config import read_config
from paramsync.findings import InputError, Place, UsageError
from paramsync.pages.profile import Profile, Site
from paramsync.paths import PROFILE
from paramsync.progress import Progress
from paramsync.site.cache import CacheEntry, digest, read_entries, write_entries
from paramsync.site.crawl import Results, fetch_pages
from paramsync.site.discovery import ListedPages
from paramsync.site.pages import FetchedPage
from paramsync.site.responses import FetchError
from paramsync.site.urls import UrlPolicy
from paramsync.text import pluralize, suggest_name
from paramsync.workspace import files

MAX_CANDIDATES = 10  # URLs to try for a page that is not listed any more


def fetch(
    root: Path, names: Sequence[str], *, check: bool, allow_loopback: bool, progress: Progress
) -> Outcome:
    """Save the site's pages, those named or all (or, to check, compare them).

    Raises:
        InputError: `specs/profile.toml` cannot be used, or has no [site].
        UsageError: the site lists no page of a name.

    """
    profile = read_config(files.read_text(root / PROFILE, root), PROFILE, Profile)
    store = PageStore(root, profile)
    entries = read_entries(root)
    policy = UrlPolicy(_site_of(profile), allow_loopback)
    select = partial(_select_pages, names, store, entries)
    known = {entry.url: entry.validators for name, entry in entries.items() if _is_valid(entry, store, name)}
    listed, results = fetch_pages(policy, select, known, store.inspect, progress)
    reports = [_save(name, results[name], store, listed) for name in _in_order(results)]
    update_files(root, store.expected, store.actual, check=check)
    if not check:
        write_entries(root, _update_entries(store, entries, results))
    return _outcome(reports, listed, check=check)


def _site_of(profile: Profile) -> Site:
    if profile.site:
        return profile.site
    problem = "there is no [site]; add it, with hosts, indexes, page and user_agent"
    raise InputError(Place(PROFILE), problem)


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
    surroundings = dict.fromkeys(map(listed.policy.split_around_name, listed.urls.values()))

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


def _outcome(reports: Sequence[PageReport], listed: ListedPages, *, check: bool) -> Outcome:
    wrong = sum(report.is_wrong for report in reports)
    written = sum(report.is_written for report in reports)
    return Outcome(
        lines=(
            *(f"{url}: error: {problem}" for url, problem in listed.problems),
            *_table(sorted(reports, key=lambda report: report.page)),
        ),
        subject=pluralize(len(reports), "page") + (f", {wrong} of them failed or rejected" if wrong else ""),
        changed=written,
        unchanged=sum(not report.is_written and not report.is_wrong for report in reports),
        exit_code=INPUT_ERROR if wrong or listed.problems else DRIFT if check and written else IN_ORDER,
    )


def _table(reports: Sequence[PageReport]) -> Iterator[str]:
    page = max((len(report.page) for report in reports), default=0)
    status = max((len(report.status) for report in reports), default=0)
    for report in reports:
        yield f"{report.page:{page}}  {report.status:{status}}  {report.note}".rstrip()
