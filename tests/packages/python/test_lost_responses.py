"""At most one job a request, whenever the connection breaks, the job comes into being, and the client dies. The clock is stepped."""

import contextlib
import inspect
import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from scenario_sdk import AsyncScenario, Scenario

from support.clients import SAMPLES, Work, both, every, got, run_child, use
from support.losses import (
    DEATHS,
    FORKS,
    LOSSES,
    SETTLE,
    LosingProxy,
    Post,
    Row,
    SteppedClock,
    in_stepped_time,
    losing,
)

SDKS = {"Client": Scenario, "AsyncClient": AsyncScenario}
PATIENCE = 0.3  # real seconds: where nothing is answered, the client's own timeout ends the wait


@pytest.fixture
def proxy(stepped_time: SteppedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[LosingProxy]:
    """Give a proxy before a sandbox, by whose clock this process lives."""
    with losing(stepped_time) as proxy:
        for name, value in environment_of(proxy).items():
            monkeypatch.setenv(name, value)
        yield proxy


def environment_of(proxy: LosingProxy) -> dict[str, str]:
    return {**proxy.sandbox.environment, "SCENARIO_BASE_URL": f"{proxy.address}/v1", "NO_PROXY": "127.0.0.1"}


def came(proxy: LosingProxy, ends: list[str]) -> tuple[list[str], int, bool]:
    """Let all happen that is still to come. Tell how requests have ended, how often they were sent, and whether none was paid twice."""
    proxy.clock.step_all()
    jobs = proxy.jobs
    assert len(set(ends) & set(jobs)) == len([one for one in ends if one in jobs])
    return sorted("job" if one in jobs else one for one in ends), len(proxy.sent), len(jobs) <= len(ends)


def due(rows: dict[str, Row]) -> dict[str, tuple[list[str], int, bool]]:
    ends = {
        case: [row.ends] * row.requests if isinstance(row.ends, str) else [*row.ends]
        for case, row in rows.items()
    }
    return {case: (ends[case], row.sent, True) for case, row in rows.items()}


@both
def test_an_order_is_paid_once_whenever_its_connection_breaks_and_its_job_is_made(
    models: Any, kind: str, proxy: LosingProxy
) -> None:
    request, found = models.SyncLipsyncV2(**SAMPLES), {}

    async def submit(client: Any) -> str:
        return str((await got(client.submit(request, timeout=row.timeout))).id)

    async def run_all(client: Any) -> list[str]:
        outcomes = await every(
            client.run_many(
                [request] * row.requests, concurrency=1 if row.max_cost else 8, max_cost=row.max_cost
            )
        )
        return [type(one.error).__name__ if one.error else one.result.job.id for one in outcomes]

    for case, row in LOSSES.items():
        proxy.begin(row)
        is_silent = any(post.breaks is None for post in row.posts)
        options: dict[str, Any] = {"sdk": SDKS[kind](timeout=PATIENCE)} if is_silent else {}
        try:
            ends = use(models, kind, run_all if row.requests > 1 else submit, settle=SETTLE, **options)
        except Exception as error:  # noqa: BLE001 - is what the row is compared with
            ends = type(error).__name__
        found[case] = came(proxy, ends if isinstance(ends, list) else [ends])
        proxy.clock.step(10 * SETTLE)
    assert found == due(LOSSES)


def test_what_both_readmes_promise_is_the_default(models: Any) -> None:
    for client in (models.Client, models.AsyncClient):
        assert inspect.signature(client).parameters["settle"].default == SETTLE


@both
@pytest.mark.parametrize("has_evidence", [False, True])
def test_what_an_earlier_run_has_lost_and_seen_counts(
    models: Any, kind: str, proxy: LosingProxy, tmp_path: Path, *, has_evidence: bool
) -> None:
    from scenario_models.client.journal import ORDER, Journal

    journal, request = tmp_path / "journal", models.SyncLipsyncV2(**SAMPLES)
    other = models.SyncLipsyncV2(**SAMPLES, temperature=1)

    async def run(client: Any, requests: list[Any], seconds: float) -> list[str]:
        outcomes = await every(client.run_many(requests, journal=journal, timeout=seconds).in_order())
        return [type(one.error).__name__ for one in outcomes]

    if has_evidence:
        assert use(models, kind, lambda client: run(client, [other], 1800), settle=SETTLE) == ["NoneType"]
    proxy.begin(Row((Post(), Post())))
    assert use(models, kind, lambda client: run(client, [request], 30), settle=SETTLE) == [
        "SubmissionUnknown"
    ]
    with contextlib.closing(Journal(journal)) as noted:
        key = next(name for name in noted._entries if not noted.find(name.removeprefix(ORDER)).job_id)  # noqa: SLF001
        entry = noted.find(key.removeprefix(ORDER))
        noted.note_sent(key.removeprefix(ORDER), entry.order, replace(entry.sent, losses=1))
    requests = [other, request] if has_evidence else [request]
    found = use(models, kind, lambda client: run(client, requests, 1800), settle=SETTLE)
    assert found[-1] == ("NoneType" if has_evidence else "SubmissionUnknown")
    assert (len(proxy.sent), len(proxy.jobs)) == ((3, 1) if has_evidence else (1, 0))


@both
def test_a_job_that_a_journal_knows_is_no_equal_requests_own_neither_at_once_nor_hours_later(
    models: Any, kind: str, proxy: LosingProxy, tmp_path: Path
) -> None:
    request, other = models.SyncLipsyncV2(**SAMPLES), models.SyncLipsyncV2(**SAMPLES, temperature=1)

    def run(requests: Iterable[Any], seconds: float, row: Row) -> list[str]:
        async def run_all(client: Any) -> list[str]:
            options = {"concurrency": 1, "timeout": seconds, "journal": tmp_path / "journal"}
            outcomes = await every(client.run_many(requests, **options).in_order())
            return [type(one.error).__name__ if one.error else one.result.job.id for one in outcomes]

        proxy.begin(row)
        return list(use(models, kind, run_all, settle=SETTLE))

    def late() -> Iterator[Any]:
        proxy.clock.step(3 * 3600)
        yield from (other, *[request] * 4)

    (known,) = run([request], 1800, Row(()))
    first = run([request] * 2, 1800, Row((Post(),)))
    assert (first, len(proxy.sent)) == ([known, *proxy.jobs], 2)
    second = run([request] * 4, 30, Row((Post(),)))
    assert (second, len(proxy.sent)) == ([*first, "SubmissionUnknown", *proxy.jobs], 2)
    third = run(late(), 1800, Row(()))
    assert third == [proxy.jobs[0], *first, proxy.jobs[1], second[3]]


# Killed

EXITS = {signal.SIGKILL: -signal.SIGKILL, signal.SIGINT: 1, None: 0}


def test_a_request_is_paid_once_whenever_its_client_dies(models: Any, tmp_path: Path) -> None:
    clock, found = SteppedClock(), {}
    with in_stepped_time(clock, ("time", "clock_gettime")), losing(clock) as proxy:
        for number, (case, row) in enumerate(DEATHS.items()):
            kind, journal = ("Client", "AsyncClient")[number % 2], tmp_path / str(number)
            request = models.SyncLipsyncV2(**SAMPLES, temperature=number / 100).to_json()
            first = Child(proxy, kind, (request, row.requests, journal, row.timeout))
            proxy.begin(row, lambda child=first, how=row.how: child.kill(how))
            first.run()
            ends = ["SubmissionUnknown"] if row.dies is None else []
            assert (first.exit_code, first.ends) == (EXITS[row.dies and row.how], ends), case
            clock.step(row.away)
            monotonic = 5 - clock.now() if row.is_restarted else -row.asleep
            second = Child(proxy, kind, (request, row.requests, journal, 1800), (row.wall, monotonic))
            second.run()
            assert second.exit_code == 0, case
            found[case] = came(proxy, second.ends)
            clock.step(10 * SETTLE)
    assert found == due(DEATHS)


class Child:
    """A client in a process of its own, which lives by our clock; `skew`: by how much its wall clock and the other one differ."""

    def __init__(self, proxy: LosingProxy, kind: str, work: Work, skew: tuple[float, float] = (0, 0)) -> None:
        self.clock = proxy.clock
        self.ends: list[str] = []
        self.pipe, self.theirs = FORKS.Pipe()
        world = self.theirs, self.clock.shared, skew, environment_of(proxy)
        self.process = FORKS.Process(target=run_child, args=(kind, work, world), daemon=True)

    def run(self) -> None:
        self.process.start()
        self.theirs.close()
        listening = Thread(target=self.listen)
        listening.start()
        self.process.join(60)
        listening.join(60)
        self.exit_code = self.process.exitcode

    def listen(self) -> None:
        """Let time pass where the child pauses; hear how its requests end."""
        try:
            while True:
                said = self.pipe.recv()
                if isinstance(said, str):
                    self.ends.append(said)
                else:
                    self.clock.step(said)
                self.pipe.send(None)
        except (EOFError, OSError):  # it has ended
            return

    def kill(self, how: int) -> None:
        os.kill(self.process.pid or 0, how)
        if how == signal.SIGKILL:
            wait([self.process.sentinel])
