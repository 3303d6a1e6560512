"""`Client`, which blocks, and the jobs, results and assets that it gives. The logic is in `work`, once for both clients."""

import builtins
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .facts import AssetFacts, Estimate, JobFacts
from .ports import Port, run_sync
from .progress import OnProgress
from .lazy import CALL_TIMEOUT, CONCURRENCY, DOWNLOAD_TIMEOUT, RUN_TIMEOUT, SETTLE, LazyClient, Outcome

if TYPE_CHECKING:
    from scenario_sdk import Scenario

    from .work import FinishedJob, Runnable


class Client(LazyClient):
    """Runs requests, and waits for what comes of them. Several threads may share one.

    What the API refuses is raised as an error of `scenario_sdk`; whatever else goes wrong is a `ClientError`.

    Args:
        sdk: the official SDK's client to work with; by default one that is made of the environment (SCENARIO_SDK_API_KEY,
            SCENARIO_SDK_API_SECRET, SCENARIO_BASE_URL) at the first call.
        settle: how many seconds a paid request may take on the service's side until its job is listed. Where an answer is lost,
            its job is searched for so long, and only then is it sent again. Rather too long than too short: else it may be paid twice.

    """

    def __init__(self, sdk: "Scenario | None" = None, *, settle: float = SETTLE) -> None:
        super().__init__(sdk, settle)

    def run(
        self,
        request: "Runnable",
        *,
        timeout: float = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        cancel_if_interrupted: bool = False,
    ) -> "Result":
        """Upload the files of a request, submit it, and wait for its result.

        Args:
            request: what to run.
            timeout: the seconds all that may take. A submission on its way is not cut short.
            on_progress: is called with a `Progress` whenever there is some; in another thread where parts are uploaded.
                What it raises ends the run.
            cancel_if_interrupted: cancel the job on Ctrl-C; otherwise it goes on, and the exception has a note of it.

        Raises:
            InvalidRequest, NoKey: nothing was sent.
            FileRefused, UploadFailed, NotSubmitted: nothing was submitted.
            SubmissionUnknown: it cannot be known whether it was.
            JobFailed, JobCanceled, JobTimeout: it was.
            scenario_sdk.APIError: the API refused it.

        """
        return self._result(run_sync(self._work.run(request, timeout, on_progress, cancel=cancel_if_interrupted)))

    def run_many(
        self,
        requests: "Iterable[Runnable]",
        *,
        concurrency: int = CONCURRENCY,
        timeout: float = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        journal: Path | None = None,
    ) -> "Outcomes":
        """Run many requests, several at once, as their outcomes are asked for: each is a result or an error.

        Args:
            requests: what to run; taken as needed, so they may be endless. Equal requests may swap their jobs.
            concurrency: how many at once.
            timeout: the seconds for each.
            on_progress: is called with a `Progress` that has the request's `index`, in several threads.
            journal: a file that notes what was submitted. After a crash, run the same requests with it again: those that
                were submitted are taken up, and not paid twice.

        Raises:
            JournalError: the journal cannot be used, or another process uses it.

        """
        begin = self._begin_many(
            self._result,
            requests,
            concurrency=concurrency,
            timeout=timeout,
            on_progress=on_progress,
            journal=journal,
        )
        return Outcomes(begin)

    def submit(
        self, request: "Runnable", *, timeout: float = RUN_TIMEOUT, on_progress: OnProgress | None = None
    ) -> "Job":
        """Upload the files of a request and submit it; its job goes on by itself. Raises what `run` raises."""
        return self._job(run_sync(self._work.submit(request, timeout, on_progress)))

    def estimate(
        self, request: "Runnable", *, timeout: float = RUN_TIMEOUT, on_progress: OnProgress | None = None
    ) -> Estimate:
        """Ask what a request would cost. Its files are uploaded, which costs nothing, and need not be again."""
        return run_sync(self._work.estimate(request, timeout, on_progress))

    def job(self, job_id: str, *, timeout: float = CALL_TIMEOUT) -> "Job":
        """Look at a job, also one of yesterday."""
        return self._job(run_sync(self._work.job(job_id, timeout)))

    def jobs(self, most: int = 20, *, timeout: float = CALL_TIMEOUT) -> "list[Job]":
        """List jobs, the newest first."""
        return [self._job(job) for job in run_sync(self._work.jobs(most, timeout))]

    def close(self) -> None:
        """Close its connections; an SDK client that was handed in stays open."""
        self._is_closed = True
        if self._made:
            self._made[0].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make_port(self) -> Port:
        from .sync_port import SyncPort

        return SyncPort(self._sdk)

    def _job(self, job: JobFacts) -> "Job":
        return Job(**vars(job), client=self)

    def _result(self, done: "FinishedJob") -> "Result":
        assets = tuple(Asset(**vars(asset), client=self) for asset in done.assets)
        return Result(self._job(done.job), assets)


