"""Ctrl-C at any moment: each job is known, canceled, or said to be unknown."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from support.clients import SAMPLES, both, every
from support.sandboxes import post
from support.waiting import wait_until


@both
@pytest.mark.parametrize("cancel", [False, True])
def test_an_interrupted_run_leaves_its_job_known_or_cancels_it(
    models: Any, kind: str, scenario_sandbox: Any, *, cancel: bool
) -> None:
    scenario_sandbox.speed = 0
    request = models.SyncLipsyncV2(**SAMPLES)
    error = _interrupt(
        models,
        kind,
        lambda client: client.run(request, cancel_if_interrupted=cancel),
        lambda: scenario_sandbox.ledger,
    )
    (entry,) = scenario_sandbox.ledger
    if cancel:
        assert entry.status == "canceled"
    else:
        assert entry.status == "queued"
        assert f"client.job('{entry.job_id}')" in error.__notes__[0]


@both
def test_a_submission_that_is_interrupted_is_searched_for(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    scenario_sandbox.speed = 0
    switch = scenario_sandbox.fail("latency", on="GET /v1/jobs", seconds=0.2)
    slow = scenario_sandbox.fail("drop-after", on="POST /v1/generate/*")
    request = models.SyncLipsyncV2(**SAMPLES)
    error = _interrupt(
        models, kind, lambda client: client.submit(request), lambda: switch.struck and slow.struck
    )
    (entry,) = scenario_sandbox.ledger
    assert f"client.job('{entry.job_id}')" in error.__notes__[0]


@both
def test_a_submission_that_is_interrupted_is_searched_for_until_its_job_is_made(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    listed = scenario_sandbox.fail("latency", on="GET /v1/jobs", seconds=0)
    slow = scenario_sandbox.fail("latency", on="POST /v1/generate/*", seconds=10, times=1)
    request = models.SyncLipsyncV2(**SAMPLES)

    def make() -> None:
        wait_until(lambda: listed.struck >= 2)  # the first search
        post(scenario_sandbox, f"/v1/generate/custom/{request.model_id}", SAMPLES)

    making = threading.Thread(target=make)
    making.start()
    error = _interrupt(models, kind, lambda client: client.submit(request), lambda: slow.struck)
    making.join()
    (entry,) = scenario_sandbox.ledger
    assert f"client.job('{entry.job_id}')" in error.__notes__[0]


@both
def test_a_submission_that_is_interrupted_and_not_found_is_said_to_be_unknown(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    slow = scenario_sandbox.fail("latency", on="POST /v1/generate/*", seconds=10)
    request = models.SyncLipsyncV2(**SAMPLES)
    error = _interrupt(models, kind, lambda client: client.submit(request), lambda: slow.struck)
    assert "it is unknown whether model_sync-lipsync-v2 was submitted" in error.__notes__[0]


@both
def test_many_that_are_interrupted_and_not_found_are_said_to_be_unknown(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    lost = scenario_sandbox.fail("drop-before", on="POST /v1/generate/*")
    requests = [models.SyncLipsyncV2(**SAMPLES)] * 2

    def run(client: Any) -> Any:
        outcomes = client.run_many(requests)
        return list(outcomes) if kind == "Client" else every(outcomes)

    error = _interrupt(models, kind, run, lambda: lost.struck == len(requests))
    assert "\n".join(error.__notes__).count("it is unknown whether") == len(requests)


def test_many_that_are_interrupted_while_a_thread_begins_leave_their_jobs_known(
    models: Any, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = scenario_sandbox.fail("latency", on="POST /v1/generate/*", seconds=0.5)
    start = threading.Thread.start

    def begin(thread: threading.Thread) -> None:
        start(thread)
        if thread.name.startswith("scenario-models"):
            wait_until(lambda: slow.struck)
            raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", begin)
    with models.Client() as client, pytest.raises(KeyboardInterrupt) as raised:
        list(client.run_many([models.SyncLipsyncV2(**SAMPLES)] * 2))
    (entry,) = scenario_sandbox.ledger
    assert f"client.job('{entry.job_id}')" in raised.value.__notes__[0]


def _interrupt(
    models: Any, kind: str, call: Callable[[Any], Any], is_time: Callable[[], Any]
) -> BaseException:
    """Interrupt a call once something is so: by Ctrl-C, or by canceling its task."""
    if kind == "Client":
        threading.Thread(target=lambda: (wait_until(is_time), os.kill(os.getpid(), signal.SIGINT))).start()
        with models.Client() as client, pytest.raises(KeyboardInterrupt) as raised:
            call(client)
        return raised.value

    async def main() -> BaseException:
        async with models.AsyncClient() as client:
            task = asyncio.ensure_future(call(client))
            await asyncio.to_thread(wait_until, is_time)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as raised:
                await task
            return raised.value

    return asyncio.run(main())
