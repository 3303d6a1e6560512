"""The sandbox as a program: every model, garbage, crowds, restarts, installation, and its README word for word."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from scenario_sandbox import Sandbox

from support.environments import install, make_environment
from support.roots import PROJECT
from support.sandboxes import AUDIO, LIPSYNC, PLAIN, PYTEST, REQUEST, VIDEO, Running, announce, play, running

PACKAGE = PROJECT / "generated" / "sandbox"
SAMPLES = {"file": VIDEO, "model": "model_lora"}


@pytest.fixture(scope="module")
def every_model(generated: Path) -> Iterator[Running]:
    """Give a sandbox with all real models and the hard ones."""
    with running("--speed", "0", package=generated / "sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def every_package(generated: Path, import_from: Callable[[Path], Any]) -> Any:
    """Give the Python package of the same models."""
    return import_from(generated / "python")


def list_models(sandbox: Running) -> list[dict[str, Any]]:
    models = sandbox.call("GET", "/v1/models?privacy=public&pageSize=500").json()["models"]
    return [sandbox.call("GET", f"/v1/models/{one['id']}").json()["model"] for one in models]


def smallest_request(model: dict[str, Any]) -> dict[str, Any]:
    """Make a request with what the model requires, from nothing but the inputs it shows."""
    return {one["name"]: value_of(one) for one in model["inputs"] if one.get("required")}


def value_of(shown: dict[str, Any]) -> Any:
    kind = shown["type"].removesuffix("_array")
    plain = {"file": VIDEO, "model": "model_lora", "string": "a cat", "boolean": True, "inputs": {}}
    value = shown.get("allowedValues", [plain.get(kind, shown.get("min", 1))])[0]
    return [value] if shown["type"].endswith("_array") else value


def test_every_model_runs_and_its_result_opens_in_a_player(every_model: Running) -> None:
    kinds = set()
    for model in list_models(every_model):
        answer = every_model.call("POST", f"/v1/generate/custom/{model['id']}", json=smallest_request(model))
        assert answer.status_code == 200, (model["id"], answer.text)
        every_model.call("POST", "/sandbox/clock", json={"step": 10})
        job = every_model.call("GET", f"/v1/jobs/{answer.json()['job']['jobId']}").json()["job"]
        for identifier in job["metadata"]["assetIds"]:
            asset = every_model.call("GET", f"/v1/assets/{identifier}").json()["asset"]
            content = httpx.get(asset["url"], verify=PLAIN).content
            assert len(content) == asset["properties"]["size"]
            assert play(asset["kind"], content) == {
                key: value for key, value in asset["properties"].items() if key != "size"
            }
            kinds.add(asset["kind"])
    assert kinds >= {"3d", "audio", "image", "video"}


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_it_and_the_generated_validators_find_the_same_problems(
    every_model: Running, generated: Path, every_package: Any, data: st.DataObject
) -> None:
    """The one uses the jsonschema library, the other code of its own."""
    from scenario_models import validators

    info = data.draw(st.sampled_from(every_package.models()))
    folder = generated / "sandbox/scenario_sandbox/models"
    body = data.draw(right_and_wrong(folder / f"{info.id.removeprefix('model_')}.json"))
    answer = every_model.call("POST", f"/v1/generate/custom/{info.id}?dryRun=true", json=body)
    problems = validators.validate(info.id, body)
    if not problems:
        assert answer.status_code in (269, 404), (
            body,
            answer.text,
        )  # 404: a file or a model that is not there
    else:
        assert answer.status_code == 400, (body, problems)
        named = {problem.pointer.split("/")[1] for problem in problems}
        assert answer.json()["reason"].split()[1] in named


@cache
def right_and_wrong(path: Path) -> st.SearchStrategy[dict[str, Any]]:
    """Make requests by a spec, and some that break it."""
    spec = json.loads(path.read_text())
    return from_schema(spec) | broken(spec)


def broken(spec: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Make requests that are wrong in one or more places, mostly."""
    json_values = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 5),
        st.floats(-5, 5),
        st.text(max_size=3),
        st.just([]),
        st.just({}),
    )
    names = st.sampled_from([*spec["properties"], "unknown"])
    return st.builds(
        lambda good, bad, gone: {k: v for k, v in {**good, **bad}.items() if k not in gone},
        from_schema(spec),
        st.dictionaries(names, json_values, max_size=3),
        st.sets(names, max_size=1),
    )


