"""The port of `Client`: it blocks, and uses threads to do several things at once. `Port` says what each method does."""

import threading
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sized,
)
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import aclosing, asynccontextmanager, closing, contextmanager
from inspect import iscoroutine
from itertools import islice
from typing import TypeVar
from weakref import WeakValueDictionary

import httpx
from scenario_sdk import Scenario

from ..vendor import PACKAGE
from .arguments import NOT_AWAITED, check_blocking_callback
from .errors import ClientClosed, NotSubmitted
from .facts import SignedUrl
from .log import logged, name_call
from .ports import ApiResponse, Call, FileResponse, count_free
from .sdk import connect
from .settings import Settings
from .traces import run_sync
from .transport import (
    PARALLEL,
    UPLOAD_HELD_UP,
    build_sdk_options,
    build_storage_request,
    explained_api_errors,
    explained_storage_errors,
    lower_headers,
    name_request,
    read_chunks,
    read_response,
)

T = TypeVar("T")
Item = TypeVar("Item")


class Stopped(BaseException):
    """Raised in a thread at its next pause when its work is no longer wanted. Like KeyboardInterrupt, `except Exception` lets it pass."""


class SyncPort:
    """The port of blocking code."""

    def __init__(self, sdk: Scenario | None, settings: Settings) -> None:
        self._connection = connect(Scenario, sdk, settings)
        self._is_closed = False
        self._sdk = self._connection.sdk
        self.project_id: str = self._connection.project_id
        self.attempts: float = self._connection.attempts
        self.status_attempts: float = self._connection.status_attempts
        self._http = self._connection.http
        self._slots = threading.BoundedSemaphore(PARALLEL)
        self._locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._guard = threading.Lock()
        self._thread = threading.local()  # its `stop` is the event that tells one of our threads to stop

    async def send(self, call: Call) -> ApiResponse:
        self._check_open()
        options = build_sdk_options(self._connection, call)
        with self._slots:
            if call.on_send:
                await call.on_send()
            with logged(name_call(call)) as responses, explained_api_errors(self._connection):
                if call.method == "POST":
                    response = self._sdk.post(
                        call.path, cast_to=httpx.Response, content=call.content, options=options
                    )
                else:
                    response = self._sdk.get(call.path, cast_to=httpx.Response, options=options)
                responses.append(response)
        return read_response(response)

    async def put(self, url: SignedUrl, content: bytes, timeout: float) -> int:
        request = build_storage_request(self._sdk, "PUT", url, timeout, content=content)
        self._check_open()
        with (
            self._slots,
            logged(name_request(request)) as responses,
            explained_storage_errors(self._connection, request),
        ):
            responses.append(self._http.send(request, auth=None, follow_redirects=False))
        return responses[0].status_code

    @asynccontextmanager
    async def fetch(
        self, url: SignedUrl, headers: Mapping[str, str], timeout: float
    ) -> AsyncIterator[FileResponse]:
        request = build_storage_request(self._sdk, "GET", url, timeout, headers=headers)
        self._check_open()
        with logged(name_request(request)) as responses, explained_storage_errors(self._connection, request):
            responses.append(self._http.send(request, stream=True, auth=None, follow_redirects=False))
        chunks = read_chunks(self._connection, request, _give(responses[0].iter_raw()))
        with closing(responses[0]) as response:
            async with aclosing(chunks):
                yield FileResponse(response.status_code, lower_headers(response), chunks)

    async def sleep(self, seconds: float) -> None:
        stop: threading.Event = getattr(self._thread, "stop", None) or threading.Event()
        if stop.wait(seconds):
            raise Stopped

    async def in_background(self, function: Callable[[], T]) -> T:
        return function()

    @asynccontextmanager
    async def lock(self, key: str, timeout: float) -> AsyncIterator[None]:
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        if not lock.acquire(timeout=timeout):
            raise NotSubmitted(UPLOAD_HELD_UP)
        try:
            yield
        finally:
            lock.release()

    async def each(
        self,
        function: Callable[[Item], Awaitable[T]],
        items: Iterable[Item] | AsyncGenerator[Item, None],
        limit: int,
        held: Sized = (),
    ) -> AsyncGenerator[T, None]:
        if isinstance(items, AsyncGenerator):
            raise TypeError("this must be awaited: use AsyncClient")
        source = iter(items)
        if limit == 1:
            for item in source:
                yield await function(item)
            return
        running: set[Future[T]] = set()
        with self._threads(limit) as pool:
            while True:
                for item in islice(source, count_free(limit, running, held)):
                    running.add(pool.submit(lambda item: run_sync(function(item)), item))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()

    def check_callback(self, callback: object) -> None:
        check_blocking_callback(callback)

    async def finish_callback(self, returned: object) -> None:
        if iscoroutine(returned):
            returned.close()
            raise TypeError(NOT_AWAITED)

    async def close(self) -> None:
        self._is_closed = True
        if self._connection.is_own:
            self._sdk.close()

    def _check_open(self) -> None:
        if self._is_closed or self._sdk.is_closed():
            raise ClientClosed

    @contextmanager
    def _threads(self, limit: int) -> Iterator[ThreadPoolExecutor]:
        """Yield a pool of threads. They are told to stop if this thread is interrupted or stops early."""
        outer: threading.Event | None = getattr(self._thread, "stop", None)
        stop = outer or threading.Event()
        begun: list[
            threading.Thread
        ] = []  # also a thread that the pool does not know, because Ctrl-C came while it was started

        def begin_thread() -> None:
            begun.append(threading.current_thread())
            self._thread.stop = stop

        pool = ThreadPoolExecutor(limit, PACKAGE, begin_thread)
        try:
            yield pool
        except BaseException:
            if outer is None:
                stop.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            for thread in begun:
                thread.join()


async def _give(items: Iterable[Item]) -> AsyncIterator[Item]:
    for item in items:
        yield item
