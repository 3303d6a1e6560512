"""The port of `AsyncClient`: it waits in the event loop of asyncio, and uses tasks to do several things at once. `Port` says what each method does."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sized
from contextlib import aclosing, asynccontextmanager, nullcontext, suppress
from inspect import isawaitable
from itertools import islice
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import httpx
from scenario_sdk import AsyncScenario

from .arguments import check_callback
from .errors import ClientClosed, NotSubmitted
from .facts import SignedUrl
from .log import logged, name_call
from .ports import ApiResponse, Call, FileResponse, count_free
from .sdk import connect
from .settings import Settings
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


class AsyncPort:
    """The port of code in an event loop."""

    def __init__(self, sdk: AsyncScenario | None, settings: Settings) -> None:
        self._connection = connect(AsyncScenario, sdk, settings)
        self._is_closed = False
        self._sdk = self._connection.sdk
        self.project_id: str = self._connection.project_id
        self.attempts: float = self._connection.attempts
        self.status_attempts: float = self._connection.status_attempts
        self._http = self._connection.http
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = asyncio.BoundedSemaphore(PARALLEL)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, call: Call) -> ApiResponse:
        self._check_open()
        options = build_sdk_options(self._connection, call)
        async with self._slots:
            if call.on_send:
                await call.on_send()
            with logged(name_call(call)) as responses, explained_api_errors(self._connection):
                if call.method == "POST":
                    response = await self._sdk.post(
                        call.path, cast_to=httpx.Response, content=call.content, options=options
                    )
                else:
                    response = await self._sdk.get(call.path, cast_to=httpx.Response, options=options)
                responses.append(response)
        return read_response(response)

    async def put(self, url: SignedUrl, content: bytes, timeout: float) -> int:
        request = build_storage_request(self._sdk, "PUT", url, timeout, content=content)
        self._check_open()
        async with self._slots:
            with (
                logged(name_request(request)) as responses,
                explained_storage_errors(self._connection, request),
            ):
                responses.append(await self._http.send(request, auth=None, follow_redirects=False))
        return responses[0].status_code

    @asynccontextmanager
    async def fetch(
        self, url: SignedUrl, headers: Mapping[str, str], timeout: float
    ) -> AsyncIterator[FileResponse]:
        request = build_storage_request(self._sdk, "GET", url, timeout, headers=headers)
        self._check_open()
        with logged(name_request(request)) as responses, explained_storage_errors(self._connection, request):
            responses.append(await self._http.send(request, stream=True, auth=None, follow_redirects=False))
        chunks = read_chunks(self._connection, request, responses[0].aiter_raw())
        async with aclosing(responses[0]) as response, aclosing(chunks):
            yield FileResponse(response.status_code, lower_headers(response), chunks)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def in_background(self, function: Callable[[], T]) -> T:
        return await asyncio.to_thread(function)

    @asynccontextmanager
    async def lock(self, key: str, timeout: float) -> AsyncIterator[None]:
        self._enter_loop()
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            await asyncio.wait_for(lock.acquire(), timeout)
        except TimeoutError:
            raise NotSubmitted(UPLOAD_HELD_UP) from None
        try:
            yield
        finally:
            lock.release()

    def each(
        self,
        function: Callable[[Item], Awaitable[T]],
        items: Iterable[Item] | AsyncGenerator[Item, None],
        limit: int,
        held: Sized = (),
    ) -> AsyncGenerator[T, None]:
        if isinstance(items, AsyncGenerator):
            return _each_awaited(function, items, limit, held)
        return _each(function, items, limit, held)

    def check_callback(self, callback: object) -> None:
        check_callback(callback)

    async def finish_callback(self, returned: object) -> None:
        if isawaitable(returned):
            await returned

    async def close(self) -> None:
        self._is_closed = True
        if self._connection.is_own:
            with (
                suppress(RuntimeError) if self._loop and self._loop.is_closed() else nullcontext()
            ):  # with it, its connections were lost
                await self._sdk.close()

    def _enter_loop(self) -> None:
        """Check that this is used in one event loop; when that is closed, another one may follow."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        if self._loop and not self._loop.is_closed():
            raise RuntimeError("this AsyncClient is used in another event loop: make one in each")
        self._loop = loop
        self._slots = asyncio.BoundedSemaphore(PARALLEL)
        self._locks = WeakValueDictionary()

    def _check_open(self) -> None:
        self._enter_loop()
        if self._is_closed or self._sdk.is_closed():
            raise ClientClosed


async def _each(
    function: Callable[[Item], Awaitable[T]], items: Iterable[Item], limit: int, held: Sized
) -> AsyncGenerator[T, None]:
    source = iter(items)
    done, running = set[asyncio.Future[T]](), set[asyncio.Future[T]]()
    try:
        while True:
            for item in islice(source, count_free(limit, running, held)):
                running.add(asyncio.ensure_future(function(item)))
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        await _cancel((*running, *done))  # or asyncio logs errors beside the one that is raised


async def _each_awaited(
    function: Callable[[Item], Awaitable[T]], items: AsyncGenerator[Item, None], limit: int, held: Sized
) -> AsyncGenerator[T, None]:
    """Do the same with items that must be awaited; results come meanwhile."""
    wanted, taken = asyncio.Semaphore(0), asyncio.Queue[Item]()
    taking = asyncio.ensure_future(
        _take(items, wanted, taken)
    )  # in one task: around a `yield` there may be a timeout or a task group
    running: set[asyncio.Future[T]] = set()
    coming: asyncio.Future[Item] | None = None
    try:
        while running or not taking.done():
            if coming is None and count_free(limit, running, held):
                wanted.release()
                coming = asyncio.ensure_future(taken.get())
            source = () if taking.done() else (taking, coming) if coming else (taking,)
            await asyncio.wait((*running, *source), return_when=asyncio.FIRST_COMPLETED)
            if taking.done():
                taking.result()  # or its error
            if coming and coming.done():
                running.add(asyncio.ensure_future(function(coming.result())))
                coming = None
            for future in [one for one in running if one.done()]:
                yield future.result()
                running.discard(future)
    finally:
        await _cancel((*running, taking, *([coming] if coming else [])))


async def _take(
    items: AsyncGenerator[Item, None], wanted: asyncio.Semaphore, taken: asyncio.Queue[Item]
) -> None:
    """Take each item when it is wanted; close what gives them at the end."""
    async with aclosing(items):
        await wanted.acquire()
        async for item in items:
            taken.put_nowait(item)
            await wanted.acquire()


async def _cancel(futures: Iterable[asyncio.Future[Any]]) -> None:
    for future in futures:
        future.cancel()
    await asyncio.gather(*futures, return_exceptions=True)
