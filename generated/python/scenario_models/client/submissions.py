"""Submissions: how a paid request is sent, and never paid twice.

The API has no idempotency key. If the response to an order is lost, the service may still create the job; it needs at most `settle`
seconds for that. Until then, the jobs created since the order was sent are searched for one with the same model and input, and that
job is used. The order is sent again only if a complete list after that time does not contain it. If that cannot be known,
`SubmissionUnknown` is raised. Equal requests of one client may use each other's jobs, but never the same one: each claims its job.
"""

import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ..vendor import (
    ATTEMPTS,
    GATEWAY_TIMEOUTS,
    GRACE,
    RUN_METHOD,
    SEARCH_PAUSES,
    SEARCH_TIMEOUT,
    SERVER_ERROR,
)
from .api_errors import APIConnectionError, APIStatusError
from .clock import Deadline, Moment
from .errors import ClientClosed, JournalError, TransientError
from .facts import JobFacts
from .listing import JobList, list_jobs_since
from .log import LOG
from .orders import Order, SendRecord, Submission
from .ports import Call, Port
from .responses import read_job
from .retries import is_transient, retry
from .transport import UNSENT, describe_error

REFUSED = 400
PAUSES_INTERRUPTED = (0.0, 0.5, 1.5)  # seconds before each search after Ctrl-C
CLAIM_AGE = 7200.0  # seconds for which claims are remembered: longer than any submission is open


@dataclass(frozen=True, eq=False)
class Claim:
    """That a job belongs to an order. `sent` is set if the job was found by a search: the job that the order itself made may still appear."""

    order: Order
    sent: SendRecord | None = None
    moment: Moment = field(default_factory=Moment)


