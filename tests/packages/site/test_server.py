"""`make site-serve` shows the site on loopback, and says in a line what keeps it from that."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from support.roots import PROJECT

SERVER = PROJECT / "tests/support/site_server.py"
FILES = {
    "index.html": "text/html; charset=utf-8",
    "models/one.md": "text/markdown; charset=utf-8",
    "catalogue.json": "application/json",
    "feed.xml": "application/atom+xml; charset=utf-8",
    "llms.txt": "text/plain; charset=utf-8",
    "assets/site.css": "text/css; charset=utf-8",
    "assets/site.js": "text/javascript; charset=utf-8",
    "assets/icon.svg": "image/svg+xml",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(f"ä {name}", encoding="utf-8")
    (tmp_path / "secret").write_text("x")
    return tmp_path / "site"


@contextmanager
def started(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(SERVER), *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_serves_each_file_as_what_it_is_until_ctrl_c(folder: Path) -> None:
    with started(folder, "0") as process:
        assert process.stdout
        line = process.stdout.readline()
        url = re.match(r"(http://127\.0\.0\.1:\d+)/ shows .+; Ctrl-C ends it$", line)
        assert url, line
        with httpx.Client(base_url=url[1]) as client:
            for name, kind in FILES.items():
                got = client.get(name)
                assert (got.text, got.headers["content-type"]) == (f"ä {name}", kind)
                assert got.headers["cache-control"] == "no-store"
            assert client.get("/").text == "ä index.html"
            missing = ["models/", "models/two.html", "../secret", "%2e%2e/secret", "..%2fsecret"]
            assert {client.get(name).status_code for name in missing} == {404}
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=5) == ("", "")
        assert process.returncode == 0


def test_what_keeps_it_from_that_is_one_line(folder: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        for arguments, said in {
            (folder, taken): f"port {taken} is taken: make site-serve PORT=0 takes any that is free\n",
            (tmp_path, "0"): f"{tmp_path} has no site yet: `make` writes it\n",
            (folder, "x"): "PORT=x is no port: give a number up to 65535, or 0 for any that is free\n",
        }.items():
            with started(*arguments) as process:
                assert process.communicate(timeout=5) == ("", said)
                assert process.returncode == 2
