"""The sandbox as the official SDK meets it, in both of its clients, with nothing but the environment: a run, its costs, and what is refused."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from scenario_sandbox import Sandbox
from scenario_sdk import AuthenticationError, BadRequestError, NotFoundError, Scenario

from support.sandboxes import AUDIO, LIPSYNC, REQUEST, SAMPLE_FILES, get


def test_a_model_runs_to_a_video_that_plays(client: Any, scenario_sandbox: Sandbox) -> None:
    scenario_sandbox.speed = 0
    response = client.generate.run_model(LIPSYNC, body={**REQUEST, "syncMode": "bounce"})
    assert response.creative_units_cost == 10.75
    job = response.job
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
    assert content == (SAMPLE_FILES / "sample.mp4").read_bytes()


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
        response = httpx.get(f"{scenario_sandbox.address}/v1/jobs", headers={"Authorization": header})
        assert (response.status_code, response.json()["reason"]) == (401, "Unauthorized"), header