def test_a_problem_is_said_in_the_words_of_the_api(every_model: Running) -> None:
    words = {
        "type": r"Input \S+ must be of type (string|number|boolean|array)",
        "element": r"Input \S+ must be an array of (string|number|object)",
        "enum": r"Input \S+ must be one of .+",
        "minimum": r"Input \S+ must be at least [-+.e\d]+",
        "maximum": r"Input \S+ must be at most [-+.e\d]+",
        "required": r"Input \S+ is required",
        "unknown": r"Input seeed is unknown",
    }
    seen = set()
    for model in list_models(every_model):
        good = smallest_request(model)
        for bad in spoil(model, good):
            answer = every_model.call("POST", f"/v1/generate/custom/{model['id']}", json=bad)
            assert answer.status_code == 400, (bad, answer.text)
            said = answer.json()["reason"]
            found = [rule for rule, pattern in words.items() if re.fullmatch(pattern, said)]
            assert found, said
            seen.update(found)
    assert seen == set(words)


def spoil(model: dict[str, Any], good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**good, "seeed": 1}
    for name in good:
        yield {key: value for key, value in good.items() if key != name}
    for shown in model["inputs"]:
        name, is_array = shown["name"], shown["type"].endswith("_array")
        yield {**good, name: None}
        if is_array:
            yield {**good, name: [None]}
        if "allowedValues" in shown:
            yield {**good, name: ["no such"] if is_array else "no such"}
        for bound, beyond in (("min", -1), ("max", 1)):
            if bound in shown and shown["type"].startswith("number"):
                value = shown[bound] + beyond * max(1, abs(shown[bound]))
                yield {**good, name: [value] if is_array else value}


