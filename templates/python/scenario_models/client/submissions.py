"""Submissions: how a request that is paid for is sent, and never paid twice.

The API has no idempotency key. So a request is sent once; where its answer is lost, the jobs made since then are searched for one
of the same model and input, which is taken up. Only where none is there is the request sent again, and where that cannot be
known, `SubmissionUnknown` is raised. Equal requests of one client may take up each other's jobs, but never the same one.
"""

import json
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import httpx
from scenario_sdk import APIConnectionError, APIStatusError, APITimeoutError

from .answers import JobFacts, read_job, read_jobs
from .errors import ClientClosed, Passing, SubmissionUnknown
from .ports import Call, Port
from .retries import SERVER_ERROR, Deadline, retried

UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.LocalProtocolError, httpx.UnsupportedProtocol)
REFUSED = 400
STILL_AT_WORK = (408, 504, 524)  # somebody on the way gave up; the service may go on
DOUBT = 60.0  # seconds before a submission, in which an equal job may be its own: the service's machines may differ a little
LOOKING = 60.0  # seconds for which a search is tried again where the service does not answer
LOOKING_INTERRUPTED = 5.0
LOOKS_INTERRUPTED = (0.0, 0.5, 1.5)
LOOKS = 4
PAGE, MOST_PAGES = 100, 50
KEPT = 7200.0  # seconds for which it is known which jobs were taken: longer than any submission is open


@dataclass(frozen=True, eq=False)
class Moment:
    """When something was, on this machine's two clocks: one that may be set, and one that stops while the machine sleeps."""

    monotonic: float = field(default_factory=time.monotonic)
    wall: float = field(default_factory=time.time)

    @property
    def age(self) -> float:
        """The seconds since then in which the machine was awake."""
        return time.monotonic() - self.monotonic

    @property
    def longest_age(self) -> float:
        """The seconds since then: rather too many than too few."""
        return max(self.age, time.time() - self.wall)


