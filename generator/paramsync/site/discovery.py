"""Find the pages of a site by its indexes."""

import asyncio
from dataclasses import dataclass, field

from paramsync.site.bodies import MEBIBYTE, unpack
from paramsync.site.indexes import Index, read_index
from paramsync.site.responses import FetchError
from paramsync.site.robots import Robots
from paramsync.site.urls import UrlPolicy, page_address

LARGEST = 8 * MEBIBYTE
GZIP = b"\x1f\x8b"
ACCEPT = "text/markdown, text/plain, application/xml, text/xml, text/html;q=0.9"
KINDS = {
    *("text/plain", "text/markdown", "text/x-markdown", "text/html", "text/xml"),
    *("application/xml", "application/xhtml+xml", "application/gzip", "application/x-gzip"),
}
DEEPEST = 3  # sitemaps in sitemaps
MOST_SITEMAPS = 20
MOST_LINKS = 50_000  # as many as a sitemap may have; of an index, and of all sitemaps that it names
MOST_PAGES = 1000


@dataclass
class Listing:
    """The pages that the indexes list, by name, with their addresses as HTML; and what is wrong with the indexes."""

    territory: UrlPolicy
    pages: dict[str, str] = field(default_factory=dict)
    # Addresses that claim a name that is taken, in their order.
    others: dict[str, dict[str, None]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)  # address -> what is wrong there
    spellings: dict[str, str] = field(default_factory=dict)  # a name in small letters -> the name

    def add(self, link: str, base: str) -> bool:
        """Add a link if it is the address of a page; tell whether it is."""
        try:
            address = self.territory.accept(link, base)
        except FetchError:
            return False
        if not (name := self.territory.page_of(address)):
            return False
        name = self.spellings.setdefault(
            name.lower(), name
        )  # two that differ by case are one folder on some systems
        place = page_address(address)
        known = self.pages.setdefault(name, place)
        if known.rstrip("/") != place.rstrip("/"):
            self.others.setdefault(name, {})[place] = None
        return True


async def discover(territory: UrlPolicy, robots: Robots) -> Listing:
    """Read all indexes. One that cannot be used is told, and does not stop the others."""
    listing = Listing(territory)
    searches = [_Search(territory, robots) for _ in territory.site.indexes]
    found = await asyncio.gather(*map(_Search.read, searches, territory.site.indexes))
    for address, search, links in zip(territory.site.indexes, searches, found, strict=True):
        is_used = [listing.add(link, base) for base, link in links]
        listing.problems += search.problems
        if not any(is_used) and not search.problems:
            problem = f"it lists no page like {territory.site.page}; if they have moved, change [site] in profile.toml"
            listing.problems.append((address, problem))
    if len(listing.pages) > MOST_PAGES:
        problem = f"{len(listing.pages):,} pages are listed, and {MOST_PAGES:,} are read; look at [site] in profile.toml"
        listing.problems.append((territory.site.page, problem))
        listing.pages = dict(list(listing.pages.items())[:MOST_PAGES])
    return listing


@dataclass
class _Search:
    """The reading of one index, and of the sitemaps that it names."""

    territory: UrlPolicy
    robots: Robots
    sitemaps: set[str] = field(default_factory=set)
    links: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    async def read(self, address: str, depth: int = 0) -> list[tuple[str, str]]:
        """Give the links of an index and of its sitemaps, each with the address that it stands at."""
        try:
            async with asyncio.timeout_at(self.robots.visit.end):
                base, index = await self._ask(address)
        except FetchError as refused:
            self.problems.append((refused.address or address, refused.problem))
            return []
        except TimeoutError:
            self.problems.append((address, "it was not reached before the deadline"))
            return []
        nested = self._accept(index, base, depth)
        found = await asyncio.gather(*(self.read(one, depth + 1) for one in nested))
        return [(base, link) for link in index.links] + [pair for pairs in found for pair in pairs]

    async def _ask(self, address: str) -> tuple[str, Index]:
        answer = await self.robots.visit.follow(address, ACCEPT, LARGEST, self.robots.permit)
        if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
            raise FetchError(f"it answers {answer.status}", answer.address)
        if answer.media_type not in KINDS:
            raise FetchError(f"it is {answer.media_type or 'of no type'}, and no index", answer.address)
        body = unpack(answer.body, LARGEST) if answer.body.startswith(GZIP) else answer.body
        index = read_index(body)
        self.links += len(index.links)
        if self.links > MOST_LINKS:
            raise FetchError(f"it has more than {MOST_LINKS:,} links", answer.address)
        return answer.address, index

    def _accept(self, index: Index, base: str, depth: int) -> list[str]:
        """Choose the sitemaps on the profile's hosts that were not read yet; note where there are too many."""
        accepted: list[str] = []
        for link in index.sitemaps:
            try:
                address = self.territory.accept(link, base)
            except FetchError:
                continue
            if address in self.sitemaps:
                continue
            if len(self.sitemaps) >= MOST_SITEMAPS or depth >= DEEPEST:
                problem = f"not all of its sitemaps are read: there are more than {MOST_SITEMAPS}, or they are nested more than {DEEPEST} deep"
                self.problems.append((base, problem))
                break
            self.sitemaps.add(address)
            accepted.append(address)
        return accepted