class Outcomes:
    """The outcomes of many requests, which run while this is iterated over: as they come, or `in_order`. Once only."""

    def __init__(self, begin: Callable[[], "AsyncGenerator[Outcome[Result], None]"]) -> None:
        self._begin = begin

    def __iter__(self) -> "Iterator[Outcome[Result]]":
        outcomes = self._begin()
        try:
            while True:
                try:
                    outcome = run_sync(anext(outcomes))
                except StopAsyncIteration:
                    return
                yield outcome
        finally:
            run_sync(outcomes.aclose())

    def in_order(self) -> "Iterator[Outcome[Result]]":
        """Give the outcomes in the order of the requests."""
        ready: dict[int, Outcome[Result]] = {}
        due = 0
        for outcome in self:
            ready[outcome.index] = outcome
            while due in ready:
                yield ready.pop(due)
                due += 1


@dataclass(frozen=True)
class Job(JobFacts):
    """A submitted request, as it was when it was last looked at."""

    client: Client = field(repr=False, compare=False, kw_only=True)
    """Whose it is."""

    def refresh(self) -> "Job":
        """Give the job as it is now."""
        return self.client.job(self.id)

    def wait(self, *, timeout: float = RUN_TIMEOUT, on_progress: OnProgress | None = None) -> "Result":
        """Wait until it is over; give its result.

        Raises:
            JobFailed, JobCanceled: it has none.
            JobTimeout: it goes on after so many seconds.

        """
        return self.client._result(run_sync(self.client._work.wait(self.id, timeout, on_progress)))

    def cancel(self, *, timeout: float = CALL_TIMEOUT) -> "Job":
        """Cancel it, unless it is over; give it as it is then."""
        return self.client._job(run_sync(self.client._work.cancel(self.id, timeout)))


@dataclass(frozen=True)
class Asset(AssetFacts):
    """A file that a job made."""

    client: Client = field(repr=False, compare=False, kw_only=True)
    """Whose it is."""

    def download(
        self, path: Path | str, *, timeout: float = DOWNLOAD_TIMEOUT, on_progress: OnProgress | None = None
    ) -> Path:
        """Write its file, whole or not at all; in a folder, under a name made of its id. Gives the path.

        Raises:
            DownloadFailed: it cannot be fetched.
            OSError: it cannot be written.

        """
        return run_sync(self.client._work.download(self, Path(path), timeout, on_progress))

    def bytes(
        self, *, timeout: float = DOWNLOAD_TIMEOUT, on_progress: OnProgress | None = None
    ) -> builtins.bytes:
        """Give its file.

        Raises:
            DownloadFailed: it cannot be fetched.

        """
        return run_sync(self.client._work.read(self, timeout, on_progress))


@dataclass(frozen=True)
class Result:
    """What came of a request."""

    job: Job
    """The job that made it."""

    assets: tuple[Asset, ...]
    """The files that it made, in the service's order."""
