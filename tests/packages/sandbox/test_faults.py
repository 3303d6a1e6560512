"""A fault strikes as often as it says, and only what it can spoil."""

import time

import httpx
from scenario_sandbox import Sandbox

from support.sandboxes import (
    GENERATE,
    PLAIN,
    announce,
    open_request,
    post,
)


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
