"""`Client`, which blocks, and its jobs, results and assets. The logic is in `work`, once for both clients."""

import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..vendor import CALL_TIMEOUT, DOWNLOAD_TIMEOUT, RUN_TIMEOUT, SETTLE
from .arguments import check_blocking_callback, check_blocking_requests
from .facts import AssetFacts, Estimate, JobFacts, ResultFacts
from .lazy import CONCURRENCY, LazyClient
from .outcomes import LazyOutcomes, Outcome, Q_co, R_co, StopOn, read_batch
from .ports import Port
from .progress import OnProgress
from .settings import Settings
from .traces import iterate_sync, run_sync
from .values import Attached

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from scenario_sdk import Scenario

    from ..file_types import File
    from ..runnable import Runnable
    from .streams import Stream


class Client(LazyClient):
    """Runs requests and waits for their results. Threads may share one.

    All that can go wrong is a `ClientError`; what the API refuses is an `APIError`, and also the error of `scenario_sdk` of the same name.

    Args:
        sdk: the official SDK's client to use. By default one is made at the first call, from these arguments.
        api_key, api_secret, base_url: by default the environment variables SCENARIO_SDK_API_KEY, SCENARIO_SDK_API_SECRET and
            SCENARIO_BASE_URL; an empty variable counts as unset.
        bearer_auth: a token in place of a key; by default SCENARIO_SDK_JWT.
        project_id: the project that owns what is made; by default SCENARIO_PROJECT_ID, else the service chooses.
        timeout: seconds of one HTTP call, or an `httpx.Timeout`; by default SCENARIO_TIMEOUT, else 60, and 5 to connect.
            `timeout` of a method is for all that it does.
        max_retries: how often a call that costs nothing is tried again; by default SCENARIO_MAX_RETRIES, else 5.
            A paid request has rules of its own, whatever this is.
        default_headers: sent to the API with each call, beside those of SCENARIO_CUSTOM_HEADERS.
        http_client: the `httpx.Client` of all calls, uploads and downloads, with a proxy or certificates, say. You close it.
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
        project_id: str | None = None,
        timeout: "float | httpx.Timeout | None" = None,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        http_client: "httpx.Client | None" = None,
        settle: float = SETTLE,
    ) -> None:
        settings = Settings(
            api_key=api_key,
            api_secret=api_secret,
            bearer_auth=bearer_auth,
            base_url=base_url,
            project_id=project_id,
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            http_client=http_client,
        )
        super().__init__(sdk, settings, settle)

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
            APIError: the API refused a call, or cannot be reached; a note names the job, if one was made.

        """
        return self._result(
            run_sync(self._work.run(request, timeout, on_progress, cancel=cancel_if_interrupted))
        )

    def run_many(
        self,
        requests: Iterable[Q_co],
        *,
        concurrency: int = CONCURRENCY,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        journal: Path | str | None = None,
        max_cost: float | None = None,
        stop_on: StopOn = (),
    ) -> "Outcomes[Result, Q_co]":
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
            max_cost: what all of them may cost, in creative units, with what the journal knows of earlier runs. Each request is
                estimated before it is submitted; one that would go over is not, and its error is `MaxCostExceeded`.
            stop_on: classes of errors. After the first one, no more requests are begun, and it is raised at the end of the iteration.

        Raises:
            JournalError: the journal cannot be used, or another process is using it.
            APIError: it would hit every request.

        """
        check_blocking_callback(on_progress)
        check_blocking_requests(requests)
        batch = read_batch(
            requests, concurrency, timeout, on_progress, journal=journal, max_cost=max_cost, stop_on=stop_on
        )
        return Outcomes(partial(self._run_many, batch, self._result), batch.held)

    def estimate_many(
        self,
        requests: Iterable[Q_co],
        *,
        concurrency: int = CONCURRENCY,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        stop_on: StopOn = (),
    ) -> "Outcomes[Estimate, Q_co]":
        """Ask what many requests would cost, several at once, while you iterate over the outcomes; the arguments are those of `run_many`."""
        check_blocking_callback(on_progress)
        check_blocking_requests(requests)
        batch = read_batch(requests, concurrency, timeout, on_progress, stop_on=stop_on)
        return Outcomes(partial(self._estimate_many, batch), batch.held)

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

    def jobs(
        self,
        most: int = 20,
        *,
        status: str | None = None,
        created_after: "datetime | str | None" = None,
        updated_after: "datetime | str | None" = None,
        model_id: str | None = None,
        type: str | None = None,  # noqa: A002 - the service's word
        workflow_id: str | None = None,
        author_id: str | None = None,
        timeout: float | None = CALL_TIMEOUT,
    ) -> "list[Job]":
        """List up to `most` jobs, the newest first; with a status, type or workflow, those that were updated last come first.

        Args:
            most: how many.
            status: such as `in-progress`, `success` or `failure`. One that is newer than this package is asked of the service.
            created_after: a datetime with a time zone, or a text in ISO 8601, such as the `created_at` of a job.
            updated_after: the same; the service knows dates of updates only together with a status, type or workflow.
            model_id: the id of their model. The service cannot filter by it: its newest 50 pages of 100 jobs are looked through.
            type: what made them, in the words of the service: `custom`, for what `run` does.
            workflow_id: the id of the workflow that made them.
            author_id: the id of who submitted them.
            timeout: seconds.

        Raises:
            ValueError: a date has no time zone, or the service knows no such status.

        """
        from .job_filters import read_job_filter

        wanted = read_job_filter(
            status=status,
            created_after=created_after,
            updated_after=updated_after,
            model_id=model_id,
            type=type,
            workflow_id=workflow_id,
            author_id=author_id,
        )
        return [self._job(job) for job in run_sync(self._work.jobs(most, timeout, wanted))]

    def upload(
        self,
        file: "File",
        *,
        kind: str = "",
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
    ) -> str:
        """Upload a file; return the id of its asset, which a request takes in place of the file. A run does so by itself.

        Args:
            file: a `Path`, bytes, an open file or an upload to a web server, an `https://` or a data URL. The same content is uploaded once
                by each client. The id of an asset, or an asset, is there already: its id is returned.
            kind: of which kind it is, such as `video`, whatever it seems to be; by default its name or first bytes tell.
            timeout: seconds for all of this, or None for no limit.
            on_progress: called with each new `Progress`, perhaps from other threads.

        Raises:
            FileRefused: it cannot be read.
            UploadFailed: the service or its storage did not accept it.
            NotSubmitted: timed out.
            ValueError: there is no such kind.

        """
        return run_sync(self._work.upload(file, kind, timeout, on_progress))

    def asset(self, asset_id: str, *, timeout: float | None = CALL_TIMEOUT) -> "Asset":
        """Get an asset by its id, such as one that another program was told."""
        return self._asset(run_sync(self._work.asset(asset_id, timeout)))

    def close(self) -> None:
        """Close the connections; an SDK client that you passed in stays open."""
        run_sync(self._close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_given(self) -> None:
        import httpx
        from scenario_sdk import Scenario

        from .sdk import check_http_class, check_sdk_class

        check_sdk_class(self._sdk, Scenario)
        check_http_class(self._settings.http_client, httpx.Client)

    def _make_port(self) -> Port:
        from .sync_port import SyncPort

        return SyncPort(self._sdk, self._settings)

    def _job(self, job: JobFacts) -> "Job":
        return Job._make(vars(job), self)

    def _asset(self, asset: AssetFacts) -> "Asset":
        return Asset._make(vars(asset), self)

    def _result(self, done: ResultFacts) -> "Result":
        return Result(self._job(done.job), tuple(map(self._asset, done.assets)))


class Outcomes(LazyOutcomes[R_co, Q_co]):
    """The outcomes of many requests. They run while you iterate, over this or over `in_order()`, and only once."""

    def __iter__(self) -> Iterator[Outcome[R_co, Q_co]]:
        yield from iterate_sync(self._as_they_come())

    def in_order(self) -> Iterator[Outcome[R_co, Q_co]]:
        """Yield the outcomes in the order of the requests."""
        return iterate_sync(self._in_order())


@dataclass(frozen=True, eq=False)
class Job(Attached[Client], JobFacts):
    """A submitted request, as the service described it in its last response."""

    _client_class = Client
    _how_to_get = "client.job"

    def _repr_html_(self) -> str:
        from .notebook import show_job

        return show_job(self)

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


@dataclass(frozen=True, eq=False)
class Asset(Attached[Client], AssetFacts):
    """A file that a job made."""

    _client_class = Client
    _how_to_get = "client.asset"

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

    def _repr_html_(self) -> str:
        from .notebook import show_asset

        return show_asset(self, lambda assets: run_sync(self.client._work.read_contents(assets)))

    def stream(
        self, *, timeout: float | None = CALL_TIMEOUT, on_progress: OnProgress | None = None
    ) -> "Stream":
        """Iterate over the bytes of its file as they come. Where the connection breaks off, they are continued, if the storage can.

        The connection is closed when the loop is left, or at the end of a `with` block.

        Args:
            timeout: seconds that the next bytes may take, however often they are requested, or None for no limit. Yours do not count.
            on_progress: called with each new `Progress`.

        Raises:
            DownloadFailed: raised by the loop: the storage did not deliver it, or not the whole of it.

        """
        from .streams import Stream

        return Stream(self.client._work.stream(self, timeout, on_progress))


@dataclass(frozen=True, eq=False)
class Result(ResultFacts):
    """What a request produced."""

    job: Job
    """The job that produced it."""

    assets: tuple[Asset, ...]
    """The files, in the service's order."""

    def attach(self, client: Client) -> "Result":
        """Return a copy whose job and assets act through a client."""
        return Result(self.job.attach(client), tuple(asset.attach(client) for asset in self.assets))

    def _repr_html_(self) -> str:
        from .notebook import show_result

        return show_result(
            self.job, self.assets, lambda assets: run_sync(self.job.client._work.read_contents(assets))
        )
