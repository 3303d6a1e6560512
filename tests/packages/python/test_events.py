"""Events that are posted to a webhook: how they are read, and the README's application, which takes them from a sandbox that sends them as wrongly as it can."""

import contextlib
import copy
import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from scenario_sandbox import Sandbox
from scenario_sdk import Scenario

from support.example import EXAMPLE, PROJECT
from support.sandboxes import NO_CERTIFICATES, PLAIN, SAMPLE_FILES
from support.waiting import wait_until

CASES = json.loads((PROJECT / "tests/packages/events.json").read_text())  # for the npm package, too


def travelled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301


@pytest.mark.parametrize(("posted", "facts"), CASES["read"])
def test_an_event_is_read_leniently_whatever_is_in_it(
    models: Any, posted: Any, facts: list[str]
) -> None:
    text = json.dumps(posted)
    for given in (posted, text, text.encode(), bytearray(text, "utf-8"), memoryview(text.encode())):
        event = models.parse_event(given)
        assert [event.id, event.type, event.created_at, event.job_id] == facts
        assert event.payload == posted
    names = ("id", "type", "created_at", "job_id")
    assert event.to_dict() == {**dict(zip(names, facts, strict=True)), "payload": posted}
    for twin in (travelled(event), copy.deepcopy(event), models.parse_event(posted)):
        assert (twin, hash(twin), twin.to_dict()) == (event, hash(event), event.to_dict())
    assert "Signature" not in repr(event)


NO_EVENTS: list[tuple[Any, str, str]] = [
    *((posted, "InvalidEvent", said) for posted, said in CASES["refused"] + CASES["refused as it was parsed"]),
    *((posted.encode(), "InvalidEvent", said) for posted, said in CASES["refused"]),
    (b"\xff\xfe\x00", "InvalidEvent", "the body is not JSON"),
    ("[" * 100_000, "InvalidEvent", "the body is not JSON"),
    (None, "TypeError", "an event is the body of a request, as bytes, text or a dict, not NoneType; with FastAPI: await"),
]  # fmt: skip


@pytest.mark.parametrize(("posted", "error", "said"), NO_EVENTS)
def test_what_is_no_event_is_refused_with_what_came(models: Any, posted: Any, error: str, said: str) -> None:
    kind = TypeError if error == "TypeError" else models.InvalidEvent
    with pytest.raises(kind, match=re.escape(said)) as refused:
        models.parse_event(posted)
    assert len(str(refused.value)) < 200
    if error == "InvalidEvent":
        assert isinstance(refused.value, models.ClientError)
        assert isinstance(refused.value, ValueError)
        assert str(travelled(refused.value)) == str(refused.value)


def test_what_is_wrapped_without_end_is_read_to_a_depth(models: Any) -> None:
    posted: dict[str, Any] = {}
    posted["data"] = posted["payload"] = posted
    assert models.parse_event(posted).job_id == ""


# The README's applications


def read_program(name: str) -> str:
    text = (EXAMPLE / "generated/python/README.md").read_text()
    [code] = re.findall(rf"^```python\n(# {name}\n.*?)^```", text, re.DOTALL | re.MULTILINE)
    return str(code)


