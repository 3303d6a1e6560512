"""`Client` and `AsyncClient`, and the jobs, results and assets that they give. The logic is in `work`, once for both."""

import builtins
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar

from .answers import AssetFacts, Estimate, JobFacts
from .ports import Port, now
from .progress import OnProgress

if TYPE_CHECKING:
    from scenario_sdk import AsyncScenario, Scenario

    from .awaiting import AwaitingPort
    from .blocking import BlockingPort
    from .work import Done, Runnable, Work

RUN_TIMEOUT = 1800.0  # seconds: half an hour
CALL_TIMEOUT = 60.0
DOWNLOAD_TIMEOUT = 600.0
SETTLE = 8.0
CONCURRENCY = 8

R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """What became of one of many requests: a result or an error."""

    index: int
    """The place of the request among the others, from 0 on."""

    request: "Runnable"
    """The request."""

    error: Exception | None
    """What went wrong, or None."""

    _result: R | None = field(repr=False)

    @property
    def result(self) -> R:
        """The result; where there is none, the error is raised."""
        if self._result is None:
            raise self.error or RuntimeError("there is neither a result nor an error")
        return self._result


class _Settings:
    """What both clients are made of; the SDK is loaded at the first call."""

    def __init__(self, sdk: Any, settle: float) -> None:
        if settle < 0:
            raise ValueError("settle is a number of seconds, 0 or more")
        self._sdk = sdk
        self._settle = settle
        self._lock = threading.Lock()
        self._made: Any = None  # the port and the work that goes through it

    def _make_work(self, make_port: "Callable[[], Port]") -> "Work":
        with self._lock:
            if self._made is None:
                from .work import Work

                port = make_port()
                self._made = port, Work(port, self._settle)
            work: Work = self._made[1]
            return work

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} does not travel: make one where the work is done")


class Client(_Settings):
    """Runs requests, and waits for what comes of them. Several threads may share one.

    What the API refuses is raised as an error of `scenario_sdk`; whatever else goes wrong is a `ClientError`.

    Args:
        sdk: the official SDK's client to work with; by default one that is made of the environment (SCENARIO_SDK_API_KEY,
            SCENARIO_SDK_API_SECRET, SCENARIO_BASE_URL) at the first call.
        settle: where the answer to a paid request is lost, the seconds after which a job that cannot be found was not made,
            and the request is sent again.

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
            cancel_if_interrupted: cancel the job on Ctrl-C; otherwise it goes on, and the exception has a note of it.

        Raises:
            InvalidRequest, FileRefused: nothing was sent.
            UploadFailed, NotSubmitted: nothing was submitted.
            SubmissionUnknown: it cannot be known whether it was.
            JobFailed, JobCanceled, JobTimeout: it was.
            scenario_sdk.APIError: the API refused it.

        """
        return self._result(now(self._work.run(request, timeout, on_progress, cancel=cancel_if_interrupted)))

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
            requests: what to run; taken as needed, so they may be endless.
            concurrency: how many at once.
            timeout: the seconds for each.
            on_progress: is called with a `Progress` that has the request's `index`, in several threads.
            journal: a file that notes what was submitted. After a crash, run the same requests with it again: those that
                were submitted are taken up, and not paid twice.

        Raises:
            JournalError: the journal cannot be used, or another process uses it.

        """
        if concurrency < 1:
            raise ValueError("concurrency is 1 or more")

        def begin() -> AsyncIterator[Outcome[Result]]:
            from .many import run_many

            return run_many(
                self._work,
                requests,
                partial(_make_outcome, self._result),
                timeout=timeout,
                concurrency=concurrency,
                on_progress=on_progress,
                journal=journal,
            )

        return Outcomes(begin)

    def submit(
        self, request: "Runnable", *, timeout: float = RUN_TIMEOUT, on_progress: OnProgress | None = None
    ) -> "Job":
        """Upload the files of a request and submit it; its job goes on by itself. Raises what `run` raises."""
        return self._job(now(self._work.submit(request, timeout, on_progress)))

    def estimate(
        self, request: "Runnable", *, timeout: float = RUN_TIMEOUT, on_progress: OnProgress | None = None
    ) -> Estimate:
        """Ask what a request would cost. Its files are uploaded, which costs nothing, and need not be again."""
        return now(self._work.estimate(request, timeout, on_progress))

    def job(self, job_id: str, *, timeout: float = CALL_TIMEOUT) -> "Job":
        """Look at a job, also one of yesterday."""
        return self._job(now(self._work.job(job_id, timeout)))

    def jobs(self, most: int = 20, *, timeout: float = CALL_TIMEOUT) -> "list[Job]":
        """List jobs, the newest first."""
        return [self._job(job) for job in now(self._work.jobs(most, timeout))]

    def close(self) -> None:
        """Close its connections; an SDK client that was handed in stays open."""
        if self._made:
            self._made[0].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _work(self) -> "Work":
        return self._make_work(lambda: _blocking_port(self._sdk))

    def _job(self, job: JobFacts) -> "Job":
        return Job(**vars(job), client=self)

    def _result(self, done: "Done") -> "Result":
        assets = tuple(Asset(**vars(asset), client=self) for asset in done.assets)
        return Result(self._job(done.job), assets)


class Outcomes:
    """The outcomes of many requests, which run while this is iterated over: as they come, or `in_order`. Once only."""

    def __init__(self, begin: "Callable[[], AsyncIterator[Outcome[Result]]]") -> None:
        self._begin = begin

    def __iter__(self) -> "Iterator[Outcome[Result]]":
        outcomes: Any = self._begin()
        try:
            while True:
                try:
                    outcome = now(anext(outcomes))
                except StopAsyncIteration:
                    return
                yield outcome
        finally:
            now(outcomes.aclose())

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
        return self.client._result(now(self.client._work.wait(self.id, timeout, on_progress)))

    def cancel(self, *, timeout: float = CALL_TIMEOUT) -> "Job":
        """Cancel it, unless it is over; give it as it is then."""
        return self.client._job(now(self.client._work.cancel(self.id, timeout)))


@dataclass(frozen=True)
class Asset(AssetFacts):
    """A file that a job made, or that was uploaded."""

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
        return now(self.client._work.download(self, Path(path), timeout, on_progress))

    def bytes(
        self, *, timeout: float = DOWNLOAD_TIMEOUT, on_progress: OnProgress | None = None
    ) -> builtins.bytes:
        """Give its file.

        Raises:
            DownloadFailed: it cannot be fetched.

        """
        return now(self.client._work.read(self, timeout, on_progress))


@dataclass(frozen=True)
class Result:
    """What came of a request."""

    job: Job
    """The job that made it."""

    assets: tuple[Asset, ...]
    """The files that it made, in the service's order."""


