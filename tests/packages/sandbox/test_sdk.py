"""The sandbox as the official SDK meets it: every route, in both of its clients, with nothing but the environment."""

import asyncio
import base64
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from scenario_sandbox import Fault, Sandbox
from scenario_sdk import (
    APIConnectionError,
    AsyncScenario,
    AuthenticationError,
    BadRequestError,
    InternalServerError,
    NotFoundError,
    RateLimitError,
    Scenario,
)

from support.roots import PROJECT
from support.sandboxes import AUDIO, LIPSYNC, REQUEST, VIDEO, announce, get, post

SAMPLES = PROJECT / "generated" / "sandbox" / "scenario_sandbox" / "samples"


class Blocking:
    """The asynchronous SDK, called as one calls the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop, target: Any) -> None:
        self.loop = loop
        self.target = target

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.target, name)
        return self._call(found) if callable(found) else Blocking(self.loop, found)

    def _call(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            result = function(*arguments, **options)
            if inspect.isawaitable(result):
                return self.loop.run_until_complete(_awaited(result))
            return result

        return call


async def _awaited(result: Any) -> Any:
    return await result


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, scenario_sandbox: Sandbox) -> Iterator[Any]:
    """Give the official SDK, made without an argument but for its own check of every answer."""
    if request.param == "sync":
        with Scenario(_strict_response_validation=True, max_retries=0) as sdk:
            yield sdk
        return
    loop = asyncio.new_event_loop()
    sdk = AsyncScenario(_strict_response_validation=True, max_retries=0)
    yield Blocking(loop, sdk)
    loop.run_until_complete(sdk.close())
    loop.close()


def finished(sandbox: Sandbox, client: Any, job_id: str) -> Any:
    sandbox.step(60)
    return client.jobs.retrieve(job_id).job


def test_a_model_runs_to_a_video_that_plays(client: Any, scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.speed = 0
    answer = client.generate.run_model(LIPSYNC, body={**REQUEST, "syncMode": "bounce"})
    assert answer.creative_units_cost == 10.75
    job = answer.job
    seen = [job.status]
    while job.status != "success":
        scenario_sandbox.step()
        job = client.jobs.retrieve(job.job_id).job
        seen.append(job.status)
    assert seen == ["queued", "warming-up", "in-progress", "finalizing", "success"]
    assert [step.status for step in job.status_history] == seen
    assert [step.date for step in job.status_history] == sorted(step.date for step in job.status_history)
    assert job.metadata.input == {"modelId": LIPSYNC, **REQUEST, "syncMode": "bounce"}
    asset = client.assets.retrieve(job.metadata.asset_ids[0]).asset
    assert (asset.kind, asset.mime_type, asset.metadata.parent_id) == ("video", "video/mp4", None)
    content = httpx.get(asset.url).content
    assert len(content) == asset.properties.size
    assert content == (SAMPLES / "sample.mp4").read_bytes()


def test_a_dry_run_costs_nothing_and_makes_no_job(scenario_sandbox: Sandbox) -> None:
    for dry_run in ("true", "api"):
        raw = Scenario().generate.with_raw_response.run_model(LIPSYNC, body=REQUEST, dry_run=dry_run)
        assert raw.status_code == 269
        assert raw.parse().creative_units_cost == 10.75
        assert raw.json() == {
            "creativeUnitsCost": 10.75,
            "creativeUnitsDiscount": 0,
            "costDetails": {"custom-generation": 10.75},
        }
    assert scenario_sandbox.ledger == []
    assert get(scenario_sandbox, "/v1/jobs") == {"jobs": []}


def test_jobs_are_listed_newest_first_in_pages_by_status_and_date(
    client: Any, scenario_sandbox: Sandbox
) -> None:
    scenario_sandbox.speed = 0
    made = [client.generate.run_model(LIPSYNC, body=REQUEST).job for _ in range(5)]
    ids = [job.job_id for job in made]
    first = client.jobs.list(page_size=2)
    assert [job.job_id for job in first.jobs] == ids[:2:-1]
    seen, page = [job.job_id for job in first.jobs], first
    while page.has_next_page():
        page = client.jobs.list(page_size=2, pagination_token=page.next_pagination_token)
        seen += [job.job_id for job in page.jobs]
    assert seen == ids[::-1]
    scenario_sandbox.step()
    assert len(client.jobs.list(status="queued").jobs) == 0
    assert len(client.jobs.list(status="warming-up", type="custom").jobs) == 5
    assert client.jobs.list(type="upload").jobs == client.jobs.list(workflow_id="w").jobs == []
    assert len(client.jobs.list(types=["upload", "custom"]).jobs) == 5
    late = "2999-01-01T00:00:00Z"
    assert client.jobs.list(created_after=late).jobs == client.jobs.list(updated_after=late).jobs == []
    assert len(client.jobs.list(created_after="2020-01-01T00:00:00Z").jobs) == 5
    with pytest.raises(BadRequestError, match="createdAfter cannot be combined with"):
        client.jobs.list(created_after=late, status="queued")


def test_a_job_is_canceled_and_stays_so(client: Any, scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.speed = 0
    job = client.generate.run_model(LIPSYNC, body=REQUEST).job
    scenario_sandbox.step(5)
    assert client.jobs.trigger_action(job.job_id, action="cancel").job.status == "canceled"
    job = finished(scenario_sandbox, client, job.job_id)
    assert job.status == "canceled"
    assert [step.status for step in job.status_history] == ["queued", "warming-up", "in-progress", "canceled"]
    assert job.metadata.asset_ids is None
    assert client.assets.list().assets == []
    with pytest.raises(BadRequestError, match="has ended: its status is canceled"):
        client.jobs.trigger_action(job.job_id, action="cancel")


@pytest.mark.parametrize("parts", [1, 3])
def test_a_file_is_uploaded_in_parts_and_then_used(
    client: Any, scenario_sandbox: Sandbox, parts: int
) -> None:
    scenario_sandbox.speed = 0
    content = bytes(range(256)) * 30
    upload = client.uploads.create(
        file_name="talk.mp4", file_size=len(content), content_type="video/mp4", kind="video", parts=parts
    ).upload
    assert upload.status == "pending"
    size = -(-len(content) // parts)
    for part in upload.parts:
        chunk = content[(int(part.number) - 1) * size : int(part.number) * size]
        assert httpx.put(part.url, content=chunk).headers["etag"]
    seen = [client.uploads.trigger_action(upload.id, action="complete").upload.status]
    assert client.uploads.trigger_action(upload.id, action="complete").upload.status == seen[0]
    while not upload.entity_id:
        scenario_sandbox.step()
        upload = client.uploads.retrieve(upload.id).upload
        seen.append(upload.status)
    assert seen == ["validating", "validated", "imported"]
    asset = client.assets.retrieve(upload.entity_id).asset
    assert (asset.kind, asset.source, asset.properties.size) == ("video", "uploaded-video", len(content))
    assert httpx.get(asset.url).content == content
    assert client.generate.run_model(LIPSYNC, body={"video": asset.id, "audio": AUDIO}).job.job_id
    assert [one.id for one in client.assets.list().assets] == [asset.id]


def test_a_file_is_imported_from_a_url_that_nobody_visits(client: Any, scenario_sandbox: Sandbox) -> None:
    upload = client.uploads.create(url="https://example.com/voice.wav", kind="audio").upload
    scenario_sandbox.step(5)
    upload = client.uploads.retrieve(upload.id).upload
    assert (upload.source, upload.status) == ("url", "imported")
    asset = client.assets.retrieve(upload.entity_id).asset
    assert httpx.get(asset.url).content == (SAMPLES / "sample.wav").read_bytes()


def test_images_are_sent_in_json_and_found_again(client: Any, scenario_sandbox: Sandbox) -> None:
    image = base64.b64encode((SAMPLES / "sample.png").read_bytes()).decode()
    made = [client.assets.upload(name=f"{number}.png", image=image).asset for number in range(3)]
    assert {asset.mime_type for asset in made} == {"image/png"}
    assert httpx.get(made[0].url).content == (SAMPLES / "sample.png").read_bytes()
    listed = client.assets.list(page_size=2)
    assert [asset.id for asset in listed.assets] == [made[2].id, made[1].id]
    rest = client.assets.list(page_size=2, pagination_token=listed.next_pagination_token)
    assert [asset.id for asset in rest.assets] == [made[0].id]
    bulk = client.assets.get_bulk(asset_ids=[made[1].id, "asset_gone", VIDEO]).assets
    assert [asset.id for asset in bulk] == [made[1].id, VIDEO]
    assert {asset.kind for asset in client.assets.list(privacy="public").assets} == {
        "3d", "audio", "image", "text", "video"
    }  # fmt: skip
    with pytest.raises(BadRequestError, match="not supported by the sandbox"):
        client.assets.list(tags="mine")


def test_models_are_listed_without_and_shown_with_their_inputs(
    client: Any, scenario_sandbox: Sandbox
) -> None:
    assert client.models.list().models == []
    page = client.models.list(privacy="public", page_size=3)
    ids = [model.id for model in page.models]
    page = client.models.list(privacy="public", page_size=3, pagination_token=page.next_pagination_token)
    ids += [model.id for model in page.models]
    assert ids == sorted(ids)
    assert len(ids) == 4
    bulk = client.models.get_bulk(model_ids=[LIPSYNC, "model_gone"]).models
    assert [(model.id, model.inputs) for model in bulk] == [(LIPSYNC, None)]
    (brief,) = get_bulk = client.models.get_bulk(model_ids=[LIPSYNC], minimal=True).models
    assert (brief.id, brief.type, brief.capabilities) == (LIPSYNC, "custom", None), get_bulk
    model = client.models.retrieve(LIPSYNC).model
    assert (model.name, model.custom, model.capabilities) == ("Sync Lipsync v2", True, ["video2video"])
    inputs = {one.name: one for one in model.inputs}
    assert list(inputs) == ["video", "audio", "syncMode", "temperature"]
    assert (inputs["audio"].type, inputs["audio"].kind, inputs["audio"].required.always) == (
        "file",
        "audio",
        True,
    )
    assert inputs["syncMode"].allowed_values == ["loop", "bounce", "cut_off", "silence", "remap"]
    assert (inputs["temperature"].min, inputs["temperature"].max, inputs["temperature"].default) == (
        0,
        1,
        0.5,
    )
    assert inputs["temperature"].required is None


@pytest.mark.parametrize(
    ("call", "error", "reason"),
    [
        (lambda sdk: sdk.generate.run_model("model_gone", body={}), NotFoundError, "Model model_gone not found"),
        (lambda sdk: sdk.jobs.retrieve("job_gone"), NotFoundError, "Job job_gone not found"),
        (lambda sdk: sdk.jobs.trigger_action("job_gone", action="cancel"), NotFoundError, "Job job_gone not found"),
        (lambda sdk: sdk.uploads.retrieve("upload_gone"), NotFoundError, "Upload upload_gone not found"),
        (lambda sdk: sdk.assets.retrieve("asset_gone"), NotFoundError, "Asset asset_gone not found"),
        (lambda sdk: sdk.models.retrieve("model_gone"), NotFoundError, "Model model_gone not found"),
        (lambda sdk: sdk.generate.run_model(LIPSYNC, body={**REQUEST, "video": "asset_gone"}), NotFoundError,
         "Asset asset_gone not found"),
        (lambda sdk: sdk.generate.run_model(LIPSYNC, body={"audio": AUDIO}), BadRequestError, "Input video is required"),
        (lambda sdk: sdk.generate.run_model(LIPSYNC, body={**REQUEST, "temperature": 2}), BadRequestError,
         "Input temperature must be at most 1"),
        (lambda sdk: sdk.generate.run_model(LIPSYNC, body=REQUEST, dry_run="yes"), BadRequestError,
         "Query dryRun must be one of true, api"),
        (lambda sdk: sdk.uploads.create(file_name="a", file_size=0, content_type="a/b", kind="video", parts=1),
         BadRequestError, "Input fileSize must be at least 1"),
        (lambda sdk: sdk.uploads.create(file_name="a"), BadRequestError, "Input fileSize is required"),
        (lambda sdk: sdk.assets.upload(name="a.png", image="?"), BadRequestError, "Input image must be base64"),
        (lambda sdk: sdk.assets.upload(name="a.png", image="aGk="), BadRequestError, "Input image must be a jpeg"),
        (lambda sdk: sdk.assets.upload(name="a.png"), BadRequestError, "Input image is required"),
        (lambda sdk: sdk.collections.list(), NotFoundError, "The sandbox has no GET /v1/collections"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_as_the_api_says_it(
    client: Any, call: Callable[[Any], Any], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error) as caught:
        call(client)
    assert caught.value.body["reason"].startswith(reason)  # type: ignore[attr-defined]
    assert set(caught.value.body) == {"reason", "trace_id"}  # type: ignore[attr-defined]


def test_a_bad_key_is_refused(scenario_sandbox: Sandbox) -> None:
    for options in ({"api_key": ""}, {"api_secret": ""}):
        with pytest.raises(AuthenticationError):
            Scenario(**options).jobs.list()
    assert Scenario(api_key="any").jobs.list().jobs == []
    assert Scenario(
        api_key=None, bearer_auth="token", default_headers={"Authorization": "Bearer token"}
    ).jobs.list()
    for header in ("Basic", "Basic ???", "Basic OjA=", "Digest a", "Bearer", "Basic w6l/", b"Basic \xff"):
        answer = httpx.get(f"{scenario_sandbox.address}/v1/jobs", headers={"Authorization": header})
        assert (answer.status_code, answer.json()["reason"]) == (401, "Unauthorized"), header


# What goes wrong on demand.

GENERATE = "POST /v1/generate/*"


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
    scenario_sandbox.fail(kind, on=GENERATE, times=2)
    assert client.jobs.list().jobs == []
    for _ in range(2):
        with pytest.raises(error):
            client.generate.run_model(LIPSYNC, body=REQUEST)
    client.generate.run_model(LIPSYNC, body=REQUEST)
    assert len(scenario_sandbox.ledger) == 2 * jobs + 1


def test_the_sdk_pays_twice_when_a_response_is_lost(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.fail("drop-after", on=GENERATE, times=1)
    Scenario().generate.run_model(LIPSYNC, body=REQUEST)
    assert [entry.cost for entry in scenario_sandbox.ledger] == [10.75, 10.75]


def test_a_rate_limit_says_when_to_come_back(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.fail("rate-limit", seconds=1.5)
    answer = post(scenario_sandbox, f"/v1/generate/custom/{LIPSYNC}", REQUEST)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert answer.json()["remainingSeconds"] == 1.5


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
    answer = httpx.put(url, content=b"12345")
    assert (answer.status_code, "<Code>InternalError</Code>" in answer.text) == (500, True)
    assert httpx.put(url, content=b"12345").status_code == 200


def test_a_url_expires_and_a_fresh_one_is_given(scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.fail("expired", times=1)
    upload = announce(scenario_sandbox, parts=1).json()["upload"]
    answer = httpx.put(upload["parts"][0]["url"], content=b"12345")
    assert (answer.status_code, "Request has expired" in answer.text) == (403, True)
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
    assert httpx.get(url).content == (SAMPLES / "sample.mp4").read_bytes()


def test_faults_and_the_clock_are_set_and_the_ledger_is_read_by_route(scenario_sandbox: Sandbox) -> None:
    answer = post(scenario_sandbox, "/sandbox/faults", {"kind": "error-before", "on": GENERATE, "times": 2})
    assert answer.status_code == 201
    assert post(scenario_sandbox, f"/v1/generate/custom/{LIPSYNC}", REQUEST).status_code == 500
    (fault,) = get(scenario_sandbox, "/sandbox/faults")["faults"]
    assert fault == {
        "kind": "error-before",
        "on": GENERATE,
        "times": 2,
        "rate": 1.0,
        "seconds": None,
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
            "Input often is unknown; use kind, on, times, rate, seconds",
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
        ("faults", {"kind": "truncate", "on": "PUT *"}, "truncate never strikes 'PUT *'"),
        ("faults", {"kind": "part-fails", "on": GENERATE}, "part-fails never strikes"),
        ("faults", {"kind": "expired", "on": GENERATE}, "expired never strikes"),
        (
            "faults",
            {"kind": "drop-after", "seconds": 1},
            "drop-after takes no seconds; latency and rate-limit do",
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
    answer = post(scenario_sandbox, f"/sandbox/{route}", body)
    assert answer.status_code == 400
    assert answer.json()["reason"].startswith(reason)


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
    other = scenario_sandbox.fail("error-before", on=GENERATE)
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
