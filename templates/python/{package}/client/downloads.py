"""Downloads: into a temporary file first, continued where they broke off, with the size checked. Writes files."""

import io
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, suppress
from errno import ENOENT, ENOTDIR
from functools import partial
from pathlib import Path
from typing import BinaryIO, NoReturn

from ..vendor import ASSET
from .arguments import check_id, read_path
from .clock import Deadline
from .errors import DownloadFailed
from .facts import AssetFacts
from .file_reader import FileReader
from .mime_types import extension_of
from .ports import Call, Port
from .progress import ProgressReporter
from .responses import read_asset
from .retries import call_api

SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


async def download(port: Port, asset: AssetFacts, path: Path | str, deadline: Deadline, progress: ProgressReporter) -> Path:
    """Write the file of an asset, complete or not at all; return its path. If `path` is a folder, the file is named by the asset's id.

    Raises:
        DownloadFailed: the storage did not deliver it.
        OSError: it cannot be written.

    """
    target = find_target(path, asset)
    with _replacing(target) as file:
        await _receive(FileReader(port, asset, progress, partial(_clear, file)), file, target, deadline)
    return target


async def download_bytes(port: Port, asset: AssetFacts, deadline: Deadline, progress: ProgressReporter) -> bytes:
    """Download the file of an asset; return its bytes.

    Raises:
        DownloadFailed: the storage did not deliver it.

    """
    file = io.BytesIO()
    await _receive(FileReader(port, asset, progress, partial(_clear, file)), file, Path(), deadline)
    return file.getvalue()


async def stream(
    port: Port, asset: AssetFacts, timeout: float, progress: ProgressReporter
) -> AsyncGenerator[bytes, None]:
    """Yield the bytes of an asset's file as they come. `timeout`: seconds that the next ones may take.

    Raises:
        DownloadFailed: the storage did not deliver it, or did not continue it where the connection broke off.

    """

    def refuse() -> NoReturn:
        raise DownloadFailed(f"{asset.id}: {reader.why}; the storage began anew, as a download can, and a stream cannot")

    async with aclosing(FileReader(port, asset, progress, refuse)) as reader:
        while data := await reader.read(Deadline.after(timeout)):
            yield data


async def get_asset(port: Port, asset_id: str, deadline: Deadline) -> AssetFacts:
    """Ask the API for an asset."""
    check_id("asset", asset_id)
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


async def _receive(reader: FileReader, file: BinaryIO, target: Path, deadline: Deadline) -> None:
    async with aclosing(reader):
        while data := await reader.read(deadline):
            with naming(target):
                file.write(data)


def _clear(file: BinaryIO) -> None:
    file.seek(0)
    file.truncate()


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