class AsyncClient(_Settings):
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
        if concurrency < 1:
            raise ValueError("concurrency is 1 or more")

        def begin() -> AsyncIterator[Outcome[AsyncResult]]:
            from .many import run_many

            return run_many(
                self._work,
                requests,
                partial(_make_outcome, self._result),
                timeout=timeout,
                concurrency=concurrency,
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
        if self._made:
            await self._made[0].close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def _work(self) -> "Work":
        return self._make_work(lambda: _awaiting_port(self._sdk))

    def _job(self, job: JobFacts) -> "AsyncJob":
        return AsyncJob(**vars(job), client=self)

    def _result(self, done: "Done") -> "AsyncResult":
        assets = tuple(AsyncAsset(**vars(asset), client=self) for asset in done.assets)
        return AsyncResult(self._job(done.job), assets)


class AsyncOutcomes:
    """The outcomes of many requests, which run while this is iterated over: as they come, or `in_order`. Once only."""

    def __init__(self, begin: "Callable[[], AsyncIterator[Outcome[AsyncResult]]]") -> None:
        self._begin = begin

    def __aiter__(self) -> "AsyncIterator[Outcome[AsyncResult]]":
        return self._begin()

    async def in_order(self) -> "AsyncIterator[Outcome[AsyncResult]]":
        """Give the outcomes in the order of the requests."""
        ready: dict[int, Outcome[AsyncResult]] = {}
        due = 0
        async for outcome in self:
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


def _make_outcome(
    make_result: "Callable[[Done], R]", index: int, request: "Runnable", came: "Done | Exception"
) -> Outcome[R]:
    if isinstance(came, Exception):
        return Outcome(index, request, came, None)
    return Outcome(index, request, None, make_result(came))


def _blocking_port(sdk: "Scenario | None") -> "BlockingPort":
    from .blocking import BlockingPort

    return BlockingPort(sdk)


def _awaiting_port(sdk: "AsyncScenario | None") -> "AwaitingPort":
    from .awaiting import AwaitingPort

    return AwaitingPort(sdk)
