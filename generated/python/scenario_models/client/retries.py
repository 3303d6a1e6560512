"""Retries: of which failures, how often, and until when. A paid request has its own rules: see `submissions`."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential, wait_random

from ..vendor import LIMITED, RETRIED, RETRY_PAUSES, SERVER_ERROR
from .api_errors import APIConnectionError, APIStatusError
from .clock import Deadline, read_wall
from .errors import TransientError, Unreadable
from .log import LOG
from .ports import Call, Port
from .transport import describe_error, is_certificate_refused, is_refused_by_proxy

T = TypeVar("T")

BACKOFF = wait_exponential(RETRY_PAUSES.first, RETRY_PAUSES.longest, RETRY_PAUSES.growth) + wait_random(
    0, RETRY_PAUSES.first
)
MISTAKES = (
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)  # ours: a retry does not help


async def call_api(
    port: Port, call: Call, read: Callable[[Any], T], deadline: Deadline, attempts: float | None = None
) -> T:
    """Call the API, with retries, and read the response; for calls that cost nothing.

    Raises:
        scenario_sdk.APIError, Unreadable: the last attempt failed.

    """

    async def attempt() -> T:
        return read((await port.send(replace(call, timeout=deadline.call_timeout))).data)

    return await retry(port, attempt, deadline, attempts or port.attempts)


async def retry(port: Port, attempt: Callable[[], Awaitable[T]], deadline: Deadline, attempts: float) -> T:
    """Repeat an attempt until it succeeds, with growing pauses, or those that the service asks for; return its result.

    The last error is raised if it is not transient, after `attempts` attempts (not counting those over the rate limit, unless
    the port shall try nothing again), or if the next one would begin after the deadline.
    """
    failures = 0

    def is_enough(state: RetryCallState) -> bool:
        nonlocal failures
        limited = is_limited(state.outcome.exception() if state.outcome else None)
        failures += not limited
        return (
            failures >= attempts or state.upcoming_sleep > deadline.left or (limited and port.attempts <= 1)
        )

    retrying = AsyncRetrying(
        sleep=port.sleep,
        retry=retry_if_exception(is_transient),
        wait=_pause,
        stop=is_enough,
        before_sleep=_log_retry,
        reraise=True,
    )
    async for one in retrying:
        with one:
            return await attempt()
    raise AssertionError("tenacity raises the last error")


def is_transient(error: BaseException) -> bool:
    """Tell whether a retry may succeed."""
    if isinstance(error, APIStatusError):
        return error.status_code in RETRIED or error.status_code >= SERVER_ERROR
    return isinstance(error, APIConnectionError | TransientError | Unreadable) and not _is_mistake(
        error.__cause__
    )


def is_limited(error: BaseException | None) -> bool:
    """Tell whether the rate limit was exceeded."""
    return isinstance(error, APIStatusError) and error.status_code == LIMITED


def _is_mistake(cause: BaseException | None) -> bool:
    """Tell whether what did not reach a server never will."""
    return isinstance(cause, MISTAKES) or is_certificate_refused(cause) or is_refused_by_proxy(cause)


def _pause(state: RetryCallState) -> float:
    """Return the seconds until the next attempt: those that the service asks for, or ever more."""
    error = state.outcome.exception() if state.outcome else None
    asked = _retry_after(error.headers.get("retry-after", "")) if isinstance(error, APIStatusError) else 0
    return asked if asked > 0 else BACKOFF(state)


def _log_retry(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    if error:
        LOG.info(
            "%s; attempt %d follows in %.1f seconds",
            describe_error(error),
            state.attempt_number + 1,
            state.upcoming_sleep,
        )


def _retry_after(text: str) -> float:
    """Read a Retry-After header, seconds or a date, as seconds; 0 if it is invalid or missing."""
    try:
        return float(text) if text[:1].isdigit() else _seconds_until(parsedate_to_datetime(text))
    except ValueError:
        return 0


def _seconds_until(date: datetime) -> float:
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - read_wall()
