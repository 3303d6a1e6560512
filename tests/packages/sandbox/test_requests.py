"""Requests that are wrong in any way are refused in the API's words, and the next one is not."""

import json
import socket
from pathlib import Path

import httpx
import pytest
from scenario_sandbox import Sandbox
from scenario_sdk import InternalServerError, NotFoundError, Scenario

from support.sandboxes import (
    LIPSYNC,
    REQUEST,
    Running,
    running,
)

DEEP = b'{"a":' * 5000 + b"1" + b"}" * 5000


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"", 400, "The body must be JSON"),
        (b'{"video": ', 400, "The body must be JSON: Expecting value: line 1 column 11"),
        (b"{'video': 1}", 400, "The body must be JSON"),
        (b'{"temperature": NaN}', 400, "The body must be JSON: NaN is not a number"),
        (b'{"temperature": 1e999}', 400, "The body must be JSON: 1e999 is not a number"),
        (b'{"temperature": ' + b"9" * 5000 + b"}", 400, "The body must be JSON"),
        (b"\xff\xfe\x00", 400, "The body must be JSON"),
        (b"[]", 400, "The body must be an object"),
        (b"null", 400, "The body must be an object"),
        (b'"text"', 400, "The body must be an object"),
        (DEEP, 400, "The body must be JSON"),
        (b"[" * 100_000, 400, "The body must be JSON"),
        (b'{"video": "asset_\\ud800", "audio": "asset_sample_audio"}', 404, "Asset asset_\ud800 not found"),
        (b'{"video": "\\u0000", "audio": "asset_sample_audio"}', 404, "Asset \0 not found"),
        (b'{"\\ud800": 1, "video": "asset_sample_video", "audio": "asset_sample_audio"}', 400, "Input \ud800 is unknown"),
        (b'{"__proto__": {}, "video": "asset_sample_video", "audio": "asset_sample_audio"}', 400,
         "Input __proto__ is unknown"),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_body_that_is_garbage_is_refused(
    every_model: Running, content: bytes, status: int, reason: str
) -> None:
    response = every_model.call("POST", f"/v1/generate/custom/{LIPSYNC}", content=content)
    assert (response.status_code, json.loads(response.content)["reason"][: len(reason)]) == (status, reason)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_a_wrong_method_is_refused(every_model: Running, method: str) -> None:
    response = every_model.call(method, f"/v1/generate/custom/{LIPSYNC}")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["assets/get-bulk", "models/get-bulk"])
def test_a_wrong_method_is_told_those_of_its_own_path(every_model: Running, path: str) -> None:
    response = every_model.call("PUT", f"/v1/{path}")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path",
    [
        "/", "/v1", "/v1/", "/v2/jobs", "/v1/jobs/", "/v1//jobs", "/v1/jobs/../../etc/passwd",
        "/v1/jobs/%2e%2e/%2e%2e/etc/passwd", "/v1/jobs/..%2f..%2fetc%2fpasswd", "/files/../../etc/passwd",
        "/files/%2e%2e%2fetc%2fpasswd", "/files/sample.mp4", "/files/asset_sample_video.mp4", "/parts/upload_x/1",
        "/v1/jobs/%00", "/v1/jobs/%ff%fe", "/v1/jobs/" + "a" * 5000, "/v1/jobs/job_%F0%9F%8D%8C", "/v1/assets/%2e%2e",
        "/v1/models/model_sync-lipsync-v2%0d%0aSet-Cookie:%20a=b", "/v1/models/' OR 1=1 --",
        "/v1/models/" + "a" * 5000, "/v1/" + "/" * 5000, "/parts/upload_x/" + "9" * 5000,
        "/v1/models/https:%2f%2fa.b%2fc%3froot:", "/v1/assets/" + "%F0%9F%8D%8C" * 1000,
    ],
)  # fmt: skip
def test_an_odd_path_finds_nothing(every_model: Running, path: str) -> None:
    """The path goes out as it stands: httpx would tidy it up."""
    host, port = every_model.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        target = path.replace(" ", "%20")
        connection.sendall(
            f"GET {target} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\nConnection: close\r\n\r\n".encode()
        )
        response = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = response.partition("\r\n\r\n")
    assert head.split()[1] in ("403", "404", "405"), response
    assert "set-cookie" not in head.lower()
    assert "root:" not in body
    assert len(body) < 2000


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("jobs?pageSize=0", "Query pageSize must be a number from 1 to 100"),
        ("jobs?pageSize=many", "Query pageSize must be a number from 1 to 100"),
        ("jobs?pageSize=²", "Query pageSize must be a number from 1 to 100"),
        ("models?pageSize=501", "Query pageSize must be a number from 1 to 500"),
        ("jobs?status=done", "Query status must be one of pending, queued"),
        ("jobs?status=", "Query status must be one of pending, queued"),
        ("jobs?createdAfter=yesterday", "Query createdAfter must be an ISO 8601 date"),
        ("jobs?createdAfter=", "Query createdAfter must be an ISO 8601 date"),
        ("jobs?createdAfter=1970-01-01&status=queued", "Query createdAfter cannot be combined with status"),
        ("models?privacy=open", "Query privacy must be one of private, public"),
        ("jobs?sort=up", "Query sort is not supported by the sandbox"),
        (f"jobs?{'x' * 5000}", f"Query {'x' * 99}… is not supported by the sandbox"),
        ("assets?tags=a", "Query tags is not supported by the sandbox"),
        ("models?tags=a", "Query tags is not supported by the sandbox"),
    ],
)
def test_a_query_that_is_garbage_is_refused(every_model: Running, query: str, reason: str) -> None:
    response = every_model.call("GET", f"/v1/{query}")
    assert response.status_code == 400, response.text
    assert response.json()["reason"].startswith(reason)


def test_a_body_of_50_megabytes_is_refused_and_the_next_request_is_not(every_model: Running) -> None:
    with httpx.Client(auth=("a", "b"), timeout=60) as client:
        for path in (f"/v1/generate/custom/{LIPSYNC}", "/v1/assets", "/v1/uploads", "/sandbox/faults"):
            response = client.post(every_model.address + path, content=b" " * 50_000_000)
            assert (response.status_code, response.json()["reason"]) == (
                413,
                "The body must be at most 10000000 bytes",
            )
            response = client.post(every_model.address + path, content=iter([b" " * 1_000_000] * 50))
            assert response.status_code == 413
            assert client.get(f"{every_model.address}/v1/jobs").status_code == 200


def test_what_is_no_http_is_refused(every_model: Running) -> None:
    host, port = every_model.address.removeprefix("http://").split(":")
    for garbage in (
        b"\x16\x03\x01\x02\x00\x01",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(garbage + b"\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
    assert every_model.call("GET", "/v1/jobs").status_code == 200


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
            response = sandbox.call("POST", f"/v1/generate/custom/{model}", content=body)
            assert response.status_code in (200, 400), response.text
            assert sandbox.call("GET", "/v1/jobs").status_code == 200


def test_a_mistake_of_the_sandbox_itself_is_a_500_and_the_next_request_is_none(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Scenario(max_retries=0)
    monkeypatch.setattr("scenario_sandbox.catalogue.Model.find_problem", lambda *_: 1 / 0)
    with pytest.raises(InternalServerError):
        client.generate.run_model(LIPSYNC, body=REQUEST)
    with pytest.raises(NotFoundError):
        client.jobs.retrieve("job_gone")
