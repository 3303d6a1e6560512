"""Downloads: to a temporary name first, taken up where they broke off, the size checked. Writes files."""

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
from .files import extension_of
from .ports import Call, Port
from .progress import ProgressReporter
from .responses import read_asset, read_file_url
from .retries import ask, retry

OK, PARTIAL = 200, 206
REFRESHED = (401, 403, 404, 410)  # the address may have expired


class PartialDownload:
    """A file as it comes; begins where it left off, if the storage can do that."""

    def __init__(self, file: BinaryIO, deadline: Deadline, tell: ProgressReporter) -> None:
        self.file = file
        self.deadline = deadline
        self.tell = tell
        self.version = ""
        self.headers: dict[str, str] = {}
        self.size: int | None = None

    def prepare(self) -> None:
        """Ask for what is missing, or for all."""
        self.headers = {"Accept-Encoding": "identity"}
        if self.file.tell() and self.version:
            self.headers |= {"Range": f"bytes={self.file.tell()}-", "If-Range": self.version}

    def begin(self, status: int, headers: dict[str, str]) -> None:
        """Look at how the answer begins; if it is the whole file again, drop what there is."""
        if status not in (OK, PARTIAL):
            raise Refused(status)
        if headers.get("content-encoding", "identity") != "identity":
            raise TransientError("the storage compressed the file, which it was asked not to")
        beginning = self.file.tell()
        if status == OK or not headers.get("content-range", "").startswith(f"bytes {beginning}-"):
            if status == PARTIAL:
                raise TransientError("the storage gave another part than was asked for")
            self.tell.moved("download", -beginning)
            self.file.seek(0)
            self.file.truncate()
            beginning = 0
        etag = headers.get("etag", "")
        self.version = "" if etag.startswith("W/") else etag
        length = headers.get("content-length", "")
        self.size = beginning + int(length) if length.isascii() and length.isdigit() else None

    def take(self, data: bytes) -> None:
        """Write some of it, while there is time."""
        if not self.deadline.left:
            raise TransientError("the time was over")
        self.file.write(data)
        self.tell.moved("download", len(data))

    def check(self, asset: AssetFacts) -> None:
        """Check that all of it is there."""
        for size in (self.size, asset.size):
            if size is not None and size != self.file.tell():
                self.version = ""  # all of it again
                raise TransientError(f"{self.file.tell()} bytes came, and not {size}")


class Refused(TransientError):
    """The storage would not give a file."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the storage answers {status}")
        self.status = status


async def download(
    port: Port, asset: AssetFacts, path: Path, deadline: Deadline, tell: ProgressReporter
) -> Path:
    """Write the file of an asset, whole or not at all; a folder gets a file that is named by the asset's id.

    Raises:
        DownloadFailed: the storage would not give it.
        OSError: it cannot be written.

    """
    target = _target(path, asset)
    with _beside(target) as file:
        await _receive(port, asset, file, deadline, tell)
    return target


async def read(port: Port, asset: AssetFacts, deadline: Deadline, tell: ProgressReporter) -> bytes:
    """Give the file of an asset.

    Raises:
        DownloadFailed: the storage would not give it.

    """
    file = io.BytesIO()
    await _receive(port, asset, file, deadline, tell)
    return file.getvalue()


async def look_up(port: Port, asset_id: str, deadline: Deadline) -> AssetFacts:
    """Ask for an asset."""
    return await ask(port, Call("GET", f"/assets/{asset_id}"), read_asset, deadline)


def _target(path: Path, asset: AssetFacts) -> Path:
    return path / (asset.id + extension_of(asset.mime_type)) if path.is_dir() else path


async def _receive(
    port: Port, asset: AssetFacts, file: BinaryIO, deadline: Deadline, tell: ProgressReporter
) -> None:
    receiving = PartialDownload(file, deadline, tell)
    tell.expect(asset.size or 0)
    address: SignedUrl | None = None

    async def receive() -> None:
        nonlocal address
        if not address:
            address = await ask(port, Call("GET", f"/assets/{asset.id}"), read_file_url, deadline)
        receiving.prepare()
        try:
            await port.fetch(address, receiving, deadline.timeout)
        except Refused as refused:
            if refused.status in REFRESHED:
                address = None
            raise
        receiving.check(asset)

    try:
        await retry(port, receive, deadline)
    except (TransientError, httpx.TransportError) as error:
        why = error.why if isinstance(error, TransientError) else f"the storage cannot be reached: {error}"
        raise DownloadFailed(f"{asset.id}: {why}") from error


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    """Give a file beside a path, which takes its place at the end if all went well."""
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
