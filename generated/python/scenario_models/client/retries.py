"""What is tried again, how often, and until when. A paid request is not: see `submissions`."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
from scenario_sdk import APIConnectionError, APIStatusError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential, wait_random

from .clock import Deadline, read_wall
from .errors import TransientError, Unreadable
from .ports import Call, Port

T = TypeVar("T")

ATTEMPTS = 6  # about 8 seconds, beside what the service asks for
LIMITED = 429
TRANSIENT = (408, LIMITED)
SERVER_ERROR = 500
BACKOFF = wait_exponential(multiplier=0.25, max=8) + wait_random(0, 0.25)
MISTAKES = (
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)  # ours: no retry mends them


async def ask(
    port: Port, call: Call, read: Callable[[Any], T], deadline: Deadline, attempts: int = ATTEMPTS
) -> T:
    """Call the API until it answers, and read what it says; for calls that cost nothing.

    Raises:
        scenario_sdk.APIError, Unreadable: it did not.

    """

    async def attempt() -> T:
        return read((await port.send(replace(call, timeout=deadline.timeout))).data)

    return await retry(port, attempt, deadline, attempts)


async def retry(
    port: Port, attempt: Callable[[], Awaitable[T]], deadline: Deadline, attempts: int = ATTEMPTS
) -> T:
    """Try something until it works, with growing pauses, or as long as the service asks for.

    The last error comes through where it is none that passes, after so many attempts (those for which the rate was
    too high do not count), or where the next one would come after the deadline.
    """
    failures = 0

    def is_enough(state: RetryCallState) -> bool:
        nonlocal failures
        failures += not is_limited(state.outcome.exception() if state.outcome else None)
        return failures >= attempts or state.upcoming_sleep > deadline.left

    retrying = AsyncRetrying(
        sleep=port.sleep, retry=retry_if_exception(is_transient), wait=_pause, stop=is_enough, reraise=True
    )
    async for one in retrying:
        with one:
            return await attempt()
    raise AssertionError("the last error comes through")


def is_transient(error: BaseException) -> bool:
    """Tell whether something may work the next time."""
    if isinstance(error, APIConnectionError):
        return not isinstance(error.__cause__, MISTAKES)
    if isinstance(error, APIStatusError):
        return error.status_code in TRANSIENT or error.status_code >= SERVER_ERROR
    if isinstance(error, httpx.TransportError):
        return not isinstance(error, MISTAKES)
    return isinstance(error, TransientError | Unreadable)


def is_limited(error: BaseException | None) -> bool:
    """Tell whether too much was asked of the service."""
    return isinstance(error, APIStatusError) and error.status_code == LIMITED


def _pause(state: RetryCallState) -> float:
    """Give the seconds until the next attempt: what the service asks for, or ever more."""
    error = state.outcome.exception() if state.outcome else None
    asked = (
        _retry_after(error.response.headers.get("retry-after", ""))
        if isinstance(error, APIStatusError)
        else 0
    )
    return asked if asked > 0 else BACKOFF(state)


def _retry_after(text: str) -> float:
    """Read a Retry-After, seconds or a date, as seconds; 0 where it is none."""
    try:
        return float(text) if text[:1].isdigit() else _seconds_until(parsedate_to_datetime(text))
    except ValueError:
        return 0


def _seconds_until(date: datetime) -> float:
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - read_wall()
