"""Ctrl-C or a kill at any moment: each job is known, canceled, or said to be unknown, and a journal takes it up."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.clients import SAMPLES, SUBMISSION, both, every, paid, run_program
from support.losses import FORKS
from support.sandboxes import get, post
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


WORK = """
    import sys
    from pathlib import Path
    from scenario_models import Client, SyncLipsyncV2
    requests = [
        SyncLipsyncV2(video=Path(sys.argv[2]), audio=b"a%d" % (number // 2)) for number in range(24)
    ]
    with Client(settle=0.3) as client:
        for outcome in client.run_many(requests, concurrency=8, journal=Path(sys.argv[1])):
            print(outcome.index, outcome.result.job.id, flush=True)
"""


KILLED_AMID = {
    "nothing": {},
    "lost responses": {"kind": "drop-after", "rate": 0.2, "on": SUBMISSION},
    "latency": {"kind": "latency", "seconds": 0.1},
}


@pytest.mark.parametrize("fault", KILLED_AMID)
def test_a_client_that_is_killed_takes_up_what_it_had_submitted(
    fault: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    (tmp_path / "talk.mp4").write_bytes(b"video")
    scenario_sandbox.speed = 20
    if KILLED_AMID[fault]:
        scenario_sandbox.fail(**KILLED_AMID[fault])
    work = textwrap.dedent(WORK), tmp_path, ["journal", "talk.mp4"], scenario_sandbox.environment
    for wanted in (2, 9, 17, None):
        process = FORKS.Process(target=run_program, args=work)
        process.start()
        if wanted:
            wait_until(lambda wanted=wanted: len(scenario_sandbox.ledger) >= wanted)
            process.kill()
        process.join(60)
    assert process.exitcode == 0
    said: dict[int, set[str]] = {}  # of each two requests that are equal, which may swap their jobs
    for line in (tmp_path / "said").read_text().splitlines():
        index, job = line.split()
        said.setdefault(int(index) // 2, set()).add(job)
    assert [len(jobs) for jobs in said.values()] == [2] * 12
    assert paid(scenario_sandbox) == Counter(job for jobs in said.values() for job in jobs)
    uploads = get(scenario_sandbox, "/v1/assets?pageSize=100")["assets"]
    assert (
        len([one for one in uploads if one["source"] == "uploaded-video"]) <= 2
    )  # one may die before it is noted


def test_ctrl_c_in_the_middle_of_many_stops_soon_and_loses_nothing(
    scenario_sandbox: Any, tmp_path: Path
) -> None:
    (tmp_path / "talk.mp4").write_bytes(b"video")
    scenario_sandbox.speed = 2
    command = [sys.executable, "-c", textwrap.dedent(WORK), "journal", "talk.mp4"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: len(scenario_sandbox.ledger) >= 4)
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    said = process.communicate(timeout=30)[1]
    assert "KeyboardInterrupt" in said
    assert said.count("was submitted and may still be running; client.job(") >= 1
    assert time.monotonic() - begin < 5
    from scenario_models.client.journal import Journal

    noted = [entry.job_id for entry in Journal(tmp_path / "journal").orders()]
    assert Counter(noted) == paid(scenario_sandbox)
