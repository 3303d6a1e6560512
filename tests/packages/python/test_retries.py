"""What costs nothing is tried again, as long as the service asks for and no longer than the caller allows."""

import time
from typing import Any

import httpx
import pytest
from scenario_sdk import APIConnectionError, AsyncScenario, InternalServerError, Scenario

from support.clients import SAMPLES, SUBMISSION, both, got, use
from support.losses import SteppedClock


@both
@pytest.mark.parametrize(
    "fault", ["drop-before", "drop-after", "error-before", "error-after", "truncate", "rate-limit"]
)
def test_whatever_is_not_paid_for_is_tried_again(
    models: Any, kind: str, fault: str, stepped_time: Any, scenario_sandbox: Any
) -> None:
    routes = [
        "POST /v1/uploads",
        "POST /v1/uploads/*/action",
        "GET /v1/uploads/*",
        "GET /v1/jobs/*",
        "GET /v1/assets/*",
    ]
    scenario_sandbox.speed = 20
    if fault != "truncate":
        routes.append("PUT /parts/*")

    async def run(client: Any) -> None:
        for route in routes:
            switch = scenario_sandbox.fail(fault, on=route, times=1)
            await got(client.run(models.SyncLipsyncV2(video=route.encode(), audio="asset_sample_audio")))
            assert switch.struck == 1, route

    use(models, kind, run)
    assert len(scenario_sandbox.ledger) == len(routes)


@both
def test_what_the_service_asks_for_is_waited_for_and_no_deadline_is_slept_through(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        begin = time.monotonic()
        scenario_sandbox.fail("rate-limit", on="POST /v1/generate/*", times=1, seconds=1)
        await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
        assert time.monotonic() - begin > 0.9
        scenario_sandbox.fail("rate-limit", seconds=3600)
        begin = time.monotonic()
        for call in (client.submit, client.estimate):
            with pytest.raises(Exception, match="429"):
                await got(call(models.SyncLipsyncV2(**SAMPLES), timeout=20))
        assert time.monotonic() - begin < 10

    use(models, kind, run)
    assert len(scenario_sandbox.ledger) == 1


@both
def test_a_deadline_holds_where_the_service_or_another_upload_is_slow(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    scenario_sandbox.fail("latency", seconds=5)
    begin = time.monotonic()
    use(models, kind, lambda client: _refused(client.estimate, models.SyncLipsyncV2(**SAMPLES)))
    assert time.monotonic() - begin < 4


@both
def test_a_call_has_at_least_a_second_and_at_most_a_minute(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    given: list[dict[str, float]] = []

    def look(request: httpx.Request) -> None:
        given.append(request.extensions["timeout"])

    async def look_in_loop(request: httpx.Request) -> None:
        look(request)

    async def run(client: Any) -> None:
        for timeout in (0.1, 30, 3600):
            await got(client.jobs(timeout=timeout))

    sdk = {
        "Client": lambda: Scenario(http_client=httpx.Client(event_hooks={"request": [look]})),
        "AsyncClient": lambda: AsyncScenario(
            http_client=httpx.AsyncClient(event_hooks={"request": [look_in_loop]})
        ),
    }[kind]()
    use(models, kind, run, sdk=sdk)
    assert [one["connect"] for one in given] == [1, 5, 5]
    assert [one["read"] for one in given] == [1, pytest.approx(30, abs=3), 60]


async def _refused(call: Any, request: Any) -> None:
    with pytest.raises(APIConnectionError):
        await got(call(request, timeout=1))


@both
def test_what_fails_is_tried_six_times_and_what_tells_of_a_paid_job_for_five_minutes(
    models: Any, kind: str, stepped_time: SteppedClock, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        failing = scenario_sandbox.fail("error-before", on="GET /v1/jobs/*")
        for call, times, (least, most) in (
            (lambda: client.job("job_1"), 6, (7.75, 9)),
            (lambda: client.run(models.SyncLipsyncV2(**SAMPLES)), 40, (275, 300)),
        ):
            before, begin = failing.struck, stepped_time.stepped
            with pytest.raises(InternalServerError):
                await got(call())
            assert failing.struck - before == times
            assert least <= stepped_time.stepped - begin <= most
        scenario_sandbox.heal()
        scenario_sandbox.fail("rate-limit", on="GET /v1/jobs", times=9, seconds=1)
        assert len(await got(client.jobs())) == 1

    use(models, kind, run)


@both
def test_the_service_is_asked_less_and_less_often(
    models: Any, kind: str, stepped_time: SteppedClock, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        scenario_sandbox.fail("job-hangs")
        asked = scenario_sandbox.fail("latency", on="GET /v1/jobs/*", seconds=0)
        with pytest.raises(models.JobTimeout):
            await got(client.run(models.SyncLipsyncV2(**SAMPLES), timeout=60))
        assert 24 <= asked.struck <= 29
        scenario_sandbox.heal()
        scenario_sandbox.fail("drop-before", on=SUBMISSION, times=1)
        listed = scenario_sandbox.fail("latency", on="GET /v1/jobs", seconds=0)
        await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
        assert 28 <= listed.struck <= 36  # two requests for each search

    use(models, kind, run, settle=120)
