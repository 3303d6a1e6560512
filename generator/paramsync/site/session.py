"""Request URLs politely: identified, few at once, at a limited rate, with retries, and only until a deadline."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import urlsplit

import httpcore

from paramsync.site.bodies import MEBIBYTE, ByteBudget, read_body
from paramsync.site.credentials import NO_CREDENTIALS, Credentials
from paramsync.site.headers import read_content_type, read_headers, read_retry_after, read_validators
from paramsync.site.responses import FetchError, Response, TransientError, Validators
from paramsync.site.urls import UrlPolicy
from paramsync.text import quote, shorten

ATTEMPTS = 4
MAX_REQUESTS = 4  # at once
MAX_REDIRECTS = 5
MAX_RUN_BYTES = 256 * MEBIBYTE
MAX_REQUEST_SECONDS = 60  # or a quarter of the deadline
MAX_PAUSE = 60  # seconds before a retry, unless the site asks for more
REDIRECT_STATUSES = (301, 302, 303, 307, 308)
RETRY_STATUSES = (408, 425, 429)  # and all from 500

Permit = Callable[[str], Awaitable[None]]  # raises FetchError where a URL may not be requested


class RateLimiter:
    """When the next request may begin: one each `interval` seconds."""

    def __init__(self, rate: float) -> None:
        self.interval = 1 / rate
        self._next = 0.0

    async def wait(self) -> None:
        """Wait until the next request may begin."""
        now = asyncio.get_running_loop().time()
        start = max(self._next, now)
        self._next = start + self.interval
        await asyncio.sleep(start - now)

    def pause(self, seconds: float) -> None:
        """Let no request begin for some seconds."""
        self._next = max(self._next, asyncio.get_running_loop().time() + seconds)


@dataclass
class Session:
    """The requests of one run, in one event loop, until `end` by that loop's clock."""

    policy: UrlPolicy
    pool: httpcore.AsyncConnectionPool
    end: float
    limiter: RateLimiter
    credentials: Credentials = NO_CREDENTIALS
    budget: ByteBudget = field(default_factory=lambda: ByteBudget(MAX_RUN_BYTES))
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_REQUESTS))

    async def get(
        self,
        url: str,
        accept: str,
        max_bytes: int,
        permit: Permit,
        known: Mapping[str, Validators] = MappingProxyType({}),
        *,
        private: Mapping[str, str] = MappingProxyType({}),
    ) -> Response:
        """Request a URL and follow its redirects; for a URL in `known`, the response may be a 304.

        Headers that are private are sent wherever the policy lets a redirect lead.

        Raises:
            FetchError: there is no usable response; says at which URL.

        """
        url = self.policy.accept(url)
        for _ in range(MAX_REDIRECTS + 1):
            await permit(url)
            headers = {"Accept": accept, **private, **known.get(url, Validators()).headers}
            response = await self._get_with_retries(url, headers, max_bytes)
            if response.status not in REDIRECT_STATUSES:
                return response
            if not response.location:
                raise FetchError(f"status {response.status} without a Location", url)
            try:
                url = self.policy.accept(response.location, base=url)
            except FetchError as error:
                raise FetchError(f"redirects to {quote(response.location)}: {error.problem}", url) from None
        raise FetchError(f"more than {MAX_REDIRECTS} redirects", url)

    async def _get_with_retries(self, url: str, headers: Mapping[str, str], max_bytes: int) -> Response:
        attempt = 1
        while True:
            try:
                return await self._get_once(url, headers, max_bytes)
            except TransientError as error:
                if attempt == ATTEMPTS:
                    raise FetchError(f"{error.problem}, after {ATTEMPTS} attempts", url) from None
                pause = self._pause_before_retry(attempt, error.retry_after)
            except FetchError as error:
                raise FetchError(error.problem, url) from None
            await asyncio.sleep(pause)
            attempt += 1

    def _pause_before_retry(self, attempt: int, retry_after: float) -> float:
        backoff = random.uniform(0, min(self.limiter.interval * 2 ** (attempt - 1), MAX_PAUSE))  # noqa: S311 - no secret
        return max(retry_after, self.limiter.interval / 2 + backoff)

    async def _get_once(self, url: str, headers: Mapping[str, str], max_bytes: int) -> Response:
        async with self.slots:
            await self.limiter.wait()
            seconds = min(MAX_REQUEST_SECONDS, self.policy.site.deadline / 4)
            try:
                async with asyncio.timeout(seconds) as limit:
                    return await self._exchange(url, headers, max_bytes, seconds / 2)
            except TimeoutError:
                if not limit.expired():
                    raise
                raise FetchError(f"timeout: no complete response within {seconds:g} seconds") from None
            except httpcore.TimeoutException:
                raise TransientError(f"timeout: nothing received for {seconds / 2:g} seconds") from None
            except (httpcore.NetworkError, httpcore.ProtocolError) as error:
                problem = shorten(self.credentials.redact(str(error)) or type(error).__name__)
                if "CERTIFICATE_VERIFY_FAILED" in problem:
                    raise FetchError(f"untrusted TLS certificate: {problem}") from None
                raise TransientError(f"connection failed: {problem}") from None

    async def _exchange(
        self, url: str, headers: Mapping[str, str], max_bytes: int, max_silence: float
    ) -> Response:
        sent = {"User-Agent": self.policy.site.user_agent, "Accept-Encoding": "gzip", **headers}
        timeouts = {"timeout": dict.fromkeys(("connect", "read", "write"), max_silence)}
        async with self.pool.stream(
            "GET", parse_url(url), headers=[*sent.items()], extensions=timeouts
        ) as stream:
            status, received = stream.status, read_headers(stream.headers)
            self._refuse_keys(*received.values())
            if status in RETRY_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise self._transient_error(status, read_retry_after(received, time.time()))
            if status in REDIRECT_STATUSES:
                return Response(url, status, received.get("location", ""))
            if status != HTTPStatus.OK:
                return Response(url, status)
            media_type, charset = read_content_type(received)
            body = await read_body(stream, received, max_bytes, self.budget)
            self._refuse_keys(body.decode(errors="replace"))
            return Response(url, status, "", media_type, charset, body, read_validators(received))

    def _refuse_keys(self, *texts: str) -> None:
        if any(map(self.credentials.are_in, texts)):
            raise FetchError("the server sends back the keys, so that nothing of it is used")

    def _transient_error(self, status: int, retry_after: float) -> TransientError:
        if asyncio.get_running_loop().time() + retry_after > self.end:
            raise FetchError(
                f"status {status}; Retry-After is {retry_after:.0f} seconds, past the deadline of this run"
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.limiter.pause(retry_after)
        return TransientError(f"status {status}", retry_after)


def parse_url(url: str) -> httpcore.URL:
    """Split an accepted URL; httpcore's own parser loses what follows a semicolon in the path."""
    parts = urlsplit(url)
    target = url.removeprefix(f"{parts.scheme}://{parts.netloc}")
    return httpcore.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=target)
