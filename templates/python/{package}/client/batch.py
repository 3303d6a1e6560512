"""Run a batch: several requests at once, each to a result or an error. With a journal, the jobs of an earlier run are used."""

import threading
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack, aclosing, closing
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from scenario_sdk import APIConnectionError, APIError, APIStatusError

from ..vendor import SHARED
from .clock import MAX_SECONDS, Deadline
from .errors import ClientClosed, ClientError, JournalError, SubmissionUnknown
from .facts import JobFacts
from .journal import Entry, Journal
from .orders import OnJob, SendRecord, Submission
from .outcomes import Batch, Outcome
from .preparation import PreparedRequest, Runnable, prepare
from .progress import ProgressReporter
from .uploads import Uploads
from .work import FinishedJob, Work, note_job

R = TypeVar("R")
Submit = Callable[[PreparedRequest, Deadline, ProgressReporter, OnJob], Awaitable[JobFacts]]
PROBE_TIMEOUT = 60.0  # seconds, for the call that tells whether every request would fail
SHARED_STATUSES = (*range(300, 400), *SHARED)


async def run_many(
    work: Work, batch: Batch, make_result: Callable[[FinishedJob], R]
) -> AsyncGenerator[Outcome[R], None]:
    """Run the requests of a batch; yield their outcomes as they come.

    Raises:
        JournalError: the journal cannot be used.
        Exception: an error that would hit every request, when all that had begun have ended.

    """
    with ExitStack() as opened:
        submit: Submit = partial(_submit, work)
        if batch.journal is not None:
            submit = JournaledWork(work, opened.enter_context(closing(Journal(batch.journal)))).submit
        async with aclosing(_run_all(work, batch, submit, make_result)) as outcomes:
            async for outcome in outcomes:
                yield outcome


async def _run_all(
    work: Work, batch: Batch, submit: Submit, make_result: Callable[[FinishedJob], R]
) -> AsyncGenerator[Outcome[R], None]:
    in_flight: dict[int, InFlight] = {}
    shared = SharedFailure(work)

    async def run(numbered: tuple[int, Runnable]) -> Outcome[R]:
        index, request = numbered
        progress = ProgressReporter(work.port, batch.on_progress, index)
        one = in_flight[index] = InFlight(Deadline.after(batch.timeout), progress)
        try:
            return Outcome(index, request, None, make_result(await _run_one(work, submit, request, one)))
        except Exception as error:  # noqa: BLE001 - it becomes the outcome
            await shared.note(error)
            return Outcome(index, request, error, None)

    try:
        given = batch.requests
        requests = shared.take(given) if isinstance(given, Iterable) else shared.await_each(given)
        async with aclosing(work.port.each(run, requests, batch.concurrency)) as outcomes:
            async for outcome in outcomes:
                del in_flight[outcome.index]
                yield outcome
                if shared.error and not in_flight:
                    break  # without awaiting the next request
    except BaseException as error:
        for one in in_flight.values():
            one.note(error)
        raise
    if shared.error:
        shared.error.add_note("it would hit every request: those that had not begun were not submitted")
        raise shared.error


async def _run_one(work: Work, submit: Submit, request: Runnable, one: "InFlight") -> FinishedJob:
    try:
        async with prepare(work.port, request) as prepared:
            job = await submit(prepared, one.deadline, one.progress, one.found.append)
        return await work.finish(job, one.deadline, one.progress, one.found.append)
    except BaseException as error:
        one.error = error
        if isinstance(error, Exception):
            note_job(error, one.found)
        raise


@dataclass
class SharedFailure:
    """The failure of a batch that all its requests share: the first error that would hit every one."""

    work: Work
    error: Exception | None = None

    async def note(self, error: Exception) -> None:
        """Note the error of a request, if it would hit every one."""
        async with self.work.port.lock(f"batch {id(self)}", MAX_SECONDS):  # of several that fail at once, one looks
            if not self.error and await self._hits_every_request(error):
                self.error = error

    def take(self, requests: Iterable[Runnable]) -> Iterator[tuple[int, Runnable]]:
        """Take requests, and number them, until there is such an error."""
        for numbered in enumerate(requests):
            yield numbered
            if self.error:
                return

    async def await_each(self, requests: AsyncIterable[Runnable]) -> AsyncGenerator[tuple[int, Runnable], None]:
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
        except (APIError, ClientError) as other:
            return _shared_reason(other) == reason
        return False


