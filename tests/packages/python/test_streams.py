"""The bytes of a result as they come: whole or an error, however often the storage breaks off, and for whoever passes them on."""

import asyncio
import gc
import json
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from support.clients import both, got, use
from support.servers import Server, serving
from support.waiting import wait_until

CONTENT = b"".join(number.to_bytes(4, "big") for number in range(200_000))
JOB = {"jobId": "job_1", "status": "success", "metadata": {"assetIds": ["asset_1"]}}


class Storage(Server):
    """An API that has one asset, and its storage. Of the responses of the storage, some are odd: `breaks` says after how many bytes."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.set_up()

    def set_up(self, breaks: tuple[int, ...] = (), **odd: Any) -> None:
        self.breaks = list(breaks)
        self.etag = odd.get("etag", '"1"')
        self.has_ranges = odd.get("has_ranges", True)
        self.contents = list(odd.get("contents", ()))
        self.size = odd.get("size", len(CONTENT))
        self.too_much = odd.get("too_much", 0)  # bytes that are announced and do not come
        self.repeats = odd.get("repeats", 1)
        self.ranges: list[str] = []
        self.broken = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Storage

    def do_GET(self) -> None:
        if self.path.startswith("/file"):
            self.send_file()
            return
        asset = {
            "id": "asset_1",
            "url": f"{self.server.url}/file?Signature=x",
            "properties": {"size": self.server.size},
        }
        content = json.dumps({"job": JOB} if "/jobs/" in self.path else {"asset": asset}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def send_file(self) -> None:
        server, asked = self.server, self.headers.get("Range", "")
        server.ranges.append(asked)
        content = server.contents.pop(0) if server.contents else CONTENT
        begin = int(asked[6:-1]) if asked and server.has_ranges else 0
        if begin and begin >= len(content):
            self.send_error(416)
            return
        # Before the headers: whoever has read these may set up the next case.
        end = begin + server.breaks.pop(0) if server.breaks else len(content)
        count, more = server.repeats, server.too_much
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        if server.etag:
            self.send_header("ETag", server.etag)
        self.send_header("Content-Length", str(len(content) * count - begin + more))
        self.end_headers()
        try:
            for _ in range(count):
                self.wfile.write(content[begin:end])
        except OSError:
            server.broken.set()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def storage() -> Iterator[Storage]:
    with serving(Storage()) as server:
        yield server


def call(models: Any, kind: str, storage: Storage, run: Callable[[Any], Any]) -> Any:
    """Call a function with the asset of the storage."""

    async def call_with_asset(client: Any) -> Any:
        return await got(run((await got((await got(client.job("job_1"))).wait())).assets[0]))

    return use(models, kind, call_with_asset, api_key="a", api_secret="b", base_url=storage.url)


async def read(asset: Any, **options: Any) -> bytes:
    stream = asset.stream(**options)
    if hasattr(stream, "__aiter__"):
        return b"".join([data async for data in stream])
    return b"".join(stream)


LATER = CONTENT[:-1] + b"?"
# What the storage does -> what is requested, and what comes of it.
ODD: dict[str, tuple[dict[str, Any], list[str], bytes | str]] = {
    "nothing odd": ({}, [""], CONTENT),
    "breaks off": ({"breaks": (100_000, 1, 0)}, ["", "bytes=100000-", "bytes=100001-", "bytes=100001-"], CONTENT),
    "breaks off very often": ({"breaks": (10_000,) * 9}, ["", *(f"bytes={step}0000-" for step in range(1, 10))], CONTENT),
    "breaks off at its end": ({"too_much": 1}, ["", "bytes=800000-"], CONTENT),
    "does not say the size": ({"size": None, "breaks": (7,)}, ["", "bytes=7-"], CONTENT),
    "sends more": ({"contents": [CONTENT + b"?"] * 99}, [""], "asset_1: received 800001 bytes instead of 800000"),
    "sends nothing": ({"breaks": (0,) * 99}, [""] * 6, "asset_1: no response from the storage at http://127.0.0.1"),
}  # fmt: skip
# What the storage does, so that a file cannot be continued -> what a stream requests, how its error begins, and what a download requests and gets.
BEGUN_ANEW: dict[str, tuple[dict[str, Any], list[str], str, list[str], bytes]] = {
    "has no ranges": (
        {"breaks": (100_000,), "has_ranges": False},
        ["", "bytes=100000-"],
        "no response from the storage at http://127.0.0.1",
        ["", "bytes=100000-"],
        CONTENT,
    ),
    "has no versions, and changes": (
        {"breaks": (100_000, 50_000), "etag": "", "contents": (CONTENT, CONTENT, LATER)},
        ["", ""],
        "no response from the storage at http://127.0.0.1",
        [""] * 3,
        LATER,
    ),
    "sends less once": (
        {"contents": [CONTENT[:-1]]},
        ["", ""],
        "received 799999 bytes instead of 800000",
        ["", ""],
        CONTENT,
    ),
}


@both
def test_a_stream_is_whole_or_an_error(
    models: Any, kind: str, stepped_time: Any, storage: Storage, tmp_path: Path
) -> None:
    for case, (odd, ranges, wanted) in ODD.items():
        storage.set_up(**odd)
        if isinstance(wanted, bytes):
            assert call(models, kind, storage, read) == wanted, case
        else:
            with pytest.raises(models.DownloadFailed, match=wanted) as raised:
                call(models, kind, storage, read)
            assert "Signature" not in repr(raised.value.__cause__)
        # How often an error comes depends on how the network cuts the bytes.
        assert (
            storage.ranges == ranges if isinstance(wanted, bytes) else set(storage.ranges) == set(ranges)
        ), case
        storage.set_up(**odd)  # a download may begin anew
        if isinstance(wanted, bytes):
            path = call(models, kind, storage, lambda asset: asset.download(tmp_path / "out.mp4"))
            assert path.read_bytes() == wanted, case


@both
def test_only_a_download_begins_anew(
    models: Any, kind: str, stepped_time: Any, storage: Storage, tmp_path: Path
) -> None:
    for case, (odd, ranges, why, ranges_of_download, content) in BEGUN_ANEW.items():
        storage.set_up(**odd)
        with pytest.raises(models.DownloadFailed, match=f"^asset_1: {why}.*; the storage began anew"):
            call(models, kind, storage, read)
        assert storage.ranges == ranges, case
        storage.set_up(**odd)
        path = call(models, kind, storage, lambda asset: asset.download(tmp_path / "out.mp4"))
        assert (path.read_bytes(), storage.ranges) == (content, ranges_of_download), case


@both
def test_a_stream_reports_its_progress_and_has_a_timeout_for_the_next_bytes(
    models: Any, kind: str, stepped_time: Any, storage: Storage
) -> None:
    storage.set_up((400_000,))
    seen: list[Any] = []
    assert call(models, kind, storage, lambda asset: read(asset, on_progress=seen.append)) == CONTENT
    assert {one.stage for one in seen} == {"download"}
    assert [one.fraction for one in seen] == sorted({one.fraction for one in seen})
    assert seen[-1].fraction == 1

    async def read_slowly(asset: Any) -> int:
        size = 0
        stream = asset.stream(timeout=2)
        while data := (await anext(stream, b"") if kind == "AsyncClient" else next(stream, b"")):
            size += len(data)
            stepped_time.step(60)  # what the reader takes does not count
        return size

    assert call(models, kind, storage, read_slowly) == len(CONTENT)
    storage.set_up((0,) * 99)
    with pytest.raises(models.DownloadFailed):
        call(models, kind, storage, lambda asset: read(asset, timeout=2))
    assert len(storage.ranges) < 6


async def leave_loop(asset: Any) -> None:
    if hasattr(asset.stream(), "__aiter__"):
        async for _ in asset.stream():
            break
        await asyncio.sleep(0.1)  # asyncio closes it soon
    else:
        for _ in asset.stream():
            break


async def leave_block(asset: Any) -> None:
    if hasattr(asset.stream(), "__aiter__"):
        async with asset.stream() as stream:
            assert await anext(stream)
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
    else:
        with asset.stream() as stream:
            assert next(stream)
        assert list(stream) == []


async def raise_in_loop(asset: Any) -> None:
    with suppress(LookupError):
        if hasattr(asset.stream(), "__aiter__"):
            async with asset.stream() as stream:
                async for _ in stream:
                    raise LookupError
        else:
            for _ in asset.stream():
                raise LookupError


@pytest.mark.parametrize("leave", [leave_loop, leave_block, raise_in_loop])
@both
def test_whoever_leaves_a_stream_closes_its_connection(
    models: Any, kind: str, storage: Storage, leave: Any
) -> None:
    storage.set_up(repeats=100, size=None)

    async def run(asset: Any) -> None:
        await leave(asset)
        assert (
            await asyncio.to_thread(storage.broken.wait, 9)
            if kind == "AsyncClient"
            else storage.broken.wait(9)
        )

    call(models, kind, storage, run)


@both
def test_a_large_stream_takes_little_memory(models: Any, kind: str, storage: Storage) -> None:
    storage.set_up(repeats=100, size=None)  # 80 MB

    async def count(asset: Any) -> int:
        tracemalloc.start()
        size = 0
        if kind == "AsyncClient":
            async for data in asset.stream():
                size += len(data)
        else:
            for data in asset.stream():
                size += len(data)
        assert tracemalloc.get_traced_memory()[1] < 8e6
        tracemalloc.stop()
        return size

    assert call(models, kind, storage, count) == 100 * len(CONTENT)


@both
def test_a_closed_client_ends_its_streams_with_an_error(models: Any, kind: str, storage: Storage) -> None:
    storage.set_up(repeats=100, size=None)

    async def run(asset: Any) -> None:
        stream = asset.stream()
        await anext(stream) if kind == "AsyncClient" else next(stream)
        await got(asset.client.close())
        with pytest.raises(models.ClientError, match="the client is closed"):
            [data async for data in stream] if kind == "AsyncClient" else list(stream)

    call(models, kind, storage, run)


class WebServer(uvicorn.Server):
    """A server in a thread of its own."""

    def install_signal_handlers(self) -> None:
        """Leave signals to pytest."""


@both
def test_a_web_server_passes_a_stream_on_and_closes_it_when_the_browser_leaves(
    models: Any, kind: str, storage: Storage
) -> None:
    app = FastAPI()
    storage.set_up()

    @app.get("/video")
    async def send() -> StreamingResponse:
        client = getattr(models, kind)(api_key="a", api_secret="b", base_url=storage.url)
        result = await got((await got(client.job("job_1"))).wait())
        return StreamingResponse(result.assets[0].stream(), media_type="video/mp4")

    def is_left() -> bool:
        gc.collect()  # of what blocks, Starlette keeps garbage
        return storage.broken.is_set()

    server = WebServer(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/video"
    try:
        assert httpx.get(url).content == CONTENT
        storage.set_up(repeats=100, size=None)
        with httpx.stream("GET", url) as response:
            next(response.iter_raw())
        wait_until(is_left)
    finally:
        server.should_exit = True
        thread.join()
