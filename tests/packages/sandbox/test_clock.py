"""Time in the sandbox: it stands still, is stepped, and goes on where a test freezes its own."""

import subprocess
import time
from pathlib import Path

import httpx
import pytest
from scenario_sandbox import Sandbox

from support.sandboxes import (
    LIPSYNC,
    PLAIN,
    PYTEST,
    REQUEST,
    announce,
    get,
    post,
    submit,
)


def test_a_hundred_steps_of_a_tenth_are_ten_seconds(sandbox: Sandbox) -> None:
    job = submit(sandbox)["jobId"]
    for _ in range(100):
        sandbox.step(0.1)
    assert get(sandbox, f"/v1/jobs/{job}")["job"]["status"] == "success"


def test_what_happens_while_the_clock_stands_still_has_its_own_date(sandbox: Sandbox) -> None:
    job = submit(sandbox)
    upload = announce(sandbox, parts=1).json()["upload"]
    httpx.put(upload["parts"][0]["url"], content=b"abcdef", verify=PLAIN)
    time.sleep(0.05)
    canceled = post(sandbox, f"/v1/jobs/{job['jobId']}/action", {"action": "cancel"}).json()["job"]
    completed = post(sandbox, f"/v1/uploads/{upload['id']}/action", {"action": "complete"}).json()["upload"]
    assert canceled["updatedAt"] > canceled["createdAt"]
    assert completed["updatedAt"] > completed["createdAt"]


def test_a_date_of_the_machine_that_goes_back_takes_no_job_with_it(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.speed = 1
    job = submit(sandbox)["jobId"]
    real = time.clock_gettime
    back = {time.CLOCK_REALTIME: 3600.0}
    monkeypatch.setattr(time, "clock_gettime", lambda clock: real(clock) - back.get(clock, 0))
    assert get(sandbox, f"/v1/jobs/{job}")["job"]["status"] == "queued"
    sandbox.step()
    assert get(sandbox, f"/v1/jobs/{job}")["job"]["status"] == "warming-up"
    assert [entry.job_id for entry in sandbox.ledger] == [job]


def test_time_goes_on_in_the_sandbox_where_a_test_freezes_it(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "import time\n\nimport pytest\nfrom freezegun import freeze_time\nfrom scenario_sdk import Scenario\n\n"
        f"real = time.sleep\nINPUTS = {REQUEST}\n"
        "pytestmark = pytest.mark.parametrize('date', ['2001-01-01', '2031-01-01'])\n\n\n"
        "def run(client):\n"
        f"    return client.generate.run_model('{LIPSYNC}', body=INPUTS).job.job_id\n\n\n"
        "def test_inside(scenario_sandbox, date):\n"
        "    client = Scenario(timeout=5, max_retries=0)\n"
        "    scenario_sandbox.speed = 0\n"
        "    job = run(client)\n"
        "    with freeze_time(date):\n"
        "        assert client.jobs.retrieve(job).job.status == 'queued'\n"
        "        scenario_sandbox.step(10)\n"
        "        assert client.jobs.retrieve(job).job.status == 'success'\n"
        "        assert client.assets.retrieve('asset_sample_video').asset.url\n"
        "    assert client.jobs.retrieve(job).job.status == 'success'\n\n\n"
        "@pytest.fixture\ndef frozen(date):\n    with freeze_time(date):\n        yield\n\n\n"
        "def test_all(scenario_sandbox, frozen):\n"
        "    scenario_sandbox.fail('latency', seconds=0.2, times=1)\n"
        "    client = Scenario(timeout=5, max_retries=0)\n"
        "    job = run(client)\n"
        "    real(0.3)\n"
        "    assert client.jobs.retrieve(job).job.status == 'success'\n"
    )
    done = subprocess.run(
        [*PYTEST, "test_mine.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "4 passed" in done.stdout, done.stdout


def test_a_clock_neither_goes_back_nor_beyond_measure(sandbox: Sandbox) -> None:
    for seconds in (-1, float("nan"), 1e10):
        with pytest.raises(ValueError, match="a step must be a number of seconds from 0 to 1000000000"):
            sandbox.step(seconds)
    for speed in (-1, float("inf")):
        with pytest.raises(ValueError, match="the speed must be a number from 0 to 1000000000"):
            sandbox.speed = speed
    assert sandbox.speed == 0
