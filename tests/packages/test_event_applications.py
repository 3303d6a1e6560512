"""The READMEs' applications, which take events from a sandbox that sends them as wrongly as it can."""

from pathlib import Path
from urllib.parse import quote

import pytest
from scenario_sandbox import Sandbox
from scenario_sdk import Scenario

from support.applications import SECRET, by_bun, by_uvicorn
from support.waiting import wait_until

PACKAGES = ["python", pytest.param("typescript", marks=pytest.mark.foreign)]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_application_of_a_readme_ends_in_the_right_state_whatever_events_it_gets(
    package: str, request: pytest.FixtureRequest, scenario_sandbox: Sandbox, tmp_path: Path
) -> None:
    if package == "python":
        serving = by_uvicorn("events", tmp_path, scenario_sandbox)
    else:
        serving = by_bun(request.getfixturevalue("built"), tmp_path, scenario_sandbox)
    with serving as client:
        url = str(client.base_url.join(f"/events/{quote(SECRET)}"))
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
        assert client.get(f"/statuses/{job}").json()["status"] in (
            "queued",
            "warming-up",
        )  # whatever events say
        assert client.get("/statuses/job_forged").json() == {"status": "unknown"}
        assert statuses() == ["failure"] + ["success"] * 11
        uploaded = Scenario().assets.retrieve(scenario_sandbox.ledger[0].body["video"]).asset
        assert uploaded.mime_type == "video/mp4"  # by its name
        refused = client.post("/files", files={**files, "video": ("talk.mp4", b"")})
        assert (refused.status_code, "talk.mp4 is empty" in refused.json()["detail"]) == (422, True)

        scenario_sandbox.heal()
        lost = scenario_sandbox.fail("event-lost")
        made.append(client.post("/files", files=files).json()["job_id"])
        # Not before: at this speed, the response could already say more than that it is queued.
        scenario_sandbox.speed = 1000
        wait_until(lambda: scenario_sandbox.ledger[-1].status == "success" and lost.struck)
        assert statuses()[-1] == "queued"
        assert client.post(url, json={"jobId": made[-1]}).status_code == 204  # as when one asks by oneself
        assert statuses()[-1] == "success"
