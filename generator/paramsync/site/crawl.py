"""Fetch the pages of a site."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from paramsync.progress import Progress
from paramsync.site.connections import open_pool
from paramsync.site.discovery import ListedPages, discover
from paramsync.site.pages import FetchedPage, fetch_named_page, fetch_page
from paramsync.site.responses import FetchError, Validators
from paramsync.site.robots import Robots
from paramsync.site.session import RateLimiter, Session
from paramsync.site.urls import UrlPolicy

# Called with the requested name, and the page as soon as it is fetched; its time counts against the deadline.
Inspect = Callable[[str, FetchedPage], None]
Select = Callable[[ListedPages], Mapping[str, Sequence[str]]]  # names of pages, each with the URLs to try
Results = dict[str, FetchedPage | FetchError | None]  # None: the site does not serve it


def fetch_pages(
    policy: UrlPolicy,
    select: Select,
    known: Mapping[str, Validators],
    inspect: Inspect,
    *,
    end: float,
    progress: Progress,
) -> tuple[ListedPages, Results]:
    """Find a site's pages and fetch those selected, until `end` (monotonic time). One that cannot be fetched does not stop the others.

    A page at a URL in `known` is fetched only if it has changed.
    """
    return asyncio.run(_fetch_pages(policy, select, known, inspect, end=end, progress=progress))


def fetch_named_pages(policy: UrlPolicy, *, end: float) -> tuple[ListedPages, Results]:
    """Fetch the pages that a site's profile names by their URLs, of which nothing is known yet."""

    def select(listed: ListedPages) -> dict[str, list[str]]:
        return {name: [url] for name, url in listed.urls.items()}

    return fetch_pages(policy, select, {}, lambda *_: None, end=end, progress=iter)


async def _fetch_pages(
    policy: UrlPolicy,
    select: Select,
    known: Mapping[str, Validators],
    inspect: Inspect,
    *,
    end: float,
    progress: Progress,
) -> tuple[ListedPages, Results]:
    async with open_pool(policy) as pool:
        robots = Robots(Session(policy, pool, end, RateLimiter(policy.site.rate)))
        listed = await discover(robots)
        selected = select(listed)
        results: Results = {}
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_fetch(name, urls, robots, known, inspect))
                for name, urls in selected.items()
            ]
            for _, done in zip(progress(list(selected)), asyncio.as_completed(tasks), strict=True):
                name, result = await done
                results[name] = result
    return listed, {name: results[name] for name in selected}


async def _fetch(
    name: str, urls: Sequence[str], robots: Robots, known: Mapping[str, Validators], inspect: Inspect
) -> tuple[str, FetchedPage | FetchError | None]:
    """Fetch a page from the first of its URLs that serves it."""
    try:
        async with asyncio.timeout_at(robots.session.end):
            for url in urls:
                is_named = name in robots.session.policy.site.pages
                fetching = (
                    fetch_named_page(name, url, robots, known) if is_named else fetch_page(url, robots, known)
                )
                if fetched := await fetching:
                    inspect(name, fetched)
                    return name, fetched
    except FetchError as error:
        return name, error
    except TimeoutError:
        deadline = robots.session.policy.site.deadline
        return name, FetchError(f"not fetched before the deadline of {deadline:g} seconds", urls[0])
    return name, None
