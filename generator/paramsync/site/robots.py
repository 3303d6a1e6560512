"""What a site's robots.txt lets us ask, and how often (RFC 9309)."""

import asyncio
from urllib.parse import urljoin

from protego import Protego

from paramsync.site.responses import DisallowedError, FetchError
from paramsync.site.session import Session

LARGEST = 500 * 1024  # bytes, as much as RFC 9309 wants read
MOST_LINES = 2000  # each rule is held against each address, and each name of a robot against each rule


class Robots:
    """The robots.txt of each host, read once, before anything else is asked there."""

    def __init__(self, visit: Session) -> None:
        self.visit = visit
        self._rules: dict[
            str, Protego | str
        ] = {}  # by the address of robots.txt: its rules, or why there are none
        self._reading = asyncio.Lock()

    async def permit(self, address: str) -> None:
        """Let an address be asked, or not.

        Raises:
            DisallowedError: robots.txt does not want it.
            FetchError: robots.txt cannot be had.

        """
        place = urljoin(address, "/robots.txt")
        async with self._reading:
            if place not in self._rules:
                self._rules[place] = await self._read(place)
        rules = self._rules[place]
        if isinstance(rules, str):
            raise FetchError(f"nothing may be asked while {place} cannot be had: {rules}", address)
        if not rules.can_fetch(address, self.visit.territory.site.user_agent):
            raise DisallowedError(f"{place} does not want it read by robots", address)

    async def _read(self, place: str) -> Protego | str:
        try:
            answer = await self.visit.follow(place, "text/plain", LARGEST, _anything)
        except FetchError as refused:
            return refused.problem
        if answer.status // 100 not in (2, 4):
            return f"it answers {answer.status}"
        text = answer.body.decode(errors="replace")
        if len(text.splitlines()) > MOST_LINES:
            return f"it has more than {MOST_LINES:,} lines"
        rules = Protego.parse(text)
        delay = rules.crawl_delay(self.visit.territory.site.user_agent) or 0
        if delay > self.visit.pace.interval:
            self.visit.pace.interval = min(delay, self.visit.territory.site.deadline)
        return rules


async def _anything(_: str) -> None:
    """Permit robots.txt itself."""
