"""`AsyncClient`, and the jobs, results and assets that it gives: as those of `Client`, to be awaited."""

import builtins
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .facts import AssetFacts, Estimate, JobFacts
from .lazy import CALL_TIMEOUT, CONCURRENCY, DOWNLOAD_TIMEOUT, RUN_TIMEOUT, SETTLE, LazyClient, Outcome
from .ports import Port
from .progress import OnProgress

if TYPE_CHECKING:
    from scenario_sdk import AsyncScenario

    from .work import FinishedJob, Runnable


class AsyncClient(LazyClient):
    """As `Client`, in the event loop of asyncio: one loop for each."""

    def __init__(self, sdk: "AsyncScenario | None" = None, *, settle: float = SETTLE) -> None:
        super().__init__(sdk, settle)

    async def run(
        self,
        request: "Runnable",
        *,
        timeout: float = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        cancel_if_interrupted: bool = False,
    ) -> "AsyncResult":
        """Upload the files of a request, submit it, and wait for its result; see `Client.run`."""
        return self._result(await self._work.run(request, timeout, on_progress, cancel=cancel_if_interrupted))

    def run_many(
        self,
        requests: "Iterable[Runnable]",
        *,
        concurrency: int = CONCURRENCY,
        timeout: float = RUN_TIMEOUT,
        on_progress: OnProgress | None = None,
        journal: Path | None = None,
    ) -> "AsyncOutcomes":
        """Run many requests, several at once; see `Client.run_many`."""
        begin = self._begin_many(
            self._result,
            requests,
            concurrency=concurrency,
            timeout=timeout,
            on_progress=on_progress,
            journal=journal,
        )
        return AsyncOutcomes(begin)

    async def submit(
        self, request: "Runnable", *, timeout: float = RUN_TIMEOUT, on_progress: OnProgress | None = None
    ) -> "AsyncJob":
        """Upload the files of a request and submit it; see `Client.submit`."""
        return self._job(await self._work.submit(request, timeout, on_progress))

    async def estimate(
        self, request: "Runnable", *, timeout: float = RUN_TIMEOUT, on_progress: OnProgress | None = None
    ) -> Estimate:
        """Ask what a request would cost; see `Client.estimate`."""
        return await self._work.estimate(request, timeout, on_progress)

    async def job(self, job_id: str, *, timeout: float = CALL_TIMEOUT) -> "AsyncJob":
        """Look at a job, also one of yesterday."""
        return self._job(await self._work.job(job_id, timeout))

    async def jobs(self, most: int = 20, *, timeout: float = CALL_TIMEOUT) -> "list[AsyncJob]":
        """List jobs, the newest first."""
        return [self._job(job) for job in await self._work.jobs(most, timeout)]

    async def close(self) -> None:
        """Close its connections; an SDK client that was handed in stays open."""
        self._is_closed = True
        if self._made:
            await self._made[0].close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _make_port(self) -> Port:
        from .async_port import AsyncPort

        return AsyncPort(self._sdk)

    def _job(self, job: JobFacts) -> "AsyncJob":
        return AsyncJob(**vars(job), client=self)

    def _result(self, done: "FinishedJob") -> "AsyncResult":
        assets = tuple(AsyncAsset(**vars(asset), client=self) for asset in done.assets)
        return AsyncResult(self._job(done.job), assets)


class AsyncOutcomes:
    """The outcomes of many requests, which run while this is iterated over: as they come, or `in_order`. Once only."""

    def __init__(self, begin: Callable[[], "AsyncGenerator[Outcome[AsyncResult], None]"]) -> None:
        self._begin = begin

    def __aiter__(self) -> "AsyncGenerator[Outcome[AsyncResult], None]":
        return self._begin()

    async def in_order(self) -> "AsyncGenerator[Outcome[AsyncResult], None]":
        """Give the outcomes in the order of the requests."""
        ready: dict[int, Outcome[AsyncResult]] = {}
        due = 0
        async with aclosing(self._begin()) as outcomes:
            async for outcome in outcomes:
                ready[outcome.index] = outcome
                while due in ready:
                    yield ready.pop(due)
                    due += 1


@dataclass(frozen=True)
class AsyncJob(JobFacts):
    """As `Job`."""

    client: AsyncClient = field(repr=False, compare=False, kw_only=True)
    """Whose it is."""

    async def refresh(self) -> "AsyncJob":
        """Give the job as it is now."""
        return await self.client.job(self.id)

    async def wait(
        self, *, timeout: float = RUN_TIMEOUT, on_progress: OnProgress | None = None
    ) -> "AsyncResult":
        """Wait until it is over; see `Job.wait`."""
        return self.client._result(await self.client._work.wait(self.id, timeout, on_progress))

    async def cancel(self, *, timeout: float = CALL_TIMEOUT) -> "AsyncJob":
        """Cancel it, unless it is over; give it as it is then."""
        return self.client._job(await self.client._work.cancel(self.id, timeout))


@dataclass(frozen=True)
class AsyncAsset(AssetFacts):
    """As `Asset`."""

    client: AsyncClient = field(repr=False, compare=False, kw_only=True)
    """Whose it is."""

    async def download(
        self, path: Path | str, *, timeout: float = DOWNLOAD_TIMEOUT, on_progress: OnProgress | None = None
    ) -> Path:
        """Write its file; see `Asset.download`."""
        return await self.client._work.download(self, Path(path), timeout, on_progress)

    async def bytes(
        self, *, timeout: float = DOWNLOAD_TIMEOUT, on_progress: OnProgress | None = None
    ) -> builtins.bytes:
        """Give its file; see `Asset.bytes`."""
        return await self.client._work.read(self, timeout, on_progress)


@dataclass(frozen=True)
class AsyncResult:
    """As `Result`."""

    job: AsyncJob
    """The job that made it."""

    assets: tuple[AsyncAsset, ...]
    """The files that it made, in the service's order."""
