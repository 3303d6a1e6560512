"""Lists of jobs: what the service filters, what is filtered here, and which filters are wrong."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from scenario_sdk import BadRequestError

from support.clients import SAMPLES, both, got, use
from support.sandboxes import REQUEST, post

Make = Callable[[list[Any]], dict[str, Any]]
OTHER = "model_sync-lipsync-v3"
# Filters, made of the jobs (the oldest first) -> the indexes of those that are listed, the newest first.
FILTERS: dict[str, tuple[Make, list[int]]] = {
    "none": (lambda _: {}, [3, 2, 1, 0]),
    "a status": (lambda _: {"status": "canceled"}, [1]),
    "a status that none has": (lambda _: {"status": "failure"}, []),
    "a date as text": (lambda jobs: {"created_after": jobs[1].created_at}, [3, 2]),
    "a date elsewhere": (lambda jobs: {"created_after": read(jobs[1]).astimezone(timezone(timedelta(hours=-9)))}, [3, 2]),
    "a date and a status": (lambda jobs: {"created_after": jobs[1].created_at, "status": "success"}, [3, 2]),
    "what was updated": (lambda jobs: {"updated_after": jobs[0].created_at, "status": "success"}, [3, 2, 0]),
    "both dates": (lambda jobs: {"updated_after": jobs[0].created_at, "created_after": jobs[2].created_at, "status": "success"}, [3]),
    "a model": (lambda jobs: {"model_id": jobs[0].model_id, "most": 2}, [3, 2]),
    "a model by its short id": (lambda jobs: {"model_id": jobs[0].model_id.removeprefix("model_"), "most": 1}, [3]),
    "a model that is not listed": (lambda _: {"model_id": "model_new"}, []),
    "a type": (lambda _: {"type": "custom", "most": 1}, [3]),
    "another type": (lambda _: {"type": "workflow"}, []),
    "a workflow": (lambda _: {"workflow_id": "workflow_1"}, []),
    "another author": (lambda _: {"author_id": "author_1"}, []),
}  # fmt: skip


def read(job: Any) -> datetime:
    return datetime.fromisoformat(job.created_at)


@both
def test_jobs_are_filtered(models: Any, kind: str, scenario_sandbox: Any) -> None:
    async def run(client: Any) -> None:
        jobs = []
        for number in range(4):
            request = models.SyncLipsyncV2(**SAMPLES, temperature=number / 4)
            scenario_sandbox.speed = 0 if number == 1 else 1000
            job = await got(client.submit(request))
            jobs.append(await got(job.cancel() if number == 1 else job.refresh()))
            time.sleep(0.002)  # noqa: ASYNC251 - dates have milliseconds
            scenario_sandbox.speed = 1000
            scenario_sandbox.step(20)
        for case, (make, wanted) in FILTERS.items():
            found = await got(client.jobs(**make(jobs)))
            assert (
                sorted(([job.id for job in jobs].index(one.id) for one in found), reverse=True) == wanted
            ), case

    use(models, kind, run)


# The arguments -> the error, and its words.
WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no time zone": ({"created_after": datetime(2026, 1, 1)}, ValueError, r"created_after has no time zone; write datetime.now\(UTC\) -"),  # noqa: DTZ001
    "a day": ({"created_after": "2026-01-01"}, ValueError, "has no time zone"),
    "no date": ({"created_after": "yesterday"}, ValueError, "created_after is no date in ISO 8601"),
    "beyond all dates": ({"created_after": datetime.min.replace(tzinfo=timezone(timedelta(hours=9)))}, ValueError, "beyond all dates"),
    "seconds": ({"created_after": 1.7e9}, TypeError, "created_after must be a datetime or a str, not a float"),
    "what the service cannot do": ({"updated_after": datetime.now(UTC)}, ValueError, "updated_after needs a status, type or workflow_id"),
    "an int for a status": ({"status": 3}, TypeError, "status must be a str, not an int"),
    "no status": ({"status": "in progress"}, ValueError, '"in progress" is not the status of a job'),
    "the class of a model": ({"model_id": object}, TypeError, "model_id must be a str, not the class object"),
}  # fmt: skip


@both
def test_a_wrong_filter_is_refused_before_anything_is_sent(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        scenario_sandbox.fail("error-before", on="*")
        for arguments, error, message in WRONG.values():
            with pytest.raises(error, match=message):
                await got(client.jobs(**arguments))

    use(models, kind, run)


@both
def test_a_status_that_is_newer_is_asked_of_the_service_which_knows(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        with pytest.raises(
            ValueError, match='the status "failed"; known are pending, .*did you mean "failure"'
        ) as raised:
            await got(client.jobs(status="failed"))
        assert isinstance(raised.value.__cause__, BadRequestError)

    use(models, kind, run)


@both
def test_a_model_is_looked_for_on_many_pages(models: Any, kind: str, scenario_sandbox: Any) -> None:
    async def run(client: Any) -> None:
        wanted = await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
        for _ in range(101):
            assert post(scenario_sandbox, f"/v1/generate/custom/{OTHER}", REQUEST).status_code == 200
        (found,) = await got(client.jobs(model_id=wanted.model_id))
        assert found.id == wanted.id

    use(models, kind, run)
