"""What is easily wrong in a server that pretends: filters, dates, kinds, clocks, clients that leave, and files that break."""

import contextlib
import gc
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import httpx
import pytest
from scenario_sandbox import Fault, Sandbox, StateError
from scenario_sandbox.assets import SAMPLES
from scenario_sandbox.catalogue import Model
from scenario_sdk import InternalServerError, NotFoundError, Scenario

from support.roots import PROJECT
from support.sandboxes import (
    AUDIO,
    LIPSYNC,
    PLAIN,
    PYTEST,
    REQUEST,
    VIDEO,
    announce,
    get,
    play,
    post,
    running,
)

GENERATE = f"/v1/generate/custom/{LIPSYNC}"


@pytest.fixture
def sandbox(scenario_sandbox: Sandbox) -> Sandbox:
    """Give a sandbox whose clock stands still."""
    scenario_sandbox.speed = 0
    return scenario_sandbox


def submit(sandbox: Sandbox, query: str = "", **changes: Any) -> Any:
    answer = post(sandbox, GENERATE + query, {**REQUEST, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()["job"]


# Filters.


def test_jobs_are_found_by_each_filter_and_by_no_other(sandbox: Sandbox) -> None:
    one, two = submit(sandbox, "?projectId=proj_a"), submit(sandbox)
    one, two = one["jobId"], two["jobId"]
    for query, found in (
        ("projectId=proj_a", [one]),
        ("projectId=proj_b", []),
        ("authorId=apiu_sandbox", [two, one]),
        ("authorId=somebody", []),
        ("type=custom", [two, one]),
        ("types=upload,custom", [two, one]),
        ("type=upload", []),
        ("status=queued", [two, one]),
        ("status=success", []),
        ("workflowId=w", []),
        (f"paginationToken={two}", [one]),
    ):
        assert [job["jobId"] for job in get(sandbox, f"/v1/jobs?{query}")["jobs"]] == found, query
    for query, reason in (
        ("hideResults=true", "Query hideResults is not supported by the sandbox"),
        ("type=custom&types=custom", "Query type cannot be combined with types"),
        ("paginationToken=job_gone", "unknown paginationToken"),
        (f"paginationToken={VIDEO}", "unknown paginationToken"),
        ("pageSize=00000000000000000000000000000001", "Query pageSize must be a number from 1 to 100"),
    ):
        answer = httpx.get(f"{sandbox.base_url}/jobs?{query}", auth=("a", "b"), verify=PLAIN)
        assert (answer.status_code, answer.json()["reason"]) == (400, reason)


def test_assets_are_found_by_each_filter_and_by_no_other(sandbox: Sandbox) -> None:
    submit(sandbox, "?projectId=proj_a")
    sandbox.step(10)
    job = get(sandbox, "/v1/jobs")["jobs"][0]
    (made,) = job["metadata"]["assetIds"]
    asset = get(sandbox, f"/v1/assets/{made}")["asset"]
    assert asset["metadata"] | {"name": ""} == {
        "kind": "video", "type": "video2video", "name": "", "parentJobId": job["jobId"], "modelId": LIPSYNC,
    }  # fmt: skip
    assert (asset["ownerId"], job["ownerId"], job["billing"]) == (
        "proj_a",
        "proj_a",
        {"cuCost": 10.75, "cuDiscount": 0},
    )
    created = asset["createdAt"].replace("+", "%2B")
    for query, found in (
        ("projectId=proj_a", [made]),
        ("projectId=proj_b", []),
        (f"modelId={LIPSYNC}", [made]),
        ("modelId=model_other", []),
        ("authorId=somebody", []),
        ("type=video2video", [made]),
        ("types=txt2img,video2video", [made]),
        ("type=txt2img", []),
        ("privacy=public&type=uploaded", ["asset_sample_image"]),
        ("privacy=public&type=uploaded&projectId=proj_a", ["asset_sample_image"]),
        (f"sortBy=createdAt&createdAfter={created}", []),
        (f"sortBy=createdAt&createdBefore={created}", []),
        ("sortBy=createdAt&createdAfter=2020-01-01&createdBefore=2999-01-01", [made]),
        ("sortBy=updatedAt&updatedAfter=2020-01-01", [made]),
        ("sortBy=updatedAt&sortDirection=desc&updatedBefore=2020-01-01", []),
    ):
        assert [one["id"] for one in get(sandbox, f"/v1/assets?{query}")["assets"]] == found, query
    for query in (
        "createdAfter=2020-01-01",
        "sortBy=score",
        "sortDirection=asc",
        "sortBy=updatedAt&createdAfter=2020-01-01",
    ):
        assert (
            httpx.get(f"{sandbox.base_url}/assets?{query}", auth=("a", "b"), verify=PLAIN).status_code == 400
        ), query


def test_models_are_found_by_each_filter(sandbox: Sandbox) -> None:
    for query, count in (("privacy=public", 4), ("privacy=public&type=custom", 4), ("privacy=public&type=flux.1", 0),
                         ("privacy=private", 0), ("", 0)):  # fmt: skip
        assert len(get(sandbox, f"/v1/models?{query}")["models"]) == count, query


def test_a_poller_that_asks_for_what_is_after_the_last_date_gets_nothing_twice(sandbox: Sandbox) -> None:
    before = time.time()
    job = submit(sandbox)
    assert get(sandbox, f"/v1/jobs?createdAfter={job['createdAt']}") == {"jobs": []}
    assert get(sandbox, f"/v1/jobs?updatedAfter={job['updatedAt']}") == {"jobs": []}
    from datetime import UTC, datetime

    asked = datetime.fromtimestamp(before, UTC).isoformat().replace("+", "%2B")
    assert len(get(sandbox, f"/v1/jobs?createdAfter={asked}")["jobs"]) == 1


def test_a_query_that_running_a_model_does_not_know_is_refused(sandbox: Sandbox) -> None:
    assert post(sandbox, f"{GENERATE}?dryrun=true", REQUEST).status_code == 400
    assert post(sandbox, f"{GENERATE}?ipDetection=yes", REQUEST).status_code == 400
    assert sandbox.ledger == []


# Kinds.


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_sample_is_what_the_asset_says_it_is(sandbox: Sandbox, kind: str) -> None:
    asset = get(sandbox, f"/v1/assets/asset_sample_{kind}")["asset"]
    answer = httpx.get(asset["url"], verify=PLAIN)
    assert answer.headers["content-type"].partition(";")[0] == asset["mimeType"]
    assert asset["properties"] == {"size": len(answer.content), **play(kind, answer.content)}


@pytest.mark.parametrize(
    ("kind", "content_type", "asset_kind", "source"),
    [
        ("3d", "model/gltf-binary", "3d", "uploaded-3d"),
        ("audio", "audio/wav", "audio", "uploaded-audio"),
        ("avatar", "image/png", "image", "uploaded-avatar"),
        ("image", "image/png", "image", "uploaded"),
        ("text", "text/plain; charset=utf-8", "text", "uploaded-text"),
        ("video", "video/mp4", "video", "uploaded-video"),
        ("asset", "model/gltf-binary", "3d", "uploaded"),
        ("asset", "audio/wav", "audio", "uploaded"),
        ("asset", "application/pdf", "document", "uploaded"),
    ],
)
def test_an_upload_becomes_an_asset_of_its_kind(
    sandbox: Sandbox, kind: str, content_type: str, asset_kind: str, source: str
) -> None:
    upload = announce(sandbox, kind=kind, contentType=content_type, parts=1.0, fileSize=6.0).json()["upload"]
    httpx.put(upload["parts"][0]["url"], content=b"abcdef", verify=PLAIN)
    post(sandbox, f"/v1/uploads/{upload['id']}/action", {"action": "complete"})
    sandbox.step(1)
    (asset,) = get(sandbox, "/v1/assets")["assets"]
    assert (asset["kind"], asset["source"], asset["mimeType"]) == (asset_kind, source, content_type)


def test_an_upload_is_estimated_without_being_made(sandbox: Sandbox) -> None:
    answer = announce(sandbox, "?dryRun=true")
    assert (answer.status_code, answer.json()) == (269, {"creativeUnitsCost": 0, "creativeUnitsDiscount": 0})
    assert announce(sandbox, "?dryRun=no").status_code == 400


@pytest.mark.parametrize(
    ("capabilities", "kind"),
    [(["txt2img"], "image"), (["img23d"], "3d"), (["3d23d"], "3d"), (["txt2audio", "txt2img"], "audio"), (["txt2txt"], "text"),
     (["controlnet", "video2video"], "video"), (["inpaint"], "image"), ([], "image")],
)  # fmt: skip
def test_a_model_gives_what_its_capability_says(capabilities: list[str], kind: str) -> None:
    assert Model({"x-capabilities": capabilities}).kind == kind


def test_a_model_that_gives_text_puts_it_into_the_job(generated: Path, tmp_path: Path) -> None:
    import json
    import shutil

    package = shutil.copytree(generated / "sandbox", tmp_path / "sandbox")
    spec = json.loads((PROJECT / "specs/video-generation-sync-labs/sync-lipsync-v2.json").read_text())
    spec |= {"x-model": "model_poet", "x-capabilities": ["txt2txt"], "properties": {}, "required": []}
    spec["properties"] = {"style": {"type": "string", "x-type": "model"}, "many": {"type": "array", "x-type": "model_array",
                                                                                  "items": {"type": "string"}}}  # fmt: skip
    (package / "scenario_sandbox/models/poet.json").write_text(json.dumps(spec))
    with running("--speed", "1000", package=package) as sandbox:
        path = "/v1/generate/custom/model_poet"
        job = sandbox.call("POST", path, json={"style": "model_lora", "many": ["model_a"]}).json()["job"]
        sandbox.call("POST", "/sandbox/clock", json={"step": 10})
        job = sandbox.call("GET", f"/v1/jobs/{job['jobId']}").json()["job"]
        assert job["metadata"]["assetIds"] == []
        assert job["metadata"]["output"]["text"]
        for body in ({"style": "lora"}, {"many": ["model_a", "lora"]}):
            answer = sandbox.call("POST", path, json=body)
            assert (answer.status_code, answer.json()["reason"]) == (404, "Model lora not found")


# The clock.


def test_a_hundred_steps_of_a_tenth_are_ten_seconds(sandbox: Sandbox) -> None:
    job = submit(sandbox)["jobId"]
    for _ in range(100):
        sandbox.step(0.1)
    assert get(sandbox, f"/v1/jobs/{job}")["job"]["status"] == "success"


def test_what_happens_while_the_clock_stands_still_has_its_own_date(sandbox: Sandbox) -> None:
    job = submit(sandbox)
    upload = announce(sandbox, parts=1).json()["upload"]
    httpx.put(upload["parts"][0]["url"], content=b"abcdef", verify=PLAIN)
    time.sleep(0.05)
    canceled = post(sandbox, f"/v1/jobs/{job['jobId']}/action", {"action": "cancel"}).json()["job"]
    completed = post(sandbox, f"/v1/uploads/{upload['id']}/action", {"action": "complete"}).json()["upload"]
    assert canceled["updatedAt"] > canceled["createdAt"]
    assert completed["updatedAt"] > completed["createdAt"]


def test_a_date_of_the_machine_that_goes_back_takes_no_job_with_it(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.speed = 1
    job = submit(sandbox)["jobId"]
    real = time.clock_gettime
    back = {time.CLOCK_REALTIME: 3600.0}
    monkeypatch.setattr(time, "clock_gettime", lambda clock: real(clock) - back.get(clock, 0))
    assert get(sandbox, f"/v1/jobs/{job}")["job"]["status"] == "queued"
    sandbox.step()
    assert get(sandbox, f"/v1/jobs/{job}")["job"]["status"] == "warming-up"
    assert [entry.job_id for entry in sandbox.ledger] == [job]


def test_time_goes_on_in_the_sandbox_where_a_test_freezes_it(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "import time\n\nimport pytest\nfrom freezegun import freeze_time\nfrom scenario_sdk import Scenario\n\n"
        f"real = time.sleep\nINPUTS = {REQUEST}\n"
        "pytestmark = pytest.mark.parametrize('date', ['2001-01-01', '2031-01-01'])\n\n\n"
        "def run(client):\n"
        f"    return client.generate.run_model('{LIPSYNC}', body=INPUTS).job.job_id\n\n\n"
        "def test_inside(scenario_sandbox, date):\n"
        "    client = Scenario(timeout=5, max_retries=0)\n"
        "    scenario_sandbox.speed = 0\n"
        "    job = run(client)\n"
        "    with freeze_time(date):\n"
        "        assert client.jobs.retrieve(job).job.status == 'queued'\n"
        "        scenario_sandbox.step(10)\n"
        "        assert client.jobs.retrieve(job).job.status == 'success'\n"
        "        assert client.assets.retrieve('asset_sample_video').asset.url\n"
        "    assert client.jobs.retrieve(job).job.status == 'success'\n\n\n"
        "@pytest.fixture\ndef frozen(date):\n    with freeze_time(date):\n        yield\n\n\n"
        "def test_all(scenario_sandbox, frozen):\n"
        "    scenario_sandbox.fail('latency', seconds=0.2, times=1)\n"
        "    client = Scenario(timeout=5, max_retries=0)\n"
        "    job = run(client)\n"
        "    real(0.3)\n"
        "    assert client.jobs.retrieve(job).job.status == 'success'\n"
    )
    done = subprocess.run(
        [*PYTEST, "test_mine.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "4 passed" in done.stdout, done.stdout


def test_a_clock_neither_goes_back_nor_beyond_measure(sandbox: Sandbox) -> None:
    for seconds in (-1, float("nan"), 1e10):
        with pytest.raises(ValueError, match="a step must be a number of seconds from 0 to 1000000000"):
            sandbox.step(seconds)
    for speed in (-1, float("inf")):
        with pytest.raises(ValueError, match="the speed must be a number from 0 to 1000000000"):
            sandbox.speed = speed
    assert sandbox.speed == 0


# Faults that find nothing to do.


def test_a_fault_is_not_used_up_by_what_it_cannot_spoil(sandbox: Sandbox) -> None:
    limit = sandbox.fail("rate-limit", times=1)
    httpx.get(f"{sandbox.base_url}/jobs", verify=PLAIN)  # without a key
    httpx.get(f"{sandbox.address}/favicon.ico", verify=PLAIN)
    httpx.get(f"{sandbox.base_url}/nothing", auth=("a", "b"), verify=PLAIN)
    assert limit.struck == 0
    sandbox.heal()
    error, cut = sandbox.fail("error-after", times=1), sandbox.fail("truncate", times=1, on="* /v1/models")
    assert post(sandbox, GENERATE, {}).status_code == 400
    upload = announce(sandbox, parts=1)
    assert upload.status_code == 500
    assert httpx.head(f"{sandbox.base_url}/models", auth=("a", "b"), verify=PLAIN).status_code == 200
    assert httpx.get(f"{sandbox.base_url}/models?tags=a", auth=("a", "b"), verify=PLAIN).status_code == 400
    assert (error.struck, cut.struck) == (1, 0)


def test_two_requests_at_once_are_not_both_struck_by_what_strikes_once(sandbox: Sandbox) -> None:
    fault = sandbox.fail("error-after", times=1, on=f"POST {GENERATE}")
    held = [open_request(sandbox.address, GENERATE) for _ in range(5)]
    for connection in held:
        connection.sendall(b'{"video": ')
    time.sleep(0.5)  # until each has met the fault, and waits for the rest of its body
    for connection in held:
        connection.sendall(b'"asset_sample_video", "audio": "asset_sample_audio"}'.ljust(1000 - 10))
    answers = sorted(connection.recv(12) for connection in held)
    for connection in held:
        connection.close()
    assert answers == [b"HTTP/1.1 200"] * 4 + [b"HTTP/1.1 500"]
    assert fault.struck == 1


# Clients that leave, that send much, and late parts.


@pytest.mark.parametrize("kind", ["part-fails", "rate-limit", "error-before", "expired"])
def test_an_early_response_reaches_a_client_that_sends_much_and_closes(sandbox: Sandbox, kind: str) -> None:
    """As urllib does: what is unread when a connection closes resets it, and takes the answer with it."""
    content = b"x" * 20_000_000
    if kind == "expired":
        sandbox.fail("expired", times=1)
    url = announce(sandbox, parts=1, fileSize=len(content)).json()["upload"]["parts"][0]["url"]
    if kind != "expired":
        sandbox.fail(kind, on="PUT *", times=1)
    request = urllib.request.Request(url, data=content, method="PUT")  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)  # noqa: S310
    assert caught.value.code == {"rate-limit": 429, "expired": 403}.get(kind, 500)
    caught.value.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("loaded", ["argparse", "pydantic", "uvicorn"])
def test_a_signal_in_the_middle_of_the_start_ends_it_quietly(how: int, loaded: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "scenario_sandbox", "--port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    while not process.stderr.readline().endswith(f" {loaded}\n"):  # it is loaded from now on
        assert process.poll() is None
    process.send_signal(how)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in said) == (0, False), said


def open_request(address: str, path: str, length: int = 1000, method: str = "POST") -> socket.socket:
    """Begin a request whose body is still to come."""
    host, port = address.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=10)
    head = f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n"
    connection.sendall(
        (head + ("Authorization: Basic YTpi\r\n" if method == "POST" else "") + "\r\n").encode()
    )
    return connection


def test_a_client_that_leaves_is_not_worth_a_word() -> None:
    with running(
        "--fault", "latency,seconds=0.5,on=GET /v1/jobs", "--fault", "drop-after,on=GET /v1/jobs"
    ) as sandbox:
        for _ in range(5):
            with pytest.raises(httpx.ReadTimeout):
                sandbox.call("GET", "/v1/jobs", timeout=0.1)
            connection = open_request(sandbox.address, GENERATE)
            connection.sendall(b'{"vi')
            connection.close()
            host, port = sandbox.address.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port))) as connection:  # and is gone with a reset
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(1)
        assert sandbox.call("GET", "/v1/models").status_code == 200
        half_sent = [open_request(sandbox.address, GENERATE) for _ in range(5)]
        time.sleep(0.2)
        sandbox.stop(signal.SIGTERM)
        for connection in half_sent:
            connection.close()


