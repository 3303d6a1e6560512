"""Uploads: each content once per client, its parts side by side, each tried again where it fails."""

import json
from typing import Any, Protocol

import httpx
from scenario_sdk import APIStatusError

from .clock import Deadline
from .errors import NotSubmitted, TransientError, UploadFailed
from .facts import UploadFacts
from .files import Address, Content, Source
from .ports import Call, Port
from .progress import ProgressReporter
from .responses import read_upload
from .retries import SERVER_ERROR, ask, retry

PARTS_AT_ONCE = 4
EXPIRED = 403
GOOD = 2
PAUSE, LONGEST_PAUSE, GROWTH = 0.1, 3.0, 1.5  # seconds between two looks, and how they grow


class UploadStore(Protocol):
    """Remembers what was uploaded for another run."""

    def uploaded(self, digest: str, asset_id: str) -> None:
        """Note that a content is there, as which asset."""

    def forget_upload(self, digest: str) -> None:
        """Note that it is no longer."""


class Uploads:
    """The uploads of one client. `assets`: which contents are there already, by digest; a keeper notes each that comes or goes."""

    def __init__(self, port: Port, assets: dict[str, str], keeper: UploadStore | None = None) -> None:
        self.port = port
        self.assets = assets
        self.keeper = keeper

    async def upload(self, source: Source, deadline: Deadline, tell: ProgressReporter) -> str:
        """Bring a file to the service, if it is not there yet; give the id of its asset.

        Raises:
            FileRefused: it has changed meanwhile.
            NotSubmitted: the time was over before it was there.
            UploadFailed: the service or its storage would not take it.

        """
        async with self.port.lock(source.digest, deadline.left):  # who wants the same content waits for it
            if asset := self.assets.get(source.digest):
                tell.moved("upload", source.size)
                return asset
            if isinstance(source, Address):  # what stands there may be another thing the next time
                return await self._wait(await self._announce(source, deadline), source.name, deadline)
            upload = await self._announce(source, deadline)
            await self._put_parts(upload, source, deadline, tell)
            asset = await self._wait(await self._complete(upload, deadline), source.name, deadline)
            self.assets[source.digest] = asset
            if self.keeper:
                self.keeper.uploaded(source.digest, asset)
            return asset

    def forget(self, content: bytes) -> None:
        """Forget the assets that a refused request named: they may be gone."""
        for digest, asset in list(self.assets.items()):
            if asset.encode() in content:
                del self.assets[digest]
                if self.keeper:
                    self.keeper.forget_upload(digest)

    async def _announce(self, source: Source, deadline: Deadline) -> UploadFacts:
        facts: dict[str, Any] = {"kind": source.kind}
        if isinstance(source, Address):
            facts["url"] = source.url
        else:
            facts |= {
                "fileName": source.name,
                "fileSize": source.size,
                "contentType": source.type,
                "parts": source.parts,
            }
        return await self._call("POST", "/uploads", facts, deadline)

    async def _put_parts(
        self, upload: UploadFacts, content: Content, deadline: Deadline, tell: ProgressReporter
    ) -> None:
        addresses = dict(upload.addresses)

        async def put(number: int) -> None:
            if not (address := addresses.get(number)):
                raise TransientError(f"the service gave no address for part {number} of {content.parts}")
            data = await self.port.in_background(lambda: content.read_part(number))
            status = await self.port.put(address, data, deadline.timeout)
            if status == EXPIRED:
                addresses.update((await self._look(upload.id, deadline)).addresses)
            if status // 100 != GOOD:
                raise TransientError(f"the storage answers {status} to part {number} of {content.parts}")
            tell.moved("upload", len(data))

        async def put_surely(number: int) -> None:
            try:
                await retry(self.port, lambda: put(number), deadline)
            except (TransientError, httpx.TransportError) as error:
                raise _failed(content.name, error, deadline) from error

        numbers = range(1, content.parts + 1)
        async for _ in self.port.each(put_surely, numbers, min(PARTS_AT_ONCE, content.parts)):
            pass

    async def _complete(self, upload: UploadFacts, deadline: Deadline) -> UploadFacts:
        try:
            return await self._call("POST", f"/uploads/{upload.id}/action", {"action": "complete"}, deadline)
        except APIStatusError as error:
            if error.status_code >= SERVER_ERROR:
                raise
            found = await self._look(upload.id, deadline)  # an answer before may have been lost
            if found.status == "pending":
                raise
            return found

    async def _wait(self, upload: UploadFacts, name: str, deadline: Deadline) -> str:
        pause = PAUSE
        while not upload.asset_id:
            if upload.status == "failed":
                raise UploadFailed(f"{name}: the service says {upload.reason or 'only that it has failed'}")
            if pause > deadline.left:
                raise NotSubmitted(f"the time was over while {name} was uploaded; nothing was paid")
            await self.port.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * GROWTH)
            upload = await self._look(upload.id, deadline)
        return upload.asset_id

    async def _look(self, upload_id: str, deadline: Deadline) -> UploadFacts:
        return await self._call("GET", f"/uploads/{upload_id}", None, deadline)

    async def _call(self, method: Any, path: str, body: Any, deadline: Deadline) -> UploadFacts:
        content = json.dumps(body).encode() if body else None
        return await ask(self.port, Call(method, path, content=content), read_upload, deadline)


def _failed(name: str, error: Exception, deadline: Deadline) -> Exception:
    why = error.why if isinstance(error, TransientError) else f"the storage cannot be reached: {error}"
    if deadline.left <= 1:
        return NotSubmitted(f"the time was over while {name} was uploaded ({why}); nothing was paid")
    return UploadFailed(f"{name}: {why}")