DEEDS = st.one_of(
    st.tuples(st.just("step"), st.floats(0, 6)),
    st.tuples(st.just("step"), st.none()),
    st.tuples(st.just("speed"), st.sampled_from([0, 1, 1000])),
    st.tuples(st.just("cancel"), st.none()),
)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    fault=st.sampled_from([None, "job-fails", "job-hangs", "job-strange"]), deeds=st.lists(DEEDS, max_size=12)
)
def test_a_job_never_goes_back_and_its_past_stays_as_it_was(
    every_model: Running, fault: str | None, deeds: list[tuple[str, float | None]]
) -> None:
    every_model.call("POST", "/sandbox/clock", json={"speed": 0})
    if fault:
        every_model.call("POST", "/sandbox/faults", json={"kind": fault, "times": 1})
    job = every_model.call("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST).json()["job"]
    for deed, value in deeds:
        if deed == "cancel":
            every_model.call("POST", f"/v1/jobs/{job['jobId']}/action", json={"action": "cancel"})
        else:
            assert every_model.call("POST", "/sandbox/clock", json={deed: value}).status_code == 200
        now = every_model.call("GET", f"/v1/jobs/{job['jobId']}").json()["job"]
        history = now["statusHistory"]
        assert history[: len(job["statusHistory"])] == job["statusHistory"]
        assert [step["date"] for step in history] == sorted(step["date"] for step in history)
        assert (now["status"], now["updatedAt"]) == (history[-1]["status"], history[-1]["date"])
        assert now["createdAt"] == job["createdAt"] == history[0]["date"]
        assert job["progress"] <= now["progress"] <= 1
        job = now


# Garbage.

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
    answer = every_model.call("POST", f"/v1/generate/custom/{LIPSYNC}", content=content)
    assert (answer.status_code, json.loads(answer.content)["reason"][: len(reason)]) == (status, reason)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_a_wrong_method_is_refused(every_model: Running, method: str) -> None:
    answer = every_model.call(method, f"/v1/generate/custom/{LIPSYNC}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["assets/get-bulk", "models/get-bulk"])
def test_a_wrong_method_is_told_those_of_its_own_path(every_model: Running, path: str) -> None:
    answer = every_model.call("PUT", f"/v1/{path}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


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
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.split()[1] in ("403", "404", "405"), answer
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
    answer = every_model.call("GET", f"/v1/{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["reason"].startswith(reason)


def test_a_body_of_50_megabytes_is_refused_and_the_next_request_is_not(every_model: Running) -> None:
    with httpx.Client(auth=("a", "b"), timeout=60) as client:
        for path in (f"/v1/generate/custom/{LIPSYNC}", "/v1/assets", "/v1/uploads", "/sandbox/faults"):
            answer = client.post(every_model.address + path, content=b" " * 50_000_000)
            assert (answer.status_code, answer.json()["reason"]) == (
                413,
                "The body must be at most 10000000 bytes",
            )
            answer = client.post(every_model.address + path, content=iter([b" " * 1_000_000] * 50))
            assert answer.status_code == 413
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


# Uploads that go wrong.


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"parts": 0}, "Input parts must be at least 1"),
        ({"parts": 10_001}, "Input parts must be at most 10000"),
        ({"parts": 1.5}, "Input parts must be a whole number"),
        ({"kind": "model"}, "Input kind must be one of"),
        ({"fileName": ""}, "Input fileName must be at least 1 characters"),
        ({"fileName": None}, "Input fileName must be of type string"),
        ({"fileSize": True}, "Input fileSize must be of type number"),
        ({"fileSize": "6"}, "Input fileSize must be of type number"),
        ({"contentType": "видео/mp4"}, "Input contentType must match"),
        ({"contentType": "video/mp4\r\nX-Evil: 1"}, "Input contentType must match"),
        ({"contentType": "film"}, "Input contentType must match"),
        ({"url": "file:///etc/passwd"}, "Input url must match ^https?://"),
        ({"url": "https://[/a.mp4"}, "Input url must match ^https?://"),
    ],
)
def test_an_upload_that_makes_no_sense_is_refused(
    every_model: Running, changes: dict[str, Any], reason: str
) -> None:
    answer = announce(every_model, **changes)
    assert answer.status_code == 400
    assert answer.json()["reason"].startswith(reason)


def test_an_upload_lacks_a_part_then_has_the_wrong_size(every_model: Running) -> None:
    upload = announce(every_model).json()["upload"]
    action = f"/v1/uploads/{upload['id']}/action"
    complete = {"json": {"action": "complete"}}
    assert (
        every_model.call("POST", action, json={"action": "stop"}).json()["reason"]
        == "Input action must be one of 'complete'"
    )
    one, two = (part["url"] for part in upload["parts"])
    assert (
        httpx.put(one, content=b"abc", verify=PLAIN).headers["etag"] == '"900150983cd24fb0d6963f7d28e17f72"'
    )
    assert (
        every_model.call("POST", action, **complete).json()["reason"] == "Part 2 of 2 has not been uploaded"
    )
    assert httpx.put(two, content=b"", verify=PLAIN).status_code == 200
    assert every_model.call("POST", action, **complete).json()["upload"]["status"] == "validating"
    every_model.call("POST", "/sandbox/clock", json={"step": 2})
    failed = every_model.call("GET", f"/v1/uploads/{upload['id']}").json()["upload"]
    assert (failed["status"], failed["errorMessage"]) == ("failed", "The file has 3 bytes, not 6")
    assert "entityId" not in failed
    assert httpx.put(two, content=b"def", verify=PLAIN).status_code == 404


def test_a_signed_url_takes_its_own_part_alone_and_no_key(every_model: Running) -> None:
    upload = announce(every_model).json()["upload"]
    url = upload["parts"][0]["url"]
    for forged in (
        url.replace("/1?", "/2?"),
        url.replace("X-Amz-Expires=3600", "X-Amz-Expires=9999"),
        re.sub("Signature=.", "Signature=é", url),
        url.partition("?")[0],
        url.partition("?")[0] + "?Expires=99999999999&Signature=a",
        url.replace("X-Amz-Date=2", "X-Amz-Date=x"),
    ):
        answer = httpx.put(forged, content=b"abc", verify=PLAIN)
        assert (answer.status_code, "<Code>SignatureDoesNotMatch</Code>" in answer.text) == (403, True), (
            forged
        )
    answer = httpx.put(url, content=b"abc", auth=("key", "secret"), verify=PLAIN)
    assert (answer.status_code, "send no key to a signed URL" in answer.text) == (400, True)
    assert httpx.put(url, content=b"abc", verify=PLAIN).status_code == 200


