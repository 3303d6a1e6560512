"""The clients as their users meet them: a request runs to its result, a job is taken up and canceled, and no secret is shown."""

import io
import logging
import pickle
import subprocess
import sys
import textwrap
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import pytest
from packaging.version import Version
from scenario_sdk import AsyncScenario, NotFoundError, Scenario

from support.clients import SAMPLES, both, got, paid, use, write_big
from support.example import EXAMPLE
from support.sandboxes import get, play

PACKAGE = EXAMPLE / "generated/python"


@both
def test_a_request_runs_to_its_result(models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path) -> None:
    video, seen = write_big(tmp_path / "talk.mp4"), []
    (tmp_path / "voice.wav").write_bytes(b"voice")
    request = models.SyncLipsyncV2(video=video, audio=tmp_path / "voice.wav", sync_mode="bounce")

    async def run(client: Any) -> Any:
        estimate = await got(client.estimate(request))
        assert str(estimate) == "10.75 creative units"
        assert scenario_sandbox.ledger == []
        result = await got(client.run(request, on_progress=seen.append))
        (asset,) = result.assets
        path = await got(asset.download(tmp_path / "out.mp4", on_progress=seen.append))
        assert await got(asset.bytes()) == path.read_bytes()
        in_folder = await got(asset.download(str(tmp_path)))
        assert in_folder == tmp_path / f"{asset.id}.mp4"
        assert in_folder.read_bytes() == path.read_bytes()
        return result

    result = use(models, kind, run)
    (entry,) = scenario_sandbox.ledger
    assert result.job.id == entry.job_id
    assert result.job.cost == 10.75
    assert result.job.status == "success"
    assert entry.body.keys() == {"video", "audio", "syncMode"}
    assert result.assets[0].kind == "video"
    assert result.assets[0].properties["duration"] == 2
    assert play("video", (tmp_path / "out.mp4").read_bytes())["width"] == 160
    sent = get(scenario_sandbox, f"/v1/assets/{entry.body['video']}")["asset"]
    assert httpx.get(sent["url"]).content == video.read_bytes()
    assert sent["kind"] == "video"
    stages = list(dict.fromkeys(progress.stage for progress in seen))
    assert stages in (["upload", "queue", "run", "download"], ["upload", "run", "download"])
    assert [progress.fraction for progress in seen if progress.stage in ("upload", "download")][-1] == 1
    assert all(0 <= progress.fraction <= 1 for progress in seen)
    assert str(models.Progress("run", 0.256, "job_1")) == "run 26% (job_1)"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["talk.mp4", "voice.wav", "out.mp4", f"{result.assets[0].id}.mp4"]
    )


