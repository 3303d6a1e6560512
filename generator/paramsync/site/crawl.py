"""The pages as a site serves them now."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from paramsync.progress import Progress
from paramsync.site.discovery import Listing, discover
from paramsync.site.pages import Fetched, fetch_page
from paramsync.site.responses import FetchError, Validators
from paramsync.site.robots import Robots
from paramsync.site.session import RateLimiter, Session, open_client
from paramsync.site.urls import UrlPolicy

# What is done with a page, under the name that was asked for, before the deadline of the run.
Inspect = Callable[[str, Fetched], None]
Choose = Callable[[Listing], Mapping[str, Sequence[str]]]  # names of pages, each with the addresses to try
Results = dict[str, Fetched | FetchError | None]  # None: the site does not serve it


def fetch_pages(
    territory: UrlPolicy,
    choose: Choose,
    known: Mapping[str, Validators],
    inspect: Inspect,
    progress: Progress,
) -> tuple[Listing, Results]:
    """Find a site's pages and ask for those chosen. One that cannot be had does not stop the others."""
    return asyncio.run(_fetch_pages(territory, choose, known, inspect, progress))


async def _fetch_pages(
    territory: UrlPolicy,
    choose: Choose,
    known: Mapping[str, Validators],
    inspect: Inspect,
    progress: Progress,
) -> tuple[Listing, Results]:
    end = asyncio.get_running_loop().time() + territory.site.deadline
    async with open_client(territory) as client:
        robots = Robots(Session(territory, client, end, RateLimiter(territory.site.rate)))
        listing = await discover(territory, robots)
        chosen = choose(listing)
        results: Results = {}
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_fetch(name, chosen[name], robots, known, inspect)) for name in chosen]
            for _, done in zip(progress(list(chosen)), asyncio.as_completed(tasks), strict=True):
                name, result = await done
                results[name] = result
    return listing, {name: results[name] for name in chosen}


async def _fetch(
    name: str, addresses: Sequence[str], robots: Robots, known: Mapping[str, Validators], inspect: Inspect
) -> tuple[str, Fetched | FetchError | None]:
    """Try addresses until one is served."""
    try:
        async with asyncio.timeout_at(robots.visit.end):
            for address in addresses:
                if fetched := await fetch_page(address, robots, known):
                    inspect(name, fetched)
                    return name, fetched
    except FetchError as refused:
        return name, refused
    except TimeoutError:
        deadline = robots.visit.territory.site.deadline
        return name, FetchError(
            f"it was not reached before the deadline of {deadline:g} seconds", addresses[0]
        )
    return name, None
