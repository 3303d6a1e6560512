"""Never paid twice, and nothing paid for forgotten: lost responses, load, kills, journals. The ledger of the sandbox is the judge."""

import asyncio
import contextlib
import pickle
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from scenario_sdk import APIConnectionError, AsyncScenario, BadRequestError, InternalServerError, Scenario

from support.clients import SAMPLES, SETTLE, SUBMISSION, both, every, got, paid, run_program, use
from support.losses import FORKS
from support.sandboxes import get, post

LOST = ["drop-before", "drop-after", "error-before", "error-after", "truncate"]


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
        end = time.monotonic() + 20
        while not lost.struck and time.monotonic() < end:
            time.sleep(0.01)
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


# Many

COUNT = 120  # jobs: more than a page of their list
OTHERS = ("GET *", "PUT *", "POST /v1/uploads*")  # what a client sends beside submissions


@both
def test_many_requests_half_of_them_equal_survive_a_bad_day(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    lost = [scenario_sandbox.fail(fault, on=SUBMISSION, rate=0.05) for fault in LOST[:4]]
    for fault, on in product(LOST[:4], OTHERS):
        scenario_sandbox.fail(fault, on=on, rate=0.05)
    scenario_sandbox.fail("rate-limit", rate=0.05, seconds=0.2)
    equal = models.SyncLipsyncV2(video=b"video", audio=b"a")
    others = [models.SyncLipsyncV2(video=b"video", audio=b"a%d" % number) for number in range(COUNT // 2)]
    requests = [request for other in others for request in (equal, other)]

    async def run(client: Any) -> list[Any]:
        return await every(client.run_many(requests, concurrency=40))

    outcomes = use(models, kind, run)
    assert sum(switch.struck for switch in lost) > COUNT / 12
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

    count = use(models, kind, run)
    time.sleep(0.3)
    assert len(scenario_sandbox.ledger) == count
    assert len(taken) <= 6
    assert {progress.index for progress in seen} <= set(range(6))
    assert {progress.job_id for progress in seen if progress.job_id} == set(paid(scenario_sandbox))


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


# Journals

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
            wait_for_jobs(scenario_sandbox, wanted)
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


def wait_for_jobs(sandbox: Any, count: int) -> None:
    """Wait until so many requests were paid for."""
    end = time.monotonic() + 60
    while len(sandbox.ledger) < count:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_ctrl_c_in_the_middle_of_many_stops_soon_and_loses_nothing(
    scenario_sandbox: Any, tmp_path: Path
) -> None:
    (tmp_path / "talk.mp4").write_bytes(b"video")
    scenario_sandbox.speed = 2
    command = [sys.executable, "-c", textwrap.dedent(WORK), "journal", "talk.mp4"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    wait_for_jobs(scenario_sandbox, 4)
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    said = process.communicate(timeout=30)[1]
    assert "KeyboardInterrupt" in said
    assert said.count("was submitted and may still be running; client.job(") >= 1
    assert time.monotonic() - begin < 5
    from scenario_models.client.journal import Journal

    noted = [entry.job_id for entry in Journal(tmp_path / "journal").orders()]
    assert Counter(noted) == paid(scenario_sandbox)


@both
def test_a_journal_knows_requests_by_what_they_are_and_a_refused_one_is_sent_anew(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    one = models.SyncLipsyncV2(**SAMPLES)
    requests = {
        "one": one,
        "two": models.SyncLipsyncV2(**SAMPLES, temperature=1),
        "other model": models.model("model_sync-lipsync-v2-pro")(**SAMPLES),
        "file": models.SyncLipsyncV2(**{**SAMPLES, "video": b"video"}),
        "other file": models.SyncLipsyncV2(**{**SAMPLES, "video": b"other"}),
        "refused": one.unlisted(syncMode="new"),
    }
    found: dict[str, set[str]] = {}  # the models and inputs of the jobs of each request

    async def run(client: Any, names: list[str]) -> list[str]:
        given = [requests[name] for name in names]
        outcomes = await every(client.run_many(given, journal=tmp_path / "journal").in_order())
        assert [one.error is not None for one in outcomes] == [name == "refused" for name in names]
        jobs = [outcome.result.job for outcome in outcomes if outcome.error is None]
        for name, job in zip([name for name in names if name != "refused"], jobs, strict=True):
            found.setdefault(name, set()).add(repr((job.model_id, job.input)))
        return [job.id for job in jobs]

    async def run_twice(client: Any) -> tuple[list[str], list[str]]:
        first = await run(client, ["one", "one", "refused", "file"])
        names = ["other model", "two", "other file", "one", "refused", "file", "one", "one"]
        return first, await run(client, names)

    first, again = use(models, kind, run_twice)
    assert {*first[:2]} < {again[3], *again[5:]}
    assert again[4] == first[2]
    assert paid(scenario_sandbox) == dict.fromkeys(again, 1)
    assert len(again) == len({*again}) == 7
    assert [len(each) for each in found.values()] == [1] * 5
    assert len(set.union(*found.values())) == 5
    from scenario_models.client.journal import Journal

    with contextlib.closing(Journal(tmp_path / "journal")) as journal:
        assert sorted(entry.job_id for entry in journal.orders()) == sorted(again)


@both
def test_an_asset_that_is_gone_is_uploaded_again(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    journal, request = tmp_path / "journal", models.SyncLipsyncV2(video=b"video", audio="asset_sample_audio")

    async def run(client: Any) -> list[Any]:
        return [one.error for one in await every(client.run_many([request], journal=journal))]

    scenario_sandbox.fail("rate-limit", on=SUBMISSION, seconds=9999)
    assert "429" in str(use(models, kind, run)[0])
    scenario_sandbox.heal()
    from scenario_models.client.journal import Journal

    with contextlib.closing(Journal(journal)) as noted:
        for digest in noted.uploads():
            noted.note_uploaded(digest, "asset_gone")
    assert "Asset asset_gone not found" in str(use(models, kind, run)[0])
    assert use(models, kind, run) == [None]


@both
def test_whoever_leaves_early_and_comes_back_with_the_journal_pays_once(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    requests = [models.SyncLipsyncV2(**SAMPLES, temperature=step / 8) for step in range(8)]

    async def run(client: Any) -> None:
        for _ in range(3):
            outcomes = client.run_many(requests, concurrency=4, journal=tmp_path / "journal")
            if kind == "AsyncClient":
                async for _ in outcomes:
                    break
                await asyncio.sleep(0.5)
            else:
                for _ in outcomes:
                    break
        assert all(
            one.error is None for one in await every(client.run_many(requests, journal=tmp_path / "journal"))
        )

    use(models, kind, run)
    assert len(scenario_sandbox.ledger) == 8


def test_a_journal_that_cannot_be_used_is_refused_before_anything_is_sent(
    models: Any, scenario_sandbox: Any, tmp_path: Path
) -> None:
    request = models.SyncLipsyncV2(**SAMPLES)
    (tmp_path / "text").write_text("no journal, but a text that is long enough to look at" * 100)
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    with models.Client() as client:
        for name, message in (
            ("text", "file is not a database"),
            ("other", "is not a journal of run_many"),
            ("none/journal", "none/journal: No such file"),
        ):
            with pytest.raises(models.JournalError, match=message):
                list(client.run_many([request], journal=tmp_path / name))
        assert (tmp_path / "text").read_text().startswith("no journal")
        running_one = iter(client.run_many([request, request], concurrency=1, journal=tmp_path / "journal"))
        next(running_one)
        with pytest.raises(models.JournalError, match="another process is using it"):
            list(client.run_many([request], journal=tmp_path / "journal"))
        assert len(list(running_one)) == 1
    assert len(scenario_sandbox.ledger) == 2


@both
def test_a_job_that_the_journal_could_not_note_is_known_all_the_same(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    journal, request = tmp_path / "journal", models.SyncLipsyncV2(**SAMPLES)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_disk(response: httpx.Response) -> None:
        if "/generate/" in response.request.url.path:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))

    async def fill_disk_in_loop(response: httpx.Response) -> None:
        fill_disk(response)

    sdk = {
        "Client": lambda: Scenario(http_client=httpx.Client(event_hooks={"response": [fill_disk]})),
        "AsyncClient": lambda: AsyncScenario(
            http_client=httpx.AsyncClient(event_hooks={"response": [fill_disk_in_loop]})
        ),
    }[kind]()

    async def run(client: Any) -> None:
        (outcome,) = await every(client.run_many([request], journal=journal))
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        with pytest.raises(models.JournalError, match="disk"):
            outcome.result
        assert scenario_sandbox.ledger[0].job_id in outcome.error.__notes__[0]

    async def take_up(client: Any) -> None:
        (outcome,) = await every(client.run_many([request], journal=journal))
        assert outcome.result.job.id == scenario_sandbox.ledger[0].job_id

    try:
        use(models, kind, run, sdk=sdk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    use(models, kind, take_up)
    assert len(scenario_sandbox.ledger) == 1


# Beyond one machine

CLUSTER = """
    import dask
    # A spawned worker would import all of Dask again.
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    from dask.distributed import Client as Cluster, LocalCluster
    from scenario_models import Client, SyncLipsyncV2, from_json

    def run(text):
        with Client() as client:
            result = client.run(from_json(text))
            return result.job.id, len(result.assets[0].bytes())

    def run_value(request):
        import os
        with Client() as client:
            return os.getpid(), client.run(request).job.id

    if __name__ == "__main__":
        # The profiler asks for the frames of all threads, for which Python 3.11 may wait for ever (python/cpython#106883).
        dask.config.set({"distributed.worker.profile.enabled": False})
        requests = [SyncLipsyncV2(video=b"video", audio=b"a%d" % number) for number in range(8)]
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as here, Cluster(here) as cluster:
            halves = [cluster.map(run_value, requests[name::2], workers=[name]) for name in here.workers]
            (first, second) = cluster.gather(halves)
            texts = cluster.gather(cluster.map(run, [request.to_json() for request in requests]))
        assert len({process for process, _ in first} | {process for process, _ in second}) == 2
        print(*[job for _, job in first + second], *[job for job, size in texts if size > 1000])
"""


def test_requests_run_on_a_cluster_of_two_processes(scenario_sandbox: Any, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(textwrap.dedent(CLUSTER))
    command = [sys.executable, "work.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Counter(done.stdout.split()) == paid(scenario_sandbox)


@both
def test_a_rate_that_is_too_high_is_no_lost_response(models: Any, kind: str, scenario_sandbox: Any) -> None:
    scenario_sandbox.fail("rate-limit", on=SUBMISSION, times=1, seconds=0.1)
    lost = scenario_sandbox.fail("drop-before", on=SUBMISSION, times=1)

    async def run(client: Any) -> None:
        await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))

    use(models, kind, run)
    assert (lost.struck, len(scenario_sandbox.ledger)) == (1, 1)