def _shared_reason(error: Exception) -> int | str:
    """Return why an error might hit every request; empty if it is about one."""
    if isinstance(error, SubmissionUnknown) and isinstance(error.__cause__, Exception):
        error = error.__cause__  # why the jobs could not be listed
    if isinstance(error, APIStatusError):
        return error.status_code if error.status_code in SHARED_STATUSES else ""
    return "not reached" if isinstance(error, APIConnectionError) else ""


@dataclass
class InFlight:
    """A request whose outcome was not given yet: the jobs that were found for it, and the error that ended it."""

    deadline: Deadline
    progress: ProgressReporter
    found: list[JobFacts] = field(default_factory=list)
    error: BaseException | None = None

    def note(self, error: BaseException) -> None:
        """Add what is known of this request to the error that ends the batch."""
        note_job(error, self.found)
        if self.found or self.error is error:
            return
        is_unknown = isinstance(self.error, SubmissionUnknown)
        for note in [str(self.error)] if is_unknown else getattr(self.error, "__notes__", []):
            error.add_note(note)


async def _submit(
    work: Work, prepared: PreparedRequest, deadline: Deadline, progress: ProgressReporter, on_job: OnJob
) -> JobFacts:
    order = await work.make_order(prepared, deadline, progress)
    return await work.submit_order(Submission(order, deadline, on_job))


class JournaledWork:
    """Work that notes in a journal what it uploads and submits. `equal` counts the requests of one digest: the journal numbers them."""

    def __init__(self, work: Work, journal: Journal) -> None:
        self.work = copy(work)
        work.uploads.assets.update(journal.uploads())
        self.work.uploads = Uploads(work.port, work.uploads.assets, journal)
        self.journal = journal
        self.jobs: set[str] = set()
        self.equal: Counter[str] = Counter()
        self._lock = threading.Lock()
        for entry in journal.orders():
            if entry.order.project_id != work.port.project_id:  # a search for its job would not find it: it would be paid for again
                theirs, ours = (one or "the one that the service chooses" for one in (entry.order.project_id, work.port.project_id))
                raise JournalError(f"{journal.path} is of another project ({theirs}) than this client ({ours}): give its project_id")
            if entry.job_id:
                self.jobs.add(entry.job_id)
                work.submissions.claim(entry.job_id, entry.order, entry.sent)

    async def submit(
        self, prepared: PreparedRequest, deadline: Deadline, progress: ProgressReporter, on_job: OnJob
    ) -> JobFacts:
        """Submit a request, with a note before and after; or, if it was submitted before, return its job."""
        key, losses, is_known = self._key(prepared.digest), 0, False

        def note(job: JobFacts) -> None:
            nonlocal is_known
            is_known = True
            on_job(job)
            self.jobs.add(job.id)
            self.journal.note_submitted(key, job.id)

        if known := self.journal.find(key):
            if known.job_id:
                return await self._get_job(known, deadline, on_job)
            before = Submission(known.order, deadline, note, sent=known.sent)
            if found := await self.work.submissions.resume(before, self.jobs):
                return found
            losses = before.sent.losses
        order = await self.work.make_order(prepared, deadline, progress)

        async def note_sent(sent: SendRecord) -> None:
            await self.work.port.in_background(lambda: self.journal.note_sent(key, order, sent))

        try:
            return await self.work.submit_order(Submission(order, deadline, note, note_sent, SendRecord(losses=losses)))
        except (SubmissionUnknown, JournalError):
            raise
        except Exception:
            if not is_known:
                self.journal.forget(key)
            raise

    async def _get_job(self, known: Entry, deadline: Deadline, on_job: OnJob) -> JobFacts:
        job = await self.work.get_job(known.job_id, deadline)
        self.work.submissions.learn(known.order, job)
        on_job(job)
        return job

    def _key(self, digest: str) -> str:
        """Return the journal's key of the next request that has this digest."""
        with self._lock:  # requests run in several threads
            self.equal[digest] += 1
            return f"{digest} {self.equal[digest]}"
