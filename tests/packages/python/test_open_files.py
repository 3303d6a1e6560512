"""Open files of every kind that people have in their hands: streams, archives, and uploads to web servers. What cannot be sent says why."""

import asyncio
import contextlib
import io
import os
import socket
import tempfile
import threading
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
import urllib3
from fastapi import FastAPI, UploadFile

from support.clients import SETTLE, both, got, use
from support.sandboxes import get
from support.servers import Server, serving

CONTENT = b"\0\0\0 ftypisom" + bytes(range(256)) * 100


class Handler(BaseHTTPRequestHandler):
    """A storage that answers with a file; at `/short` it breaks off."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[:-9] if self.path == "/short" else CONTENT)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    with serving(Server(Handler)) as server:
        yield server.url


class Cursor:
    """A file that knows no `seekable`."""

    def __init__(self) -> None:
        file = io.BytesIO(b"skipped" + CONTENT)
        file.seek(7)
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


class DjangoUpload:
    """An upload as Django has it: it is read in chunks, and its name is `name`."""

    def __init__(self) -> None:
        self.file, self.name, self.size = io.BytesIO(CONTENT), "../talk.mp4", len(CONTENT)
        self.read, self.seek, self.tell = self.file.read, self.file.seek, self.file.tell
        self.read(100)  # somebody looked at its beginning

    def chunks(self) -> Iterator[bytes]:
        yield self.file.read()


def in_archive(folder: Path) -> Any:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/talk.mp4", CONTENT)
    return zipfile.ZipFile(folder / "a.zip").open("folder/talk.mp4")


def spooled(_: Path) -> Any:
    file = tempfile.SpooledTemporaryFile(100)
    file.write(CONTENT)
    file.seek(0)
    return file


def in_pipe(content: bytes = CONTENT) -> Any:
    reads, writes = os.pipe()
    threading.Thread(target=lambda: (os.write(writes, content), os.close(writes))).start()
    return os.fdopen(reads, "rb")


def in_socket(_: Path) -> Any:
    mine, other = socket.socketpair()
    threading.Thread(target=lambda: (other.sendall(CONTENT), other.close())).start()
    file = mine.makefile("rb")
    mine.close()
    return file


# How to get it, and whether it can be sent again.
STREAMS: dict[str, tuple[Callable[[Path, str], Any], bool]] = {
    "no seekable": (lambda *_: Cursor(), True),
    "a response of the standard library": (lambda _, url: urllib.request.urlopen(url), False),  # noqa: S310 - our own server
    "a response of urllib3": (lambda _, url: urllib3.request("GET", url, preload_content=False), False),
    "a member of an archive": (lambda folder, _: in_archive(folder), True),
    "a spooled file on the disk": (lambda folder, _: spooled(folder), True),
    "a pipe": (lambda *_: in_pipe(), False),
    "a socket": (lambda folder, _: in_socket(folder), False),
    "an upload of Django": (lambda *_: DjangoUpload(), True),
}


@pytest.mark.parametrize("case", STREAMS)
def test_a_stream_is_sent_and_again_if_it_can_be_rewound(
    models: Any, case: str, scenario_sandbox: Any, storage: str, tmp_path: Path
) -> None:
    make, is_rewound = STREAMS[case]
    stream = make(tmp_path, storage)
    request = models.SyncLipsyncV2(video=stream, audio="asset_sample_audio")
    with models.Client(settle=SETTLE) as client:
        client.estimate(request)
        if is_rewound:
            client.submit(request)
        else:
            with pytest.raises(
                models.FileRefused, match="cannot be rewound; give its bytes to send it again"
            ):
                client.submit(request)
    (asset,) = get(scenario_sandbox, "/v1/assets")["assets"]
    assert httpx.get(asset["url"]).content == CONTENT
    assert asset["kind"] == "video"
    assert len(scenario_sandbox.ledger) == is_rewound
    with contextlib.suppress(AttributeError):
        stream.close()


class Shut(io.BytesIO):
    """A file that a framework has closed."""

    def __init__(self) -> None:
        super().__init__(CONTENT)
        self.close()


class Broken:
    def read(self, _: int) -> bytes:
        raise zipfile.BadZipFile("Bad CRC-32 for https://example.com/a?Signature=secret")


class Hasty:
    def read(self, _: int) -> None:
        """Have nothing yet."""


class Wordy:
    def read(self, _: int) -> str:
        return "text"


class Later:
    async def _read(self) -> bytes:
        return b""

    def read(self, _: int) -> Any:
        return self._read()


def at_its_end() -> Any:
    file = io.BytesIO(CONTENT)
    file.read()
    return file


REFUSED: dict[str, tuple[Callable[[str], Any], str]] = {
    "an empty pipe": (lambda _: in_pipe(b""), "has nothing left to read"),
    "an empty file": (lambda _: io.BytesIO(), "the open file BytesIO is empty"),
    "a file at its end": (lambda _: at_its_end(), r"BytesIO stands at its end; call its seek\(0\)"),
    "a closed file": (lambda _: Shut(), "I/O operation on closed file"),
    "what breaks off, as Python does not tell": (lambda url: urllib.request.urlopen(url + "/short"), "HTTPResponse broke off: 9 bytes"),  # noqa: S310
    "what breaks off": (lambda url: urllib3.request("GET", url + "/short", preload_content=False), "cannot be read: .*IncompleteRead"),
    "an error of any library": (lambda _: Broken(), r"Broken cannot be read: Bad CRC-32 for https://example.com/a\?…$"),
    "what does not block": (lambda _: Hasty(), "has no bytes ready"),
    "text": (lambda _: Wordy(), "gives text; open it in binary mode"),
    "what must be awaited": (lambda _: Later(), "must be awaited to be read; give its bytes"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_stream_that_cannot_be_sent_says_why(
    models: Any, case: str, scenario_sandbox: Any, storage: str
) -> None:
    make, message = REFUSED[case]
    file = make(storage)
    with models.Client() as client, pytest.raises(models.FileRefused, match=message):
        client.submit(
            models.AnyModel("model_sync-lipsync-v2", {"video": file, "audio": "asset_sample_audio"})
        )
    assert get(scenario_sandbox, "/v1/assets")["assets"] == []
    with contextlib.suppress(AttributeError):
        file.close()


def test_what_is_no_file_of_bytes_is_refused_when_the_request_is_made(models: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    with (tmp_path / "a.txt").open() as text, pytest.raises(ValueError, match="mode 'rb'"):
        models.SyncLipsyncV2(video=text, audio="asset_1")
    with pytest.raises(ValueError, match=r"give its bytes, response.content"):
        models.SyncLipsyncV2(video=httpx.Response(200, content=CONTENT), audio="asset_1")


NAMES: dict[str, str] = {
    "talk.mp4": "talk.mp4",
    "../../etc/talk.mp4": "talk.mp4",
    "C:\\videos\\talk.mp4": "talk.mp4",
    "\x1b[31mta\u202elk\r\n.mp4": "[31mta lk .mp4",
    "..": "file.mp4",
    "": "file.mp4",
    f"{'long' * 1000}.mp4": f"{('long' * 50)[:196]}.mp4",
    "\udcff日本.mp4": "日本.mp4",
}


@pytest.mark.parametrize("before", ["unread", "read"])
@both
def test_an_upload_to_a_server_is_sent_whole_whoever_read_it_and_whatever_it_is_called(
    models: Any, kind: str, scenario_sandbox: Any, before: str
) -> None:
    app, small, large = FastAPI(), CONTENT, bytes(2**20) + CONTENT * 50

    @app.post("/dub")
    async def dub(video: UploadFile) -> str:
        if before == "read":
            await video.read(100 if len(small) == video.size else -1)
        request = models.SyncLipsyncV2(video=video, audio="asset_sample_audio")
        async with models.AsyncClient(settle=SETTLE) as client:
            await client.estimate(request)
            return str((await client.submit(request)).input["video"])

    @app.post("/dub-blocking")
    def dub_blocking(video: UploadFile) -> str:
        if before == "read":
            video.file.read()
        with models.Client(settle=SETTLE) as client:
            return str(
                client.submit(models.SyncLipsyncV2(video=video, audio="asset_sample_audio")).input["video"]
            )

    async def send(name: str, content: bytes) -> str:
        path = "/dub" if kind == "AsyncClient" else "/dub-blocking"
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as browser:
            return str((await browser.post(path, files={"video": (name, content, "video/mp4")})).json())

    for name, content in {"a.mp4": small, "b.mp4": large}.items():
        asset = get(scenario_sandbox, f"/v1/assets/{asyncio.run(send(name, content))}")["asset"]
        assert httpx.get(asset["url"]).content == content
        assert asset["metadata"]["name"] == name


@both
def test_the_name_of_an_upload_is_hostile(models: Any, kind: str, scenario_sandbox: Any) -> None:
    async def run(client: Any) -> None:
        for number, (name, wanted) in enumerate(NAMES.items()):
            upload = UploadFile(io.BytesIO(CONTENT + bytes([number])), filename=name)
            asset = await got(client.upload(upload))
            assert get(scenario_sandbox, f"/v1/assets/{asset}")["asset"]["metadata"]["name"] == wanted
        with pytest.raises(models.FileRefused) as raised:
            await got(client.upload(UploadFile(io.BytesIO(), filename="\x1b[2J\n../" + "a" * 999)))
        assert str(raised.value) == f"the open file {'a' * 200} is empty"

    use(models, kind, run)
