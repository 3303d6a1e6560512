"""Ask addresses as a good guest: announced, few at once, not too often, again where it may help, and only until a time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import MappingProxyType

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from paramsync.site.bodies import MEBIBYTE, Allowance, read_body
from paramsync.site.connections import AT_ONCE, Connections
from paramsync.site.responses import FetchError, Response, TransientError, Validators
from paramsync.site.urls import UrlPolicy
from paramsync.text import quote, shorten

ATTEMPTS = 4
LARGEST_RUN = 256 * MEBIBYTE
LONGEST_ANSWER = 60  # seconds, or less where the deadline is near
LONGEST_WAIT = 60  # seconds before another attempt, unless the site asks for more
REDIRECTS = 5
REDIRECT = (301, 302, 303, 307, 308)
COME_BACK = (408, 425, 429)  # and all from 500

Permit = Callable[[str], Awaitable[None]]  # raises FetchError where an address may not be asked


class RateLimiter:
    """When the next request may begin."""

    def __init__(self, rate: float) -> None:
        self.interval = 1 / rate
        self._next = 0.0

    async def take_turn(self) -> None:
        """Wait for a turn."""
        now = asyncio.get_running_loop().time()
        turn = max(self._next, now)
        self._next = turn + self.interval
        await asyncio.sleep(turn - now)

    def hold(self, seconds: float) -> None:
        """Let nobody begin for some seconds."""
        self._next = max(self._next, asyncio.get_running_loop().time() + seconds)


@dataclass
class Session:
    """A run's way to ask a site. Belongs to one event loop."""

    territory: UrlPolicy
    client: httpx.AsyncClient
    end: float  # of the run, by the loop's clock
    pace: RateLimiter
    allowance: Allowance = field(default_factory=lambda: Allowance(LARGEST_RUN))
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def follow(
        self,
        address: str,
        accept: str,
        largest: int,
        permit: Permit,
        known: Mapping[str, Validators] = MappingProxyType({}),
    ) -> Response:
        """Ask an address, and where it leads to. For those in `known`, an answer 304 will do.

        Raises:
            FetchError: there is no answer that can be used; says at which address.

        """
        address = self.territory.accept(address)
        for _ in range(REDIRECTS + 1):
            await permit(address)
            headers = {"Accept": accept, **known.get(address, Validators()).headers}
            answer = await self._ask(address, headers, largest)
            if answer.status not in REDIRECT:
                return answer
            try:
                address = self.territory.accept(answer.address, base=address)
            except FetchError as refused:
                problem = f"it redirects to {quote(answer.address)}, and {refused.problem}"
                raise FetchError(problem, address) from None
        raise FetchError(f"there are more than {REDIRECTS} redirects", address)

    async def _ask(self, address: str, headers: Mapping[str, str], largest: int) -> Response:
        again = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=self._wait,
            retry=retry_if_exception_type(TransientError),
            reraise=True,
        )
        try:
            return await again(self._ask_once, address, headers, largest)
        except TransientError as passing:
            raise FetchError(f"{passing.problem}, {ATTEMPTS} times", address) from None
        except FetchError as refused:
            raise FetchError(refused.problem, refused.address or address) from None

    async def _ask_once(self, address: str, headers: Mapping[str, str], largest: int) -> Response:
        async with self.places:
            await self.pace.take_turn()
            try:
                async with asyncio.timeout(longest_answer(self.territory.site.deadline)) as limit:
                    return await self._exchange(address, headers, largest)
            except TimeoutError:
                if not limit.expired():
                    raise
                raise FetchError(f"it took longer than {limit_text(self.territory.site.deadline)}") from None
            except httpx.TimeoutException:
                raise TransientError("it does not answer") from None
            except httpx.TransportError as error:
                problem = shorten(str(error) or type(error).__name__)
                if "CERTIFICATE_VERIFY_FAILED" in problem:
                    raise FetchError(f"its certificate is not to be trusted: {problem}") from None
                raise TransientError(f"the connection failed: {problem}") from None

    async def _exchange(self, address: str, headers: Mapping[str, str], largest: int) -> Response:
        async with self.client.stream("GET", address, headers=headers) as response:
            status = response.status_code
            if status in COME_BACK or status >= 500:  # noqa: PLR2004 - the hundreds of HTTP
                raise self._passing(response)
            if status in REDIRECT:
                return Response(response.headers.get("location", ""), status)
            if status != httpx.codes.OK:
                return Response(address, status)
            kind = Message()
            kind["content-type"] = said = response.headers.get("content-type", "")[:200]
            return Response(
                address,
                status,
                kind.get_content_type() if "/" in said else "",
                str(kind.get_content_charset("")),
                await read_body(response, largest, self.allowance),
                Validators(_plain(response, "etag"), _plain(response, "last-modified")),
            )

    def _passing(self, response: httpx.Response) -> TransientError:
        seconds = _retry_after(response.headers.get("retry-after", ""))
        if asyncio.get_running_loop().time() + seconds > self.end:
            raise FetchError(f"it answers {response.status_code}, and asks to wait {seconds:.0f} seconds")
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            self.pace.hold(seconds)
        return TransientError(f"it answers {response.status_code}", seconds)

    def _wait(self, state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.seconds if isinstance(failure, TransientError) else 0
        growing = wait_random_exponential(multiplier=min(self.pace.interval, LONGEST_WAIT), max=LONGEST_WAIT)
        return max(asked, self.pace.interval / 2 + growing(state))


def open_client(territory: UrlPolicy) -> httpx.AsyncClient:
    """Give a client that keeps no cookies, follows nothing, and hears nothing from its environment."""
    longest = longest_answer(territory.site.deadline)
    return httpx.AsyncClient(
        transport=Connections(territory),
        headers={"User-Agent": territory.site.user_agent, "Accept-Encoding": "gzip"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx.Timeout(longest / 2, pool=None),
        trust_env=False,
    )


def longest_answer(deadline: float) -> float:
    """Say how many seconds one answer may take."""
    return min(LONGEST_ANSWER, deadline / 4)


def limit_text(deadline: float) -> str:
    """Say how long an answer may take, for people."""
    return f"{longest_answer(deadline):g} seconds"


def _plain(response: httpx.Response, name: str) -> str:
    """Give a header that can be sent back as it came; empty where it cannot."""
    value: str = response.headers.get(name, "")
    return value if len(value) <= 200 and value.isascii() and value.isprintable() else ""  # noqa: PLR2004


def _retry_after(text: str) -> float:
    """Read Retry-After: seconds, or a date."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0)
    except (ValueError, TypeError, OverflowError):
        return 0
