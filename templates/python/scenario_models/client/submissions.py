"""Submissions: how a request that is paid for is sent, and never paid twice.

The API has no idempotency key, and an order whose answer is lost may still become a job, for as long as a POST may take there:
`settle`. Until then, the jobs made since it was sent are searched for one of the same model and input, which is taken up. Only
where all jobs were listed after that time, and it is not among them, is the order sent again; else `SubmissionUnknown` is raised.
Equal requests of one client may take up each other's jobs, but never the same one.
"""

import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace

import httpx
from scenario_sdk import APIConnectionError, APIStatusError

from .facts import JobFacts
from .responses import read_job
from .errors import ClientClosed, JournalError, TransientError
from .listing import Listed, list_jobs_since
from .clock import Deadline, Moment
from .orders import Order, Sent, Submission
from .ports import Call, Port
from .retries import SERVER_ERROR, is_transient, retry

UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.LocalProtocolError, httpx.UnsupportedProtocol)
REFUSED = 400
LEFT_OPEN = (408, 499)  # somebody on the way gave up, or says that we did: the service may go on
PAUSE, LONGEST_PAUSE, GROWTH = 0.5, 15.0, 1.5  # seconds between two looks, and how they grow
LOOKING = 60.0  # seconds for which one look is tried again
LATE = 5.0  # seconds for which is looked where there is no time: behind a deadline, or after Ctrl-C
LOOKS_INTERRUPTED = (0.0, 0.5, 1.5)  # the pauses before each look then
KEPT = 7200.0  # seconds for which it is known which jobs were taken: longer than any submission is open


@dataclass(frozen=True, eq=False)
class Claim:
    """That a job was taken for an order; where it had to be searched for, when that was `sent`: a job of it may still come."""

    order: Order
    sent: Sent | None = None
    moment: Moment = field(default_factory=Moment)


