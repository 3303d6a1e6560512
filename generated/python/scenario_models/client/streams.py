"""The bytes of a file as they come, for both clients."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Self

from .traces import iterate_sync, run_async


class Stream(Iterator[bytes]):
    """The bytes of a file as they come. To leave the loop, or the `with` block, closes the connection."""

    def __init__(self, chunks: AsyncGenerator[bytes, None]) -> None:
        self._chunks = iterate_sync(chunks)

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Close the connection; nothing more comes."""
        self._chunks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncStream(AsyncIterator[bytes]):
    """The bytes of a file as they come; see `Stream`. asyncio closes what is left early soon, `async with` at once."""

    def __init__(self, chunks: AsyncGenerator[bytes, None]) -> None:
        self._chunks = chunks

    async def __anext__(self) -> bytes:
        return await run_async(anext(self._chunks))

    async def aclose(self) -> None:
        """Close the connection; nothing more comes."""
        await self._chunks.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
