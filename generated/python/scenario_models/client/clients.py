"""`Client`, which blocks, and its jobs, results and assets. The logic is in `work`, once for both clients."""

import builtins
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from ..vendor import CALL_TIMEOUT, DOWNLOAD_TIMEOUT, RUN_TIMEOUT, SETTLE
from .arguments import check_blocking_callback
from .facts import AssetFacts, Estimate, JobFacts
from .lazy import CONCURRENCY, LazyClient
from .outcomes import LazyOutcomes, Outcome, read_batch
from .ports import Port, run_sync
from .progress import OnProgress
from .settings import Settings

if TYPE_CHECKING:
    from scenario_sdk import Scenario

    from .preparation import Runnable
    from .work import FinishedJob

T = TypeVar("T")


class Client(LazyClient):
    """Runs requests and waits for their results. Threads may share one.

    What the API refuses is raised as an error of `scenario_sdk`; every other failure is a `ClientError`.

    Args:
        sdk: the official SDK's client to use. By default one is made at the first call, from these arguments.
        api_key, api_secret, base_url: by default the environment variables SCENARIO_SDK_API_KEY, SCENARIO_SDK_API_SECRET and
            SCENARIO_BASE_URL; an empty variable counts as unset.
        bearer_auth: a token in place of a key; by default SCENARIO_SDK_JWT.
        settle: the seconds that the service may need until the job of a request is listed. If the response to a paid request is
            lost, its job is searched for so long, and only then is the request sent again. If this is too short, you may pay twice.

    """

    def __init__(
        self,
        sdk: "Scenario | None" = None,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        bearer_auth: str | None = None,
        base_url: str | None = None,
        settle: float = SETTLE,
    ) -> None:
        super().__init__(sdk, Settings(api_key, api_secret, bearer_auth, base_url), settle)

    def run(
        self,
        request: "Runnable",
        *,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        cancel_if_interrupted: bool = False,
    ) -> "Result":
        """Upload the files of a request, submit it, and wait for its result.

        Args:
            request: what to run.
            timeout: seconds for all of this, or None for no limit. A submission that was already sent is not cut short.
            on_progress: called with each new `Progress`; from another thread while parts are uploaded. An error that it raises
                ends the run. `AsyncClient` awaits it, if it is a coroutine function.
            cancel_if_interrupted: cancel the job on Ctrl-C. Otherwise it keeps running, and a note on the exception has its id.

        Raises:
            InvalidRequest, NoKey, InvalidUrl: nothing was sent. Nor was it for a TypeError: an argument has a wrong type.
            FileRefused, UploadFailed, NotSubmitted: nothing was submitted.
            SubmissionUnknown: it is unknown whether it was submitted.
            JobFailed, JobCanceled, JobTimeout: it was submitted.
            scenario_sdk.APIError: the API refused it, or cannot be reached.

        """
        return self._result(
            run_sync(self._work.run(request, timeout, on_progress, cancel=cancel_if_interrupted))
        )

    def run_many(
        self,
        requests: "Iterable[Runnable]",
        *,
        concurrency: int = CONCURRENCY,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        journal: Path | str | None = None,
    ) -> "Outcomes":
        """Run many requests, several at once, while you iterate over their outcomes: each is a result or an error.

        An error that would hit every request (the key is refused, or nothing is reached at the URL) is raised at the end of the
        iteration; the requests that were not yet begun are not submitted.

        Args:
            requests: what to run; taken as needed, so they may be endless. Equal requests may swap their jobs.
            concurrency: how many run at once.
            timeout: seconds for each request, or None for no limit.
            on_progress: called with each new `Progress`, which has the `index` of the request; from several threads.
            journal: a file that records what was submitted. After a crash, run the same requests with the same journal:
                the jobs of those that were submitted are used, and not paid for again.

        Raises:
            JournalError: the journal cannot be used, or another process is using it.
            scenario_sdk.APIError: it would hit every request.

        """
        check_blocking_callback(on_progress)
        batch = read_batch(requests, concurrency, timeout, on_progress, journal)
        return Outcomes(partial(self._run_many, batch, self._result))

    def submit(
        self,
        request: "Runnable",
        *,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
    ) -> "Job":
        """Upload the files of a request and submit it, without waiting for its job. Raises what `run` raises."""
        return self._job(run_sync(self._work.submit(request, timeout, on_progress)))

    def estimate(
        self,
        request: "Runnable",
        *,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
    ) -> Estimate:
        """Ask what a request would cost. Its files are uploaded, which is free; a later run does not upload them again."""
        return run_sync(self._work.estimate(request, timeout, on_progress))

    def job(self, job_id: str, *, timeout: float | None = CALL_TIMEOUT) -> "Job":
        """Get a job by its id, however old it is."""
        return self._job(run_sync(self._work.job(job_id, timeout)))

    def jobs(self, most: int = 20, *, timeout: float | None = CALL_TIMEOUT) -> "list[Job]":
        """List up to `most` jobs, the newest first."""
        return [self._job(job) for job in run_sync(self._work.jobs(most, timeout))]

    def close(self) -> None:
        """Close the connections; an SDK client that you passed in stays open."""
        run_sync(self._close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_sdk(self) -> None:
        from scenario_sdk import Scenario

        from .sdk import check_sdk_class

        check_sdk_class(self._sdk, Scenario)

    def _make_port(self) -> Port:
        from .sync_port import SyncPort

        return SyncPort(self._sdk, self._settings)

    def _job(self, job: JobFacts) -> "Job":
        return Job(**vars(job), client=self)

    def _result(self, done: "FinishedJob") -> "Result":
        assets = tuple(Asset(**vars(asset), client=self) for asset in done.assets)
        return Result(self._job(done.job), assets)


class Outcomes(LazyOutcomes["Result"]):
    """The outcomes of many requests. They run while you iterate, over this or over `in_order()`, and only once."""

    def __iter__(self) -> "Iterator[Outcome[Result]]":
        yield from _iterate(self._as_they_come())

    def in_order(self) -> "Iterator[Outcome[Result]]":
        """Yield the outcomes in the order of the requests."""
        return _iterate(self._in_order())


def _iterate(items: AsyncGenerator[T, None]) -> Iterator[T]:
    try:
        while True:
            try:
                item = run_sync(anext(items))
            except StopAsyncIteration:
                return
            yield item
    finally:
        run_sync(items.aclose())


@dataclass(frozen=True)
class Job(JobFacts):
    """A submitted request, as the service described it in its last response."""

    client: Client = field(repr=False, compare=False, kw_only=True)
    """The client that gave it."""

    def refresh(self) -> "Job":
        """Ask for the job again; return it as it is now."""
        return self.client.job(self.id)

    def wait(self, *, timeout: float | None = RUN_TIMEOUT, on_progress: OnProgress | None = None) -> "Result":
        """Wait until it has ended; return its result.

        Raises:
            JobFailed, JobCanceled: it has no result.
            JobTimeout: it is still running after `timeout` seconds.

        """
        return self.client._result(run_sync(self.client._work.wait(self.id, timeout, on_progress)))

    def cancel(self, *, timeout: float | None = CALL_TIMEOUT) -> "Job":
        """Cancel it, unless it has ended; return it as it is afterwards."""
        return self.client._job(run_sync(self.client._work.cancel(self.id, timeout)))


@dataclass(frozen=True)
class Asset(AssetFacts):
    """A file that a job made."""

    client: Client = field(repr=False, compare=False, kw_only=True)
    """The client that gave it."""

    def download(
        self,
        path: Path | str,
        *,
        timeout: float | None = DOWNLOAD_TIMEOUT,
        on_progress: OnProgress | None = None,
    ) -> Path:
        """Write its file, complete or not at all; return the path. If `path` is a folder, the file is named by the asset's id.

        Raises:
            DownloadFailed: the storage did not deliver it.
            OSError: it cannot be written, or its folder does not exist.

        """
        return run_sync(self.client._work.download(self, path, timeout, on_progress))

    def bytes(
        self, *, timeout: float | None = DOWNLOAD_TIMEOUT, on_progress: OnProgress | None = None
    ) -> builtins.bytes:
        """Download its file; return the bytes.

        Raises:
            DownloadFailed: the storage did not deliver it.

        """
        return run_sync(self.client._work.download_bytes(self, timeout, on_progress))


@dataclass(frozen=True)
class Result:
    """What a request produced."""

    job: Job
    """The job that produced it."""

    assets: tuple[Asset, ...]
    """The files, in the service's order."""
