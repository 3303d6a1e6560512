"""What a site's robots.txt allows us to request, and how often (RFC 9309)."""

import asyncio
from urllib.parse import urljoin

from protego import Protego

from paramsync.site.responses import DisallowedError, FetchError
from paramsync.site.session import Session

MAX_BYTES = 500 * 1024  # as much as RFC 9309 wants read
MAX_LINES = 2000  # each URL is compared with each rule


class Robots:
    """The robots.txt of each host, read once, before anything else is requested there."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._rules: dict[str, Protego | str] = {}  # URL of robots.txt -> its rules, or why it has none
        self._lock = asyncio.Lock()

    async def permit(self, url: str) -> None:
        """Do nothing if a URL may be requested.

        Raises:
            DisallowedError: robots.txt disallows it.
            FetchError: robots.txt cannot be read.

        """
        robots_url = urljoin(url, "/robots.txt")
        async with self._lock:
            if robots_url not in self._rules:
                self._rules[robots_url] = await self._read(robots_url)
        rules = self._rules[robots_url]
        if isinstance(rules, str):
            raise FetchError(f"not requested, because {robots_url} cannot be read: {rules}", url)
        if not rules.can_fetch(url, self.session.policy.site.user_agent):
            raise DisallowedError(f"disallowed by {robots_url}", url)

    async def _read(self, robots_url: str) -> Protego | str:
        try:
            response = await self.session.get(robots_url, "text/plain", MAX_BYTES, _permit_any)
        except FetchError as error:
            return error.problem
        if response.status // 100 not in (2, 4):
            return f"status {response.status}"
        text = response.body.decode(errors="replace")
        if len(text.splitlines()) > MAX_LINES:
            return f"more than {MAX_LINES:,} lines"
        rules = Protego.parse(text)
        site, limiter = self.session.policy.site, self.session.limiter
        delay = rules.crawl_delay(site.user_agent) or 0
        if delay > limiter.interval:
            limiter.interval = min(delay, site.deadline)
        return rules


async def _permit_any(_: str) -> None:
    """Permit robots.txt itself."""
