"""The work of a client: a request from its checks to its result. Written once, for both clients."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scenario_sdk import APIError, NotFoundError

from ..problems import Problem, show
from ..requests import AnyModel, Request
from ..specs import file_parameters
from . import downloads
from .clock import Deadline
from .errors import ClientError, InvalidRequest, JobCanceled, JobFailed, JobTimeout, NotSubmitted
from .facts import AssetFacts, Estimate, JobFacts
from .files import Place, Source, find_files, open_source, put_files
from .orders import Order, Submission
from .ports import Call, Port
from .progress import OnProgress, ProgressReporter
from .responses import is_safe, read_estimate, read_job, read_jobs
from .retries import ATTEMPTS, ask, retry
from .submissions import Submissions
from .uploads import Uploads

PATIENCE = 40  # attempts to look at a job that is paid for: about five minutes of silence
PAUSE, LONGEST_PAUSE, GROWTH = 0.2, 3.0, 1.3  # seconds between two looks at a job, and how they grow

Runnable = Request | AnyModel


@dataclass(frozen=True)
class PreparedRequest:
    """A request whose files have been read, and can be uploaded."""

    model_id: str
    body: dict[str, Any]
    sources: dict[Place, Source]

    @property
    def digest(self) -> str:
        """What makes it the same as another: its model, its parameters, and the contents of its files."""
        body = put_files(self.body, {place: source.digest for place, source in self.sources.items()})
        return hashlib.sha256(json.dumps([self.model_id, body], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class FinishedJob:
    """What a job came to."""

    job: JobFacts
    assets: tuple[AssetFacts, ...]


class Work:
    """What both clients can do, through a port of either kind."""

    def __init__(self, port: Port, settle: float) -> None:
        self.port = port
        self.uploads = Uploads(port, {})
        self.submissions = Submissions(port, settle)

    async def estimate(self, request: Runnable, timeout: float, on_progress: OnProgress | None) -> Estimate:
        """Ask what a request would cost."""
        deadline = Deadline.after(timeout)
        async with self.prepare(request) as prepared:
            order = await self.make_order(prepared, deadline, ProgressReporter(on_progress))
        call = Call("POST", order.path, {"dryRun": "true"}, order.content)
        return await ask(self.port, call, read_estimate, deadline)

    async def submit(self, request: Runnable, timeout: float, on_progress: OnProgress | None) -> JobFacts:
        """Submit a request; give its job."""
        deadline = Deadline.after(timeout)
        async with self.prepare(request) as prepared:
            order = await self.make_order(prepared, deadline, ProgressReporter(on_progress))
        found: list[JobFacts] = []
        try:
            return await self.submit_order(Submission(order, deadline, found.append))
        except BaseException as error:
            note_job(error, found)
            raise

    async def run(
        self, request: Runnable, timeout: float, on_progress: OnProgress | None, *, cancel: bool
    ) -> FinishedJob:
        """Run a request to its result; if this is interrupted, cancel its job or let it go on."""
        deadline, tell, found = Deadline.after(timeout), ProgressReporter(on_progress), list[JobFacts]()
        try:
            async with self.prepare(request) as prepared:
                order = await self.make_order(prepared, deadline, tell)
            job = await self.submit_order(Submission(order, deadline, found.append))
            return await self.finish(job, deadline, tell)
        except BaseException as error:
            is_canceled = cancel and found and not isinstance(error, Exception | GeneratorExit)
            if not (is_canceled and await self._cancel_interrupted(found[-1])):
                note_job(error, found)
            raise

    async def job(self, job_id: str, timeout: float) -> JobFacts:
        """Look at a job."""
        return await self.look(job_id, Deadline.after(timeout))

    async def jobs(self, most: int, timeout: float) -> list[JobFacts]:
        """List jobs, in the service's order: the newest first."""
        deadline, found, query = Deadline.after(timeout), list[JobFacts](), {"pageSize": str(min(100, most))}
        while len(found) < most:
            page, token, _ = await ask(self.port, Call("GET", "/jobs", dict(query)), read_jobs, deadline)
            found += page
            if not token or not page:
                break
            query["paginationToken"] = token
        return found[:most]

    async def wait(self, job_id: str, timeout: float, on_progress: OnProgress | None) -> FinishedJob:
        """Wait for a job; give its result."""
        deadline = Deadline.after(timeout)
        job = await self.look(job_id, deadline)
        try:
            return await self.finish(job, deadline, ProgressReporter(on_progress))
        except BaseException as error:
            note_job(error, [job])
            raise

    async def cancel(self, job_id: str, timeout: float) -> JobFacts:
        """Cancel a job, unless it is over."""
        deadline = Deadline.after(timeout)
        job = await self.look(job_id, deadline)
        if job.is_over:
            return job
        path, content = f"/jobs/{job_id}/action", json.dumps({"action": "cancel"}).encode()

        async def call() -> JobFacts:
            try:
                return read_job(
                    (await self.port.send(Call("POST", path, {}, content, deadline.timeout))).data
                )
            except APIError:
                job = await self.look(job_id, deadline)  # it may be over, or the answer was lost
                if not job.is_over:
                    raise
                return job

        return await retry(self.port, call, deadline)

    async def download(
        self, asset: AssetFacts, path: Path, timeout: float, on_progress: OnProgress | None
    ) -> Path:
        """Write the file of an asset."""
        return await downloads.download(
            self.port, asset, path, Deadline.after(timeout), ProgressReporter(on_progress)
        )

    async def read(self, asset: AssetFacts, timeout: float, on_progress: OnProgress | None) -> bytes:
        """Give the file of an asset."""
        return await downloads.read(self.port, asset, Deadline.after(timeout), ProgressReporter(on_progress))

    @asynccontextmanager
    async def prepare(self, request: Runnable) -> AsyncIterator[PreparedRequest]:
        """Check a request and its files, before anything is sent.

        Raises:
            InvalidRequest, FileRefused: something is wrong with them.

        """
        if not is_safe(request.model_id):
            told = f"{show(request.model_id)} is no id of a model, such as model_sync-lipsync-v2"
            raise InvalidRequest(request.model_id, [Problem("", "type", told)])
        body = request.body()
        try:
            places = find_files(body, file_parameters(request.model_id))
        except ValueError as error:
            raise InvalidRequest(request.model_id, [Problem("", "type", str(error))]) from None
        problems = request.problems() if isinstance(request, Request) else []
        problems = problems or _find_no_json(put_files(body, dict.fromkeys(places, "")))
        if problems:
            raise InvalidRequest(request.model_id, problems)
        with ExitStack() as opened:
            sources = {}
            for place, value in places.items():
                sources[place] = await self.port.in_background(partial(open_source, value))
                opened.callback(sources[place].close)
            yield PreparedRequest(request.model_id, body, sources)

    async def make_order(
        self, prepared: PreparedRequest, deadline: Deadline, tell: ProgressReporter
    ) -> Order:
        """Upload the files of a request, all at once."""
        tell.expect(sum(source.size for source in prepared.sources.values()))
        assets: dict[Place, str] = {}

        async def upload(one: tuple[Place, Source]) -> None:
            place, source = one
            assets[place] = await self.uploads.upload(source, deadline, tell)

        if sources := prepared.sources:
            async for _ in self.port.each(upload, sources.items(), min(4, len(sources))):
                pass
        content = json.dumps(put_files(prepared.body, assets), allow_nan=False).encode()
        return Order(prepared.model_id, content)

    async def submit_order(self, submission: Submission) -> JobFacts:
        """Submit what is ready to be sent; give its job, also to `on_job` as soon as it is known."""
        if not submission.deadline.left:
            raise NotSubmitted(
                f"the time was over before {submission.order.model_id} was submitted; nothing was paid"
            )
        try:
            return await self.submissions.submit(submission)
        except NotFoundError:  # perhaps an asset that was uploaded before: upload it again the next time
            self.uploads.forget(submission.order.content)
            raise

    async def finish(self, job: JobFacts, deadline: Deadline, tell: ProgressReporter) -> FinishedJob:
        """Wait until a job is over; give its result."""
        pause = PAUSE
        tell.job(job)
        while not job.is_over:
            if pause > deadline.left:
                raise JobTimeout(job)
            await self.port.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * GROWTH)
            job = await self.look(job.id, deadline, PATIENCE)
            tell.job(job)
        if job.status == "failure":
            raise JobFailed(job)
        if job.status == "canceled":
            raise JobCanceled(job)
        assets = [await downloads.look_up(self.port, asset, deadline) for asset in job.asset_ids]
        return FinishedJob(job, tuple(assets))

    async def look(self, job_id: str, deadline: Deadline, attempts: int = ATTEMPTS) -> JobFacts:
        """Look at a job."""
        if not is_safe(job_id):
            raise ValueError(f"{job_id!r} is no id of a job, such as job_123")
        return await ask(self.port, Call("GET", f"/jobs/{job_id}"), read_job, deadline, attempts)

    async def _cancel_interrupted(self, job: JobFacts) -> bool:
        """Cancel a job, if that does not take long; tell whether it is over."""
        with suppress(ClientError, APIError):
            return (await self.cancel(job.id, timeout=5.0)).is_over
        return False


def _find_no_json(body: dict[str, Any]) -> list[Problem]:
    try:
        json.dumps(body, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        return [Problem("", "type", f"this is no JSON: {error}")]
    return []


def note_job(error: BaseException, found: list[JobFacts]) -> None:
    """Say on an error which job it leaves behind."""
    if found and not isinstance(error, JobTimeout | JobFailed | JobCanceled):
        job_id = found[-1].id
        error.add_note(f"job {job_id} was submitted and goes on; client.job({job_id!r}).wait() takes it up")
