"""Work that notes in a journal what it uploads and submits, and goes on from there."""

import threading
from collections import Counter
from contextlib import aclosing, suppress
from copy import copy
from dataclasses import dataclass
from functools import partial

from ..vendor import CALL_TIMEOUT
from .api_errors import APIStatusError, NotFoundError
from .budget import Budget
from .clock import Deadline
from .errors import JournalError, SubmissionUnknown
from .facts import JobFacts
from .journal import Entry, Journal
from .orders import OnJob, Order, SendRecord, Submission
from .preparation import PreparedRequest
from .progress import ProgressReporter
from .uploads import Uploads
from .work import Work

CONCURRENCY = 8  # calls that ask what a job has cost


class JournaledWork:
    """Work that notes in a journal what it uploads and submits. `equal` counts the requests of one digest: the journal numbers them."""

    def __init__(self, work: Work, journal: Journal, budget: Budget) -> None:
        self.work: Work = copy(work)
        self.budget = budget
        work.uploads.assets.update(journal.uploads())
        self.work.uploads = Uploads(work.port, work.uploads.assets, journal)
        self.journal = journal
        self.jobs: set[str] = set()
        self.equal: Counter[str] = Counter()
        self._lock = threading.Lock()
        for entry in journal.orders():
            if (
                entry.order.project_id != work.port.project_id
            ):  # a search for its job would not find it: it would be paid for again
                theirs, ours = (
                    one or "the one that the service chooses"
                    for one in (entry.order.project_id, work.port.project_id)
                )
                raise JournalError(
                    f"{journal.path} is of another project ({theirs}) than this client ({ours}): give its project_id"
                )
            budget.promised += entry.order.cost or 0.0
            if entry.job_id:
                self.jobs.add(entry.job_id)
                work.submissions.claim(entry.job_id, entry.order, entry.sent)

    async def count_costs(self) -> None:
        """Count what earlier runs without a limit have spent, or may have: the journal does not know yet what their orders cost.

        Raises:
            JournalError: that cannot be known.

        """

        async def price(one: tuple[str, Entry]) -> None:
            key, entry = one
            cost = await self._ask_cost(entry)
            await self.work.port.in_background(lambda: self.journal.note_cost(key, cost))
            self.budget.add(cost)

        async with aclosing(self.work.port.each(price, self.journal.unpriced(), CONCURRENCY)) as priced:
            async for _ in priced:
                pass

    async def _ask_cost(self, entry: Entry) -> float:
        """Ask what the job of an order has cost; if that is not known, what the order would cost."""
        deadline = Deadline.after(CALL_TIMEOUT)
        try:
            with suppress(NotFoundError):
                if (
                    entry.job_id
                    and (cost := (await self.work.get_job(entry.job_id, deadline)).cost) is not None
                ):
                    return cost
            return (await self.work.estimate_order(entry.order, deadline)).cost
        except APIStatusError as error:
            named = entry.job_id or f"a request to {entry.order.model_id}"
            problem = f"{self.journal.path}: what {named} has cost cannot be known ({error})"
            raise JournalError(f"{problem}; run without max_cost, or with another journal") from None

    async def submit(
        self, prepared: PreparedRequest, deadline: Deadline, progress: ProgressReporter, on_job: OnJob
    ) -> JobFacts:
        """Submit a request, with a note before and after; or, if it was submitted before, return its job."""
        notes, sent = Notes(self, self._key(prepared.digest), on_job), SendRecord()
        if known := self.journal.find(notes.key):
            if known.job_id:
                return await self._get_job(known, deadline, on_job)
            before = Submission(known.order, deadline, notes.note_job, sent=known.sent)
            if found := await self.work.submissions.resume(before, self.jobs):
                return found
            sent = SendRecord(losses=before.sent.losses)
            self.budget.take_back(known.order)
        order = await self.budget.promise(await self.work.make_order(prepared, deadline, progress), deadline)
        try:
            return await self.work.submit_order(
                Submission(order, deadline, notes.note_job, partial(notes.note_sent, order), sent)
            )
        except (SubmissionUnknown, JournalError):
            raise
        except Exception:
            if not notes.has_job:
                self.journal.forget(notes.key)
                self.budget.take_back(order)
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


@dataclass
class Notes:
    """What the journal notes of one request, by its key."""

    work: JournaledWork
    key: str
    on_job: OnJob
    has_job: bool = False

    def note_job(self, job: JobFacts) -> None:
        """Note its job."""
        self.has_job = True
        self.on_job(job)
        self.work.jobs.add(job.id)
        self.work.journal.note_submitted(self.key, job.id)

    async def note_sent(self, order: Order, sent: SendRecord) -> None:
        """Note that it was sent."""
        await self.work.work.port.in_background(lambda: self.work.journal.note_sent(self.key, order, sent))