class Submissions:
    """The submissions of one client, and which jobs were taken by them. `settle`: how many seconds a POST may take on the service's side."""

    def __init__(self, port: Port, settle: float) -> None:
        self.port = port
        self.settle = settle
        self._taken: dict[str, Claim] = {}
        self._is_faithful: bool | None = None  # whether jobs say what was sent, as far as was seen
        self._lock = threading.Lock()

    async def submit(self, submission: Submission) -> JobFacts:
        """Send a request that is paid for; give its job, also to `on_job` as soon as it is known, even if interrupted.

        Raises:
            scenario_sdk.APIError: it was refused, or cannot be sent. No job was made.
            JournalError: it could not be noted. No job was made, unless `on_job` knows one.
            SubmissionUnknown: it cannot be known whether a job was made.

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
            return await retry(self.port, attempt, submission.deadline)
        except TransientError as error:
            raise submission.unknown(error.why) from error
        except (Exception, GeneratorExit):
            raise
        except BaseException as interruption:
            if is_open and not await self._find_interrupted(submission):
                interruption.add_note(str(submission.unknown("its answer was not waited for")))
            raise

    async def resume(self, submission: Submission, noted: Collection[str]) -> JobFacts | None:
        """Give the job of a request that may have been sent before, or None where there is none and none will come.

        `noted` are the jobs that are known to belong to other requests.

        Raises:
            SubmissionUnknown: it cannot be known.

        """
        return await self._find(submission, "an earlier run was stopped before the answer came", noted)

    def see(self, order: Order, job: JobFacts) -> None:
        """Learn from the job of an order whether jobs say what was sent."""
        if job.input is not None:
            self._is_faithful = self._is_faithful is not False and order.is_of(job)

    def take(self, job_id: str, order: Order, sent: Sent | None = None) -> Claim | None:
        """Take a job for an order; where another has taken it, say how."""
        mine = Claim(order, sent)
        with self._lock:
            oldest = next(iter(self._taken), "")
            if oldest and self._taken[oldest].moment.age > KEPT:
                del self._taken[oldest]
            owner = self._taken.setdefault(job_id, mine)
        return None if owner is mine else owner

    async def _submit_once(self, submission: Submission) -> JobFacts:
        """Send a request; every error but SubmissionUnknown means that no job was made."""
        call = Call("POST", submission.order.path, content=submission.order.content, on_send=submission.leave)
        try:
            job = read_job((await self.port.send(call)).data)
        except Exception as error:
            if _is_unmade(error):
                raise
            lost = error
            submission.sent = submission.sent.again()
        else:
            self.see(submission.order, job)
            if not (owner := self.take(job.id, submission.order)):
                submission.on_job(job)
                return job
            lost = TransientError("an equal request has its job")
            if not owner.sent:
                raise submission.unknown(lost.why, "", [job.id])
            # That one took it when its own answer was lost. Its own job, if one comes, is ours.
            submission.sent = replace(submission.sent, first=max(submission.sent.first, owner.sent.first, key=lambda first: first.age))
        with suppress(JournalError):  # what it notes of this order already still holds
            await submission.on_sent(submission.sent)
        if found := await self._find(submission, _say(lost)):
            return found
        raise lost

    async def _find(self, submission: Submission, why: str, noted: Collection[str] = ()) -> JobFacts | None:
        """Search for the job of an order until it is there, or will never be.

        Raises:
            SubmissionUnknown: it cannot be known.

        """
        listed, pause, late = Listed(), PAUSE, Deadline.after(LATE)
        while True:
            left, wait = max(submission.deadline.left, late.left), self._until_settled(submission)
            try:
                listed = await list_jobs_since(self.port, submission.sent.first, Deadline.after(min(LOOKING, left)))
            except Exception as error:
                if not (wait and left and is_transient(error)) or isinstance(error, TransientError):
                    raise submission.unknown(f"{why}, and the jobs cannot be listed ({_say(error)})", listed.date) from error
            else:
                if job := self._take_own(submission, listed):
                    return job
                if not (wait or self._until_settled(submission)):  # nor has an equal order taken it meanwhile
                    self._give_up(submission, why, listed, noted)
                    return None
                if not left:
                    told = f"{why}, and the timeout ended before it was certain that no job comes of it: that takes {self.settle:g} seconds"
                    raise submission.unknown(told, listed.date, self._candidates(submission, listed, noted))
            await self.port.sleep(min(pause, wait, left))
            pause = min(LONGEST_PAUSE, pause * GROWTH)

    def _give_up(self, submission: Submission, why: str, listed: Listed, noted: Collection[str]) -> None:
        """Note that an order has no job, and will have none.

        Raises:
            SubmissionUnknown: it may have one that is not known by what it says.

        """
        if candidates := self._candidates(submission, listed, noted):
            raise submission.unknown(f"{why}, and there is a job that may be it", listed.date, candidates)
        submission.sent = replace(submission.sent, losses=submission.sent.losses + 1)
        if self._is_faithful is False or (self._is_faithful is None and submission.sent.losses > 1):
            raise submission.unknown(f"{why}, and nothing shows that the service lists what was sent", listed.date)

    def _until_settled(self, submission: Submission) -> float:
        """Give the seconds until no job can come any more of an order, nor of an equal one that may have taken its job; then 0."""
        with self._lock:
            equal = [taken.sent for taken in self._taken.values() if taken.sent and taken.order == submission.order]
        youngest = min(sent.last.least_age for sent in [submission.sent, *equal])
        return max(0.0, self.settle - youngest)

    def _take_own(self, submission: Submission, listed: Listed) -> JobFacts | None:
        for job in listed.jobs:
            if submission.order.is_of(job) and not self.take(job.id, submission.order, submission.sent):
                self._is_faithful = self._is_faithful is not False
                submission.on_job(job)
                return job
        return None

    def _candidates(self, submission: Submission, listed: Listed, noted: Collection[str]) -> list[str]:
        """Give the jobs that nobody has taken, and that may be of an order."""
        said = [job for job in listed.older if job.input is not None]  # or whatever was uploaded before might be it
        maybe = [job for job in (*listed.jobs, *listed.undated, *said) if submission.order.may_be_of(job)]
        with self._lock:
            others = {*self._taken, *noted}
        return [job.id for job in maybe if job.id not in others]

    async def _find_interrupted(self, submission: Submission) -> bool:
        """Look a little for the job of an order whose answer was not waited for; tell whether it is there."""
        submission.sent = submission.sent.again()
        deadline = Deadline.after(LATE)
        with suppress(BaseException):  # interrupted again, or no answer: then it is not known
            for pause in LOOKS_INTERRUPTED:
                if pause:
                    await self.port.sleep(pause)
                if self._take_own(submission, await list_jobs_since(self.port, submission.sent.first, deadline)):
                    return True
        return False


def _is_unmade(error: Exception) -> bool:
    """Tell whether an error means that no job was made: the request was refused, or never left."""
    if isinstance(error, APIStatusError):
        return REFUSED <= error.status_code < SERVER_ERROR and error.status_code not in LEFT_OPEN
    if isinstance(error, APIConnectionError):
        return isinstance(error.__cause__, UNSENT)
    return isinstance(error, ClientClosed | JournalError)


def _say(error: Exception) -> str:
    if isinstance(error, APIStatusError):
        return f"the answer was {error.status_code}"
    if isinstance(error, APIConnectionError):
        return f"the answer was lost ({type(error.__cause__ or error).__name__})"
    return str(error)