def test_a_file_is_sent_in_ranges(every_model: Running) -> None:
    upload = announce(every_model).json()["upload"]
    for part, content in zip(upload["parts"], (b"abc", b"def"), strict=True):
        httpx.put(part["url"], content=content, verify=PLAIN)
    every_model.call("POST", f"/v1/uploads/{upload['id']}/action", json={"action": "complete"})
    every_model.call("POST", "/sandbox/clock", json={"step": 2})
    entity = every_model.call("GET", f"/v1/uploads/{upload['id']}").json()["upload"]["entityId"]
    url = every_model.call("GET", f"/v1/assets/{entity}").json()["asset"]["url"]
    for asked, status, content, told in (
        ("bytes=0-5", 206, b"abcdef", "bytes 0-5/6"),
        ("bytes=1-3", 206, b"bcd", "bytes 1-3/6"),
        ("bytes=4-", 206, b"ef", "bytes 4-5/6"),
        ("bytes=-2", 206, b"ef", "bytes 4-5/6"),
        ("bytes=2-99", 206, b"cdef", "bytes 2-5/6"),
        ("bytes=6-", 416, b"", "bytes */6"),
        ("bytes=3-2", 416, b"", "bytes */6"),
        ("bytes=-", 200, b"abcdef", None),
        ("bytes=0-1,3-4", 200, b"abcdef", None),
    ):
        answer = httpx.get(url, headers={"Range": asked}, verify=PLAIN)
        assert (answer.status_code, answer.content) == (status, content), asked
        assert answer.headers.get("content-range") == told
    assert httpx.head(url, verify=PLAIN).headers["content-length"] == "6"


# Crowds.


def test_it_holds_a_thousand_jobs_at_once(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.speed = 0

    with httpx.Client(base_url=scenario_sandbox.address, auth=("a", "b")) as client:

        def submit(number: int) -> str:
            body = {**REQUEST, "temperature": number / 1000}
            answer = client.post(f"/v1/generate/custom/{LIPSYNC}", json=body)
            return str(answer.json()["job"]["jobId"])

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


# The command.


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scenario_sandbox", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "only this machine can reach it"),
        ("localhost", "only this machine can reach it"),
        ("::1", "only this machine can reach it"),
        ("0.0.0.0", "every machine that can reach this one can use it, unless --key restricts it"),  # noqa: S104
    ],
)
def test_it_says_how_to_reach_it_and_who_else_can(host: str, told: str) -> None:
    with running("--host", host, "--key", "a b:c") as sandbox:
        url = f"{sandbox.environment['SCENARIO_BASE_URL']}/jobs"
        assert (
            sandbox.environment["SCENARIO_SDK_API_KEY"],
            sandbox.environment["SCENARIO_SDK_API_SECRET"],
        ) == ("a b", "c")
        assert httpx.get(url, auth=("a b", "c"), verify=PLAIN).status_code == 200
        assert httpx.get(url, auth=("a b", "d"), verify=PLAIN).status_code == 401
        assert told in sandbox.said[0]


