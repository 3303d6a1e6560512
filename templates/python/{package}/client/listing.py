"""The list of jobs that were created since a moment, by the service's clock: complete, or an error."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from ..vendor import ATTEMPTS, DOUBT, JOBS, MAX_PAGES, PAGE
from .clock import Deadline, Moment
from .dates import is_after, write_date
from .errors import TransientError
from .facts import JobFacts
from .ports import Call, Port
from .responses import read_jobs
from .retries import retry


@dataclass(frozen=True)
class JobList:
    """The jobs created after `date`, the oldest first; those a little `older`; and those whose date cannot be read."""

    date: str = ""
    jobs: Sequence[JobFacts] = ()
    older: Sequence[JobFacts] = ()
    undated: Sequence[JobFacts] = ()


async def list_jobs_since(port: Port, since: Moment, deadline: Deadline) -> JobList:
    """List the jobs that were created since a moment.

    Raises:
        scenario_sdk.APIError, Unreadable, TransientError: they cannot all be listed.

    """
    date_header, _, _ = await _list_page(port, {"pageSize": "1"}, deadline)
    server = _read_date(date_header)
    date = write_date(server - timedelta(seconds=since.age))  # a little too early: a date in a header has no fractions
    earliest = write_date(server - timedelta(seconds=since.max_age + DOUBT))
    query = {"pageSize": str(PAGE), "createdAfter": earliest}
    pages = await _read_pages(port, query, deadline)
    if len(pages) > 1:  # meanwhile a job may have moved to a page that was read before
        pages += await _read_pages(port, query, deadline)
    found = {job.id: job for page in pages for job in page if is_after(job.created_at, earliest) is not False}
    parts: dict[bool | None, list[JobFacts]] = {True: [], False: [], None: []}
    for job in sorted(found.values(), key=lambda job: job.created_at):
        parts[is_after(job.created_at, date)].append(job)
    return JobList(date, parts[True], parts[False], parts[None])


async def _read_pages(port: Port, query: dict[str, str], deadline: Deadline) -> list[list[JobFacts]]:
    pages, next_page = list[list[JobFacts]](), dict[str, str]()
    while len(pages) < MAX_PAGES:
        _, jobs, token = await _list_page(port, query | next_page, deadline)
        pages.append(jobs)
        if not token:
            return pages
        next_page = {"paginationToken": token}
    raise TransientError(f"there are more than {PAGE * MAX_PAGES} jobs")


async def _list_page(port: Port, query: dict[str, str], deadline: Deadline) -> tuple[str, list[JobFacts], str]:
    """Return the Date header of the response, a page of jobs, and the token of the next page."""

    async def call() -> tuple[str, list[JobFacts], str]:
        response = await port.send(Call("GET", JOBS, dict(query), timeout=deadline.call_timeout))
        jobs, token, unreadable = read_jobs(response.data)
        if unreadable:
            raise TransientError("a job has no id, or an unsafe one")
        return response.date, jobs, token

    return await retry(port, call, deadline, ATTEMPTS)


def _read_date(header: str) -> datetime:
    """Read a Date header. One without a time zone is invalid: it would be read as local time."""
    with suppress(ValueError):
        if (date := parsedate_to_datetime(header)).tzinfo:
            return date
    raise TransientError("the response has no valid Date header")
