"""A job goes forward alone, however it is asked about, until it has ended or is canceled."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario_sandbox import Sandbox
from scenario_sdk import BadRequestError

from support.sandboxes import LIPSYNC, REQUEST, Running

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


def finished(sandbox: Sandbox, client: Any, job_id: str) -> Any:
    sandbox.step(60)
    return client.jobs.retrieve(job_id).job


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
