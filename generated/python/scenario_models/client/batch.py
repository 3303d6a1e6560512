"""Many requests: several at once, each to a result or an error; with a journal, what an earlier run submitted is taken up."""

import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from .clock import Deadline
from .errors import JournalError, SubmissionUnknown
from .facts import JobFacts
from .journal import Entry, Journal
from .orders import OnJob, Sent, Submission
from .progress import OnProgress, ProgressReporter
from .uploads import Uploads
from .work import FinishedJob, PreparedRequest, Runnable, Work, note_job

T = TypeVar("T")


async def run_many(
    work: Work,
    requests: Iterable[Runnable],
    make: Callable[[int, Runnable, FinishedJob | Exception], T],
    *,
    timeout: float,
    concurrency: int,
    on_progress: OnProgress | None,
    journal: Path | None,
) -> AsyncGenerator[T, None]:
    """Run many requests; give what `make` makes of each result or error, as they come.

    Raises:
        JournalError: the journal cannot be used.

    """
    noted = NotedWork(work, Journal(journal)) if journal else None
    submit = noted.submit if noted else partial(_submit, work)
    in_flight: dict[int, InFlight] = {}

    async def run(numbered: tuple[int, Runnable]) -> tuple[int, T]:
        index, request = numbered
        tell, deadline = ProgressReporter(on_progress, index), Deadline.after(timeout)
        one = in_flight[index] = InFlight()
        try:
            async with work.prepare(request) as prepared:
                job = await submit(prepared, deadline, tell, one.found.append)
            return index, make(index, request, await work.finish(job, deadline, tell))
        except BaseException as error:
            one.error = error
            if not isinstance(error, Exception):
                raise
            note_job(error, one.found)
            return index, make(index, request, error)

    try:
        async with aclosing(work.port.each(run, enumerate(requests), concurrency)) as outcomes:
            async for index, outcome in outcomes:
                del in_flight[index]
                yield outcome
    except BaseException as error:
        for one in in_flight.values():
            one.note(error)
        raise
    finally:
        if noted:
            noted.journal.close()


@dataclass
class InFlight:
    """A request whose outcome nobody was given yet: the jobs that were found for it, and the error that it ended with."""

    found: list[JobFacts] = field(default_factory=list)
    error: BaseException | None = None

    def note(self, error: BaseException) -> None:
        """Say on the error that ends all what is known of this request."""
        note_job(error, self.found)
        if self.found or self.error is error:
            return
        is_unknown = isinstance(self.error, SubmissionUnknown)
        for note in [str(self.error)] if is_unknown else getattr(self.error, "__notes__", []):
            error.add_note(note)


async def _submit(
    work: Work, prepared: PreparedRequest, deadline: Deadline, tell: ProgressReporter, on_job: OnJob
) -> JobFacts:
    """Submit a request without a journal."""
    order = await work.make_order(prepared, deadline, tell)
    return await work.submit_order(Submission(order, deadline, on_job))


class NotedWork:
    """Work that notes in a journal what it uploads and submits. `equal` counts requests of one digest, which the journal numbers."""

    def __init__(self, work: Work, journal: Journal) -> None:
        self.work = copy(work)
        work.uploads.assets.update(journal.uploads())
        self.work.uploads = Uploads(work.port, work.uploads.assets, journal)
        self.journal = journal
        self.jobs: set[str] = set()
        self.equal: Counter[str] = Counter()
        self._lock = threading.Lock()
        for entry in journal.orders():
            if entry.job_id:
                self.jobs.add(entry.job_id)
                work.submissions.take(entry.job_id, entry.order, entry.sent)

    async def submit(
        self, prepared: PreparedRequest, deadline: Deadline, tell: ProgressReporter, on_job: OnJob
    ) -> JobFacts:
        """Submit a request, and note that before and after; or take up its job, if it was submitted before."""
        key, losses, is_known = self._key(prepared.digest), 0, False

        def note(job: JobFacts) -> None:
            nonlocal is_known
            is_known = True
            on_job(job)
            self.jobs.add(job.id)
            self.journal.submitted(key, job.id)

        if known := self.journal.find(key):
            if known.job_id:
                return await self._look(known, deadline, on_job)
            before = Submission(known.order, deadline, note, sent=known.sent)
            if found := await self.work.submissions.resume(before, self.jobs):
                return found
            losses = before.sent.losses
        order = await self.work.make_order(prepared, deadline, tell)

        async def note_sent(sent: Sent) -> None:
            await self.work.port.in_background(lambda: self.journal.sent(key, order, sent))

        try:
            return await self.work.submit_order(
                Submission(order, deadline, note, note_sent, Sent(losses=losses))
            )
        except (SubmissionUnknown, JournalError):
            raise
        except Exception:
            if not is_known:
                self.journal.forget(key)
            raise

    async def _look(self, known: Entry, deadline: Deadline, on_job: OnJob) -> JobFacts:
        """Look at a job that was submitted before."""
        job = await self.work.look(known.job_id, deadline)
        self.work.submissions.see(known.order, job)
        on_job(job)
        return job

    def _key(self, digest: str) -> str:
        """Give the key of a request among those of one digest."""
        with self._lock:  # threads count, too
            self.equal[digest] += 1
            return f"{digest} {self.equal[digest]}"
