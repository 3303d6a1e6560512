"""Many requests: several at once, each to a result or an error; with a journal, what an earlier run submitted is taken up."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from copy import copy
from pathlib import Path
from typing import TypeVar

from .answers import JobFacts
from .errors import SubmissionUnknown
from .journal import Journal
from .progress import OnProgress, Teller
from .retries import Deadline
from .submissions import Moment, OnJob
from .uploads import Uploads
from .work import Done, Prepared, Runnable, Work, note_job

T = TypeVar("T")


async def run_many(
    work: Work,
    requests: Iterable[Runnable],
    make: Callable[[int, Runnable, Done | Exception], T],
    *,
    timeout: float,
    concurrency: int,
    on_progress: OnProgress | None,
    journal: Path | None,
) -> AsyncIterator[T]:
    """Run many requests; give what `make` makes of each result or error, as they come.

    Raises:
        JournalError: the journal cannot be used.

    """
    noted = Noted(work, Journal(journal)) if journal else None

    async def run(numbered: tuple[int, Runnable]) -> T:
        index, request = numbered
        tell, deadline, found = Teller(on_progress, index), Deadline.after(timeout), list[JobFacts]()
        try:
            async with work.prepare(request) as prepared:
                if noted:
                    job = await noted.submit(prepared, deadline, tell, found.append)
                else:
                    order = await work.order(prepared, deadline, tell)
                    job = await work.place(order, deadline, found.append)
            return make(index, request, await work.finish(job, deadline, tell))
        except Exception as error:  # noqa: BLE001 - every request ends as a result or an error
            note_job(error, found)
            return make(index, request, error)

    try:
        async for outcome in work.port.each(run, enumerate(requests), concurrency):
            yield outcome
    finally:
        if noted:
            noted.journal.close()


class Noted:
    """Work that notes in a journal what it uploads and submits. `equal` counts requests of one digest, which the journal numbers."""

    def __init__(self, work: Work, journal: Journal) -> None:
        self.work = copy(work)
        self.work.uploads = Uploads(work.port, work.uploads.assets | journal.uploads(), journal.uploaded)
        self.journal = journal
        self.equal: Counter[str] = Counter()
        for job_id in journal.jobs():
            work.submissions.take(job_id, Moment())

    async def submit(self, prepared: Prepared, deadline: Deadline, tell: Teller, on_job: OnJob) -> JobFacts:
        """Submit a request, and note that before and after; or take up its job, if it was submitted before."""
        digest = prepared.digest
        self.equal[digest] += 1
        key = f"{digest} {self.equal[digest]}"

        def note(job: JobFacts) -> None:
            self.journal.submitted(key, job.id)
            on_job(job)

        if known := self.journal.find(key):
            order, job_id = known
            job = await (
                self.work.look(job_id, deadline) if job_id else self.work.submissions.resume(order, note)
            )
            if job:
                return job
        order = await self.work.order(prepared, deadline, tell)
        await self.work.port.work(lambda: self.journal.begin(key, order))
        try:
            return await self.work.place(order, deadline, note)
        except SubmissionUnknown:
            raise
        except Exception:
            self.journal.forget(key)
            raise
