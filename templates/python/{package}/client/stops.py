"""When a batch stops: at an error that the caller named, and at one that would hit every request."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ..vendor import SHARED
from .api_errors import APIConnectionError, APIStatusError
from .clock import MAX_SECONDS
from .errors import ClientClosed, ClientError, SubmissionUnknown
from .transport import REDIRECTS
from .work import Work

Q = TypeVar("Q")
PROBE_TIMEOUT = 60.0  # seconds, for the call that tells whether every request would fail
SHARED_STATUSES = (*REDIRECTS, *SHARED)
NOTE = "those that had not begun were not submitted"


@dataclass
class Stop:
    """The error that stops a batch: the first one of `stop_on`, or that would hit every request."""

    work: Work
    stop_on: tuple[type[BaseException], ...]
    error: Exception | None = None

    async def note(self, error: Exception) -> None:
        """Note the error of a request, if it stops the batch."""
        if isinstance(error, self.stop_on):
            self._set(error, f"stop_on has its class: {NOTE}")
            return
        async with self.work.port.lock(f"batch {id(self)}", MAX_SECONDS):  # of several that fail at once, one looks
            if not self.error and await self._hits_every_request(error):
                self._set(error, f"it would hit every request: {NOTE}")

    def take(self, requests: Iterable[Q]) -> Iterator[tuple[int, Q]]:
        """Take requests, and number them, until there is such an error."""
        for numbered in enumerate(requests):
            yield numbered
            if self.error:
                return

    async def await_each(self, requests: AsyncIterable[Q]) -> AsyncGenerator[tuple[int, Q], None]:
        """Take requests that must be awaited, as `take` does; close what gives them at the end."""
        source, index = aiter(requests), 0
        try:
            async for request in source:
                if self.error:
                    return
                yield index, request
                index += 1
        finally:
            if close := getattr(source, "aclose", None):
                await close()

    def _set(self, error: Exception, note: str) -> None:
        if not self.error:
            self.error = error
            error.add_note(note)

    async def _hits_every_request(self, error: Exception) -> bool:
        """Tell whether the error of one request would hit every other one: a free call, alike for all, fails in the same way.

        Then the key is refused, nothing is reached at the URL, or no API is there.
        """
        if isinstance(error, ClientClosed):
            return True
        if not (reason := _shared_reason(error)):
            return False
        try:
            await self.work.jobs(1, PROBE_TIMEOUT)
        except ClientError as other:
            return _shared_reason(other) == reason
        return False


def _shared_reason(error: Exception) -> int | str:
    """Return why an error might hit every request; empty if it is about one."""
    if isinstance(error, SubmissionUnknown) and isinstance(error.__cause__, Exception):
        error = error.__cause__  # why the jobs could not be listed
    if isinstance(error, APIStatusError):
        return error.status_code if error.status_code in SHARED_STATUSES else ""
    return "not reached" if isinstance(error, APIConnectionError) else ""