@dataclass(frozen=True)
class Order:
    """A request as it is sent: JSON, its files in their place. `since` is when it may have been sent first."""

    model_id: str
    content: bytes
    since: Moment = field(default_factory=Moment)

    @property
    def path(self) -> str:
        """Where to send it."""
        return f"/generate/custom/{self.model_id}"

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON as the service reads it."""
        body: dict[str, Any] = json.loads(self.content)
        return body

    def is_of(self, job: JobFacts) -> bool:
        """Tell whether a job runs just this."""
        return job.model_id == self.model_id and job.input == self.body

    def may_be_of(self, job: JobFacts) -> bool:
        """Tell whether a job may run this: the service may have filled in defaults, or not say what it runs."""
        if job.model_id not in ("", self.model_id):
            return False
        sent = job.input
        return sent is None or all(sent.get(name) == value for name, value in self.body.items())


@dataclass(frozen=True, eq=False)
class Taken:
    """That a job was taken: when, since when the taker had been submitting, and, where it had to be searched for, why."""

    since: Moment
    lost: Exception | None = None
    moment: Moment = field(default_factory=Moment)


@dataclass
class Losses:
    """How often the answer to a request was lost, and no job of it found."""

    number: int = 0


OnJob = Callable[[JobFacts], None]


class Submissions:
    """The submissions of one client, and which jobs were taken by them. `settle`: seconds until a job that is not there was not made."""

    def __init__(self, port: Port, settle: float) -> None:
        self.port = port
        self.settle = settle
        self._taken: dict[str, Taken] = {}
        self._is_faithful: bool | None = None  # whether jobs say what was sent, as far as was seen
        self._lock = threading.Lock()

    async def submit(self, order: Order, deadline: Deadline, on_job: OnJob) -> JobFacts:
        """Send a request that is paid for; give its job, also to `on_job` as soon as it is known, even if interrupted.

        Raises:
            scenario_sdk.APIError: it was refused, or cannot be sent. No job was made.
            SubmissionUnknown: it cannot be known whether a job was made.

        """
        is_sent, losses = False, Losses()

        async def attempt() -> JobFacts:
            nonlocal is_sent
            is_sent = True
            try:
                return await self._submit_once(order, on_job, losses)
            except Exception:
                is_sent = False
                raise

        try:
            return await retried(self.port, attempt, deadline)
        except Passing as error:
            raise self._unknown(order, "", (), error.why) from error
        except (Exception, GeneratorExit):
            raise
        except BaseException as interruption:
            if is_sent and not await self._find_interrupted(order, on_job):
                interruption.add_note(str(self._unknown(order, "", (), "its answer was not waited for")))
            raise

    async def resume(self, order: Order, noted: Collection[str], on_job: OnJob) -> JobFacts | None:
        """Give the job of a request that may have been sent before, or None where there is none.

        `noted` are the jobs that are known to belong to other requests.

        Raises:
            SubmissionUnknown: it cannot be known.

        """
        why = "an earlier run was stopped before the answer came"
        job = await self._find(order, None, why, order.since, noted)
        if job:
            on_job(job)
        return job

    def take(self, job_id: str, since: Moment, lost: Exception | None = None) -> Taken | None:
        """Take a job for oneself; where another has taken it, say how."""
        mine = Taken(since, lost)
        with self._lock:
            oldest = next(iter(self._taken), "")
            if oldest and self._taken[oldest].moment.age > KEPT:
                del self._taken[oldest]
            owner = self._taken.setdefault(job_id, mine)
        return None if owner is mine else owner

    async def _submit_once(self, order: Order, on_job: OnJob, losses: Losses) -> JobFacts:
        """Send a request; every error but SubmissionUnknown means that no job was made."""
        since = order.since
        try:
            job = read_job((await self.port.send(Call("POST", order.path, content=order.content))).data)
        except Exception as error:
            if _is_unmade(error):
                raise
            lost: Exception = error
        else:
            if job.input is not None:
                self._is_faithful = self._is_faithful is not False and order.is_of(job)
            if not (owner := self.take(job.id, since)):
                on_job(job)
                return job
            # An equal request took this job when its own answer was lost. That one's job, if it was made, is ours.
            since = max(since, owner.since, key=lambda one: one.age)
            lost = owner.lost or Passing("an equal request has its job")
        found = await self._find(order, lost, _say(lost), since)
        if found:
            on_job(found)
            return found
        if _is_still_at_work(lost):
            raise self._unknown(order, "", (), f"{_say(lost)}, and it may still come into being") from lost
        losses.number += 1
        if self._is_faithful is False or (self._is_faithful is None and losses.number > 1):
            told = f"{_say(lost)}, and nothing shows that the service lists what was sent"
            raise self._unknown(order, "", (), told) from lost
        raise lost

    async def _find(
        self,
        order: Order,
        lost: Exception | None,
        why: str,
        since: Moment,
        noted: Collection[str] = (),
    ) -> JobFacts | None:
        """Search for the job of a request until it is there, or would be.

        Raises:
            SubmissionUnknown: it cannot be known.

        """
        date = ""
        try:
            for look in range(LOOKS):
                await self.port.sleep(self.settle * look / sum(range(LOOKS)))
                date, jobs, doubtful = await self._jobs_since(since, Deadline.after(LOOKING))
                for job in jobs:
                    if order.is_of(job) and not self.take(job.id, since, lost):
                        self._is_faithful = self._is_faithful is not False
                        return job
        except Exception as error:  # whatever it is, nothing is known
            told = f"{why}, and the jobs cannot be listed ({_say(error)})"
            raise self._unknown(order, date, (), told) from error
        others = {*self._taken, *noted}
        maybe = [job for job in jobs if order.may_be_of(job)] + [job for job in doubtful if order.is_of(job)]
        if candidates := [job.id for job in maybe if job.id not in others]:
            raise self._unknown(order, date, candidates, f"{why}, and there is a job that may be it")
        return None

    async def _jobs_since(
        self, since: Moment, deadline: Deadline
    ) -> tuple[str, list[JobFacts], list[JobFacts]]:
        """Give a moment in the server's time, the jobs made since then, the oldest first, and those a little older or without a date."""
        now, _, _ = await self._list({"pageSize": "1"}, deadline)
        try:
            server = parsedate_to_datetime(now).astimezone(UTC)
        except ValueError:
            raise Passing("the service does not tell its time") from None
        # A little too early: a date in a header has no fractions.
        date = _show(server - timedelta(seconds=since.age))
        earlier = _show(server - timedelta(seconds=since.longest_age + DOUBT))
        found: list[JobFacts] = []
        query = {"pageSize": str(PAGE), "createdAfter": earlier}
        for _ in range(MOST_PAGES):
            _, jobs, token = await self._list(query, deadline)
            found += jobs
            if not token:
                made = {job.id: job for job in found if _is_after(job.created_at, earlier) is not False}
                jobs = sorted(made.values(), key=lambda job: job.created_at)
                recent = [job for job in jobs if _is_after(job.created_at, date)]
                return date, recent, [job for job in jobs if job not in recent]
            query["paginationToken"] = token
        raise Passing(f"there are more than {PAGE * MOST_PAGES}")

    async def _list(self, query: dict[str, str], deadline: Deadline) -> tuple[str, list[JobFacts], str]:
        """Give the server's date, a page of jobs, and the token of the next."""

        async def call() -> tuple[str, list[JobFacts], str]:
            sent = await self.port.send(Call("GET", "/jobs", dict(query), timeout=deadline.timeout))
            jobs, token, unreadable = read_jobs(sent.data)
            if unreadable:
                raise Passing("a job has no id, or an unsafe one")
            return sent.date, jobs, token

        return await retried(self.port, call, deadline)

    async def _find_interrupted(self, order: Order, on_job: OnJob) -> bool:
        """Look a little for the job of a request whose answer was not waited for; tell whether it is there."""
        deadline = Deadline.after(LOOKING_INTERRUPTED)
        with suppress(BaseException):  # interrupted again, or no answer: then it is not known
            for pause in LOOKS_INTERRUPTED:
                if pause:
                    await self.port.sleep(pause)
                _, jobs, _ = await self._jobs_since(order.since, deadline)
                for job in jobs:
                    if order.is_of(job) and not self.take(job.id, order.since):
                        on_job(job)
                        return True
        return False

    def _unknown(self, order: Order, date: str, candidates: Collection[str], why: str) -> SubmissionUnknown:
        return SubmissionUnknown(order.model_id, order.body, date, tuple(candidates), why)


def _is_unmade(error: Exception) -> bool:
    """Tell whether an error means that no job was made: the request was refused, or never left."""
    if isinstance(error, APIStatusError):
        return REFUSED <= error.status_code < SERVER_ERROR and error.status_code not in STILL_AT_WORK
    if isinstance(error, APIConnectionError):
        return isinstance(error.__cause__, UNSENT)
    return isinstance(error, ClientClosed)


def _show(moment: datetime) -> str:
    """Write a date as the API does."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_still_at_work(error: Exception) -> bool:
    if isinstance(error, APIStatusError):
        return error.status_code in STILL_AT_WORK
    return isinstance(error, APITimeoutError)


def _is_after(date: str, other: str) -> bool | None:
    """Tell whether an ISO 8601 date is after another; None where it cannot be read."""
    try:
        return datetime.fromisoformat(date) > datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return None


def _say(error: Exception) -> str:
    if isinstance(error, APIStatusError):
        return f"the answer was {error.status_code}"
    if isinstance(error, APIConnectionError):
        return f"the answer was lost ({type(error.__cause__ or error).__name__})"
    return str(error)
