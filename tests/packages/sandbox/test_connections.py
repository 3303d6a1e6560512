"""Many connections and jobs at once, and what is left of them."""

import gc
import signal
import socket
import struct
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from scenario_sandbox import Fault, Sandbox

from support.sandboxes import (
    AUDIO,
    GENERATE,
    LIPSYNC,
    PLAIN,
    REQUEST,
    announce,
    get,
    open_request,
    post,
    running,
)


def test_it_holds_a_thousand_jobs_at_once(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.speed = 0

    with httpx.Client(base_url=scenario_sandbox.address, auth=("a", "b")) as client:

        def submit(number: int) -> str:
            body = {**REQUEST, "temperature": number / 1000}
            response = client.post(f"/v1/generate/custom/{LIPSYNC}", json=body)
            return str(response.json()["job"]["jobId"])

        def status(job: str) -> str:
            return str(client.get(f"/v1/jobs/{job}").json()["job"]["status"])

        with ThreadPoolExecutor(20) as crowd:
            jobs = list(crowd.map(submit, range(1000)))
            scenario_sandbox.step(5)
            statuses = list(crowd.map(status, jobs))
    assert len(set(jobs)) == 1000
    assert set(statuses) == {"in-progress"}
    entries = scenario_sandbox.ledger
    assert {entry.job_id: entry.body["temperature"] for entry in entries} == {
        job: number / 1000 for number, job in enumerate(jobs)
    }


def test_four_hundred_connections_are_open_at_once(scenario_sandbox: Sandbox) -> None:
    host, port = scenario_sandbox.address.removeprefix("http://").split(":")
    connections = [socket.create_connection((host, int(port)), timeout=30) for _ in range(400)]
    request = b"GET /v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n"
    for connection in connections:
        connection.sendall(request)
    assert {connection.recv(12) for connection in connections} == {b"HTTP/1.1 200"}
    for connection in connections:
        connection.close()


def test_a_sandbox_leaves_no_thread_and_no_socket() -> None:
    with Sandbox() as sandbox:
        assert httpx.get(f"{sandbox.address}/v1/jobs", auth=("a", "b"), verify=PLAIN).status_code == 200
    assert not [thread for thread in threading.enumerate() if thread.name == "scenario-sandbox"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{sandbox.base_url}/jobs", verify=PLAIN)
    with pytest.raises(RuntimeError, match="the sandbox has stopped"):
        sandbox.step()


@pytest.mark.parametrize("kind", ["part-fails", "rate-limit", "error-before", "expired"])
def test_an_early_response_reaches_a_client_that_sends_much_and_closes(sandbox: Sandbox, kind: str) -> None:
    """As urllib does: what is unread when a connection closes resets it, and takes the response with it."""
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
    for response in (
        httpx.get(f"{scenario_sandbox.address}/v1/jobs", headers=page, verify=PLAIN),
        post(scenario_sandbox, "/v1/uploads", {}, headers=page),
    ):
        assert response.status_code in (400, 401)
        assert response.headers["access-control-allow-origin"] == "*"
        assert "Date" in response.headers["access-control-expose-headers"]