@contextlib.contextmanager
def serving(name: str, folder: Path, sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Run an application of the README by uvicorn, in a process of its own."""
    for one in ("app.py", "events.py"):
        (folder / one).write_text(read_program(one))
    environment = {**os.environ, **sandbox.environment, **NO_CERTIFICATES, "EVENTS_SECRET": "s3cret-é"}
    command = [sys.executable, "-m", "uvicorn", f"{name}:app", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        try:
            said = next(line for line in process.stderr if "running on" in line)
            with httpx.Client(base_url=said.split()[4], verify=PLAIN, timeout=30) as client:
                yield client
        finally:
            process.terminate()
            rest = process.stderr.read()
    assert "Traceback" not in rest, rest


def test_the_application_of_the_readme_ends_in_the_right_state_whatever_events_it_gets(
    scenario_sandbox: Sandbox, tmp_path: Path
) -> None:
    with serving("events", tmp_path, scenario_sandbox) as client:
        url = str(client.base_url.join("/events/s3cret-%C3%A9"))
        Scenario().projects.webhook_endpoints.create("proj_sandbox", url=url, enabled_events=["*"])
        switches = [
            scenario_sandbox.fail("job-fails", times=1),
            scenario_sandbox.fail("event-late", seconds=20, rate=0.5),
            scenario_sandbox.fail("event-twice", rate=0.5),
            scenario_sandbox.fail("event-out-of-order", rate=0.5),
        ]
        files = {"video": ("talk.mp4", b"video"), "voice": ("voice.wav", b"voice")}
        made = [client.post("/files", files=files).json()["job_id"] for _ in range(12)]

        def statuses() -> list[str]:
            return [client.get(f"/statuses/{job}").json()["status"] for job in made]

        wait_until(lambda: statuses() == ["failure"] + ["success"] * 11)
        assert [entry.status for entry in scenario_sandbox.ledger] == statuses()
        assert all(switch.struck for switch in switches)

        scenario_sandbox.heal()
        scenario_sandbox.speed = 0
        job = client.post("/files", files=files).json()["job_id"]
        for posted, status in (
            ({"type": "generation.completed", "payload": {"job": {"jobId": job, "status": "success"}}}, 204),
            ({"type": "generation.failed", "payload": {"job": {"jobId": made[1], "status": "failure"}}}, 204),
            ({"type": "generation.completed", "payload": {"job": {"jobId": "job_forged"}}}, 404),
            ({"type": "generation.completed", "payload": {"job": {"jobId": "../assets"}}}, 204),
            ([job], 400),
        ):
            assert client.post(url, json=posted).status_code == status
        assert client.post("/events/s3cret", json={"jobId": job}).status_code == 404
        assert client.get(f"/statuses/{job}").json() == {"status": "queued"}
        assert client.get("/statuses/job_forged").json() == {"status": "unknown"}
        assert statuses() == ["failure"] + ["success"] * 11
        uploaded = Scenario().assets.retrieve(scenario_sandbox.ledger[0].body["video"]).asset
        assert uploaded.mime_type == "video/mp4"  # by its name
        refused = client.post("/files", files={**files, "video": ("talk.mp4", b"")})
        assert (refused.status_code, "talk.mp4 is empty" in refused.json()["detail"]) == (422, True)


def test_the_application_of_the_readme_takes_requests_and_gives_jobs_and_files(
    scenario_sandbox: Sandbox, tmp_path: Path
) -> None:
    with serving("app", tmp_path, scenario_sandbox) as client:
        schemas = client.get("/openapi.json").json()["components"]["schemas"]
        assert "bounce" in json.dumps(schemas["SyncLipsyncV2"]["properties"]["syncMode"])
        wanted = {"video": "asset_sample_video", "audio": "asset_sample_audio", "syncMode": "bounce"}
        assert client.post("/dubs", json={**wanted, "syncMode": "lop"}).status_code == 422
        job = client.post("/dubs", json=wanted).json()
        assert (job["status"], [entry.body for entry in scenario_sandbox.ledger]) == ("queued", [wanted])
        assert client.get(f"/dubs/{job['id']}").json()["id"] == job["id"]
        for wrong, status in {"job_gone": 404, "a%20b": 422, "..%2Fassets": 404}.items():
            assert client.get(f"/dubs/{wrong}").status_code == status
        scenario_sandbox.fail("no-credits", status=400)
        assert client.post("/dubs", json=wanted).status_code == 422
        scenario_sandbox.heal()
        scenario_sandbox.fail("error-before", on="GET /v1/jobs/*")
        assert client.get(f"/dubs/{job['id']}").status_code == 502
        scenario_sandbox.heal()
        response = client.get(f"/dubs/{job['id']}/file")
        assert response.headers["content-type"] == "video/mp4"
        assert response.content == (SAMPLE_FILES / "sample.mp4").read_bytes()
