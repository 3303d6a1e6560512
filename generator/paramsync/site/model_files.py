"""Fetch files of single models, each from a URL: as politely as pages, and no further where that makes no sense."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from paramsync.progress import Progress
from paramsync.site.bodies import MEBIBYTE, ByteBudget
from paramsync.site.connections import open_pool
from paramsync.site.credentials import NO_CREDENTIALS, Credentials
from paramsync.site.pages import UTF_8
from paramsync.site.responses import FetchError, Response, Validators
from paramsync.site.robots import Robots
from paramsync.site.session import MAX_REQUESTS, MAX_RUN_BYTES, RateLimiter, Session
from paramsync.site.urls import UrlPolicy
from paramsync.text import quote

MAX_BYTES = 2 * MEBIBYTE  # a hundred times the largest that was seen
REFUSALS = {
    401: 1,
    403: 3,
}  # after how many, before the first file that is received, the keys are not accepted
MAX_FAILURES = 10  # one after the other; then the source itself fails
GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class StoppedError(FetchError):
    """A URL that is not requested any more, because its source has failed as a whole."""


@dataclass(frozen=True, eq=False)  # a key of what is wanted from it
class Endpoint:
    """Where the files of one source come from: which URLs, in which media types, and with which credentials."""

    policy: UrlPolicy
    media_types: tuple[str, ...]
    credentials: Credentials = NO_CREDENTIALS
    refused: str = "not accepted"  # what to say of a status 401 or 403 for all


@dataclass(frozen=True)
class WantedFile:
    """A file to fetch: where, and, if it is saved as it was served, with which validators from which URL."""

    url: str
    known: Mapping[str, Validators]


@dataclass(frozen=True)
class FetchedFile:
    """A file as its server has it now. Without a body, it is unchanged since it was saved (status 304)."""

    url: str
    body: bytes | None
    validators: Validators


Results = dict[str, FetchedFile | FetchError | None]  # by path; None: its server says that there is none


def fetch_files(
    wanted: Mapping[Endpoint, Mapping[str, WantedFile]],
    *,
    end: float,
    progress: Progress,
) -> Results:
    """Fetch the files of endpoints, by their paths, until `end` (monotonic time). One that cannot be fetched does not stop the others."""
    return asyncio.run(_fetch_files(wanted, end=end, progress=progress)) if wanted else {}


async def _fetch_files(
    wanted: Mapping[Endpoint, Mapping[str, WantedFile]],
    *,
    end: float,
    progress: Progress,
) -> Results:
    paths = [path for files in wanted.values() for path in files]
    found: Results = {}
    async with open_pool(next(iter(wanted)).policy) as pool:
        budget = ByteBudget(MAX_RUN_BYTES)
        async with asyncio.TaskGroup() as group:
            tasks = []
            for endpoint, limiter in _share_limiters(wanted).items():
                session = Session(endpoint.policy, pool, end, limiter, endpoint.credentials, budget)
                server = _Server(endpoint, Robots(session))
                tasks += [group.create_task(server.fetch(*one)) for one in wanted[endpoint].items()]
            for _, done in zip(progress(paths), asyncio.as_completed(tasks), strict=True):
                path, found[path] = await done
    return {path: found[path] for path in paths}


def _share_limiters(endpoints: Iterable[Endpoint]) -> dict[Endpoint, RateLimiter]:
    """Return a limiter for each endpoint: one and the same, as slow as the slower one, where they share a host."""
    limiters: dict[str, RateLimiter] = {}
    for policy in (endpoint.policy for endpoint in endpoints):
        own = RateLimiter(policy.site.rate)
        for host in policy.site.hosts:
            shared = limiters.setdefault(host, own)
            shared.interval = max(shared.interval, own.interval)
    return {endpoint: limiters[endpoint.policy.site.hosts[0]] for endpoint in endpoints}


@dataclass
class _Server:
    """The requests to one endpoint, and why there are no more of them."""

    endpoint: Endpoint
    robots: Robots
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_REQUESTS))
    received: int = 0
    failures: int = 0  # since the last one that was received
    refusals: int = 0
    stopped: str = ""

    async def fetch(self, path: str, wanted: WantedFile) -> tuple[str, FetchedFile | FetchError | None]:
        session, url = self.robots.session, wanted.url
        try:
            async with asyncio.timeout_at(session.end), self.slots:
                return path, self._count(await self._fetch(wanted))
        except StoppedError as error:
            return path, error
        except FetchError as error:
            self.failures += 1
            if self.failures >= MAX_FAILURES and not self.stopped:
                self.stopped = f"not requested, after {self.failures} failures one after the other"
            return path, FetchError(error.problem, error.url or url)
        except TimeoutError:
            deadline = session.policy.site.deadline
            return path, StoppedError(f"not fetched before the deadline of {deadline:g} seconds", url)

    def _count(self, fetched: FetchedFile | None) -> FetchedFile | None:
        self.received += fetched is not None
        self.failures = 0
        return fetched

    async def _fetch(self, wanted: WantedFile) -> FetchedFile | None:
        url, known = wanted.url, wanted.known
        if self.stopped:
            raise StoppedError(self.stopped, url)
        endpoint, session = self.endpoint, self.robots.session
        accept = ", ".join(endpoint.media_types)
        permit = self.robots.permit
        response = await session.get(
            url, accept, MAX_BYTES, permit, known, private=endpoint.credentials.headers
        )
        if response.status in GONE:
            return None
        if response.status == HTTPStatus.NOT_MODIFIED and response.url in known:
            return FetchedFile(response.url, None, known[response.url])
        self._check_status(response)
        if response.media_type not in endpoint.media_types:
            problem = f"Content-Type is {response.media_type or 'missing'}, not {endpoint.media_types[0]}"
            raise FetchError(problem, response.url)
        if response.charset.lower() not in UTF_8:
            raise FetchError(f"charset is {quote(response.charset)}, and must be UTF-8", response.url)
        return FetchedFile(response.url, response.body, response.validators)

    def _check_status(self, response: Response) -> None:
        if response.status == HTTPStatus.OK:
            return
        if self.endpoint.credentials.user and response.status in REFUSALS and not self.received:
            self.refusals += 1
            if self.refusals >= REFUSALS[response.status]:
                self.stopped = f"status {response.status}: {self.endpoint.refused}"
                raise StoppedError(self.stopped, response.url)
        raise FetchError(f"status {response.status}", response.url)
