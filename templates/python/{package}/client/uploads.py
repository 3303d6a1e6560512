"""Uploads: each content once per client, in parts at the same time, with retries for each part."""

import json
from typing import Any, Protocol

from ..vendor import (
    COMPLETE,
    PART_EXPIRED,
    PARTS_AT_ONCE,
    SERVER_ERROR,
    UPLOAD,
    UPLOAD_ACTION,
    UPLOAD_FAILED,
    UPLOAD_PAUSES,
    UPLOAD_PENDING,
    UPLOADS,
)
from .api_errors import APIStatusError
from .clock import Deadline
from .errors import NotSubmitted, TransientError, UploadFailed
from .facts import UploadFacts
from .files import LocalFile, RemoteFile, Source
from .log import LOG
from .ports import Call, Port
from .progress import ProgressReporter
from .responses import read_upload
from .retries import call_api, retry

SUCCESS = 2  # the first digit of a status


class UploadStore(Protocol):
    """Remembers what was uploaded, for a later run."""

    def note_uploaded(self, digest: str, asset_id: str) -> None:
        """Note that a content was uploaded, and as which asset."""

    def forget_upload(self, digest: str) -> None:
        """Note that an uploaded content no longer exists."""


class Uploads:
    """The uploads of one client. `assets`: the asset of each uploaded content, by digest. A store notes each that is added or forgotten."""

    def __init__(self, port: Port, assets: dict[str, str], store: UploadStore | None = None) -> None:
        self.port = port
        self.assets = assets
        self.store = store

    async def upload(self, source: Source, deadline: Deadline, progress: ProgressReporter) -> str:
        """Upload a file, unless the same content was uploaded before; return the id of its asset.

        Raises:
            FileRefused: the file changed meanwhile.
            NotSubmitted: timed out.
            UploadFailed: the service or its storage did not accept it.

        """
        async with self.port.lock(source.digest, deadline.left):  # others with the same content wait for it
            if asset := self.assets.get(source.digest):
                await progress.report_moved("upload", source.size)
                return asset
            if isinstance(source, RemoteFile):  # not remembered: its content may change
                return await self._wait(await self._announce(source, deadline), source.name, deadline)
            upload = await self._announce(source, deadline)
            await self._put_parts(upload, source, deadline, progress)
            asset = await self._wait(await self._complete(upload, deadline), source.name, deadline)
            LOG.info("%r was uploaded: %s, %d bytes", source.name, asset, source.size)
            self.assets[source.digest] = asset
            if self.store:
                self.store.note_uploaded(source.digest, asset)
            return asset

    def forget(self, content: bytes) -> None:
        """Forget the assets in a refused request: they may have been deleted."""
        for digest, asset in list(self.assets.items()):
            if asset.encode() in content:
                del self.assets[digest]
                if self.store:
                    self.store.forget_upload(digest)

    async def _announce(self, source: Source, deadline: Deadline) -> UploadFacts:
        facts: dict[str, Any] = {"kind": source.kind}
        if isinstance(source, RemoteFile):
            facts["url"] = source.url
        else:
            facts |= {
                "fileName": source.name,
                "fileSize": source.size,
                "contentType": source.type,
                "parts": source.parts,
            }
        return await self._call("POST", UPLOADS, facts, deadline)

    async def _put_parts(
        self, upload: UploadFacts, content: LocalFile, deadline: Deadline, progress: ProgressReporter
    ) -> None:
        urls = dict(upload.urls)

        async def put(number: int) -> None:
            if not (url := urls.get(number)):
                raise TransientError(f"the service returned no URL for part {number} of {content.parts}")
            data = await self.port.in_background(lambda: content.read_part(number))
            status = await self.port.put(url, data, deadline.call_timeout)
            if status == PART_EXPIRED:
                urls.update((await self._get(upload.id, deadline)).urls)
            if status // 100 != SUCCESS:
                raise TransientError(f"the storage responded with status {status} to part {number} of {content.parts}")
            await progress.report_moved("upload", len(data))

        async def put_with_retries(number: int) -> None:
            try:
                await retry(self.port, lambda: put(number), deadline, self.port.attempts)
            except TransientError as error:
                raise _make_error(content.name, error.why, deadline) from error

        numbers = range(1, content.parts + 1)
        async for _ in self.port.each(put_with_retries, numbers, min(PARTS_AT_ONCE, content.parts)):
            pass

    async def _complete(self, upload: UploadFacts, deadline: Deadline) -> UploadFacts:
        try:
            return await self._call("POST", UPLOAD_ACTION.format(uploadId=upload.id), {"action": COMPLETE}, deadline)
        except APIStatusError as error:
            if error.status_code >= SERVER_ERROR:
                raise
            found = await self._get(upload.id, deadline)  # an earlier response may have been lost
            if found.status == UPLOAD_PENDING:
                raise
            return found

    async def _wait(self, upload: UploadFacts, name: str, deadline: Deadline) -> str:
        pause = UPLOAD_PAUSES.first
        while not upload.asset_id:
            if upload.status == UPLOAD_FAILED:
                raise UploadFailed(f"{name}: the upload failed: {upload.reason or 'the service does not say why'}")
            if pause > deadline.left:
                raise NotSubmitted(f"timed out while {name} was uploaded; nothing was billed")
            await self.port.sleep(pause)
            pause = UPLOAD_PAUSES.after(pause)
            upload = await self._get(upload.id, deadline)
        return upload.asset_id

    async def _get(self, upload_id: str, deadline: Deadline) -> UploadFacts:
        return await self._call("GET", UPLOAD.format(uploadId=upload_id), None, deadline)

    async def _call(self, method: Any, path: str, body: Any, deadline: Deadline) -> UploadFacts:
        content = json.dumps(body).encode() if body else None
        return await call_api(self.port, Call(method, path, content=content), read_upload, deadline)


def _make_error(name: str, why: str, deadline: Deadline) -> Exception:
    if deadline.left <= 1:
        return NotSubmitted(f"timed out while {name} was uploaded ({why}); nothing was billed")
    return UploadFailed(f"{name}: {why}")
