"""What goes wrong on demand: a fault strikes as often as it says, and only what it can spoil; its switch, and the clock's, by route and by fixture."""

import re
import time
from typing import Any

import httpx
import pytest
from scenario_sandbox import Fault, Sandbox
from scenario_sdk import (
    APIConnectionError,
    APIStatusError,
    BadRequestError,
    InternalServerError,
    RateLimitError,
    Scenario,
)

from support.sandboxes import (
    GENERATE,
    LIPSYNC,
    PLAIN,
    REQUEST,
    SAMPLE_FILES,
    VIDEO,
    announce,
    get,
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
    responses = sorted(connection.recv(12) for connection in held)
    for connection in held:
        connection.close()
    assert responses == [b"HTTP/1.1 200"] * 4 + [b"HTTP/1.1 500"]
    assert fault.struck == 1


# What goes wrong on demand.

ANY_MODEL = "POST /v1/generate/*"


@pytest.mark.parametrize(
    ("kind", "error", "jobs"),
    [
        ("rate-limit", RateLimitError, 0),
        ("error-before", InternalServerError, 0),
        ("error-after", InternalServerError, 1),
        ("drop-before", APIConnectionError, 0),
        ("drop-after", APIConnectionError, 1),
        ("truncate", APIConnectionError, 1),
    ],
)
def test_a_request_fails_as_often_as_asked_before_or_after_the_job_was_made(
    client: Any, scenario_sandbox: Sandbox, kind: str, error: type[Exception], jobs: int
) -> None:
    scenario_sandbox.fail(kind, on=ANY_MODEL, times=2)
    assert client.jobs.list().jobs == []
    for _ in range(2):
        with pytest.raises(error):
            client.generate.run_model(LIPSYNC, body=REQUEST)
    client.generate.run_model(LIPSYNC, body=REQUEST)
    assert len(scenario_sandbox.ledger) == 2 * jobs + 1


def test_the_sdk_pays_twice_when_a_response_is_lost(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.fail("drop-after", on=ANY_MODEL, times=1)
    Scenario().generate.run_model(LIPSYNC, body=REQUEST)
    assert [entry.cost for entry in scenario_sandbox.ledger] == [10.75, 10.75]


def test_a_rate_limit_says_when_to_come_back(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.fail("rate-limit", seconds=1.5)
    response = post(scenario_sandbox, f"/v1/generate/custom/{LIPSYNC}", REQUEST)
    assert (response.status_code, response.headers["retry-after"]) == (429, "2")
    assert response.json()["remainingSeconds"] == 1.5


REFUSALS: list[tuple[dict[str, Any], int, dict[str, Any]]] = [
    ({}, 402, {"reason": "Not enough creative units"}),
    ({"status": 403}, 403, {"reason": "Not enough creative units"}),
    ({"body": {"message": "poor", "left": 0.5}}, 402, {"message": "poor", "left": 0.5}),
    ({"status": 429, "body": {}}, 429, {}),
]


@pytest.mark.parametrize(("options", "status", "body"), REFUSALS)
def test_a_submission_is_refused_for_want_of_credits_with_any_response(
    client: Any, scenario_sandbox: Sandbox, options: dict[str, Any], status: int, body: dict[str, Any]
) -> None:
    fault = scenario_sandbox.fail("no-credits", times=1, **options)
    with pytest.raises(BadRequestError):
        client.generate.run_model(LIPSYNC, body={})  # refused for another reason
    assert post(scenario_sandbox, f"{GENERATE}?dryRun=true", REQUEST).status_code == 269
    with pytest.raises(APIStatusError) as refused:
        client.generate.run_model(LIPSYNC, body=REQUEST)
    said = {name: value for name, value in refused.value.body.items() if name != "trace_id"}
    assert (refused.value.status_code, said, fault.struck) == (status, body, 1)
    assert (client.jobs.list().jobs, scenario_sandbox.ledger) == ([], [])
    client.generate.run_model(LIPSYNC, body=REQUEST)
    assert len(scenario_sandbox.ledger) == 1


NO_JSON: list[tuple[Any, str]] = [
    (object(), "Object of type object is not JSON serializable"),
    ({1}, "Object of type set is not JSON serializable"),
    (float("nan"), "Out of range float values are not JSON compliant"),
    ({(1, 2): 3}, "keys must be str, int, float, bool or None, not tuple"),
]


@pytest.mark.parametrize(("value", "message"), NO_JSON)
def test_a_response_that_is_no_json_is_refused_at_once(
    scenario_sandbox: Sandbox, value: object, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^Input body must be JSON: {message}"):
        scenario_sandbox.fail("no-credits", body={"a": [value]})


def test_a_response_comes_late(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.fail("latency", seconds=30, on="GET /v1/jobs")
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{scenario_sandbox.address}/v1/jobs", auth=("a", "b"), timeout=0.3)
    scenario_sandbox.heal()
    assert get(scenario_sandbox, "/v1/jobs") == {"jobs": []}


@pytest.mark.parametrize(
    ("kind", "seen", "last"),
    [
        ("job-fails", {"queued", "warming-up", "in-progress", "failure"}, "failure"),
        ("job-hangs", {"queued", "warming-up", "in-progress"}, "in-progress"),
        (
            "job-strange",
            {"queued", "warming-up", "in-progress", "polishing", "finalizing", "success"},
            "success",
        ),
    ],
)
def test_a_job_fails_hangs_or_shows_a_status_nobody_has_heard_of(
    scenario_sandbox: Sandbox, kind: str, seen: set[str], last: str
) -> None:
    client = Scenario()
    scenario_sandbox.speed = 0
    scenario_sandbox.fail(kind, times=1)
    job_id = client.generate.run_model(LIPSYNC, body=REQUEST).job.job_id
    statuses = set()
    for _ in range(24):
        job = client.jobs.retrieve(job_id).job
        statuses.add(job.status)
        assert 0 <= job.progress <= 1
        scenario_sandbox.step(0.5)
    assert statuses == seen
    job = client.jobs.retrieve(job_id).job
    assert job.status == last
    assert bool(job.metadata.error) == (kind == "job-fails")
    assert bool(job.metadata.asset_ids) == (last == "success")
    if kind == "job-hangs":
        assert client.jobs.trigger_action(job_id, action="cancel").job.status == "canceled"
    assert client.generate.run_model(LIPSYNC, body=REQUEST).job.status == "queued"


def test_a_part_fails_and_is_put_again(scenario_sandbox: Sandbox) -> None:
    upload = announce(scenario_sandbox, parts=1).json()["upload"]
    scenario_sandbox.fail("part-fails", times=1)
    url = upload["parts"][0]["url"]
    response = httpx.put(url, content=b"12345")
    assert (response.status_code, "<Code>InternalError</Code>" in response.text) == (500, True)
    assert httpx.put(url, content=b"12345").status_code == 200


def test_a_url_expires_and_a_fresh_one_is_given(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.fail("expired", times=1)
    upload = announce(scenario_sandbox, parts=1).json()["upload"]
    response = httpx.put(upload["parts"][0]["url"], content=b"12345")
    assert (response.status_code, "Request has expired" in response.text) == (403, True)
    (part,) = get(scenario_sandbox, f"/v1/uploads/{upload['id']}")["upload"]["parts"]
    assert httpx.put(part["url"], content=b"12345").status_code == 200

    scenario_sandbox.fail("expired", times=1)
    stale, fresh = (get(scenario_sandbox, f"/v1/assets/{VIDEO}")["asset"]["url"] for _ in range(2))
    assert httpx.get(stale).status_code == 403
    assert httpx.get(fresh).status_code == 200


def test_a_rate_strikes_about_as_often_as_it_says_and_the_same_ones_for_a_seed() -> None:
    def statuses(seed: int) -> list[int]:

        fault = Fault(kind="rate-limit", rate=0.3)
        with Sandbox(faults=[fault], seed=seed) as sandbox, httpx.Client(auth=("a", "b")) as client:
            return [client.get(f"{sandbox.address}/v1/jobs").status_code for _ in range(100)]

    first = statuses(1)
    assert 15 < first.count(429) < 45
    assert statuses(1) == first != statuses(2)


def test_a_download_is_cut_off(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.fail("truncate", on="GET /files/*", times=1)
    url = get(scenario_sandbox, f"/v1/assets/{VIDEO}")["asset"]["url"]
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url)
    assert httpx.get(url).content == (SAMPLE_FILES / "sample.mp4").read_bytes()


def test_faults_and_the_clock_are_set_and_the_ledger_is_read_by_route(scenario_sandbox: Sandbox) -> None:
    response = post(
        scenario_sandbox, "/sandbox/faults", {"kind": "error-before", "on": ANY_MODEL, "times": 2}
    )
    assert response.status_code == 201
    assert post(scenario_sandbox, f"/v1/generate/custom/{LIPSYNC}", REQUEST).status_code == 500
    (fault,) = get(scenario_sandbox, "/sandbox/faults")["faults"]
    assert fault == {
        "kind": "error-before",
        "on": ANY_MODEL,
        "times": 2,
        "rate": 1.0,
        "seconds": None,
        "status": None,
        "body": None,
        "struck": 1,
    }
    cleared = httpx.delete(f"{scenario_sandbox.address}/sandbox/faults", auth=("a", "b"))
    assert cleared.json() == {"faults": []}
    assert post(scenario_sandbox, "/sandbox/clock", {"speed": 0}).json()["speed"] == 0
    job = post(scenario_sandbox, f"/v1/generate/custom/{LIPSYNC}", REQUEST).json()["job"]
    before = get(scenario_sandbox, "/sandbox/clock")["age"]
    assert post(scenario_sandbox, "/sandbox/clock", {"step": None}).json()["age"] == pytest.approx(before + 1)
    assert get(scenario_sandbox, f"/v1/jobs/{job['jobId']}")["job"]["status"] == "warming-up"
    post(scenario_sandbox, "/sandbox/clock", {"step": 9})
    ledger = get(scenario_sandbox, "/sandbox/ledger")
    assert ledger["cost"] == 10.75
    assert ledger["entries"] == [
        {
            "jobId": job["jobId"],
            "modelId": LIPSYNC,
            "body": REQUEST,
            "cost": 10.75,
            "status": "success",
            "createdAt": job["createdAt"],
        }
    ]
    assert [entry.job_id for entry in scenario_sandbox.ledger] == [job["jobId"]]


@pytest.mark.parametrize(
    ("route", "body", "reason"),
    [
        ("faults", {"kind": "job-dances"}, "Input kind must be one of 'latency'"),
        (
            "faults",
            {"kind": "latency", "often": 1},
            "Input often is unknown; use kind, on, times, rate, seconds, status, body",
        ),
        ("faults", {"kind": "latency", "times": 0}, "Input times must be at least 1"),
        ("faults", {"kind": "latency", "rate": 2}, "Input rate must be at most 1"),
        ("faults", {"kind": "latency", "seconds": -1}, "Input seconds must be at least 0"),
        ("faults", {"kind": "latency", "times": True}, "Input times must be a whole number"),
        (
            "faults",
            {"kind": "latency", "on": "jobs"},
            "latency never strikes 'jobs'; it can strike POST /v1/generate",
        ),
        ("faults", {"kind": "latency", "on": "GET /jobs"}, "latency never strikes 'GET /jobs'"),
        ("faults", {"kind": "latency", "on": "get /v1/jobs"}, "latency never strikes 'get /v1/jobs'"),
        ("faults", {"kind": "latency", "on": "PUT /v1/jobs/*"}, "latency never strikes 'PUT /v1/jobs/*'"),
        (
            "faults",
            {"kind": "job-fails", "on": "GET *"},
            "job-fails never strikes 'GET *'; it can strike POST /v1/generate",
        ),
        ("faults", {"kind": "truncate", "on": "PUT /parts/*"}, "truncate never strikes 'PUT /parts/*'"),
        ("faults", {"kind": "part-fails", "on": ANY_MODEL}, "part-fails never strikes"),
        ("faults", {"kind": "expired", "on": ANY_MODEL}, "expired never strikes"),
        (
            "faults",
            {"kind": "drop-after", "seconds": 1},
            "drop-after takes no seconds; latency, rate-limit and event-late do",
        ),
        (
            "faults",
            {"kind": "no-credits", "on": "GET *"},
            "no-credits never strikes 'GET *'; it can strike POST",
        ),
        ("faults", {"kind": "no-credits", "status": 200}, "Input status must be at least 400"),
        ("faults", {"kind": "no-credits", "status": 500}, "Input status must be at most 499"),
        ("faults", {"kind": "no-credits", "body": "poor"}, "Input body must be of type object"),
        ("faults", {"kind": "latency", "body": {}}, "latency takes no status and no body; no-credits does"),
        (
            "faults",
            {"kind": "rate-limit", "status": 402},
            "rate-limit takes no status and no body; no-credits does",
        ),
        (
            "faults",
            {"kind": "event-late", "on": ANY_MODEL},
            "event-late never strikes 'POST /v1/generate/*'; it can strike EVENT generation.created, EVENT generation.comp",
        ),
        ("faults", {"kind": "latency", "on": "EVENT *"}, "latency never strikes 'EVENT *'"),
        (
            "faults",
            {"kind": "event-out-of-order", "on": "EVENT *.failed"},
            "event-out-of-order never strikes 'EVENT *.failed'; it can strike EVENT generation.created",
        ),
        ("faults", {}, "Input kind is required"),
        ("clock", {"speed": -1}, "Input speed must be at least 0"),
        ("clock", {"step": "far"}, "Input step must be of type number"),
        ("clock", {"stop": 1}, "Input stop is unknown; use speed, step"),
        ("clock", {}, "give speed, step or both"),
    ],
)
def test_a_switch_that_is_not_there_is_refused(
    scenario_sandbox: Sandbox, route: str, body: dict[str, Any], reason: str
) -> None:
    response = post(scenario_sandbox, f"/sandbox/{route}", body)
    assert response.status_code == 400
    assert response.json()["reason"].startswith(reason)


def test_a_fault_can_be_on_for_any_request_there_is_and_for_those_alone() -> None:
    from scenario_sandbox.application import ROUTES
    from scenario_sandbox.faults import REQUESTS

    served = {
        f"{method} {re.sub('{.*?}', '*', route.path)}"
        for route in ROUTES
        for method in route.methods or ()
        if method != "HEAD" and not route.path.startswith("/sandbox")
    }
    assert served == set(REQUESTS)
    for on in (
        "POST */custom/model_*",
        "* */jobs/job_*",
        "GET */assets/asset_*",
        "* /v1/jobs/job_1",
        "POST *",
        "GET /v1/jobs/job_*",
        "* /v1/*/action",
        "GET /files/asset_1.mp4",
        "* *",
    ):
        assert Fault(kind="latency", on=on).on == on


def test_a_switch_counts_how_often_its_fault_struck(scenario_sandbox: Sandbox) -> None:
    limit = scenario_sandbox.fail("rate-limit", times=2, seconds=0)
    other = scenario_sandbox.fail("error-before", on=ANY_MODEL)
    client = Scenario()
    assert client.jobs.list().jobs == []
    assert (limit.struck, limit.is_over, other.struck) == (2, True, 0)
    with pytest.raises(InternalServerError):
        client.generate.run_model(LIPSYNC, body=REQUEST)
    assert (limit.struck, other.struck) == (2, 3)
    scenario_sandbox.heal()
    assert client.generate.run_model(LIPSYNC, body=REQUEST).job.status == "queued"


def test_a_fault_that_is_not_there_is_refused_by_the_fixture(scenario_sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="Input kind must be one of 'latency', 'rate-limit'"):
        scenario_sandbox.fail("job-dances")
