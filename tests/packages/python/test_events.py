"""Events that are posted to a webhook: how they are read; and the README's application, which submits requests."""

import copy
import json
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from scenario_sandbox import Sandbox

from support.applications import by_uvicorn
from support.example import PROJECT
from support.sandboxes import SAMPLE_FILES

CASES = json.loads((PROJECT / "tests/packages/events.json").read_text())  # for the npm package, too


def travelled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301


@pytest.mark.parametrize(("posted", "facts"), CASES["read"])
def test_an_event_is_read_leniently_whatever_is_in_it(models: Any, posted: Any, facts: list[str]) -> None:
    text = json.dumps(posted)
    marked = f"\ufeff{text}"
    for given in (
        posted,
        text,
        text.encode(),
        marked,
        marked.encode(),
        bytearray(text, "utf-8"),
        memoryview(text.encode()),
    ):
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
    ({1}, "TypeError", "an event is the body of a request, as bytes, text or a dict, not set; with FastAPI: await"),
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


# The README's application


def test_the_application_of_the_readme_takes_requests_and_gives_jobs_and_files(
    scenario_sandbox: Sandbox, tmp_path: Path
) -> None:
    with by_uvicorn("app", tmp_path, scenario_sandbox) as client:
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
