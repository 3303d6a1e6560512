"""What the client needs of the world, and the trick by which its logic is written once for both of them.

All logic is `async`. Where a port waits in the event loop, it is awaited; where a port blocks, nothing ever suspends, and `now`
runs it to its end like any function.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from .facts import SignedUrl

T = TypeVar("T")
Item = TypeVar("Item")


@dataclass(frozen=True)
class Call:
    """A call of the API. `timeout` is in seconds; None leaves it to the SDK. `on_send` is called when it is its turn to be sent."""

    method: Literal["GET", "POST"]
    path: str
    query: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    timeout: float | None = None
    on_send: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True)
class ApiResponse:
    """What the API said: JSON, and the server's date as it stands in the header (empty where there is none)."""

    data: Any
    date: str = ""


class Receiver(Protocol):
    """Takes a file as it comes."""

    headers: dict[str, str]

    def begin(self, status: int, headers: dict[str, str]) -> None:
        """Look at how the answer begins."""

    def take(self, data: bytes) -> None:
        """Take some of it."""


class Port(Protocol):
    """The API, its storage, time and company, as the logic of the client needs them."""

    async def send(self, call: Call) -> ApiResponse:
        """Call the API once, without a retry.

        Raises:
            scenario_sdk.APIError: it refused, or gave no answer.
            Unreadable: its answer is no JSON.

        """

    async def put(self, address: SignedUrl, content: bytes, timeout: float) -> int:
        """Put a part to a signed address, without a key; give the status.

        Raises:
            httpx.TransportError: there was no answer.

        """

    async def fetch(self, address: SignedUrl, receiver: Receiver, timeout: float) -> None:
        """Get a file from a signed address, without a key.

        Raises:
            httpx.TransportError: there was no answer, or it broke off.

        """

    async def sleep(self, seconds: float) -> None:
        """Wait."""

    async def in_background(self, function: Callable[[], T]) -> T:
        """Do what takes long on this machine, reading a file, say, without holding up others."""

    def lock(self, key: str, timeout: float) -> AbstractAsyncContextManager[None]:
        """Let in one at a time.

        Raises:
            NotSubmitted: the others took longer than so many seconds.

        """

    def each(
        self, function: Callable[[Item], Awaitable[T]], items: Iterable[Item], limit: int
    ) -> AsyncGenerator[T, None]:
        """Do something to each item, several at once, and give what comes of it as it comes; items are taken as needed."""


def run_sync(awaitable: Awaitable[T]) -> T:
    """Run to its end what never suspends, because its port blocks."""
    steps = awaitable.__await__()
    try:
        next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("this needs an event loop; it is for AsyncClient")
