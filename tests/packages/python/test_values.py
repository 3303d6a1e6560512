"""Results are values: they travel between processes, turn to JSON and back, and compare by id; so do outcomes and errors."""

import copy
import dataclasses
import json
import os
import pickle
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
import scenario_sdk

from support.clients import SAMPLES, both, every, got, use

KEYS = ("hushkey", "hushsecret", "aHVzaGtleTpodXNoc2VjcmV0")
# How a value reaches another place, and comes back.
ROUNDS: dict[str, Callable[[Any], Any]] = {
    "a copy": copy.copy,
    "a deep copy": copy.deepcopy,
    "a pickle": lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 - our own
    "a dict": lambda value: type(value).from_dict(value.to_dict()),
    "JSON": lambda value: type(value).from_dict(json.loads(value.to_json())),
}


@both
def test_what_a_run_gives_is_a_value(models: Any, kind: str, scenario_sandbox: Any) -> None:
    request = models.SyncLipsyncV2(video=b"video", audio=b"a\xff")

    async def run(client: Any) -> None:
        result = await got(client.run(request))
        outcomes = await every(
            client.run_many([request, request.unlisted(new=1), models.AnyModel("model_x")])
        )
        estimate = await got(client.estimate(request))
        assert {type(one.error).__name__ for one in outcomes} == {
            "NoneType",
            "BadRequestError",
            "NotFoundError",
        }
        for value in (result, result.job, result.assets[0], estimate, *outcomes):
            for name, around in ROUNDS.items():
                back = around(value)
                assert (back, hash(back), repr(back)) == (value, hash(value), repr(value)), name
                assert type(back) is type(value)
                assert len({back, value}) == 1
            assert not isinstance(value, models.Outcome) or "client" not in dataclasses.asdict(value)
            assert "client" not in str(json.dumps(value.to_dict()))
        assert dataclasses.asdict(result)["job"]["asset_ids"] == result.job.asset_ids
        later = await got(client.job(result.job.id))
        assert {later, result.job} == {result.job}
        assert later != result.assets[0]
        assert result.job != result.job.id

    use(models, kind, run)


@both
def test_what_has_no_client_says_how_to_get_one(models: Any, kind: str, scenario_sandbox: Any) -> None:
    async def run(client: Any) -> None:
        result = await got(client.run(models.SyncLipsyncV2(**SAMPLES)))
        content = await got(result.assets[0].bytes())
        for around in (copy.copy, copy.deepcopy):  # in this process they act on
            assert await got(around(result).assets[0].bytes()) == content
        away = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own
        for act, way in (
            (away.job.wait, f"client.job('{away.job.id}')"),
            (lambda: away.job.client, "attach(client)"),
            (away.assets[0].bytes, f"client.asset('{away.assets[0].id}')"),
            (
                lambda: type(result.job).from_dict(result.job.to_dict()).cancel(),
                "it was unpickled, or made of facts",
            ),
        ):
            with pytest.raises(models.NoClient) as raised:
                await got(act())
            assert way in str(raised.value)
        assert await got(away.attach(client).assets[0].bytes()) == content
        assert await got((await got(client.asset(away.assets[0].id))).bytes()) == content
        for wrong in ("../jobs", "asset_1?x=y"):  # as JSON may have it
            with pytest.raises(ValueError, match="is not an asset id"):
                await got(type(result.assets[0]).from_dict({"id": wrong}).attach(client).bytes())
        assert result.job.client is client
        assert copy.deepcopy(client) is client

    use(models, kind, run)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"id": 3, "status": "success"},
        {"id": "job_1", "status": "success", "asset_ids": [1]},
        [],
        None,
        "job",
    ],
)
def test_facts_that_are_not_a_job_s_are_refused(models: Any, facts: Any) -> None:
    with pytest.raises(ValueError, match="JobFacts|Job"):
        models.Job.from_dict(facts)


