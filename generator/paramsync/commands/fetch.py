"""The verb `fetch`: the site's pages to saved pages. Reads and writes `specs/<page>/page.*`, prints nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from paramsync.commands.outcome import Outcome
from paramsync.commands.page_store import PageStore, Row, read_saved
from paramsync.commands.root import read_spec_schema, settle
from paramsync.config import read_manifest
from paramsync.findings import InputError, Place, UsageError
from paramsync.pages.profile import Profile, Site
from paramsync.progress import Progress
from paramsync.site.cache import Memory, digest, recall, remember
from paramsync.site.crawl import Results, fetch_pages
from paramsync.site.discovery import Listing
from paramsync.site.pages import Fetched
from paramsync.site.responses import FetchError
from paramsync.site.urls import UrlPolicy
from paramsync.specs.paths import PROFILE
from paramsync.text import count, nearest
from paramsync.workspace import files

MOST_GUESSES = 10  # at the address of a page that is no longer listed


def fetch(
    root: Path, names: Sequence[str], *, check: bool, allow_loopback: bool, progress: Progress
) -> Outcome:
    """Save the site's pages, those named or all (or, to check, compare them).

    Raises:
        InputError: `specs/profile.toml` cannot be used, or names no site.
        UsageError: the site lists no page of a name.

    """
    profile = read_manifest(files.read_text(root / PROFILE, root), PROFILE, Profile)
    shelf = PageStore(root, profile, read_spec_schema(root))
    memories = recall(root)
    territory = UrlPolicy(_site_of(profile), allow_loopback)
    choice = _Choice(names, shelf, memories)
    known = {one.address: one.validators for name, one in memories.items() if _is_true(one, shelf, name)}
    listing, results = fetch_pages(territory, choice.choose, known, shelf.inspect, progress)
    rows = [row for name in _in_order(results) for row in _settle(name, results[name], shelf, listing)]
    settle(root, shelf.expected, shelf.actual, check=check)
    if not check:
        remember(root, _remember(root, memories, results))
    return _outcome(rows, listing, check=check)


def _site_of(profile: Profile) -> Site:
    if profile.site:
        return profile.site
    problem = "there is no [site]; say there where the pages are: hosts, indexes, page and user_agent"
    raise InputError(Place(PROFILE), problem)


def _is_true(memory: Memory, shelf: PageStore, name: str) -> bool:
    """Tell whether what is remembered of a page is remembered of the one that is saved."""
    saved = shelf.pages.get(name)
    return saved is not None and [memory.digest] == list(map(digest, saved.forms.values()))


@dataclass(frozen=True)
class _Choice:
    """Which pages to ask for, and where."""

    names: Sequence[str]
    shelf: PageStore
    memories: Mapping[str, Memory]

    def choose(self, listing: Listing) -> dict[str, list[str]]:
        """Choose the pages named, or all that are listed or saved; each with its address, or where it may be.

        Raises:
            UsageError: there is no page of a name.

        """
        there = {*listing.pages, *self.shelf.pages}
        for name in self.names:
            if name not in there and not listing.problems:
                raise UsageError(f"the site lists no page {name!r}{nearest(name, there)}")
        names = dict.fromkeys(self.names) or dict.fromkeys((*listing.pages, *self.shelf.pages))
        places = dict.fromkeys(map(listing.territory.split_around_page, listing.pages.values()))
        return {name: list(islice(self._addresses(name, listing, places), MOST_GUESSES)) for name in names}

    def _addresses(self, name: str, listing: Listing, places: Iterable[tuple[str, str]]) -> Iterator[str]:
        if name in listing.pages:
            yield listing.pages[name]
            return
        if name in self.memories and listing.territory.page_of(self.memories[name].address) == name:
            yield self.memories[name].address
        if name in self.shelf.pages:  # it may still stand beside others, or lead to where it has moved
            yield from (before + name + behind for before, behind in places)


def _in_order(results: Results) -> list[str]:
    """Give the names, first those whose folder moves: what is new must not stand in their way."""

    def is_settled_later(name: str) -> bool:
        result = results[name]
        return not isinstance(result, Fetched) or result.name == name

    return sorted(results, key=is_settled_later)


def _settle(
    name: str, result: Fetched | FetchError | None, shelf: PageStore, listing: Listing
) -> Iterator[Row]:
    is_saved = name in shelf.pages
    stays = "; the saved page stays" if is_saved else ""
    if isinstance(result, FetchError):
        yield Row(name, "failed", f"{result.address}: {result.problem}{stays}")
    elif result is None:
        yield Row(name, "failed", f"{_what_is_missing(name, listing)}{stays}")
    else:
        try:
            row = shelf.put(name, result)
        except FetchError as refused:
            yield Row(name, "refused", f"{result.address}: {refused.problem}{stays}")
        except InputError as error:
            yield Row(name, "failed", f"it cannot be saved: {error}")
        else:
            yield from _tell_places(row, result, listing)


def _what_is_missing(name: str, listing: Listing) -> str:
    if name in listing.pages:
        return f"{listing.pages[name]}: there is no such page, though it is listed"
    if listing.problems:
        return "not listed by the indexes that could be read"
    return f"not listed, and not found; if it is gone for good, remove specs/{name}"


def _tell_places(row: Row, fetched: Fetched, listing: Listing) -> Iterator[Row]:
    others = listing.others.get(fetched.name)
    if row.what in ("changed", "unchanged") and row.page not in listing.pages:
        yield replace(row, what="not listed", note=f"{row.what}; {fetched.address} still serves it")
    elif others:
        places = f"from {fetched.address}, not from {', '.join(islice(others, 3))}"
        yield replace(row, note="; ".join(filter(None, [row.note, places])))
    else:
        yield row


def _remember(root: Path, memories: Mapping[str, Memory], results: Results) -> dict[str, Memory]:
    """Bring what is remembered up to date: of each page that is saved as it was served."""
    remembered = {name: memory for name, memory in memories.items() if read_saved(root, name).forms}
    for fetched in results.values():
        if isinstance(fetched, Fetched) and fetched.body is not None:
            saved = read_saved(root, fetched.name).forms.get(fetched.form)
            if saved == fetched.body:
                given = fetched.validators
                remembered[fetched.name] = Memory(
                    fetched.address, digest(saved), given.etag, given.last_modified
                )
    return remembered


def _outcome(rows: Sequence[Row], listing: Listing, *, check: bool) -> Outcome:
    wrong = sum(row.is_wrong for row in rows)
    written = sum(row.is_written for row in rows)
    is_wrong = wrong or listing.problems
    return Outcome(
        details=(
            *(f"{address}: error: {problem}" for address, problem in listing.problems),
            *_table(sorted(rows, key=lambda row: row.page)),
        ),
        subject=count(len(rows), "page") + (f", {wrong} of them not as they should be" if wrong else ""),
        changed=written,
        unchanged=sum(not row.is_written and not row.is_wrong for row in rows),
        exit_code=3 if is_wrong else int(check and written > 0),
    )


def _table(rows: Sequence[Row]) -> Iterator[str]:
    page = max((len(row.page) for row in rows), default=0)
    what = max((len(row.what) for row in rows), default=0)
    for row in rows:
        yield f"{row.page:{page}}  {row.what:{what}}  {row.note}".rstrip()
