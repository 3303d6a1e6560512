"""The jobs that were made since a moment, by the service's clock; the whole list, or none of it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from .clock import Deadline, Moment
from .errors import TransientError
from .facts import JobFacts
from .ports import Call, Port
from .responses import read_jobs
from .retries import retry

DOUBT = 60.0  # seconds before a moment, in which a job may belong to it: the service's machines may differ a little
PAGE, MOST_PAGES = 100, 50


@dataclass(frozen=True)
class Listed:
    """The jobs made after `date`, the oldest first; those a little `older`; and those whose date cannot be read."""

    date: str = ""
    jobs: Sequence[JobFacts] = ()
    older: Sequence[JobFacts] = ()
    undated: Sequence[JobFacts] = ()


async def list_jobs_since(port: Port, since: Moment, deadline: Deadline) -> Listed:
    """List the jobs that were made since a moment.

    Raises:
        scenario_sdk.APIError, Unreadable, TransientError: they cannot be listed, or not all.

    """
    now, _, _ = await _list(port, {"pageSize": "1"}, deadline)
    server = _read_time(now)
    date = _show(server, since.age)  # a little too early: a date in a header has no fractions
    earliest = _show(server, since.most_age + DOUBT)
    query = {"pageSize": str(PAGE), "createdAfter": earliest}
    pages = await _read_pages(port, query, deadline)
    if len(pages) > 1:  # a job may have moved meanwhile to a page that was read
        pages += await _read_pages(port, query, deadline)
    found = {
        job.id: job for page in pages for job in page if _is_after(job.created_at, earliest) is not False
    }
    parts: dict[bool | None, list[JobFacts]] = {True: [], False: [], None: []}
    for job in sorted(found.values(), key=lambda job: job.created_at):
        parts[_is_after(job.created_at, date)].append(job)
    return Listed(date, parts[True], parts[False], parts[None])


async def _read_pages(port: Port, query: dict[str, str], deadline: Deadline) -> list[list[JobFacts]]:
    """Read a list to its end."""
    pages, next_page = list[list[JobFacts]](), dict[str, str]()
    while len(pages) < MOST_PAGES:
        _, jobs, token = await _list(port, query | next_page, deadline)
        pages.append(jobs)
        if not token:
            return pages
        next_page = {"paginationToken": token}
    raise TransientError(f"there are more than {PAGE * MOST_PAGES}")


async def _list(port: Port, query: dict[str, str], deadline: Deadline) -> tuple[str, list[JobFacts], str]:
    """Give the server's date, a page of jobs, and the token of the next."""

    async def call() -> tuple[str, list[JobFacts], str]:
        sent = await port.send(Call("GET", "/jobs", dict(query), timeout=deadline.timeout))
        jobs, token, unreadable = read_jobs(sent.data)
        if unreadable:
            raise TransientError("a job has no id, or an unsafe one")
        return sent.date, jobs, token

    return await retry(port, call, deadline)


def _read_time(header: str) -> datetime:
    """Read the server's date; one without a zone would be taken for one of here."""
    with suppress(ValueError):
        if (date := parsedate_to_datetime(header)).tzinfo:
            return date.astimezone(UTC)
    raise TransientError("the service does not tell its time")


def _show(server: datetime, ago: float) -> str:
    """Write a date as the API does, so many seconds before the server's own."""
    return (server - timedelta(seconds=ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_after(date: str, other: str) -> bool | None:
    """Tell whether an ISO 8601 date is after another; None where it cannot be read."""
    try:
        return datetime.fromisoformat(date) > datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return None
