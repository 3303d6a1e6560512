"""The work of a client, written once for both: a prepared request, to its job and its result."""

import json
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..json_tree import Place, is_uploaded
from ..kinds import AnyKind
from ..runnable import Runnable
from ..vendor import (
    CANCEL,
    CANCELED,
    DRY_RUN,
    FAILURE,
    GONE,
    GRACE,
    JOB,
    JOB_ACTION,
    JOB_PAUSES,
    JOBS,
    MAX_PAGES,
    PAGE,
    PARTS_AT_ONCE,
    RUN_METHOD,
)
from . import downloads
from .api_errors import APIError, APIStatusError, BadRequestError, UnprocessableEntityError
from .arguments import check_id, make_deadline, read_count, read_timeout
from .clock import Deadline
from .errors import ClientError, JobNote, NotSubmitted
from .facts import AssetFacts, Estimate, JobFacts, ResultFacts
from .files import Source, open_source, put_files
from .job_errors import JobCanceled, JobFailed, JobTimeout
from .job_filters import JobFilter
from .log import LOG
from .orders import OnJob, Order, Submission
from .ports import Call, Port
from .preparation import PreparedRequest, check_upload, prepare
from .progress import OnProgress, ProgressReporter
from .responses import read_estimate, read_job, read_jobs
from .retries import call_api, retry
from .submissions import Submissions
from .uploads import Uploads

if TYPE_CHECKING:
    from .notebook import Content


