"""The package in what professionals use around it: tables of pandas, and tests that are coroutines."""

import asyncio
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import fastapi
import httpx
import pandas as pd

from support.clients import SAMPLES


def test_pandas_makes_tables_of_jobs_and_outcomes(models: Any, scenario_sandbox: Any) -> None:
    requests = [models.SyncLipsyncV2(video=b"video", audio=b"a%d" % number) for number in range(3)]
    with models.Client() as client:
        outcomes = list(client.run_many([*requests, models.AnyModel("model_x")]).in_order())
        jobs = pd.DataFrame(client.jobs())
    assert set(jobs["status"]) == {"success"}
    assert jobs["cost"].sum() == 3 * 10.75
    assert set(jobs["id"]) == {one.result.job.id for one in outcomes[:3]}
    rows = pd.json_normalize([one.to_dict() for one in outcomes])
    assert list(rows["result.job.id"][:3]) == [one.result.job.id for one in outcomes[:3]]
    assert list(rows["error.status_code"][3:]) == [404]


COROUTINES = """
    import pytest
    from scenario_models import AsyncClient, SyncLipsyncV2

    @pytest.fixture
    async def client(scenario_sandbox):
        async with AsyncClient() as client:
            yield client

    async def test_a_video_is_dubbed(client, scenario_sandbox):
        job = await client.submit(SyncLipsyncV2(video=b"video", audio=b"voice"))
        assert [entry.job_id for entry in scenario_sandbox.ledger] == [job.id]
"""


def test_the_fixture_serves_tests_that_are_coroutines(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(textwrap.dedent(COROUTINES))
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:schemathesis"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_fastapi_returns_what_clients_give_and_describes_it(models: Any, scenario_sandbox: Any) -> None:
    with models.Client() as client:
        outcomes = list(
            client.run_many([models.SyncLipsyncV2(**SAMPLES), models.AnyModel("model_x")]).in_order()
        )
    result = outcomes[0].result
    shown = {"job": result.job, "asset": result.assets[0], "result": result, "outcomes": outcomes}
    app = fastapi.FastAPI()
    types = {
        "job": models.Job,
        "asset": models.Asset,
        "result": models.Result,
        "outcomes": list[models.Outcome],
    }
    for name, kind in types.items():
        app.get(f"/{name}", response_model=kind)(lambda name=name: shown[name])
        if name != "outcomes":  # whose errors no encoder knows
            app.get(f"/{name}/plain", response_model=None)(lambda name=name: shown[name])

    async def ask() -> dict[str, Any]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as browser:
            paths = [route.path for route in app.routes if route.path.split("/")[1] in shown]
            return {path: (await browser.get(path)).json() for path in paths}

    found = asyncio.run(ask())
    assert len(found) == 7
    for path, body in found.items():
        value = shown[path.split("/")[1]]
        assert body == ([one.to_dict() for one in value] if isinstance(value, list) else value.to_dict()), (
            path
        )
    assert [models.Outcome.from_dict(one) for one in found["/outcomes"]] == outcomes
    assert {"Job", "Asset", "Result"} <= app.openapi()["components"]["schemas"].keys()
