"""Never paid twice, and nothing paid for forgotten, where a response is lost. The ledger of the sandbox is the judge."""

import pickle
import threading
import time
from typing import Any

import pytest
from scenario_sdk import APIConnectionError, BadRequestError, InternalServerError

from support.clients import LOST, SAMPLES, SETTLE, SUBMISSION, both, got, paid, use
from support.sandboxes import post
from support.waiting import wait_until


@both
@pytest.mark.parametrize("fault", [*LOST, "rate-limit"])
def test_a_lost_response_is_never_paid_twice(
    models: Any, kind: str, fault: str, stepped_time: Any, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> list[Any]:
        results = [
            await got(client.run(models.SyncLipsyncV2(**SAMPLES)))
        ]  # shows that jobs say what was sent
        switch = scenario_sandbox.fail(fault, on=SUBMISSION, times=2)
        results += [await got(client.run(models.SyncLipsyncV2(**SAMPLES))) for _ in range(3)]
        assert switch.struck == 2
        return results

    results = use(models, kind, run)
    assert paid(scenario_sandbox) == dict.fromkeys([result.job.id for result in results], 1)
    assert len(results) == len({result.job.id for result in results})


@both
@pytest.mark.parametrize("fault", LOST)
def test_a_service_that_goes_on_failing_ends_as_an_error_that_says_what_is_known(
    models: Any, kind: str, fault: str, stepped_time: Any, scenario_sandbox: Any
) -> None:
    is_before = fault in ("drop-before", "error-before")

    async def run(client: Any) -> None:
        switch = scenario_sandbox.fail(fault, on=SUBMISSION)
        if is_before:
            with pytest.raises(
                models.SubmissionUnknown, match="not certain that the jobs of this service show the input"
            ):
                await got(client.run(models.SyncLipsyncV2(**SAMPLES)))
            # Sent once more, and no more: perhaps the service lists what it was sent in another form.
            assert switch.struck == 2
            scenario_sandbox.heal()
            await got(client.run(models.SyncLipsyncV2(**SAMPLES)))  # shows that it does not
            scenario_sandbox.fail(fault, on=SUBMISSION)
            with pytest.raises((APIConnectionError, InternalServerError)):
                await got(client.run(models.SyncLipsyncV2(**SAMPLES, temperature=1)))
        else:
            assert (await got(client.run(models.SyncLipsyncV2(**SAMPLES)))).job.status == "success"

    use(models, kind, run, settle=SETTLE)
    assert len(scenario_sandbox.ledger) == 1


@both
def test_where_the_jobs_cannot_be_listed_it_is_said_to_be_unknown_and_nothing_is_sent_again(
    models: Any, kind: str, stepped_time: Any, scenario_sandbox: Any
) -> None:
    lost = scenario_sandbox.fail("drop-after", on=SUBMISSION)
    scenario_sandbox.fail("error-before", on="GET /v1/jobs")
    request = models.SyncLipsyncV2(**SAMPLES)

    async def run(client: Any) -> None:
        remedy = r"look for its job for a few minutes, with client\.jobs\(\) or scenario-models jobs: "
        with pytest.raises(models.SubmissionUnknown, match=remedy) as raised:
            await got(client.run(request))
        error = raised.value
        assert (error.model_id, error.body, error.candidates) == (request.model_id, request.body(), ())
        assert "the response was lost" in str(error)
        assert "the jobs cannot be listed (the response had status 500)" in str(error)
        assert error.since == ""  # nothing has told the service's time
        assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301
        scenario_sandbox.heal()
        (job,) = await got(client.jobs())
        assert (await got(job.wait())).job.id == scenario_sandbox.ledger[0].job_id

    use(models, kind, run)
    assert (lost.struck, len(scenario_sandbox.ledger)) == (1, 1)


@both
def test_a_job_that_says_more_than_was_sent_may_be_it_and_is_named(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    lost = scenario_sandbox.fail("drop-before", on=SUBMISSION, times=1)

    def submit_more() -> None:  # as a service would that fills in defaults
        wait_until(lambda: lost.struck)
        post(scenario_sandbox, "/v1/generate/custom/model_sync-lipsync-v2", {**SAMPLES, "temperature": 0.5})

    thread = threading.Thread(target=submit_more)
    thread.start()

    async def run(client: Any) -> None:
        with pytest.raises(models.SubmissionUnknown, match="perhaps job_") as raised:
            await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
        assert raised.value.candidates == (scenario_sandbox.ledger[0].job_id,)

    use(models, kind, run, settle=1.5)
    thread.join()
    assert len(scenario_sandbox.ledger) == 1


@both
def test_what_is_refused_or_never_left_is_known_not_to_be_paid(
    models: Any, kind: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(client: Any) -> None:
        with pytest.raises(BadRequestError, match="Input syncMode must be one of"):
            await got(client.run(models.SyncLipsyncV2(**SAMPLES).unlisted(syncMode="new")))

    async def unsent(client: Any) -> None:
        with pytest.raises(APIConnectionError):
            await got(client.run(models.SyncLipsyncV2(**SAMPLES), timeout=2))

    use(models, kind, refused)
    monkeypatch.setenv("SCENARIO_BASE_URL", "http://127.0.0.1:9/v1")
    begin = time.monotonic()
    use(models, kind, unsent, settle=60)  # nothing to wait for
    assert time.monotonic() - begin < 10
    assert scenario_sandbox.ledger == []


@both
def test_a_rate_that_is_too_high_is_no_lost_response(models: Any, kind: str, scenario_sandbox: Any) -> None:
    scenario_sandbox.fail("rate-limit", on=SUBMISSION, times=1, seconds=0.1)
    lost = scenario_sandbox.fail("drop-before", on=SUBMISSION, times=1)

    async def run(client: Any) -> None:
        await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))

    use(models, kind, run)
    assert (lost.struck, len(scenario_sandbox.ledger)) == (1, 1)
