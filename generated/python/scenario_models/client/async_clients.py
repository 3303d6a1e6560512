"""`AsyncClient`, and its jobs, results and assets: those of `Client`, to be awaited."""

import builtins
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..vendor import CALL_TIMEOUT, DOWNLOAD_TIMEOUT, RUN_TIMEOUT, SETTLE
from .arguments import check_callback
from .facts import AssetFacts, Estimate, JobFacts, ResultFacts
from .lazy import CONCURRENCY, LazyClient
from .outcomes import LazyOutcomes, Outcome, Q_co, R_co, StopOn, read_batch
from .ports import Port
from .progress import OnProgress
from .settings import Settings
from .traces import run_async
from .values import Attached

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from scenario_sdk import AsyncScenario

    from ..file_types import File
    from ..runnable import Runnable
    from .notebook import Preview
    from .streams import AsyncStream


class AsyncClient(LazyClient):
    """`Client` for asyncio. Use each in one event loop only; in another one, that is a RuntimeError."""

    def __init__(
        self,
        sdk: "AsyncScenario | None" = None,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        bearer_auth: str | None = None,
        base_url: str | None = None,
        project_id: str | None = None,
        timeout: "float | httpx.Timeout | None" = None,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        http_client: "httpx.AsyncClient | None" = None,
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

    async def run(
        self,
        request: "Runnable",
        *,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        cancel_if_interrupted: bool = False,
    ) -> "AsyncResult":
        """Upload the files of a request, submit it, and wait for its result; see `Client.run`."""
        return self._result(
            await run_async(self._work.run(request, timeout, on_progress, cancel=cancel_if_interrupted))
        )

    def run_many(
        self,
        requests: Iterable[Q_co] | AsyncIterable[Q_co],
        *,
        concurrency: int = CONCURRENCY,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        journal: Path | str | None = None,
        max_cost: float | None = None,
        stop_on: StopOn = (),
    ) -> "AsyncOutcomes[AsyncResult, Q_co]":
        """Run many requests, several at once; see `Client.run_many`.

        They may also come from an async iterable, such as an async generator. It is closed when the batch ends early.
        """
        check_callback(on_progress)
        batch = read_batch(
            requests, concurrency, timeout, on_progress, journal=journal, max_cost=max_cost, stop_on=stop_on
        )
        return AsyncOutcomes(partial(self._run_many, batch, self._result), batch.held)

    def estimate_many(
        self,
        requests: Iterable[Q_co] | AsyncIterable[Q_co],
        *,
        concurrency: int = CONCURRENCY,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        stop_on: StopOn = (),
    ) -> "AsyncOutcomes[Estimate, Q_co]":
        """Ask what many requests would cost, several at once; see `Client.estimate_many`."""
        check_callback(on_progress)
        batch = read_batch(requests, concurrency, timeout, on_progress, stop_on=stop_on)
        return AsyncOutcomes(partial(self._estimate_many, batch), batch.held)

    async def submit(
        self,
        request: "Runnable",
        *,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
    ) -> "AsyncJob":
        """Upload the files of a request and submit it; see `Client.submit`."""
        return self._job(await run_async(self._work.submit(request, timeout, on_progress)))

    async def estimate(
        self,
        request: "Runnable",
        *,
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
    ) -> Estimate:
        """Ask what a request would cost; see `Client.estimate`."""
        return await run_async(self._work.estimate(request, timeout, on_progress))

    async def job(self, job_id: str, *, timeout: float | None = CALL_TIMEOUT) -> "AsyncJob":
        """Get a job by its id, however old it is."""
        return self._job(await run_async(self._work.job(job_id, timeout)))

    async def jobs(
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
    ) -> "list[AsyncJob]":
        """List up to `most` jobs, the newest first; see `Client.jobs`."""
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
        return [self._job(job) for job in await run_async(self._work.jobs(most, timeout, wanted))]

    async def upload(
        self,
        file: "File",
        *,
        kind: str = "",
        timeout: float | None = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
    ) -> str:
        """Upload a file; return the id of its asset; see `Client.upload`."""
        return await run_async(self._work.upload(file, kind, timeout, on_progress))

    async def asset(self, asset_id: str, *, timeout: float | None = CALL_TIMEOUT) -> "AsyncAsset":
        """Get an asset by its id; see `Client.asset`."""
        return self._asset(await run_async(self._work.asset(asset_id, timeout)))

    async def close(self) -> None:
        """Close the connections; an SDK client that you passed in stays open."""
        await self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _check_given(self) -> None:
        import httpx
        from scenario_sdk import AsyncScenario

        from .sdk import check_http_class, check_sdk_class

        check_sdk_class(self._sdk, AsyncScenario)
        check_http_class(self._settings.http_client, httpx.AsyncClient)

    def _make_port(self) -> Port:
        from .async_port import AsyncPort

        return AsyncPort(self._sdk, self._settings)

    def _job(self, job: JobFacts) -> "AsyncJob":
        return AsyncJob._make(vars(job), self)

    def _asset(self, asset: AssetFacts) -> "AsyncAsset":
        return AsyncAsset._make(vars(asset), self)

    def _result(self, done: ResultFacts) -> "AsyncResult":
        return AsyncResult(self._job(done.job), tuple(map(self._asset, done.assets)))


class AsyncOutcomes(LazyOutcomes[R_co, Q_co]):
    """The outcomes of many requests. They run while you iterate, over this or over `in_order()`, and only once."""

    def __aiter__(self) -> AsyncGenerator[Outcome[R_co, Q_co], None]:  # noqa: PYI058 - callers may close it
        return self._as_they_come()

    def in_order(self) -> AsyncGenerator[Outcome[R_co, Q_co], None]:
        """Yield the outcomes in the order of the requests."""
        return self._in_order()


@dataclass(frozen=True, eq=False)
class AsyncJob(Attached[AsyncClient], JobFacts):
    """A submitted request; see `Job`."""

    _client_class = AsyncClient
    _how_to_get = "await client.job"

    def _repr_html_(self) -> str:
        from .notebook import show_job

        return show_job(self)

    async def refresh(self) -> "AsyncJob":
        """Ask for the job again; return it as it is now."""
        return await self.client.job(self.id)

    async def wait(
        self, *, timeout: float | None = RUN_TIMEOUT, on_progress: OnProgress | None = None
    ) -> "AsyncResult":
        """Wait until it has ended; see `Job.wait`."""
        return self.client._result(await run_async(self.client._work.wait(self.id, timeout, on_progress)))

    async def cancel(self, *, timeout: float | None = CALL_TIMEOUT) -> "AsyncJob":
        """Cancel it, unless it has ended; return it as it is afterwards."""
        return self.client._job(await run_async(self.client._work.cancel(self.id, timeout)))


@dataclass(frozen=True, eq=False)
class AsyncAsset(Attached[AsyncClient], AssetFacts):
    """A file that a job made; see `Asset`."""

    _client_class = AsyncClient
    _how_to_get = "await client.asset"

    async def download(
        self,
        path: Path | str,
        *,
        timeout: float | None = DOWNLOAD_TIMEOUT,
        on_progress: OnProgress | None = None,
    ) -> Path:
        """Write its file; see `Asset.download`."""
        return await run_async(self.client._work.download(self, path, timeout, on_progress))

    async def bytes(
        self, *, timeout: float | None = DOWNLOAD_TIMEOUT, on_progress: OnProgress | None = None
    ) -> builtins.bytes:
        """Download its file; see `Asset.bytes`."""
        return await run_async(self.client._work.download_bytes(self, timeout, on_progress))

    def stream(
        self, *, timeout: float | None = CALL_TIMEOUT, on_progress: OnProgress | None = None
    ) -> "AsyncStream":
        """Iterate over the bytes of its file as they come; see `Asset.stream`."""
        from .streams import AsyncStream

        return AsyncStream(self.client._work.stream(self, timeout, on_progress))

    async def preview(self) -> "Preview":
        """Download its file for a notebook, which cannot await anything while it shows an asset."""
        from .notebook import Preview, write_asset

        (content,) = await self.client._work.read_contents([self])
        return Preview(write_asset(self, content, "await asset"))

    def _repr_html_(self) -> str:
        from .notebook import show_awaited_asset

        return show_awaited_asset(self)


@dataclass(frozen=True, eq=False)
class AsyncResult(ResultFacts):
    """What a request produced; see `Result`."""

    job: AsyncJob
    """The job that produced it."""

    assets: tuple[AsyncAsset, ...]
    """The files, in the service's order."""

    def attach(self, client: AsyncClient) -> "AsyncResult":
        """Return a copy whose job and assets act through a client."""
        return AsyncResult(self.job.attach(client), tuple(asset.attach(client) for asset in self.assets))

    async def preview(self) -> "Preview":
        """Download its files for a notebook, which cannot await anything while it shows a result."""
        from .notebook import Preview, write_result

        contents = await self.job.client._work.read_contents(self.assets)
        return Preview(write_result(self.job, self.assets, contents, "await result"))

    def _repr_html_(self) -> str:
        from .notebook import show_awaited_result

        return show_awaited_result(self.job, self.assets)
