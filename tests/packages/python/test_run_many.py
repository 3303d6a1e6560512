"""Many requests: each is paid for once, in any order, whatever fails and whoever stops early."""

import asyncio
import contextlib
import json
import re
import time
from collections import Counter
from itertools import count, product
from typing import Any

import pytest
from scenario_sdk import APIError

from support.clients import LOST, SAMPLES, SETTLE, SUBMISSION, both, every, paid, use
from support.example import PROJECT

COUNT = 120  # jobs: more than a page of their list
OTHERS = ("GET *", "PUT *", "POST /v1/uploads*")  # what a client sends beside submissions


@both
def test_many_requests_half_of_them_equal_survive_a_bad_day(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    lost = [scenario_sandbox.fail(fault, on=SUBMISSION, rate=0.08) for fault in LOST[:4]]
    for fault, on in product(LOST[:4], OTHERS):
        scenario_sandbox.fail(fault, on=on, rate=0.05)
    scenario_sandbox.fail("rate-limit", rate=0.05, seconds=0.2)
    equal = models.SyncLipsyncV2(video=b"video", audio=b"a")
    unequal = (models.SyncLipsyncV2(video=b"video", audio=b"a%d" % number) for number in range(COUNT // 2))
    requests = [request for other in unequal for request in (equal, other)]

    async def run(client: Any) -> list[Any]:
        return await every(client.run_many(requests, concurrency=40))

    outcomes = use(models, kind, run)
    assert sum(switch.struck for switch in lost) > COUNT / 6
    assert sorted(outcome.index for outcome in outcomes) == list(range(COUNT))
    assert all(outcome.request is requests[outcome.index] for outcome in outcomes)
    jobs = Counter(outcome.result.job.id for outcome in outcomes if outcome.error is None)
    unknown = [outcome.error for outcome in outcomes if isinstance(outcome.error, models.SubmissionUnknown)]
    assert len(jobs) > 0.98 * COUNT, Counter(repr(outcome.error) for outcome in outcomes)
    assert set(jobs.values()) == {1}
    assert jobs.keys() <= paid(scenario_sandbox).keys()
    # Whatever was paid for is a result, or the error of a later step names it, or one says that it is unknown.
    others = [outcome.error for outcome in outcomes if outcome.error and outcome.error not in unknown]
    named = {job for error in others for job in re.findall(r"job_\w+", str(getattr(error, "__notes__", "")))}
    assert len(paid(scenario_sandbox).keys() - jobs.keys() - named) <= len(unknown), others


@both
def test_outcomes_come_as_they_finish_or_in_order_and_an_error_stops_no_other(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    good, bad = models.SyncLipsyncV2(**SAMPLES), models.SyncLipsyncV2(video=b"", audio=b"1")
    requests = [good, bad, good.unlisted(syncMode="new"), good]

    async def run(client: Any) -> None:
        outcomes = client.run_many(requests, concurrency=2).in_order()
        found = await every(outcomes)
        assert [outcome.index for outcome in found] == [0, 1, 2, 3]
        assert [type(outcome.error).__name__ for outcome in found] == [
            "NoneType",
            "FileRefused",
            "BadRequestError",
            "NoneType",
        ]
        with pytest.raises(models.FileRefused):
            found[1].result
        assert found[0].result.job.status == "success"
        assert await every(client.run_many([])) == []

    use(models, kind, run)


@both
def test_requests_are_taken_as_needed_and_whoever_stops_early_leaves_jobs_known(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    taken, seen = [], []

    def endless() -> Any:
        while True:
            taken.append(1)
            yield models.SyncLipsyncV2(**SAMPLES)

    async def run(client: Any) -> int:
        outcomes = client.run_many(endless(), concurrency=3, on_progress=seen.append)
        if kind == "AsyncClient":
            async with contextlib.aclosing(outcomes.__aiter__()) as each:
                async for _ in each:
                    break
        else:
            for _ in outcomes:
                break
        return len(scenario_sandbox.ledger)

    submitted = use(models, kind, run)
    time.sleep(0.3)
    assert len(scenario_sandbox.ledger) == submitted
    assert len(taken) <= 6
    assert {progress.index for progress in seen} <= set(range(6))
    assert {progress.job_id for progress in seen if progress.job_id} == set(paid(scenario_sandbox))


@both
def test_in_order_an_endless_source_is_read_no_further_than_four_times_what_runs_at_once(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    scenario_sandbox.fail("job-hangs", times=1)
    requests = (models.SyncLipsyncV2(**SAMPLES) for _ in count())

    async def run(client: Any) -> list[tuple[int, int]]:
        outcomes = client.run_many(requests, concurrency=2, timeout=1).in_order()
        each = outcomes if kind == "AsyncClient" else async_of(outcomes)
        async with contextlib.aclosing(each):
            return [(one.index, len(scenario_sandbox.ledger)) async for one in take(each, 20)]

    found = use(models, kind, run)
    assert [index for index, _ in found] == [*range(20)]
    assert all(submitted <= index + 8 for index, submitted in found)
    assert found[-1][1] >= 20


async def async_of(outcomes: Any) -> Any:
    for one in outcomes:
        yield one


async def take(outcomes: Any, most: int) -> Any:
    for _ in range(most):
        yield await anext(outcomes)


class Given:
    """An async generator of requests that notes when it is closed; around it is a timeout, which wants all its steps in one task."""

    def __init__(self, models: Any, end: str) -> None:
        self.models, self.end, self.taken, self.is_closed = models, end, 0, False

    async def each(self) -> Any:
        try:
            async with asyncio.timeout(60):
                while True:
                    yield self.models.SyncLipsyncV2(**SAMPLES, temperature=self.taken / 100)
                    self.taken += 1
                    await asyncio.sleep(0.01)
                    if self.taken == 5 and self.end == "error":
                        raise LookupError("of one's own")
                    if self.end == "silence":
                        await asyncio.Event().wait()
                    if self.taken == 5 and self.end == "end":
                        return
        finally:
            await asyncio.sleep(0)
            self.is_closed = True


def test_requests_may_have_to_be_awaited_and_what_gives_them_is_closed_however_it_ends(
    models: Any, scenario_sandbox: Any
) -> None:
    def run(end: str, most: int = 100, **options: Any) -> tuple[Any, list[int], BaseException | None]:
        given = Given(models, end)
        seen: list[int] = []

        async def main() -> None:
            async with models.AsyncClient(settle=SETTLE, **options) as client:
                outcomes = client.run_many(given.each(), concurrency=2)
                async with contextlib.aclosing(outcomes.__aiter__()) as each:
                    async for outcome in each:
                        seen.append(outcome.index)
                        if len(seen) == most:
                            return

        try:
            asyncio.run(main())
        except (LookupError, APIError) as error:
            return given, seen, error
        return given, seen, None

    given, seen, error = run("end")
    assert (given.is_closed, sorted(seen), error) == (True, [0, 1, 2, 3, 4], None)
    given, seen, error = run("endless", most=3)
    assert (given.is_closed, error, given.taken < 8) == (True, None, True)
    given, seen, error = run("error")
    assert (given.is_closed, str(error)) == (True, "of one's own")
    wrong = scenario_sandbox.address + "/v2"
    given, seen, error = run("silence", base_url=wrong)  # an error of all does not wait for the next request
    assert (given.is_closed, type(error).__name__, given.taken < 8) == (True, "NotFoundError", True)


def test_the_blocking_client_takes_no_requests_that_must_be_awaited(models: Any) -> None:
    with models.Client() as client, pytest.raises(TypeError, match="must be awaited, .* use AsyncClient"):
        client.run_many(Given(models, "end").each())


@both
def test_the_same_outcomes_are_not_paid_for_twice(models: Any, kind: str, scenario_sandbox: Any) -> None:
    async def run(client: Any) -> None:
        outcomes = client.run_many([models.SyncLipsyncV2(**SAMPLES)])
        assert len(await every(outcomes)) == 1
        for again in (lambda: outcomes, outcomes.in_order):
            with pytest.raises(RuntimeError, match="these requests were run already"):
                await every(again())

    use(models, kind, run)
    assert len(scenario_sandbox.ledger) == 1


def test_an_error_in_the_loop_over_outcomes_ends_the_work_soon(models: Any, scenario_sandbox: Any) -> None:
    scenario_sandbox.speed = 0.1

    async def main() -> None:
        async with models.AsyncClient(settle=SETTLE) as client:
            async for _ in client.run_many(
                [models.SyncLipsyncV2(video=b"", audio=b""), *requests], concurrency=4
            ):
                raise LookupError("of one's own")

    requests = [models.SyncLipsyncV2(**SAMPLES)] * 3
    begin = time.monotonic()
    with pytest.raises(LookupError, match="one's own"):
        asyncio.run(main())
    assert time.monotonic() - begin < 10


@both
def test_many_requests_are_estimated_and_nothing_is_spent(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    good, bad = models.SyncLipsyncV2(**SAMPLES), models.SyncLipsyncV2(video=b"", audio=b"1")

    async def run(client: Any) -> None:
        found = await every(client.estimate_many([good, bad, good], concurrency=2).in_order())
        assert sum(one.result.cost for one in found if not one.error) == 2 * 10.75
        assert (found[1].index, found[1].request) == (1, bad)
        with pytest.raises(models.FileRefused):
            found[1].result
        with pytest.raises(models.FileRefused, match="is empty") as raised:
            await every(client.estimate_many([bad, *[good] * 50], concurrency=1, stop_on=models.FileRefused))
        assert raised.value.__notes__ == [
            "stop_on has its class: those that had not begun were not submitted"
        ]

    use(models, kind, run)
    assert scenario_sandbox.ledger == []


COST = 10.75  # of one request
BATCHES = json.loads((PROJECT / "tests/packages/batches.json").read_text())["rows"]
NAMES = {"ApiError": "APIStatusError"}  # of classes that the npm package calls otherwise


def word_for(error: Exception | None) -> str:
    return str(getattr(error, "status_code", type(error).__name__)) if error else "success"


async def follow(outcomes: Any) -> tuple[list[Any], Exception | None]:
    """Give all outcomes, of either client, and what is raised at last."""
    found: list[Any] = []
    try:
        if hasattr(outcomes, "__aiter__"):
            async for one in outcomes:
                found.append(one)  # noqa: PERF401 - which are there when it raises
        else:
            for one in outcomes:
                found.append(one)  # noqa: PERF402
    except Exception as error:  # noqa: BLE001 - is what the row is compared with
        return found, error
    return found, None


@both
def test_batches_keep_to_their_limit_and_stop_as_those_of_the_npm_package_do(
    models: Any, kind: str, stepped_time: Any, scenario_sandbox: Any
) -> None:
    async def run(client: Any, row: dict[str, Any]) -> tuple[list[Any], Any]:
        empty = {index: {"video": b""} for index in row.get("refused", [])}
        requests = [
            models.SyncLipsyncV2(**SAMPLES | {"temperature": index / 100} | empty.get(index, {}))
            for index in range(row["requests"])
        ]
        options = {name: row[name] for name in ("timeout",) if name in row}
        stop_on = tuple(getattr(models, NAMES.get(name, name)) for name in row.get("stopOn", []))
        outcomes = client.run_many(
            requests,
            concurrency=row.get("concurrency", 4),
            max_cost=row.get("maxCost"),
            stop_on=stop_on,
            **options,
        )
        return await follow(outcomes.in_order() if isinstance(row["ends"], list) else outcomes)

    for case, row in BATCHES.items():
        scenario_sandbox.heal()
        for fault in row.get("faults", []):
            scenario_sandbox.fail(**{"on": SUBMISSION, **fault})
        known = len(scenario_sandbox.ledger)
        base_url = scenario_sandbox.address + row.get("base", "/v1")
        outcomes, thrown = use(models, kind, lambda client, row=row: run(client, row), base_url=base_url)
        ends, paid_for = [word_for(one.error) for one in outcomes], len(scenario_sandbox.ledger) - known
        if row["submitted"] == "all but one":  # that had begun, which is chance
            assert (Counter(ends), paid_for < 9) == ({**row["ends"], "success": paid_for}, True), case
        else:
            found = ends if isinstance(row["ends"], list) else Counter(ends)
            assert (found, paid_for) == (row["ends"], row["submitted"]), case
        assert (word_for(thrown) if thrown else None) == row.get("thrown"), case
        assert thrown is None or any(one.error is thrown for one in outcomes)
        if "stopOn" in row and thrown:
            assert (
                thrown.__notes__[-1] == "stop_on has its class: those that had not begun were not submitted"
            )
        over = [one.error for one in outcomes if isinstance(one.error, models.MaxCostExceeded)]
        assert {(error.cost, error.max_cost) for error in over} <= {(COST, row.get("maxCost"))}


@both
@pytest.mark.parametrize("first", [None, 3 * COST], ids=["a run without a limit", "a run with one"])
def test_what_an_earlier_run_has_spent_counts(
    models: Any, kind: str, first: Any, scenario_sandbox: Any, tmp_path: Any
) -> None:
    requests = [models.SyncLipsyncV2(video=b"video", audio=b"a%d" % number) for number in range(6)]

    async def run(client: Any) -> None:
        journal = tmp_path / "journal"
        done = await every(client.run_many(requests[3:], journal=journal, max_cost=first))
        assert len(done) == len(scenario_sandbox.ledger) == 3
        found = await every(client.run_many(requests, journal=journal, max_cost=4 * COST).in_order())
        assert [one.error is None for one in found[3:]] == [True] * 3
        assert sum(one.error is None for one in found[:3]) == 1

    use(models, kind, run)
    assert len(scenario_sandbox.ledger) == 4


@both
def test_what_an_earlier_run_may_have_spent_counts_too(
    models: Any, kind: str, stepped_time: Any, scenario_sandbox: Any, tmp_path: Any
) -> None:
    requests = [models.SyncLipsyncV2(video=b"video", audio=b"a%d" % number) for number in range(4)]

    async def run(client: Any) -> None:
        journal = tmp_path / "journal"
        scenario_sandbox.fail("drop-after", on=SUBMISSION)
        scenario_sandbox.fail("error-before", on="GET /v1/jobs")
        (lost,) = await every(client.run_many(requests[:1], journal=journal, timeout=1))
        assert isinstance(lost.error, models.SubmissionUnknown)
        assert len(scenario_sandbox.ledger) == 1
        scenario_sandbox.heal()
        found = await every(
            client.run_many(requests, journal=journal, max_cost=2 * COST, concurrency=1).in_order()
        )
        assert [type(one.error).__name__ for one in found] == ["NoneType"] * 2 + ["MaxCostExceeded"] * 2

    use(models, kind, run)
    assert len(scenario_sandbox.ledger) == 2
