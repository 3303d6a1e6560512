"""The READMEs' applications, each in a process of its own: that of the Python package by uvicorn, that of the npm package by Bun."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
from scenario_sandbox import Sandbox

from support.example import EXAMPLE
from support.node import NPM_PACKAGES
from support.sandboxes import NO_CERTIFICATES, PLAIN

SECRET = "s3cret-é"  # noqa: S105


def read_program(package: str, name: str) -> str:
    """Give the block of a README that begins with the name of a file."""
    text = (EXAMPLE / "generated" / package / "README.md").read_text()
    [code] = re.findall(rf"^```\w+\n((?:#|//) {name}\n.*?)^```", text, re.DOTALL | re.MULTILINE)
    return str(code)


@contextlib.contextmanager
def by_uvicorn(name: str, folder: Path, sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Run an application of the Python package."""
    for one in ("app.py", "events.py"):
        (folder / one).write_text(read_program("python", one))
    command = [sys.executable, "-m", "uvicorn", f"{name}:app", "--port", "0"]
    with _serving(command, folder, sandbox, "running on") as client:
        yield client


@contextlib.contextmanager
def by_bun(built: Path, folder: Path, sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Run the application of the npm package, beside which its packages are `built`."""
    (folder / "node_modules").symlink_to(built / "node_modules")
    (folder / "events.ts").write_text(read_program("typescript", "events.ts"))
    program = next(NPM_PACKAGES.glob("@oven/bun-*/bin/bun"))
    with _serving([str(program), "events.ts"], folder, sandbox, "server:") as client:
        yield client


@contextlib.contextmanager
def _serving(command: list[str], folder: Path, sandbox: Sandbox, said: str) -> Iterator[httpx.Client]:
    variables = {**os.environ, **sandbox.environment, **NO_CERTIFICATES, "EVENTS_SECRET": SECRET, "PORT": "0"}
    with subprocess.Popen(
        command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout
        try:
            line = next(line for line in process.stdout if said in line)
            [url] = re.findall(r"http://[\w.]+:\d+", line)
            with httpx.Client(base_url=url, verify=PLAIN, timeout=30) as client:
                yield client
        finally:
            process.terminate()
            rest = process.stdout.read()
    assert not re.search(r"Traceback|^error:", rest, re.MULTILINE), rest