def test_it_listens_on_loopback_alone_unless_told_otherwise() -> None:
    with running() as sandbox:
        port = sandbox.address.rpartition(":")[2]
        table = Path("/proc/net/tcp").read_text().splitlines()[1:]
        listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
        assert [where for where in listening if where.endswith(f":{int(port):04X}")] == [
            f"0100007F:{int(port):04X}"
        ]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--fault", "job-dances"], 2, "'job-dances': Input kind must be one of 'latency', 'rate-limit'"),
        (["--fault", "latency,seconds"], 2, "'latency,seconds': write KIND,name=value, each name once"),
        (["--fault", "latency,seconds=soon"], 2, "'latency,seconds=soon': Input seconds must be a number"),
        (["--fault", "latency,kind=truncate"], 2, "each name once"),
        (["--fault", "latency,times=1,times=2"], 2, "each name once"),
        (["--host", ""], 2, "the host must not be empty"),
        (["--fault", "latency,time=3"], 2, "Input time is unknown; use kind, on, times, rate, seconds"),
        (
            ["--fault", "latency,on=jobs"],
            2,
            "latency never strikes 'jobs'; it can strike POST /v1/generate/custom/*, GET /v1/jobs",
        ),
        (["--speed", "-1"], 2, "the speed must be a number from 0 to 1000000000"),
        (["--speed", "fast"], 2, "invalid float value"),
        (["--speed", "nan"], 2, "the speed must be a number from 0 to 1000000000"),
        (["--port", "http"], 2, "invalid int value"),
        (["--port", "70000"], 1, "cannot listen on 127.0.0.1, port 70000"),
        (["--host", "no.such.host.invalid"], 1, "cannot listen on no.such.host.invalid"),
        (["--key", ""], 2, "an API key and its secret must not be empty"),
        (["--key", "a:"], 2, "an API key and its secret must not be empty"),
        (["--state", "/no/such/folder/state"], 1, "/no/such/folder/state: cannot save the state there"),
        (["--state", str(PROJECT / "README.md")], 1, "is not the state of a sandbox"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from scenario_sandbox.command import main

    with pytest.raises(SystemExit) as ended:
        main(["--port", "0", *arguments])
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (code, "")
    assert told in said.err


def test_a_port_that_is_taken_is_told() -> None:
    with running() as sandbox:
        port = sandbox.address.rpartition(":")[2]
        done = command("--port", port)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    assert re.search(
        f"cannot listen on 127.0.0.1, port {port}: .*Address already in use.*; try --port 0 for a free port",
        done.stderr,
    )


def test_it_is_stopped_and_leaves_nothing_behind(tmp_path: Path) -> None:
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        state = tmp_path / f"{how}.db"
        with running("--state", state, "--fault", "latency,seconds=60,on=GET /v1/jobs") as sandbox:
            sandbox.call("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST)
            waiting = threading.Thread(target=swallow, args=(sandbox,))
            waiting.start()
            time.sleep(0.2)
            sandbox.stop(how)
            waiting.join(10)
            assert not waiting.is_alive()
        if how != signal.SIGKILL:
            assert sorted(path.name for path in tmp_path.glob(f"{how}.*")) == [state.name]
        with running("--state", state) as sandbox:
            assert len(sandbox.call("GET", "/sandbox/ledger").json()["entries"]) == 1


def swallow(sandbox: Running) -> None:
    try:
        sandbox.call("GET", "/v1/jobs")
    except httpx.HTTPError:
        return


def test_a_sandbox_leaves_no_thread_and_no_socket() -> None:
    with Sandbox() as sandbox:
        assert httpx.get(f"{sandbox.address}/v1/jobs", auth=("a", "b"), verify=PLAIN).status_code == 200
    assert not [thread for thread in threading.enumerate() if thread.name == "scenario-sandbox"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{sandbox.base_url}/jobs", verify=PLAIN)
    with pytest.raises(RuntimeError, match="the sandbox has stopped"):
        sandbox.step()


def test_the_state_outlives_a_restart_in_all_its_parts(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with running("--state", state, "--speed", "0") as sandbox:
        job = sandbox.call("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST).json()["job"]
        upload = announce(sandbox, parts=1).json()["upload"]
        port = sandbox.address.rpartition(":")[2]
        httpx.put(upload["parts"][0]["url"], content=b"abcdef", verify=PLAIN)
        sandbox.call("POST", "/sandbox/clock", json={"step": 3})
        shown = sandbox.call("GET", f"/v1/jobs/{job['jobId']}").json()
    assert shown["job"]["status"] == "in-progress"
    with running("--state", state, "--speed", "0", "--port", port) as sandbox:
        assert sandbox.call("GET", f"/v1/jobs/{job['jobId']}").json() == shown
        sandbox.call("POST", f"/v1/uploads/{upload['id']}/action", json={"action": "complete"})
        sandbox.call("POST", "/sandbox/clock", json={"step": 7})
        done = sandbox.call("GET", f"/v1/jobs/{job['jobId']}").json()["job"]
        assert done["status"] == "success"
        assert done["statusHistory"][:3] == shown["job"]["statusHistory"]
        entity = sandbox.call("GET", f"/v1/uploads/{upload['id']}").json()["upload"]["entityId"]
        url = sandbox.call("GET", f"/v1/assets/{entity}").json()["asset"]["url"]
    with running("--state", state, "--port", port):
        assert httpx.get(url, verify=PLAIN).content == b"abcdef"


def test_a_state_is_not_shared_by_two(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with running("--state", state):
        done = command("--port", "0", "--state", str(state))
    assert done.returncode == 1
    assert "another sandbox has it open" in done.stderr


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with sqlite3.connect(state) as connection:
        connection.execute("CREATE TABLE precious (data TEXT)")
    connection.close()
    before = state.read_bytes()
    done = command("--port", "0", "--state", str(state))
    assert (done.returncode, "is not the state of a sandbox" in done.stderr) == (1, True)
    assert state.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


def test_requests_are_shown_with_the_faults_they_met_but_no_signature() -> None:
    faults = ("--fault", "error-before,on=GET /v1/jobs,times=1", "--fault", "job-fails")
    with running(*faults) as sandbox:
        sandbox.call("GET", "/v1/jobs")
        httpx.get(sandbox.call("GET", f"/v1/assets/{VIDEO}").json()["asset"]["url"], verify=PLAIN)
        sandbox.call("GET", "/v1/assets/🍌")
        sandbox.call("GET", "/v1/jobs", auth=None)
        sandbox.call("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST)
        sandbox.stop()
        assert sandbox.said[1:] == [
            "GET /v1/jobs 500 [error-before]",
            f"GET /v1/assets/{VIDEO} 200",
            f"GET /files/{VIDEO}.mp4 200",
            "GET /v1/assets/%F0%9F%8D%8C 404: Asset \\ud83c\\udf4c not found",
            "GET /v1/jobs 401: Unauthorized",
            f"POST /v1/generate/custom/{LIPSYNC} 200 [job-fails]",
        ]
    with running("--quiet") as sandbox:
        sandbox.call("GET", "/v1/jobs")
        sandbox.stop()
        assert len(sandbox.said) == 1


# The package, and its README.


def test_the_checkers_and_the_linter_find_nothing_in_the_package_itself(tmp_path: Path) -> None:
    for checker in (
        ["mypy", "scenario_sandbox"],
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "."],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *checker],
            cwd=shutil.copytree(PACKAGE, tmp_path / checker[0] / checker[1]),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_loading_the_plugin_loads_no_server() -> None:
    code = "import sys, scenario_sandbox.plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"starlette", "uvicorn", "jsonschema", "pydantic"} & set(done.stdout.split())


def test_the_wheel_brings_the_models_and_the_samples(tmp_path: Path) -> None:
    source = shutil.copytree(PACKAGE, tmp_path / "source")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(source)]
    subprocess.run(build, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(tmp_path / "site")], check=True)
    with running(package=tmp_path / "site") as sandbox:
        code = "import scenario_sandbox; print(scenario_sandbox.__file__)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
            capture_output=True,
            text=True,
            check=True,
        )
        assert str(tmp_path) in done.stdout
        assert len(sandbox.call("GET", "/v1/models?privacy=public").json()["models"]) == 4
        url = sandbox.call("GET", f"/v1/assets/{AUDIO}").json()["asset"]["url"]
        assert play("audio", httpx.get(url, verify=PLAIN).content)["duration"] == 1


def test_it_installs_into_a_clean_environment_and_brings_the_fixture(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "environment")
    install(python, shutil.copytree(PACKAGE, tmp_path / "source"), "pytest")
    (tmp_path / "test_mine.py").write_text(
        "from urllib.request import urlopen\n\nimport pytest\n\nfrom scenario_sandbox import Fault, Sandbox\n\n\n"
        "def test_it(scenario_sandbox: Sandbox) -> None:\n"
        "    scenario_sandbox.fail('latency', seconds=0)\n"
        "    with pytest.raises(OSError, match='401'):\n"
        "        urlopen(scenario_sandbox.address + '/v1/jobs')\n\n\n"
        "def test_two_at_once(scenario_sandbox: Sandbox) -> None:\n"
        "    with Sandbox(faults=[Fault(kind='error-before')]) as other:\n"
        "        assert other.address != scenario_sandbox.address\n"
    )
    for command in (
        [python, "-m", "pytest", "-q", "-W", "error"],
        [sys.executable, "-m", "mypy", "--python-executable", python, "--strict"],
    ):
        done = subprocess.run(
            [*command, "test_mine.py"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    shown = subprocess.run([python.parent / "scenario-sandbox", "--help"], capture_output=True, check=True)
    assert b"job-strange" in shown.stdout


README = (PACKAGE / "README.md").read_text()
BLOCK = re.compile(
    r"^```(?P<language>\w+)\n(?P<code>.*?)^```\n(?:\n(?P<output>(?:^ {4}[^\n]*\n)+))?",
    re.DOTALL | re.MULTILINE,
)


def test_the_readme_is_followed_word_for_word(tmp_path: Path) -> None:
    found = list(BLOCK.finditer(README))
    commands = [block["code"] for block in found if block["language"] == "console"]
    code = [block["code"] for block in found if block["language"] == "python"]
    output = "".join(block["output"] or "" for block in found)
    tests = [block for block in code if "test_mine.py" in block]
    with running("--speed", "50") as sandbox:
        port = sandbox.address.rpartition(":")[2]
        told = [f"export {name}={value}" for name, value in sandbox.environment.items()]
        assert commands[0].splitlines()[1:] == [line.replace(f":{port}/", ":8000/") for line in told]
        done = subprocess.run(
            [sys.executable, "-c", "".join(block for block in code if block not in tests)],
            cwd=tmp_path,
            env={**os.environ, **sandbox.environment},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == textwrap.dedent(output)
        assert play("video", (tmp_path / "result.mp4").read_bytes())["duration"] == 2
        assert len(sandbox.call("GET", "/sandbox/ledger").json()["entries"]) == 2
        for line in "".join(commands).splitlines():
            if line.startswith("$ curl"):
                curl = line.removeprefix("$ ").replace(":8000/", f":{port}/")
                said = subprocess.run(curl, shell=True, capture_output=True, text=True, check=True)
                assert len(json.loads(said.stdout)["faults"]) == ("DELETE" not in line)

    (tmp_path / "test_mine.py").write_text("".join(tests))
    done = subprocess.run(
        [*PYTEST, "test_mine.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout


def test_the_options_and_the_script_of_the_readme_work(tmp_path: Path) -> None:
    lines = [line.removeprefix("$ ") for line in README.splitlines() if line.startswith("$ scenario-sandbox")]
    (faulty,) = (line for line in lines if "--fault" in line)
    with running(*shlex.split(faulty)[1:]) as sandbox:
        assert len(sandbox.call("GET", "/sandbox/faults").json()["faults"]) == 2
    (script,) = (line for line in lines if "variables" in line)
    ask = 'curl -s -u "$SCENARIO_SDK_API_KEY:$SCENARIO_SDK_API_SECRET" $SCENARIO_BASE_URL/jobs; kill %1; wait'
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"set -m; {script}; {ask}"],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == '{"jobs":[]}'


def test_every_fault_and_every_sample_is_in_the_readme() -> None:
    from scenario_sandbox.faults import KINDS

    for kind in KINDS:
        assert f"`{kind}`" in README
    with running() as sandbox:
        for asset in sandbox.call("GET", "/v1/assets?privacy=public").json()["assets"]:
            assert f"`{asset['id']}`" in README