@pytest.mark.parametrize(
    "facts",
    [{}, [], None, {"index": 0, "request": {}, "result": None, "error": None}]
    + [
        {"index": 0, "request": {"model": "model_x"}, "result": None, "error": error}
        for error in (
            {},
            {"type": "JobFailed", "message": "", "notes": []},
            {"type": [], "message": "", "notes": [1]},
        )
    ]
    + [{"index": 0, "request": {"model": "model_x"}, "result": {"cost": "much"}, "error": None}],
)
def test_facts_that_are_not_an_outcome_s_are_refused(models: Any, facts: Any) -> None:
    with pytest.raises(ValueError, match=r"outcome|error|Estimate|model"):
        models.Outcome.from_dict(facts)


def test_what_a_newer_version_has_written_beside_is_left_out(models: Any) -> None:
    job = models.Job(id="job_1", status="success")
    assert models.Job.from_dict({**job.to_dict(), "newer": 1}) == job


def run_bytes(models: Any, video: bytes = b"1", timeout: float = 30) -> None:
    models.Client().run(models.SyncLipsyncV2(video=video, audio=b"a"), timeout=timeout)


def run_unknown_model(models: Any) -> None:
    models.Client().run(models.AnyModel("model_x"))


def run_wrong_id(models: Any) -> None:
    models.Client().run(models.AnyModel("a/b"))


def run_unknown_asset(models: Any) -> None:
    models.Client().run(models.SyncLipsyncV2(video=b"1", audio="asset_x"))


def run_empty_file(models: Any) -> None:
    run_bytes(models, video=b"")


def run_impatiently(models: Any) -> None:
    run_bytes(models, timeout=1)


def run_samples(models: Any) -> None:
    models.Client().run(models.SyncLipsyncV2(**SAMPLES), timeout=1)


def find_unknown_job(models: Any) -> None:
    models.Client().job("job_x")


def list_jobs(models: Any) -> None:
    models.Client().jobs(timeout=1)


def list_jobs_when_closed(models: Any) -> None:
    client = models.Client()
    client.close()
    client.jobs()


def list_jobs_without_key(models: Any) -> None:
    models.Client(api_key="\n", api_secret="b").jobs()


def call_elsewhere(models_name: str, environment: dict[str, str], call: Callable[[Any], None]) -> None:
    """Call a function in another process."""
    os.environ.update(environment)
    call(import_module(models_name))


@pytest.fixture(scope="module")
def pool() -> Any:
    with ProcessPoolExecutor(1, get_context("spawn")) as workers:
        yield workers


NO_KEY = "api_key is empty, has white space around it, or has a character that is not printable ASCII"
# What is raised in a process of a pool: the fault of the sandbox, what is called, the error, and some of what it knows.
RAISED: dict[str, tuple[dict[str, Any] | None, Callable[[Any], None], str, dict[str, Any]]] = {
    "a model that is not there": (None, run_unknown_model, "NotFoundError", {"status_code": 404}),
    "a job that is not there": (None, find_unknown_job, "NotFoundError", {"reason": "Job job_x not found"}),
    "a wrong request": (None, run_unknown_asset, "NotFoundError", {"reason": "Asset asset_x not found"}),
    "too many requests": ({"kind": "rate-limit", "seconds": 60}, list_jobs, "RateLimitError", {"body": {"reason": "Too many requests", "remainingSeconds": 60}}),
    "a service that fails": ({"kind": "error-before"}, list_jobs, "InternalServerError", {"response.status_code": 500}),
    "one that says nothing": ({"kind": "drop-before"}, list_jobs, "APIConnectionError", {"method": "GET"}),
    "a job that fails": ({"kind": "job-fails"}, run_bytes, "JobFailed", {"reason": "The sandbox was asked to let this job fail"}),
    "one that hangs": ({"kind": "job-hangs"}, run_impatiently, "JobTimeout", {"job.model_id": "model_sync-lipsync-v2"}),
    "a file that is empty": (None, run_empty_file, "FileRefused", {"args": ("a file given as bytes is empty",)}),
    "an id that is none": (None, run_wrong_id, "InvalidRequest", {"model_id": "a/b"}),
    "a lost response": ({"kind": "drop-before"}, run_samples, "SubmissionUnknown", {"body": SAMPLES, "candidates": ()}),
    "a closed client": (None, list_jobs_when_closed, "ClientClosed", {"args": ()}),
    "no key": (None, list_jobs_without_key, "NoKey", {"args": (NO_KEY,)}),
}  # fmt: skip