class Submissions:
    """The submissions of one client, and the jobs that they claimed. `settle`: the seconds that the service may need to make and list a job."""

    def __init__(self, port: Port, settle: float) -> None:
        self.port = port
        self.settle = settle
        self._claims: dict[str, Claim] = {}
        self._shows_input: bool | None = (
            None  # whether jobs show the input that was sent; None before one was seen
        )
        self._lock = threading.Lock()

    async def submit(self, submission: Submission) -> JobFacts:
        """Send a paid request; return its job, also to `on_job` as soon as it is known, even if interrupted.

        Raises:
            scenario_sdk.APIError: it was refused, or could not be sent. No job was made.
            JournalError: the journal could not be written. No job was made, unless `on_job` was called.
            SubmissionUnknown: it is unknown whether a job was made.

        """
        is_open = False

        async def attempt() -> JobFacts:
            nonlocal is_open
            is_open = True
            try:
                return await self._submit_once(submission)
            except Exception:
                is_open = False
                raise

        try:
            return await retry(self.port, attempt, submission.deadline, ATTEMPTS)
        except TransientError as error:
            raise submission.make_unknown(error.why) from error
        except (Exception, GeneratorExit):
            raise
        except BaseException as interruption:
            if is_open and not await self._find_interrupted(submission):
                interruption.add_note(
                    str(submission.make_unknown("it was interrupted before the response came"))
                )
            raise

    async def resume(self, submission: Submission, noted: Collection[str]) -> JobFacts | None:
        """Return the job of a request that an earlier run may have sent; None if there is no job and none will come.

        `noted` are the ids of jobs that belong to other requests.

        Raises:
            SubmissionUnknown: it is unknown whether there is a job.

        """
        return await self._find(submission, "an earlier run was stopped before the response came", noted)

    def learn(self, order: Order, job: JobFacts) -> None:
        """Learn from the job of an order whether jobs show the input that was sent."""
        if job.input is not None:
            self._shows_input = self._shows_input is not False and order.is_of(job)

    def claim(self, job_id: str, order: Order, sent: SendRecord | None = None) -> Claim | None:
        """Claim a job for an order; return the claim of another order, if there is one already."""
        mine = Claim(order, sent)
        with self._lock:
            oldest = next(iter(self._claims), "")
            if oldest and self._claims[oldest].moment.age > CLAIM_AGE:
                del self._claims[oldest]
            owner = self._claims.setdefault(job_id, mine)
        return None if owner is mine else owner

    async def _submit_once(self, submission: Submission) -> JobFacts:
        """Send a request once. Every error except SubmissionUnknown means that no job was made."""
        sent = await self._send(submission)
        if isinstance(sent, JobFacts):
            return sent
        with suppress(JournalError):  # its earlier note of this order is still true
            await submission.on_send(submission.sent)
        model, why = submission.order.model_id, _describe(sent)
        LOG.warning(
            "the job of %s is unknown (%s); it is searched for, for up to %g seconds",
            model,
            describe_error(sent),
            self.settle,
        )
        if found := await self._find(submission, why):
            LOG.info("%s was submitted: %s, found by a search", model, found.id)
            return found
        LOG.info("%s has no job, and none will come", model)
        raise sent

    async def _send(self, submission: Submission) -> JobFacts | Exception:
        """Send a request; return its job, or the error by which its job is unknown. Any other error means that no job was made."""
        call = Call(
            RUN_METHOD,
            submission.order.path,
            content=submission.order.content,
            on_send=submission.note_sending,
        )
        try:
            job = read_job((await self.port.send(call)).data)
        except Exception as error:
            if _is_job_ruled_out(error):
                raise
            submission.sent = submission.sent.until_now()
            return error
        self.learn(submission.order, job)
        LOG.info("%s was submitted: %s", submission.order.model_id, job.id)
        if owner := self.claim(job.id, submission.order):
            return _leave(job, submission, owner)
        submission.on_job(job)
        return job

    async def _find(self, submission: Submission, why: str, noted: Collection[str] = ()) -> JobFacts | None:
        """Search for the job of an order until it is found, or certain not to come (None).

        Raises:
            SubmissionUnknown: it is unknown whether there is a job.

        """
        listed, pause, grace = JobList(), SEARCH_PAUSES.first, Deadline.after(GRACE)
        while True:
            left, wait = max(submission.deadline.left, grace.left), self._until_settled(submission)
            try:
                listed = await list_jobs_since(
                    self.port, submission.sent.first, Deadline.after(min(SEARCH_TIMEOUT, left))
                )
            except Exception as error:
                if not (wait and left and is_transient(error)) or isinstance(error, TransientError):
                    raise submission.make_unknown(
                        f"{why}, and the jobs cannot be listed ({_describe(error)})", listed.date
                    ) from error
            else:
                if job := self._claim_own(submission, listed, noted):
                    return job
                if not (wait or self._until_settled(submission)):  # nor did an equal order claim it meanwhile
                    self._give_up(submission, why, listed, noted)
                    return None
                if not left:
                    problem = f"{why}, and the timeout ended before it was certain that there is no job, which takes {self.settle:g} seconds"
                    raise submission.make_unknown(
                        problem, listed.date, self._candidates(submission, listed, noted)
                    )
            await self.port.sleep(min(pause, wait, left))
            pause = SEARCH_PAUSES.after(pause)

    def _give_up(self, submission: Submission, why: str, listed: JobList, noted: Collection[str]) -> None:
        """Note that an order has no job, and none will come.

        Raises:
            SubmissionUnknown: it may have a job that does not show its input.

        """
        if candidates := self._candidates(submission, listed, noted):
            raise submission.make_unknown(
                f"{why}, and there is a job that may be the one", listed.date, candidates
            )
        submission.sent = replace(submission.sent, losses=submission.sent.losses + 1)
        if self._shows_input is False or (self._shows_input is None and submission.sent.losses > 1):
            raise submission.make_unknown(
                f"{why}, and it is not certain that the jobs of this service show the input that was sent",
                listed.date,
            )

    def _until_settled(self, submission: Submission) -> float:
        """Return the seconds (at least 0) until no new job can come of an order, nor of an equal one that may have claimed its job."""
        with self._lock:
            equal = [
                claim.sent
                for claim in self._claims.values()
                if claim.sent and claim.order == submission.order
            ]
        youngest = min(sent.last.min_age for sent in [submission.sent, *equal])
        return max(0.0, self.settle - youngest)

    def _claim_own(
        self, submission: Submission, listed: JobList, noted: Collection[str] = ()
    ) -> JobFacts | None:
        for job in listed.jobs:
            is_own = job.id not in noted and submission.order.is_of(job)
            if is_own and not self.claim(job.id, submission.order, submission.sent):
                self._shows_input = self._shows_input is not False
                submission.on_job(job)
                return job
        return None

    def _candidates(self, submission: Submission, listed: JobList, noted: Collection[str]) -> list[str]:
        """Return the ids of unclaimed jobs that may belong to an order."""
        shown = [
            job for job in listed.older if job.input is not None
        ]  # without an input, any older job might be the one
        maybe = [job for job in (*listed.jobs, *listed.undated, *shown) if submission.order.may_be_of(job)]
        with self._lock:
            others = {*self._claims, *noted}
        return [job.id for job in maybe if job.id not in others]

    async def _find_interrupted(self, submission: Submission) -> bool:
        """Search for a few seconds for the job of an interrupted order; tell whether it was found."""
        submission.sent = submission.sent.until_now()
        deadline = Deadline.after(GRACE)
        with suppress(BaseException):  # interrupted again, or no response: then it stays unknown
            for pause in PAUSES_INTERRUPTED:
                if pause:
                    await self.port.sleep(pause)
                if self._claim_own(
                    submission, await list_jobs_since(self.port, submission.sent.first, deadline)
                ):
                    return True
        return False


def _leave(job: JobFacts, submission: Submission, owner: Claim) -> TransientError:
    """Leave a job to an equal order that claimed it when its own response was lost: its own job, if one comes, is ours.

    Raises:
        SubmissionUnknown: it is the own job of the other order.

    """
    lost = TransientError("an equal request already has its job")
    if not owner.sent:
        raise submission.make_unknown(lost.why, "", [job.id])
    submission.sent = replace(
        submission.sent, first=max(submission.sent.first, owner.sent.first, key=lambda first: first.age)
    )
    return lost


def _is_job_ruled_out(error: Exception) -> bool:
    """Tell whether an error means that no job was made: the request was refused, or never sent."""
    if isinstance(error, APIStatusError):
        return REFUSED <= error.status_code < SERVER_ERROR and error.status_code not in GATEWAY_TIMEOUTS
    if isinstance(error, APIConnectionError):
        return isinstance(error.__cause__, UNSENT)
    return isinstance(error, ClientClosed | JournalError)


def _describe(error: Exception) -> str:
    if isinstance(error, APIStatusError):
        return f"the response had status {error.status_code}"
    if isinstance(error, APIConnectionError):
        return f"the response was lost ({type(error.__cause__ or error).__name__})"
    return str(error)
