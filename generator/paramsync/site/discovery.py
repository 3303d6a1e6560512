"""Find the pages of a site by its indexes."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus

from paramsync.site.bodies import MEBIBYTE, decompress
from paramsync.site.indexes import Index, read_index
from paramsync.site.responses import FetchError
from paramsync.site.robots import Robots
from paramsync.site.urls import UrlPolicy, html_url

MAX_BYTES = 8 * MEBIBYTE
GZIP = b"\x1f\x8b"
ACCEPT = "text/markdown, text/plain, application/xml, text/xml, text/html;q=0.9"
MEDIA_TYPES = {
    *("text/plain", "text/markdown", "text/x-markdown", "text/html", "text/xml"),
    *("application/xml", "application/xhtml+xml", "application/gzip", "application/x-gzip"),
}
MAX_DEPTH = 3  # sitemaps in sitemaps
MAX_SITEMAPS = 20
MAX_LINKS = 50_000  # as many as a sitemap may have; of an index with all its sitemaps
MAX_PAGES = 1000


@dataclass
class ListedPages:
    """The pages that a site's indexes list, and what is wrong with the indexes."""

    policy: UrlPolicy
    urls: dict[str, str] = field(default_factory=dict)  # name of a page -> URL of its HTML
    # Name of a page -> further URLs that have this name, in order.
    other_urls: dict[str, dict[str, None]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)  # URL -> what is wrong there
    spellings: dict[str, str] = field(default_factory=dict)  # a name in lower case -> the name

    def add_named(self) -> None:
        """Add the pages that the profile names, each by its own URL."""
        for name, url in self.policy.site.pages.items():
            try:
                self.urls[name] = self.policy.accept(url)
                self.spellings[name.lower()] = name
            except FetchError as error:
                self.problems.append((url, error.problem))

    def add(self, link: str, base: str) -> bool:
        """Add a link if it is the URL of a page; tell whether it is."""
        try:
            url = self.policy.accept(link, base)
        except FetchError:
            return False
        if not (name := self.policy.page_name(url)):
            return False
        # Two names that differ only by case are one folder on some systems.
        name = self.spellings.setdefault(name.lower(), name)
        url = html_url(url)
        known = self.urls.setdefault(name, url)
        if known.rstrip("/") != url.rstrip("/"):
            self.other_urls.setdefault(name, {})[url] = None
        return True


async def discover(robots: Robots) -> ListedPages:
    """List the pages that the profile names, and read all its indexes. One that cannot be read is a problem, and does not stop the others."""
    policy = robots.session.policy
    listed = ListedPages(policy)
    listed.add_named()
    readers = [_IndexReader(robots) for _ in policy.site.indexes]
    found = await asyncio.gather(*map(_IndexReader.read, readers, policy.site.indexes))
    for url, reader, links in zip(policy.site.indexes, readers, found, strict=True):
        is_page = [listed.add(link, base) for base, link in links]
        listed.problems += reader.problems
        if not any(is_page) and not reader.problems:
            problem = (
                f"no URL matches {policy.site.page}; if the pages have moved, change [site] in profile.toml"
            )
            listed.problems.append((url, problem))
    if len(listed.urls) > MAX_PAGES:
        problem = f"{len(listed.urls):,} pages are listed, only the first {MAX_PAGES:,} are fetched; check [site] in profile.toml"
        listed.problems.append((policy.site.page, problem))
        listed.urls = dict(list(listed.urls.items())[:MAX_PAGES])
    return listed


@dataclass
class _IndexReader:
    """Reads one index and the sitemaps that it names."""

    robots: Robots
    sitemaps: set[str] = field(default_factory=set)  # URLs of those that were read
    links: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    async def read(self, url: str, depth: int = 0) -> list[tuple[str, str]]:
        """Return the links of an index and of its sitemaps, each as (URL of its file, link)."""
        session = self.robots.session
        try:
            async with asyncio.timeout_at(session.end):
                base, index = await self._fetch(url)
        except FetchError as error:
            self.problems.append((error.url or url, error.problem))
            return []
        except TimeoutError:
            problem = f"not fetched before the deadline of {session.policy.site.deadline:g} seconds"
            self.problems.append((url, problem))
            return []
        sitemaps = self._select_sitemaps(index, base, depth)
        nested = await asyncio.gather(*(self.read(sitemap, depth + 1) for sitemap in sitemaps))
        return [(base, link) for link in index.links] + [pair for pairs in nested for pair in pairs]

    async def _fetch(self, url: str) -> tuple[str, Index]:
        response = await self.robots.session.get(url, ACCEPT, MAX_BYTES, self.robots.permit)
        if response.status != HTTPStatus.OK:
            raise FetchError(f"status {response.status}", response.url)
        if response.media_type not in MEDIA_TYPES:
            problem = f"Content-Type is {response.media_type or 'missing'}, neither text, XML nor HTML"
            raise FetchError(problem, response.url)
        is_gzip = response.body.startswith(GZIP)
        index = read_index(decompress(response.body, MAX_BYTES) if is_gzip else response.body)
        self.links += len(index.links)
        if self.links > MAX_LINKS:
            raise FetchError(f"more than {MAX_LINKS:,} links", response.url)
        return response.url, index

    def _select_sitemaps(self, index: Index, base: str, depth: int) -> list[str]:
        """Select the sitemaps on the profile's hosts that were not read yet; report where there are too many."""
        selected: list[str] = []
        for link in index.sitemaps:
            try:
                url = self.robots.session.policy.accept(link, base)
            except FetchError:
                continue
            if url in self.sitemaps:
                continue
            if len(self.sitemaps) >= MAX_SITEMAPS or depth >= MAX_DEPTH:
                problem = f"not all sitemaps are read: more than {MAX_SITEMAPS}, or nested more than {MAX_DEPTH} deep"
                self.problems.append((base, problem))
                break
            self.sitemaps.add(url)
            selected.append(url)
        return selected