@both
def test_a_job_is_submitted_and_taken_up_later_by_its_id(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    request = models.SyncLipsyncV2(**SAMPLES)

    async def submit(client: Any) -> str:
        scenario_sandbox.speed = 0
        job = await got(client.submit(request))
        assert not job.is_over
        assert (job.status, job.model_id, job.input) == ("queued", request.model_id, request.body())
        scenario_sandbox.step(5)
        later = await got(job.refresh())
        assert (later.status, job.status) == ("in-progress", "queued")
        assert 0 < later.progress < 1
        return str(job.id)

    async def take_up(client: Any) -> Any:
        job = await got(client.job(job_id))
        with pytest.raises(models.JobTimeout) as raised:
            await got(job.wait(timeout=0.3))
        assert raised.value.job_id == job_id
        assert f"client.job('{job_id}')" in str(raised.value)
        scenario_sandbox.speed = 100
        assert [one.id for one in await got(client.jobs())] == [job_id]
        return await got(job.wait())

    job_id = use(models, kind, submit)
    assert use(models, kind, take_up).job.id == job_id
    assert list(paid(scenario_sandbox)) == [job_id]


@both
def test_a_job_is_canceled_and_canceling_what_is_over_changes_nothing(
    models: Any, kind: str, stepped_time: Any, scenario_sandbox: Any
) -> None:
    async def cancel(client: Any) -> None:
        scenario_sandbox.speed = 0
        job = await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
        assert (await got(job.cancel())).status == "canceled"
        assert (await got(job.cancel())).status == "canceled"
        with pytest.raises(models.JobCanceled, match=f"job {job.id} was canceled"):
            await got(job.wait())
        for fault in ("error-before", "drop-after"):
            lost = scenario_sandbox.fail(fault, on="POST /v1/jobs/*/action", times=1)
            job = await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
            assert ((await got(job.cancel())).status, lost.struck) == ("canceled", 1)

    use(models, kind, cancel)


@both
def test_a_failed_job_says_why_and_a_strange_status_means_that_it_runs(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        scenario_sandbox.fail("job-fails", times=1)
        with pytest.raises(models.JobFailed, match="asked to let this job fail. Turn off") as raised:
            await got(client.run(models.SyncLipsyncV2(**SAMPLES)))
        assert raised.value.reason == "The sandbox was asked to let this job fail"
        assert raised.value.job_id == scenario_sandbox.ledger[0].job_id
        assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)  # noqa: S301
        scenario_sandbox.fail("job-strange", times=1)
        scenario_sandbox.speed, seen = 5, []
        await got(client.run(models.SyncLipsyncV2(**SAMPLES), on_progress=seen.append))
        assert {progress.stage for progress in seen} == {"queue", "run"}

    use(models, kind, run)


@both
def test_a_request_that_breaks_its_rules_never_reaches_the_network(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    good = models.SyncLipsyncV2(**SAMPLES)
    cases: list[tuple[Any, type[Exception], str]] = [
        (
            models.SyncLipsyncV2.model_construct(**SAMPLES, temperature=2),
            models.InvalidRequest,
            "/temperature: 2 is above 1",
        ),
        (good.unlisted(seed=float("nan")), models.InvalidRequest, "is not JSON"),
        (models.AnyModel("model_new", {"a": {1, 2}}), models.InvalidRequest, "is not JSON"),
        (models.AnyModel("../jobs", {}), models.InvalidRequest, "is not a model id"),
        (
            good.model_copy(update={"video": tmp_path / "none.mp4"}),
            models.FileRefused,
            "none.mp4 does not exist",
        ),
        (good.model_copy(update={"video": tmp_path}), models.FileRefused, "is not a file"),
        (good.model_copy(update={"audio": tmp_path / "empty.wav"}), models.FileRefused, "empty.wav is empty"),
        (good.model_copy(update={"video": b""}), models.FileRefused, "given as bytes is empty"),
        (good.model_copy(update={"video": io.BytesIO()}), models.FileRefused, "open file .* is empty"),
        (
            good.model_copy(update={"video": "data:video/mp4;base64,A"}),
            models.FileRefused,
            "is not a valid data URL",
        ),
    ]
    monkeypatch.setenv("SCENARIO_BASE_URL", "http://127.0.0.1:9/v1")  # where nobody listens

    async def run(client: Any) -> None:
        for request, error, message in cases:
            for call in (client.run, client.submit, client.estimate):
                with pytest.raises(error, match=message):
                    await got(call(request))

    use(models, kind, run)


@both
def test_the_sdk_that_is_handed_in_is_used_and_its_errors_come_through(
    models: Any, kind: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENARIO_BASE_URL", "http://127.0.0.1:9/v1")
    make = {"Client": Scenario, "AsyncClient": AsyncScenario}[kind]

    async def run(client: Any) -> None:
        with pytest.raises(NotFoundError, match="Asset asset_none not found"):
            await got(client.run(models.SyncLipsyncV2(video="asset_none", audio="asset_sample_audio")))
        with pytest.raises(NotFoundError):
            await got(client.job("job_none"))
        with pytest.raises(ValueError, match="is not a job id"):
            await got(client.job("../models"))
        await got(client.run(models.SyncLipsyncV2(**SAMPLES)))

    sdk = make(
        base_url=scenario_sandbox.base_url, api_key="a", api_secret="b", default_headers={"X-Mine": "1"}
    )
    use(models, kind, run, sdk=sdk)
    assert len(scenario_sandbox.ledger) == 1


KEYS = {
    "none": ({"SCENARIO_SDK_API_KEY": None}, "there is no API key: set SCENARIO_SDK_API_KEY"),
    "no secret": ({"SCENARIO_SDK_API_SECRET": None}, "there is no API key"),
    "one with a line end": ({"SCENARIO_SDK_API_SECRET": "hush\n"}, "white space around it"),
    "a token with a line end": ({"SCENARIO_SDK_JWT": "hush\n"}, "SCENARIO_SDK_JWT"),
    "one with a letter that no key has": ({"SCENARIO_SDK_API_KEY": "hushé"}, "not printable ASCII"),
    "an empty one": ({"SCENARIO_SDK_API_KEY": ""}, "there is no API key"),
    "an empty secret": ({"SCENARIO_SDK_API_SECRET": "", "SCENARIO_SDK_JWT": ""}, "there is no API key"),
}


@both
@pytest.mark.parametrize("case", KEYS)
def test_a_key_that_cannot_be_sent_is_said_without_showing_it(
    models: Any, kind: str, case: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables, message = KEYS[case]
    for name, value in variables.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)

    async def run(client: Any) -> None:
        with pytest.raises(models.NoKey, match=message) as raised:
            await got(client.jobs())
        assert "hush" not in str(raised.value)

    use(models, kind, run)


@both
@pytest.mark.usefixtures("stepped_time")
def test_no_secret_is_shown_logged_raised_or_sent_elsewhere(
    models: Any,
    kind: str,
    scenario_sandbox: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCENARIO_SDK_API_KEY", "hushkey")
    monkeypatch.setenv("SCENARIO_SDK_API_SECRET", "hushsecret")
    monkeypatch.setenv("SCENARIO_CUSTOM_HEADERS", "X-Key: hushheader")
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    request = models.SyncLipsyncV2(video=b"video", audio=b"audio")

    async def run(client: Any) -> None:
        result = await got(client.run(request, on_progress=lambda one: shown.append(f"{one} {one!r}")))
        asset = result.assets[0]
        await got(asset.bytes())
        shown.extend([repr(client), repr(result), str(result.job), repr(asset)])
        scenario_sandbox.fail("drop-before", on="GET /files/*")
        with pytest.raises(models.DownloadFailed) as raised:
            await got(asset.bytes(timeout=1))
        shown.append("".join(map(str, _chain(raised.value))))
        scenario_sandbox.fail("part-fails")
        with pytest.raises(models.ClientError) as failed:
            await got(client.run(models.SyncLipsyncV2(video=b"other", audio=b"audio"), timeout=2))
        shown.append("".join(map(str, _chain(failed.value))))
        scenario_sandbox.heal()
        scenario_sandbox.fail("drop-before", on="PUT /parts/*")
        with pytest.raises(models.ClientError) as broken:
            await got(client.run(models.SyncLipsyncV2(video=b"third", audio=b"audio"), timeout=2))
        scenario_sandbox.heal()
        with pytest.raises(NotFoundError) as refused:
            await got(client.job("job_none"))
        held = [result, raised.value, failed.value, broken.value, refused.value]
        shown.extend(_texts_within([*held, vars(asset), vars(result.job), vars(client)]))
        assert any("job_none" in text for text in shown)  # so far it has looked

    use(models, kind, run)
    ours = [one for one in caplog.records if not one.name.startswith(("uvicorn", "scenario_sandbox"))]
    logged = "\n".join(one.getMessage() for one in ours)
    everything = "\n".join([*shown, logged])
    for secret in (
        "hushkey",
        "hushsecret",
        "hushheader",
        "aHVzaGtleTpodXNoc2VjcmV0",
        "Signature=",
        "X-Amz-Signature",
    ):
        assert secret not in everything
    assert {one.name.partition(".")[0] for one in ours} >= {
        "scenario_models",
        "scenario_sdk",
        "httpx",
        "httpcore",
    }
    assert "/files/" in logged
    assert "/parts/" in logged


def _texts_within(values: list[Any]) -> list[str]:
    """Give all texts that can be reached from objects by what they hold; the SDK's own client alone knows the key."""
    texts, todo, seen = [], values, []
    while todo:
        one = todo.pop()
        if isinstance(one, str | bytes):
            texts.append(str(one))
        elif isinstance(one, dict):
            todo += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            todo += one
        elif not any(one is other for other in seen) and not isinstance(one, Scenario | AsyncScenario):
            seen.append(one)
            todo += [
                getattr(one, "args", None),
                getattr(one, "__cause__", None),
                getattr(one, "__context__", None),
            ]
            slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
            held = {name: getattr(one, name, None) for name in slots if not name.startswith("__")}
            todo += [{**getattr(one, "__dict__", {}), **held}] if _is_looked_into(one) else []
    return texts


def _is_looked_into(value: object) -> bool:
    return type(value).__module__.partition(".")[0] in ("scenario_models", "scenario_sdk", "httpx")


def _chain(error: BaseException | None) -> list[Any]:
    found: list[Any] = []
    while error:
        found += [repr(error), error, *getattr(error, "__notes__", []), getattr(error, "request", "")]
        error = error.__cause__ or error.__context__
    return found


def test_importing_and_making_a_request_or_a_client_loads_neither_the_sdk_nor_httpx() -> None:
    code = """
    import sys
    from scenario_models import AsyncClient, Client, ClientError, Progress, SyncLipsyncV2
    SyncLipsyncV2(video=b"1", audio=b"2").body()
    Client(), AsyncClient()
    print([name for name in sys.modules if name in ("scenario_sdk", "httpx", "tenacity", "rich", "asyncio")])
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    is_old = Version(version("typing-extensions")) < Version("4.16")  # whose `deprecated` loads asyncio
    assert ran.stdout in ("[]\n", "['asyncio']\n" if is_old else "")


def test_a_client_says_that_it_cannot_be_pickled_and_what_it_cannot_do(models: Any) -> None:
    with models.Client() as client, pytest.raises(TypeError, match="make one in the process that uses it"):
        pickle.dumps(client)
    with pytest.raises(ValueError, match="settle"):
        models.Client(settle=-1)
    with pytest.raises(ValueError, match="concurrency"):
        models.Client().run_many([], concurrency=0)


@both
def test_a_closed_client_says_so_at_once(models: Any, kind: str, scenario_sandbox: Any) -> None:
    async def run(client: Any) -> None:
        await got(client.jobs())
        await got(client.close())
        with pytest.raises(models.ClientError, match="the client is closed"):
            await got(client.run(models.SyncLipsyncV2(**SAMPLES)))

    use(models, kind, run)


def test_several_threads_share_a_client(models: Any, scenario_sandbox: Any) -> None:
    client, found = models.Client(), []

    def run(number: int) -> None:
        found.append(client.run(models.SyncLipsyncV2(**SAMPLES, temperature=number / 10)).job.id)

    threads = [threading.Thread(target=run, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert len(found) == 8
    assert paid(scenario_sandbox) == dict.fromkeys(found, 1)
