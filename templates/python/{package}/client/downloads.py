"""Downloads: into a temporary file first, continued where they broke off, with the size checked. Writes files."""

import io
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ENOENT, ENOTDIR
from pathlib import Path
from typing import BinaryIO

import httpx

from ..display import plain
from ..vendor import ASSET, URL_EXPIRED
from .arguments import read_path
from .clock import Deadline
from .errors import DownloadFailed, TransientError
from .facts import AssetFacts, SignedUrl
from .mime_types import extension_of
from .ports import Call, Port
from .progress import ProgressReporter
from .responses import read_asset, read_file_url
from .retries import call_api, retry
from .transport import describe_storage_error

SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))
OK, PARTIAL = 200, 206


class PartialDownload:
    """A file while it is downloaded, in several attempts if needed. Each continues where the last one ended, if the storage can do that."""

    def __init__(self, file: BinaryIO, target: Path, deadline: Deadline, progress: ProgressReporter) -> None:
        self.file = file
        self.target = target
        self.deadline = deadline
        self.progress = progress
        self.version: str = ""
        self.headers: dict[str, str] = {}
        self.size: int | None = None

    def prepare(self) -> None:
        """Set the headers of the next request: for the missing bytes, or for all."""
        self.headers = {"Accept-Encoding": "identity"}
        if self.file.tell() and self.version:
            self.headers |= {"Range": f"bytes={self.file.tell()}-", "If-Range": self.version}

    async def start(self, status: int, headers: dict[str, str]) -> None:
        """Check the status and the headers; if the response is the whole file again, drop the bytes received before."""
        if status not in (OK, PARTIAL):
            raise StatusError(status)
        if (encoding := headers.get("content-encoding", "identity")) != "identity":
            raise TransientError(f"unsupported Content-Encoding: {plain(encoding)}")
        beginning = self.file.tell()
        if status == OK or not headers.get("content-range", "").startswith(f"bytes {beginning}-"):
            if status == PARTIAL:
                raise TransientError("the storage sent another range of bytes than was requested")
            await self.progress.report_moved("download", -beginning)
            self.file.seek(0)
            self.file.truncate()
            beginning = 0
        etag = headers.get("etag", "")
        self.version = "" if etag.startswith("W/") else etag
        length = headers.get("content-length", "")
        self.size = beginning + int(length) if length.isascii() and length.isdigit() else None

    async def write(self, data: bytes) -> None:
        """Write the next bytes, unless the deadline is over."""
        if not self.deadline.left:
            raise TransientError("timed out")
        with naming(self.target):
            self.file.write(data)
        await self.progress.report_moved("download", len(data))

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


async def download(port: Port, asset: AssetFacts, path: Path | str, deadline: Deadline, progress: ProgressReporter) -> Path:
    """Write the file of an asset, complete or not at all; return its path. If `path` is a folder, the file is named by the asset's id.

    Raises:
        DownloadFailed: the storage did not deliver it.
        OSError: it cannot be written.

    """
    target = find_target(path, asset)
    with _replacing(target) as file:
        await _receive(port, asset, PartialDownload(file, target, deadline, progress))
    return target


async def download_bytes(port: Port, asset: AssetFacts, deadline: Deadline, progress: ProgressReporter) -> bytes:
    """Download the file of an asset; return its bytes.

    Raises:
        DownloadFailed: the storage did not deliver it.

    """
    file = io.BytesIO()
    await _receive(port, asset, PartialDownload(file, Path(), deadline, progress))
    return file.getvalue()


async def get_asset(port: Port, asset_id: str, deadline: Deadline) -> AssetFacts:
    """Ask the API for an asset."""
    return await call_api(port, Call("GET", ASSET.format(assetId=asset_id)), read_asset, deadline)


def find_target(path: Path | str, asset: AssetFacts) -> Path:
    """Return the file to write: in a folder, one that is named by the asset's id.

    Raises:
        OSError: there is no such folder.

    """
    target = read_path("path", path)
    if target.is_dir():
        return target / (asset.id + extension_of(asset.mime_type))
    folder = target if str(path).endswith(SEPARATORS) else target.parent
    if not folder.exists():
        raise FileNotFoundError(ENOENT, f"the folder {folder} does not exist; make it first", str(path))
    if not folder.is_dir():
        raise NotADirectoryError(ENOTDIR, f"{folder} is not a folder", str(path))
    return target


async def _receive(port: Port, asset: AssetFacts, partial: PartialDownload) -> None:
    deadline = partial.deadline
    partial.progress.set_total(asset.size or 0)
    url: SignedUrl | None = None

    async def receive() -> None:
        nonlocal url
        if not url:
            url = await call_api(port, Call("GET", ASSET.format(assetId=asset.id)), read_file_url, deadline)
        partial.prepare()
        try:
            await port.fetch(url, partial, deadline.call_timeout)
        except StatusError as error:
            if error.status in URL_EXPIRED:
                url = None
            raise
        partial.check(asset)

    try:
        await retry(port, receive, deadline, port.attempts)
    except (TransientError, httpx.HTTPError) as error:
        raise DownloadFailed(f"{asset.id}: {describe_storage_error(error)}") from error


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an error of the disk name the file that the caller asked for, and not a temporary one."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a temporary file that replaces `path` at the end, if no error was raised; a device or a pipe is written as it is."""
    if path.exists() and not path.is_file():
        with tempfile.TemporaryFile() as whole:
            yield whole
            whole.seek(0)
            with naming(path), path.open("wb") as device:
                shutil.copyfileobj(whole, device)
        return
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    with naming(path):
        file = temporary.open("xb")
    try:
        yield file
        with naming(path):
            file.flush()
            os.fsync(file.fileno())
            file.close()
            temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            file.close()  # which may also write
        with suppress(OSError):
            temporary.unlink()
        raise
