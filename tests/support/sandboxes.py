"""What the tests of the sandbox share: a sandbox in a process of its own, ways to call one, and a player for its files."""

import contextlib
import io
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
from scenario_sandbox import Sandbox

from support.example import EXAMPLE
from support.roots import PROJECT

VIDEO, AUDIO = "asset_sample_video", "asset_sample_audio"
LIPSYNC = "model_sync-lipsync-v2"
REQUEST = {"video": VIDEO, "audio": AUDIO}
SAMPLE_FILES = EXAMPLE / "generated/sandbox/scenario_sandbox/samples"
PLAIN = False  # a sandbox speaks no TLS, and to load certificates takes longer than a request
NO_CERTIFICATES = {"SSL_CERT_FILE": "", "SSL_CERT_DIR": str(PROJECT / "tests")}  # in an environment
# As a user's, who has no schemathesis: its plugin takes longer to load than the tests to run.
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis"]


@dataclass(frozen=True)
class Running:
    """A sandbox in a second process."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    client: httpx.Client
    errors: IO[str]

    @property
    def said(self) -> list[str]:
        """The lines on its standard error so far."""
        self.errors.seek(0)
        return self.errors.read().splitlines()

    @property
    def address(self) -> str:
        return self.environment["SCENARIO_BASE_URL"].removesuffix("/v1")

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request with a good key, unless it brings its own."""
        options.setdefault("auth", ("key", "secret"))
        return self.client.request(method, self.address + path, **options)

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(10)


@contextlib.contextmanager
def running(*arguments: str | Path, package: Path = EXAMPLE / "generated/sandbox") -> Iterator[Running]:
    """Run the command on a free port until the end of the block."""
    with tempfile.TemporaryFile("w+") as errors, httpx.Client(timeout=60, verify=PLAIN) as client:
        process = subprocess.Popen(
            [sys.executable, "-m", "scenario_sandbox", "--port", "0", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(package)},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd="/",
        )
        assert process.stdout
        with process:
            words = [word for _ in range(3) for word in shlex.split(process.stdout.readline())]
            sandbox = Running(
                process, dict(word.split("=", 1) for word in words if "=" in word), client, errors
            )
            try:
                yield sandbox
            finally:
                process.terminate()
                process.wait(10)
        assert not [line for line in sandbox.said if "Traceback" in line or "Error" in line], sandbox.said


def post(sandbox: Any, path: str, body: Any, **options: Any) -> httpx.Response:
    """Post JSON to the sandbox of the fixture."""
    return httpx.post(sandbox.address + path, json=body, auth=("key", "secret"), verify=PLAIN, **options)


def get(sandbox: Any, path: str, **options: Any) -> Any:
    """Get JSON from the sandbox of the fixture."""
    response = httpx.get(sandbox.address + path, auth=("key", "secret"), verify=PLAIN, **options)
    assert response.status_code == 200, response.text
    return json.loads(response.content)


def announce(sandbox: Any, query: str = "", **changes: Any) -> httpx.Response:
    """Announce a file of six bytes in two parts."""
    body = {"fileName": "a.mp4", "fileSize": 6, "contentType": "video/mp4", "kind": "video", "parts": 2}
    return post(sandbox, f"/v1/uploads{query}", {**body, **changes})


def play(kind: str, content: bytes) -> dict[str, Any]:
    """Open a file as a player does; give what it finds, as the API says it."""
    import av  # both take long to import, and few tests play anything
    import trimesh

    if kind == "3d":
        mesh = trimesh.load(io.BytesIO(content), "glb", force="mesh")
        return {"format": "glb", "vertexCount": len(mesh.vertices), "faceCount": len(mesh.faces)}
    if kind == "text":
        return {"charCount": len(content.decode()), "wordCount": len(content.split())}
    with av.open(io.BytesIO(content)) as container:
        assert sum(1 for _ in container.decode()) > 0
        if kind == "audio":
            sound = container.streams.audio[0]
            return {
                "duration": container.duration / 1e6,
                "sampleRate": sound.rate,
                "channels": sound.channels,
            }
        picture = container.streams.video[0]
        found = {"width": picture.width, "height": picture.height}
        rate = picture.average_rate
        return (
            found if kind == "image" else {**found, "duration": container.duration / 1e6, "frameRate": rate}
        )


def processor_seconds(process: int) -> float:
    """Give how long a process has used a core."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def list_models(sandbox: Running) -> list[dict[str, Any]]:
    models = sandbox.call("GET", "/v1/models?privacy=public&pageSize=500").json()["models"]
    return [sandbox.call("GET", f"/v1/models/{one['id']}").json()["model"] for one in models]


GENERATE = f"/v1/generate/custom/{LIPSYNC}"


def submit(sandbox: Sandbox, query: str = "", **changes: Any) -> Any:
    response = post(sandbox, GENERATE + query, {**REQUEST, **changes})
    assert response.status_code == 200, response.text
    return response.json()["job"]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scenario_sandbox", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def open_request(address: str, path: str, length: int = 1000, method: str = "POST") -> socket.socket:
    """Begin a request whose body is still to come."""
    host, port = address.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=10)
    head = f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n"
    connection.sendall(
        (head + ("Authorization: Basic YTpi\r\n" if method == "POST" else "") + "\r\n").encode()
    )
    return connection


def swallow(sandbox: Running) -> None:
    try:
        sandbox.call("GET", "/v1/jobs")
    except httpx.HTTPError:
        return