@pytest.mark.parametrize("case", RAISED)
def test_an_error_of_another_process_arrives_whole_and_without_a_key(
    models: Any, case: str, pool: Any, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault, call, name, knows = RAISED[case]
    environment = {
        **scenario_sandbox.environment,
        "SCENARIO_SDK_API_KEY": "hushkey",
        "SCENARIO_SDK_API_SECRET": "hushsecret",
    }
    if fault:
        scenario_sandbox.fail(**fault)
    with pytest.raises(models.ClientError) as raised:
        pool.submit(call_elsewhere, models.__name__, environment, call).result(60)
    error = raised.value
    assert type(error).__name__ == name
    assert {one: attrgetter(one)(error) for one in knows} == knows
    packed = pickle.dumps(error)
    assert not [key for key in KEYS if key.encode() in packed]
    again = models.Outcome.from_dict(
        json.loads(models.Outcome(0, models.AnyModel("model_x"), error, None).to_json())
    ).error
    assert (type(again), str(again), again.to_dict()) == (type(error), str(error), error.to_dict())
    official = getattr(scenario_sdk, name, None)
    assert official is None or (isinstance(error, official) and isinstance(again, official))


def test_an_error_of_another_package_is_told_by_its_name(models: Any) -> None:
    error = ZeroDivisionError("division by zero")
    error.add_note("in one's own function")
    back = models.Outcome.from_dict(
        models.Outcome(0, models.AnyModel("model_x"), error, None).to_dict()
    ).error
    assert isinstance(back, models.ClientError)
    assert (str(back), back.__notes__) == ("ZeroDivisionError: division by zero", ["in one's own function"])


@both
@pytest.mark.parametrize("case", ["refused", "not reached", "of many", "a wrong file", "handled"])
def test_the_trace_of_an_error_is_short(models: Any, kind: str, case: str, scenario_sandbox: Any) -> None:
    requests = {"a wrong file": models.SyncLipsyncV2(video=b"", audio=b"a")}
    request = requests.get(case, models.AnyModel("model_x"))

    async def fail(client: Any) -> None:
        if case == "of many":
            (outcome,) = await every(client.run_many([request]))
            raise outcome.error
        await got(client.run(request, timeout=0.5))

    async def fail_while_handling(client: Any) -> None:
        scenario_sandbox.stop()
        try:
            Path("none").read_bytes()  # noqa: ASYNC240
        except FileNotFoundError:
            await fail(client)

    async def run(client: Any) -> None:
        if case == "not reached":
            scenario_sandbox.stop()
        with pytest.raises(models.ClientError) as raised:
            await (fail_while_handling if case == "handled" else fail)(client)
        ours = [
            one
            for one in traceback.extract_tb(raised.value.__traceback__)
            if "scenario_models" in one.filename
        ]
        assert len(ours) <= 2
        assert len(traceback.format_exception(raised.value)) <= 14
        cause = (
            raised.value.__cause__
        )  # what the transport says; it keeps neither its own causes nor the request's headers
        assert (type(cause).__name__ == "ConnectError") is (case in ("not reached", "handled"))
        assert "Connection refused" in str(raised.value) or case not in ("not reached", "handled")
        assert isinstance(raised.value.__context__, FileNotFoundError) is (case == "handled")
        assert cause is None or not (cause.__traceback__ or cause.__cause__ or cause.request.headers)

    use(models, kind, run)
