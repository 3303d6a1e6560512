"""The port: everything that the logic of a client needs from outside, such as the API, its storage, time and threads.

All logic is `async`, and written once. `AsyncPort` waits in an event loop. `SyncPort` blocks, so that nothing ever suspends:
`run_sync` of `traces` runs such logic without an event loop.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sized
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from .facts import SignedUrl

MAX_AHEAD = 4  # times `limit`: so much is begun, at most, while results wait for one that takes long

T = TypeVar("T")
Item = TypeVar("Item")


@dataclass(frozen=True)
class Call:
    """A call of the API. `timeout`: in seconds, at most that of the SDK client, or None for that one. `on_send`: called just before the call is sent."""

    method: Literal["GET", "POST"]
    path: str
    query: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    timeout: float | None = None
    on_send: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True)
class ApiResponse:
    """A response of the API: its JSON, and its Date header (empty where there is none)."""

    data: Any
    date: str = ""


@dataclass(frozen=True)
class FileResponse:
    """A response of the storage: its status, its headers under names in lower case, and its bytes as they come."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


class Port(Protocol):
    """What is different for `Client` and `AsyncClient`.

    `project_id` owns what is made; empty if the service chooses. `attempts`: how often a call that costs nothing is made before its
    last error is raised; `status_attempts`: one for the status of a paid job.
    """

    project_id: str
    attempts: float
    status_attempts: float

    async def send(self, call: Call) -> ApiResponse:
        """Call the API once, without a retry.

        Raises:
            scenario_sdk.APIError: the API refused the call, or did not respond.
            Unreadable: the response is not JSON.

        """

    async def put(self, url: SignedUrl, content: bytes, timeout: float) -> int:
        """Upload a part to a signed URL, without a key; return the status of the response.

        Raises:
            TransientError: there was no response.

        """

    def fetch(
        self, url: SignedUrl, headers: Mapping[str, str], timeout: float
    ) -> AbstractAsyncContextManager[FileResponse]:
        """Request a file from a signed URL, without a key; close the connection at the end, wherever that is.

        Raises:
            TransientError: there was no response, or it broke off.

        """

    async def sleep(self, seconds: float) -> None:
        """Wait."""

    async def in_background(self, function: Callable[[], T]) -> T:
        """Call a function that may block, such as one that reads a file, without blocking the event loop."""

    def lock(self, key: str, timeout: float) -> AbstractAsyncContextManager[None]:
        """Let one at a time do what has this key.

        Raises:
            NotSubmitted: the lock was not free within `timeout` seconds.

        """

    def each(
        self,
        function: Callable[[Item], Awaitable[T]],
        items: Iterable[Item] | AsyncGenerator[Item, None],
        limit: int,
        held: Sized = (),
    ) -> AsyncGenerator[T, None]:
        """Call a function with each item, up to `limit` at once; yield the results as they come. Items are taken as needed.

        `held` are results that wait for one before them: with them, at most four times `limit` are begun.

        Items that must be awaited are closed at the end; only the port of `AsyncClient` can await them.
        """

    def check_callback(self, callback: object) -> None:
        """Check `on_progress`, before anything is sent.

        Raises:
            TypeError: it cannot be called, or this port cannot await what it returns.

        """

    async def finish_callback(self, returned: object) -> None:
        """Await what a callback has returned, if that must be awaited."""

    async def close(self) -> None:
        """Close the connections that the port opened itself."""


def count_free(limit: int, running: Sized, held: Sized) -> int:
    """Count how many more may begin beside those that are running, and those that wait for one before them."""
    return max(0, min(limit, MAX_AHEAD * limit - len(held)) - len(running))