def test_a_part_that_comes_after_the_end_changes_nothing(sandbox: Sandbox) -> None:
    upload = announce(sandbox, parts=1).json()["upload"]
    url = upload["parts"][0]["url"]
    httpx.put(url, content=b"abcdef", verify=PLAIN)
    late = open_request(sandbox.address, url.removeprefix(sandbox.address), 3, "PUT")
    late.sendall(b"x")
    post(sandbox, f"/v1/uploads/{upload['id']}/action", {"action": "complete"})
    late.sendall(b"yz")
    assert late.recv(12) == b"HTTP/1.1 404"
    late.close()
    sandbox.step(1)
    (asset,) = get(sandbox, "/v1/assets")["assets"]
    assert httpx.get(asset["url"], verify=PLAIN).content == b"abcdef"


def test_a_body_is_followed_as_deep_as_python_goes(generated: Path) -> None:
    with running(package=generated / "sandbox") as sandbox:
        models = sandbox.call("GET", "/v1/models?privacy=public&pageSize=500").json()["models"]
        inputs = {
            one["id"]: sandbox.call("GET", f"/v1/models/{one['id']}").json()["model"]["inputs"]
            for one in models
        }
        model, name = next(
            (m, i["name"]) for m, all_ in inputs.items() for i in all_ if i["type"] == "inputs_array"
        )
        for depth in range(50, 1100, 50):
            body = f'{{"{name}": [' + '{"a":' * depth + "1" + "}" * depth + "]}"
            answer = sandbox.call("POST", f"/v1/generate/custom/{model}", content=body)
            assert answer.status_code in (200, 400), answer.text
            assert sandbox.call("GET", "/v1/jobs").status_code == 200


