"""The bytes of an asset's file, requested as they are needed, over as many connections as that takes; complete, or an error."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

from ..display import plain
from ..vendor import ASSET, URL_EXPIRED
from .arguments import check_id
from .clock import Deadline
from .errors import DownloadFailed, TransientError
from .facts import AssetFacts, SignedUrl
from .ports import Call, FileResponse, Port
from .progress import ProgressReporter
from .responses import read_file_url
from .retries import call_api, retry

OK, PARTIAL, NO_MORE = 200, 206, 416


class FileReader:
    """Reads a file. Each connection continues where the last one ended.

    If the storage sends the file from its beginning instead, `restart` is called, which forgets what was read, or raises an error.
    """

    def __init__(
        self, port: Port, asset: AssetFacts, progress: ProgressReporter, restart: Callable[[], object]
    ) -> None:
        self.port = port
        self.asset = asset
        self.progress = progress
        self.restart = restart
        self.received: int = 0
        self.why: str = ""  # the last connection ended early
        progress.set_total(asset.size or 0)
        self._url: SignedUrl | None = None
        self._version: str = ""
        self._sizes: set[int | None] = {asset.size}
        self._connection = AsyncExitStack()
        self._chunks: AsyncIterator[bytes] | None = None

    async def read(self, deadline: Deadline) -> bytes:
        """Return the next bytes; at the end, none.

        Raises:
            DownloadFailed: the storage did not deliver them.

        """
        try:
            data = await self._read_or_retry(deadline)
        except TransientError as error:
            raise DownloadFailed(f"{self.asset.id}: {error.why}") from error
        if data:
            self.received += len(data)
            await self.progress.report_moved("download", len(data))
        return data

    async def aclose(self) -> None:
        """Close the connection."""
        self._chunks = None
        await self._connection.aclose()

    async def _read_or_retry(self, deadline: Deadline) -> bytes:
        broken: Exception | None = None
        if self._chunks:  # most often, and without what retries take
            try:
                return await self._read(deadline)
            except TransientError as error:
                broken = error

        async def attempt() -> bytes:
            nonlocal broken
            if broken:  # the first attempt has failed
                error, broken = broken, None
                raise error
            return await self._read(deadline)

        return await retry(self.port, attempt, deadline, self.port.attempts)

    async def _read(self, deadline: Deadline) -> bytes:
        try:
            chunks = self._chunks or await self._connect(deadline)
            data = await anext(chunks, b"")
            self._check_received(len(data), deadline)
        except TransientError as error:
            self.why = error.why
            await self.aclose()
            raise
        return data

    async def _connect(self, deadline: Deadline) -> AsyncIterator[bytes]:
        if not self._url:
            check_id("asset", self.asset.id)  # it may be read from JSON
            call = Call("GET", ASSET.format(assetId=self.asset.id))
            self._url = await call_api(self.port, call, read_file_url, deadline)
        headers = {"Accept-Encoding": "identity"}
        if self.received and self._version:
            headers |= {"Range": f"bytes={self.received}-", "If-Range": self._version}
        opening = self.port.fetch(self._url, headers, deadline.call_timeout)
        response = await self._connection.enter_async_context(opening)
        if response.status in URL_EXPIRED:
            self._url = None
        if response.status == NO_MORE and self.received:
            self._chunks, self._sizes = _end(), {self.asset.size}  # it broke off at its very end
            return self._chunks
        self._check(response)
        self._chunks = response.chunks
        if response.status == OK and self.received:
            self.restart()
            await self.progress.report_moved("download", -self.received)
            self.received = 0
        return self._chunks

    def _check(self, response: FileResponse) -> None:
        """Check the status and the headers of a response, and note what they say of the file."""
        if response.status not in (OK, PARTIAL):
            raise TransientError(f"the storage responded with status {response.status}")
        if (encoding := response.headers.get("content-encoding", "identity")) != "identity":
            raise TransientError(f"unsupported Content-Encoding: {plain(encoding)}")
        beginning = self.received if response.status == PARTIAL else 0
        if response.status == PARTIAL and not response.headers.get("content-range", "").startswith(f"bytes {beginning}-"):
            raise TransientError("the storage sent another range of bytes than was requested")
        etag, length = response.headers.get("etag", ""), response.headers.get("content-length", "")
        self._version = "" if etag.startswith("W/") else etag
        size = beginning + int(length) if length.isascii() and length.isdigit() else None
        self._sizes = {self.asset.size, size}

    def _check_received(self, more: int, deadline: Deadline) -> None:
        """Check that bytes came in time; that there are not too many, and at the end not too few."""
        if not deadline.left:
            raise TransientError("timed out")
        received = self.received + more
        for size in self._sizes - {None}:
            if size is not None and (received > size if more else received != size):
                self._version = ""  # the next attempt begins anew
                raise TransientError(f"received {received} bytes instead of {size}")


async def _end() -> AsyncIterator[bytes]:
    no_bytes: tuple[bytes, ...] = ()
    for data in no_bytes:
        yield data
