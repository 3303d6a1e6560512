"""Run a batch: several requests at once, each to a result or an error. With a journal, the jobs of an earlier run are used."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sized
from contextlib import ExitStack, aclosing, closing
from dataclasses import dataclass, field
from typing import TypeVar

from ..runnable import Runnable
from .budget import Budget
from .clock import Deadline
from .errors import SubmissionUnknown
from .facts import Estimate, JobFacts, ResultFacts
from .journal import Journal
from .journaled_work import JournaledWork
from .orders import OnJob, Submission
from .outcomes import Batch, Outcome
from .preparation import PreparedRequest, prepare
from .progress import ProgressBar, ProgressReporter
from .stops import Stop
from .traces import shorten
from .values import Value
from .work import Work, note_job

R = TypeVar("R", bound=Value)
Q = TypeVar("Q", bound=Runnable)
Submit = Callable[[PreparedRequest, Deadline, ProgressReporter, OnJob], Awaitable[JobFacts]]


async def run_many(
    work: Work, batch: Batch[Q], make_result: Callable[[ResultFacts], R]
) -> AsyncGenerator[Outcome[R, Q], None]:
    """Run the requests of a batch; yield their outcomes as they come.

    Raises:
        JournalError: the journal cannot be used.
        Exception: an error that stops the batch, when all that had begun have ended.

    """
    budget = Budget(work, batch.max_cost)
    with ExitStack() as opened:
        submit: Submit = _submit_directly(work, budget)
        if batch.journal is not None:
            journaled = JournaledWork(work, opened.enter_context(closing(Journal(batch.journal))), budget)
            submit = journaled.submit
            if batch.max_cost is not None:
                await journaled.count_costs()

        async def run(request: Q, one: InFlight) -> R:
            async with prepare(work.port, request) as prepared:
                job = await submit(prepared, one.deadline, one.progress, one.found.append)
            return make_result(await work.finish(job, one.deadline, one.progress, one.found.append))

        async with aclosing(_run_all(work, batch, run)) as outcomes:
            async for outcome in outcomes:
                yield outcome


async def estimate_many(work: Work, batch: Batch[Q]) -> AsyncGenerator[Outcome[Estimate, Q], None]:
    """Ask what each request of a batch would cost; yield the outcomes as they come."""

    async def estimate(request: Q, one: InFlight) -> Estimate:
        return await work.estimate_by(request, one.deadline, one.progress)

    async with aclosing(_run_all(work, batch, estimate)) as outcomes:
        async for outcome in outcomes:
            yield outcome


async def _run_all(
    work: Work, batch: Batch[Q], run_one: "Callable[[Q, InFlight], Awaitable[R]]"
) -> AsyncGenerator[Outcome[R, Q], None]:
    in_flight: dict[int, InFlight] = {}
    stop = Stop(work, batch.stop_on)
    if isinstance(batch.on_progress, ProgressBar):
        batch.on_progress.expect(len(batch.requests) if isinstance(batch.requests, Sized) else None)

    async def run(numbered: tuple[int, Q]) -> Outcome[R, Q]:
        index, request = numbered
        progress = ProgressReporter(work.port, batch.on_progress, index)
        one = in_flight[index] = InFlight(Deadline.after(batch.timeout), progress)
        outcome = Outcome(index, request, *await _try(run_one(request, one), one, stop))
        progress.end(outcome.error)
        return outcome

    try:
        given = batch.requests
        requests = stop.take(given) if isinstance(given, Iterable) else stop.await_each(given)
        async with aclosing(work.port.each(run, requests, batch.concurrency, batch.held)) as outcomes:
            async for outcome in outcomes:
                del in_flight[outcome.index]
                yield outcome
                if stop.error and not in_flight:
                    break  # without awaiting the next request
    except BaseException as error:
        for one in in_flight.values():
            one.note(error)
        raise
    if stop.error:
        raise shorten(stop.error)


async def _try(running: Awaitable[R], one: "InFlight", stop: Stop) -> tuple[Exception | None, R | None]:
    """Await the end of a request; return its error or its result."""
    try:
        return None, await running
    except Exception as error:  # noqa: BLE001 - it becomes the outcome
        one.error = error
        note_job(error, one.found)
        await stop.note(error)
        return shorten(error), None
    except BaseException as error:
        one.error = error
        raise


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


def _submit_directly(work: Work, budget: Budget) -> Submit:
    """Return what submits a prepared request, without a journal."""

    async def submit(
        prepared: PreparedRequest, deadline: Deadline, progress: ProgressReporter, on_job: OnJob
    ) -> JobFacts:
        order = await budget.promise(await work.make_order(prepared, deadline, progress), deadline)
        try:
            return await work.submit_order(Submission(order, deadline, on_job))
        except SubmissionUnknown:
            raise
        except Exception:
            budget.take_back(order)  # no job was made
            raise

    return submit
