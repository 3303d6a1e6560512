"""Downloads: into a temporary file first, continued where they broke off, with the size checked. Writes files."""

import contextlib
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx

from .clock import Deadline
from .errors import DownloadFailed, TransientError
from .facts import AssetFacts, SignedUrl
from .mime_types import extension_of
from .ports import Call, Port
from .progress import ProgressReporter
from .responses import plain, read_asset, read_file_url
from .retries import call_api, retry

OK, PARTIAL = 200, 206
EXPIRED = (401, 403, 404, 410)  # the URL may have expired


class PartialDownload:
    """A file while it is downloaded, in several attempts if needed. Each continues where the last one ended, if the storage can do that."""

    def __init__(self, file: BinaryIO, deadline: Deadline, progress: ProgressReporter) -> None:
        self.file = file
        self.deadline = deadline
        self.progress = progress
        self.version = ""
        self.headers: dict[str, str] = {}
        self.size: int | None = None

    def prepare(self) -> None:
        """Set the headers of the next request: for the missing bytes, or for all."""
        self.headers = {"Accept-Encoding": "identity"}
        if self.file.tell() and self.version:
            self.headers |= {"Range": f"bytes={self.file.tell()}-", "If-Range": self.version}

    def start(self, status: int, headers: dict[str, str]) -> None:
        """Check the status and the headers; if the response is the whole file again, drop the bytes received before."""
        if status not in (OK, PARTIAL):
            raise StatusError(status)
        if (encoding := headers.get("content-encoding", "identity")) != "identity":
            raise TransientError(f"unsupported Content-Encoding: {plain(encoding)}")
        beginning = self.file.tell()
        if status == OK or not headers.get("content-range", "").startswith(f"bytes {beginning}-"):
            if status == PARTIAL:
                raise TransientError("the storage sent another range of bytes than was requested")
            self.progress.report_moved("download", -beginning)
            self.file.seek(0)
            self.file.truncate()
            beginning = 0
        etag = headers.get("etag", "")
        self.version = "" if etag.startswith("W/") else etag
        length = headers.get("content-length", "")
        self.size = beginning + int(length) if length.isascii() and length.isdigit() else None

    def write(self, data: bytes) -> None:
        """Write the next bytes, unless the deadline is over."""
        if not self.deadline.left:
            raise TransientError("timed out")
        self.file.write(data)
        self.progress.report_moved("download", len(data))

    def check(self, asset: AssetFacts) -> None:
        """Check that all bytes were received."""
        for size in (self.size, asset.size):
            if size is not None and size != self.file.tell():
                self.version = ""  # the next attempt begins anew
                raise TransientError(f"received {self.file.tell()} bytes instead of {size}")


class StatusError(TransientError):
    """The storage responded with a status that is not a success."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the storage responded with status {status}")
        self.status = status


async def download(port: Port, asset: AssetFacts, path: Path, deadline: Deadline, progress: ProgressReporter) -> Path:
    """Write the file of an asset, complete or not at all; return its path. If `path` is a folder, the file is named by the asset's id.

    Raises:
        DownloadFailed: the storage did not deliver it.
        OSError: it cannot be written.

    """
    target = _target(path, asset)
    with _replacing(target) as file:
        await _receive(port, asset, file, deadline, progress)
    return target


async def download_bytes(port: Port, asset: AssetFacts, deadline: Deadline, progress: ProgressReporter) -> bytes:
    """Download the file of an asset; return its bytes.

    Raises:
        DownloadFailed: the storage did not deliver it.

    """
    file = io.BytesIO()
    await _receive(port, asset, file, deadline, progress)
    return file.getvalue()


async def get_asset(port: Port, asset_id: str, deadline: Deadline) -> AssetFacts:
    """Ask the API for an asset."""
    return await call_api(port, Call("GET", f"/assets/{asset_id}"), read_asset, deadline)


def _target(path: Path, asset: AssetFacts) -> Path:
    return path / (asset.id + extension_of(asset.mime_type)) if path.is_dir() else path


async def _receive(
    port: Port, asset: AssetFacts, file: BinaryIO, deadline: Deadline, progress: ProgressReporter
) -> None:
    partial = PartialDownload(file, deadline, progress)
    progress.set_total(asset.size or 0)
    url: SignedUrl | None = None

    async def receive() -> None:
        nonlocal url
        if not url:
            url = await call_api(port, Call("GET", f"/assets/{asset.id}"), read_file_url, deadline)
        partial.prepare()
        try:
            await port.fetch(url, partial, deadline.call_timeout)
        except StatusError as error:
            if error.status in EXPIRED:
                url = None
            raise
        partial.check(asset)

    try:
        await retry(port, receive, deadline)
    except (TransientError, httpx.TransportError) as error:
        why = error.why if isinstance(error, TransientError) else f"the storage cannot be reached: {error}"
        raise DownloadFailed(f"{asset.id}: {why}") from error


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a temporary file that replaces `path` at the end, if no error was raised."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