# The state file.


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the state of two hundred jobs."""
    state = tmp_path_factory.mktemp("saved") / "state.db"
    with Sandbox(state=state, speed=0) as sandbox:
        for _ in range(200):
            submit(sandbox)
    return state.read_bytes()


@pytest.mark.parametrize("change", ["noise", "cut", "text", "empty id", "other layout"])
def test_a_state_that_is_damaged_or_foreign_is_refused_with_a_reason(
    tmp_path: Path, saved: bytes, change: str
) -> None:
    import sqlite3

    state, content = tmp_path / "state.db", bytearray(saved)
    if change == "noise":
        content[8192:-4096] = os.urandom(len(content) - 8192 - 4096)
    if change == "cut":
        del content[len(content) // 2 :]
    if change == "text":
        content = bytearray(b"Dear diary, " * 1000)
    state.write_bytes(content)
    if change in ("empty id", "other layout"):
        with sqlite3.connect(state) as connection:
            connection.execute(
                "PRAGMA application_id = 7" if change == "empty id" else "PRAGMA user_version = 99"
            )
        connection.close()
    with pytest.raises(StateError, match=r"state\.db: .*(give another file|cannot save the state there)"):
        Sandbox(state=state)


def test_a_start_that_fails_leaves_no_state_and_no_socket(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with pytest.raises(ValueError, match="the speed must be"):
        Sandbox(state=state, speed=-1)
    assert not state.exists()
    with Sandbox(state=state) as sandbox:
        port = int(sandbox.address.rpartition(":")[2])
        with pytest.raises(StateError, match="another sandbox has it open"):
            Sandbox(state=state)
        with pytest.raises(OSError, match="Address already in use"):
            Sandbox(port=port, state=tmp_path / "other.db")
    assert not (tmp_path / "other.db").exists()


def test_a_full_disk_is_said_and_what_is_there_stays(tmp_path: Path) -> None:
    with running("--state", tmp_path / "state.db", "--speed", "0") as sandbox:
        job = sandbox.call("POST", GENERATE, json=REQUEST).json()["job"]
        resource.prlimit(sandbox.process.pid, resource.RLIMIT_FSIZE, (300_000, 300_000))
        big = {**REQUEST, "video": "data:video/mp4;base64," + "A" * 400_000}
        answer = sandbox.call("POST", GENERATE, json=big)
        assert (answer.status_code, answer.json()["reason"].partition(":")[0]) == (
            500,
            "The sandbox cannot save its state",
        )
        assert [one["jobId"] for one in sandbox.call("GET", "/v1/jobs").json()["jobs"]] == [job["jobId"]]
        assert sandbox.call("GET", "/sandbox/clock").json()["speed"] == 0


def test_what_is_to_be_kept_together_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    from scenario_sandbox.store import Record, Store

    store = Store(tmp_path / "state.db")
    record = Record("record_1", 0.0)
    with contextlib.suppress(ZeroDivisionError), store.transaction():
        store.put(record)
        assert store.get(Record, record.id) == record
        1 / 0
    assert store.get(Record, "record_1") is None
    store.close()


# The fixture, and whoever else runs one.


def test_the_ledger_can_be_read_when_all_is_over() -> None:
    with Sandbox() as sandbox:
        submit(sandbox)
    sandbox.stop()
    assert [entry.body for entry in sandbox.ledger] == [REQUEST]


def test_a_wildcard_is_shown_as_this_machine() -> None:
    for host, shown in (("0.0.0.0", "127.0.0.1"), ("::", "[::1]")):  # noqa: S104
        with Sandbox(host=host) as sandbox:
            assert sandbox.address.startswith(f"http://{shown}:")
            assert get(sandbox, "/v1/jobs") == {"jobs": []}


def test_the_fixture_undoes_what_it_does_and_needs_no_proxy(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "import os\n\nfrom scenario_sdk import Scenario\n\nNAMES = ('SCENARIO_BASE_URL', 'SCENARIO_SDK_API_KEY')\n\n\n"
        "def test_with(scenario_sandbox):\n"
        "    assert 'SCENARIO_SDK_JWT' not in os.environ\n"
        "    assert Scenario(max_retries=0).jobs.list().jobs == []\n\n\n"
        "def test_without():\n"
        "    assert os.environ['SCENARIO_SDK_JWT'] == 'precious'\n"
        "    assert not [name for name in NAMES if name in os.environ]\n"
    )
    environment = {
        "SCENARIO_SDK_JWT": "precious",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        [*PYTEST, "-p", "no:randomly", "test_mine.py"],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout


def test_a_mistake_of_the_sandbox_itself_is_a_500_and_the_next_request_is_none(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Scenario(max_retries=0)
    monkeypatch.setattr("scenario_sandbox.catalogue.Model.find_problem", lambda *_: 1 / 0)
    with pytest.raises(InternalServerError):
        client.generate.run_model(LIPSYNC, body=REQUEST)
    with pytest.raises(NotFoundError):
        client.jobs.retrieve("job_gone")


def test_threads_and_files_do_not_grow_with_the_number_of_sandboxes() -> None:
    def used() -> tuple[int, int]:
        gc.collect()  # what other tests have left to close
        return threading.active_count(), len(list(Path("/dev/fd").iterdir()))

    with Sandbox():
        pass
    before = used()
    for _ in range(10):
        with Sandbox(faults=[Fault(kind="latency", seconds=0)]) as sandbox:
            assert get(sandbox, f"/v1/assets/{AUDIO}")["asset"]["id"] == AUDIO
    threads, files = used()
    assert (threads, files <= before[1]) == (before[0], True)


def test_a_page_of_any_origin_may_call_it(scenario_sandbox: Any) -> None:
    page = {"Origin": "http://page.example"}
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    preflight = httpx.options(
        f"{scenario_sandbox.address}/v1/generate/custom/{LIPSYNC}", headers={**page, **asked}
    )
    assert preflight.status_code == 200
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    for answer in (
        httpx.get(f"{scenario_sandbox.address}/v1/jobs", headers=page, verify=PLAIN),
        post(scenario_sandbox, "/v1/uploads", {}, headers=page),
    ):
        assert answer.status_code in (400, 401)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Date" in answer.headers["access-control-expose-headers"]
