"""The npm package in small projects, each written and run as the users of a tool do: `projects/<tool>`."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

import httpx
import pytest

from support import projects
from support.browsers import browse, serving
from support.example import EXAMPLE
from support.node import tsc
from support.roots import make_once
from support.sandboxes import Running, running

pytestmark = pytest.mark.foreign

RAN = {"status": "success", "isWhole": True, "type": "video/mp4"}


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[Running]:
    with running("--speed", "50") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def installed(packed: Path) -> Path:
    """Give the folder in which projects find the package."""
    return projects.install_package(packed)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the same for the package of the example, which has four models."""

    def compile_example() -> Path:
        package = tmp_path_factory.mktemp("small") / "package"
        shutil.copytree(EXAMPLE / "generated/typescript", package)
        assert tsc(cwd=package).returncode == 0
        return package

    return projects.install_package(make_once(tmp_path_factory, "small", compile_example))


@contextlib.contextmanager
def paying(sandbox: Running, times: int = 1) -> Iterator[None]:
    """See that models ran so many times."""
    known = len(sandbox.call("GET", "/sandbox/ledger").json()["entries"])
    yield
    assert len(sandbox.call("GET", "/sandbox/ledger").json()["entries"]) == known + times


def run(script: str, project: Path, sandbox: Running) -> subprocess.CompletedProcess[str]:
    """Run a script of a project, which must succeed."""
    command, env = projects.script(script), projects.environment(sandbox.environment)
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


PAGES = ["vite", "webpack", "rollup", "esbuild"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_a_model_from_the_bundle_of(
    name: str, installed: Path, sandbox_process: Running, tmp_path: Path
) -> None:
    project = projects.build(name, installed)
    page = shutil.copytree(project / "dist", tmp_path / "page")
    if not (page / "index.html").exists():
        shutil.copy(project / "index.html", page)
    given = sandbox_process.environment
    query = urlencode({"baseUrl": given["SCENARIO_BASE_URL"], "apiKey": "a", "apiSecret": "b"})
    with serving(page) as (address, told, _), paying(sandbox_process):
        assert browse(f"{address}/index.html?{query}", tmp_path, told) == RAN


@pytest.mark.parametrize("name", PAGES)
def test_other_models_cost_a_page_nothing_in_the_bundle_of(name: str, installed: Path, small: Path) -> None:
    few, many = (list_sizes(projects.build(name, folder) / "dist") for folder in (small, installed))
    assert few == many


def list_sizes(folder: Path) -> list[int]:
    """List the bytes of all scripts, whose names follow from what is in them."""
    return sorted(path.stat().st_size for path in folder.rglob("*.js"))


@pytest.mark.parametrize("name", ["tsx", "ts-node", "deno", "bun"])
def test_a_program_runs_a_model_by(name: str, installed: Path, sandbox_process: Running) -> None:
    with paying(sandbox_process):
        done = run("start", projects.build(name, installed), sandbox_process)
    assert json.loads(done.stdout.splitlines()[-1]) == RAN


SERVERS = {
    "next": ("next", {}),
    "workerd": ("workerd", {}),
    "workerd as it once was": ("workerd", {"COMPATIBILITY_DATE": "2022-11-01"}),
}


@pytest.mark.parametrize("name", SERVERS)
def test_a_route_takes_a_form_and_runs_a_model_on_the_server_of(
    name: str, installed: Path, sandbox_process: Running
) -> None:
    saved, more = SERVERS[name]
    project = projects.build(saved, installed)
    with (
        serving_by(project, sandbox_process, more) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        video, fields = ("talk.mp4", b"a video", "video/mp4"), {"audio": "asset_sample_audio"}
        with paying(sandbox_process):
            answer = client.post("/api/lipsync", data=fields, files={"video": video})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "video/mp4"), answer.text
        assert answer.content[4:8] == b"ftyp"
        with paying(sandbox_process, 0):
            refused = client.post("/api/lipsync", data={"audio": "voice.wav"}, files={"video": video})
        assert (refused.status_code, [one["pointer"] for one in refused.json()]) == (422, ["/audio"])


def test_a_page_of_next_runs_a_model_through_its_server_which_keeps_the_key(
    installed: Path, sandbox_process: Running, tmp_path: Path
) -> None:
    project = projects.build("next", installed)
    with serving_by(project, sandbox_process) as address, serving(tmp_path) as (listener, told, _):
        query = urlencode({"tell": f"{listener}/done"})
        with paying(sandbox_process):
            assert browse(f"{address}/?{query}", tmp_path, told) == "got video/mp4"


@contextlib.contextmanager
def serving_by(
    project: Path, sandbox: Running, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """Run the server of a project; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    env = projects.environment({**sandbox.environment, **more, "PORT": port, "HOSTNAME": "127.0.0.1"})
    with (
        (project / "server.log").open("wb+") as log,
        subprocess.Popen(
            projects.script("start"),
            cwd=project,
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,  # the script starts other processes, which end with it
        ) as process,
    ):
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(port))):
                    break
                assert process.poll() is None, (project / "server.log").read_text()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)


LINTERS = {
    "attw": (
        "--exclude-entrypoints",
        "package.json",
        "--include-entrypoints",
        *(f"{kind}/sync-lipsync-v2" for kind in ("models", "parameters", "validators")),
    ),
    "publint": ("--strict",),
}


@pytest.mark.parametrize("name", LINTERS)
def test_nothing_is_wrong_with_the_package_by(name: str, packed: Path, installed: Path) -> None:
    program = projects.FOLDER / "node_modules/.bin" / name
    env = projects.environment()
    done = subprocess.run(
        [program, packed, *LINTERS[name]], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["vitest", "jest"])
def test_tests_of_programs_and_pages_pass_in(name: str, installed: Path, sandbox_process: Running) -> None:
    with paying(sandbox_process, 2):
        done = run("test", projects.build(name, installed), sandbox_process)
    said = done.stdout + done.stderr
    assert re.search(r"Tests:? +4 passed", said), said