class Work:
    """Everything that both clients do, through their port. Timeouts are in seconds."""

    def __init__(self, port: Port, settle: float) -> None:
        self.port = port
        self.uploads: Uploads = Uploads(port, {})
        self.submissions: Submissions = Submissions(port, settle)

    async def estimate(
        self, request: Runnable, timeout: float | None, on_progress: OnProgress | None
    ) -> Estimate:
        """Upload the files of a request, and ask what it would cost."""
        return await self.estimate_by(request, *self._start(timeout, on_progress))

    async def estimate_by(
        self, request: Runnable, deadline: Deadline, progress: ProgressReporter
    ) -> Estimate:
        """Ask what a request would cost, before a deadline."""
        async with prepare(self.port, request) as prepared:
            order = await self.make_order(prepared, deadline, progress)
        return await self.estimate_order(order, deadline)

    async def estimate_order(self, order: Order, deadline: Deadline) -> Estimate:
        """Ask what an order would cost."""
        call = Call(RUN_METHOD, order.path, {DRY_RUN: "true"}, order.content)
        with self._forgetting(order):
            return await call_api(self.port, call, read_estimate, deadline)

    async def submit(
        self, request: Runnable, timeout: float | None, on_progress: OnProgress | None
    ) -> JobFacts:
        """Upload the files of a request, and submit it; return its job."""
        deadline, progress = self._start(timeout, on_progress)
        async with prepare(self.port, request) as prepared:
            order = await self.make_order(prepared, deadline, progress)
        found: list[JobFacts] = []
        try:
            return await self.submit_order(Submission(order, deadline, found.append))
        except BaseException as error:
            note_job(error, found)
            raise

    async def run(
        self, request: Runnable, timeout: float | None, on_progress: OnProgress | None, *, cancel: bool
    ) -> ResultFacts:
        """Run a request; return its result. If this is interrupted, cancel the job or let it run."""
        deadline, progress = self._start(timeout, on_progress)
        found: list[JobFacts] = []
        try:
            async with prepare(self.port, request) as prepared:
                order = await self.make_order(prepared, deadline, progress)
            job = await self.submit_order(Submission(order, deadline, found.append))
            return await self.finish(job, deadline, progress, found.append)
        except BaseException as error:
            is_canceled = cancel and found and not isinstance(error, Exception | GeneratorExit)
            if not (is_canceled and await self._cancel_interrupted(found[-1])):
                note_job(error, found)
            raise

    async def job(self, job_id: str, timeout: float | None) -> JobFacts:
        """Get a job."""
        return await self.get_job(job_id, make_deadline(timeout))

    async def jobs(self, most: int, timeout: float | None, wanted: JobFilter | None = None) -> list[JobFacts]:
        """List up to `most` jobs that are wanted, in the service's order: the newest first."""
        most, wanted, found, pages = read_count("most", most, 0), wanted or JobFilter(), list[JobFacts](), 0
        deadline = make_deadline(timeout)
        query = {**wanted.query, "pageSize": str(PAGE if wanted.looks_here else min(PAGE, most))}
        while len(found) < most and not (wanted.looks_here and pages == MAX_PAGES):
            try:
                page, token, _ = await call_api(
                    self.port, Call("GET", JOBS, dict(query)), read_jobs, deadline
                )
            except (BadRequestError, UnprocessableEntityError) as error:
                if why := wanted.explain_refusal():
                    raise ValueError(why) from error
                raise
            found += wanted.choose(page)
            pages += 1
            if not token or not page:
                break
            query["paginationToken"] = token
        return found[:most]

    async def upload(
        self, file: Any, kind: str, timeout: float | None, on_progress: OnProgress | None
    ) -> str:
        """Upload a file, unless the service has it; return the id of its asset."""
        deadline, progress = self._start(timeout, on_progress)
        given = check_upload(file, kind)
        if isinstance(given, str) and not is_uploaded(given):
            return given
        insisted = AnyKind(given.file if isinstance(given, AnyKind) else given) if kind else given
        source = await self.port.in_background(lambda: open_source(insisted, kind))
        with closing(source):
            progress.set_total(source.size)
            return await self.uploads.upload(source, deadline, progress)

    async def asset(self, asset_id: str, timeout: float | None) -> AssetFacts:
        """Get an asset."""
        return await downloads.get_asset(self.port, asset_id, make_deadline(timeout))

    async def wait(self, job_id: str, timeout: float | None, on_progress: OnProgress | None) -> ResultFacts:
        """Wait until a job has ended; return its result."""
        deadline, progress = self._start(timeout, on_progress)
        found = [await self.get_job(job_id, deadline)]
        try:
            return await self.finish(found[0], deadline, progress, found.append)
        except BaseException as error:
            note_job(error, found)
            raise

    async def cancel(self, job_id: str, timeout: float | None) -> JobFacts:
        """Cancel a job, unless it has ended; return it as it is afterwards."""
        deadline = make_deadline(timeout)
        job = await self.get_job(job_id, deadline)
        if job.is_over:
            return job
        path, content = JOB_ACTION.format(jobId=job_id), json.dumps({"action": CANCEL}).encode()

        async def call() -> JobFacts:
            try:
                return read_job(
                    (await self.port.send(Call("POST", path, {}, content, deadline.call_timeout))).data
                )
            except APIError:
                job = await self.get_job(job_id, deadline)  # it may have ended, or the response was lost
                if not job.is_over:
                    raise
                return job

        return await retry(self.port, call, deadline, self.port.attempts)

    async def download(
        self, asset: AssetFacts, path: Path | str, timeout: float | None, on_progress: OnProgress | None
    ) -> Path:
        """Write the file of an asset; return its path."""
        return await downloads.download(self.port, asset, path, *self._start(timeout, on_progress))

    async def download_bytes(
        self, asset: AssetFacts, timeout: float | None, on_progress: OnProgress | None
    ) -> bytes:
        """Download the file of an asset; return its bytes."""
        return await downloads.download_bytes(self.port, asset, *self._start(timeout, on_progress))

    def stream(
        self, asset: AssetFacts, timeout: float | None, on_progress: OnProgress | None
    ) -> AsyncGenerator[bytes, None]:
        """Give the bytes of an asset's file as they come."""
        seconds = read_timeout(timeout)
        _, progress = self._start(timeout, on_progress)
        return downloads.stream(self.port, asset, seconds, progress)

    async def read_contents(self, assets: Sequence[AssetFacts]) -> "list[Content]":
        """Download what a notebook shows of assets."""
        from . import previews  # hardly any program is a notebook

        return await previews.read_contents(self.port, assets)

    async def make_order(
        self, prepared: PreparedRequest, deadline: Deadline, progress: ProgressReporter
    ) -> Order:
        """Upload the files of a request, several at once; return the JSON to send."""
        progress.set_total(sum(source.size for source in prepared.sources.values()))
        assets: dict[Place, str] = {}

        async def upload(one: tuple[Place, Source]) -> None:
            place, source = one
            assets[place] = await self.uploads.upload(source, deadline, progress)

        if sources := prepared.sources:
            async for _ in self.port.each(upload, sources.items(), min(PARTS_AT_ONCE, len(sources))):
                pass
        content = json.dumps(put_files(prepared.body, assets), allow_nan=False).encode()
        return Order(prepared.model_id, content, project_id=self.port.project_id)

    async def submit_order(self, submission: Submission) -> JobFacts:
        """Submit an order; return its job."""
        if not submission.deadline.left:
            raise NotSubmitted(
                f"timed out before {submission.order.model_id} was submitted; nothing was billed"
            )
        with self._forgetting(submission.order):
            return await self.submissions.submit(submission)

    @contextmanager
    def _forgetting(self, order: Order) -> Generator[None]:
        """Forget the assets of an order for which something is not there: one may be deleted, whose file is then uploaded again."""
        try:
            yield
        except APIStatusError as error:
            if error.status_code in GONE:
                self.uploads.forget(order.content)
            raise

    async def finish(
        self, job: JobFacts, deadline: Deadline, progress: ProgressReporter, on_job: OnJob
    ) -> ResultFacts:
        """Wait until a job has ended; return its result. `on_job` is called with each new state.

        Raises:
            JobFailed, JobCanceled: it has no result.
            JobTimeout: it is still running at the deadline.

        """
        pause = JOB_PAUSES.first
        await progress.report_job(job)
        while not job.is_over:
            if pause > deadline.left:
                raise JobTimeout(job)
            await self.port.sleep(pause)
            pause = JOB_PAUSES.after(pause)
            on_job(job := await self.get_job(job.id, deadline, self.port.status_attempts))
            await progress.report_job(job)
        LOG.info("%s has ended: %s", job.id, job.status)
        if job.status == FAILURE:
            raise JobFailed(job)
        if job.status == CANCELED:
            raise JobCanceled(job)
        assets = [await downloads.get_asset(self.port, asset, deadline) for asset in job.asset_ids]
        return ResultFacts(job, tuple(assets))

    async def get_job(self, job_id: str, deadline: Deadline, attempts: float | None = None) -> JobFacts:
        """Ask the API for a job."""
        check_id("job", job_id)
        return await call_api(self.port, Call("GET", JOB.format(jobId=job_id)), read_job, deadline, attempts)

    def _start(
        self, timeout: float | None, on_progress: OnProgress | None
    ) -> tuple[Deadline, ProgressReporter]:
        """Check the arguments of a call, and let its time begin."""
        deadline = make_deadline(timeout)
        self.port.check_callback(on_progress)
        return deadline, ProgressReporter(self.port, on_progress)

    async def _cancel_interrupted(self, job: JobFacts) -> bool:
        """Cancel a job, if that takes only seconds; tell whether it has ended."""
        with suppress(ClientError):
            return (await self.cancel(job.id, timeout=GRACE)).is_over
        return False


def note_job(error: BaseException, found: list[JobFacts]) -> None:
    """Add a note to an error that names the job which was submitted, and says what is known of it."""
    if not found or isinstance(error, JobTimeout | JobFailed | JobCanceled):
        return
    job = found[-1]
    if (
        isinstance(error, APIStatusError)
        and error.status_code in GONE
        and error.url.endswith(JOB.format(jobId=job.id))
    ):
        error.add_note(
            f"job {job.id} was submitted and may have been billed, but the service has no such job now"
        )
        return
    state = f"has ended ({job.status})" if job.is_over else "may still be running"
    error.add_note(JobNote(job.id, f"job {job.id} was submitted and {state}"))
