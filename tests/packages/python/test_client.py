"""The client as its users meet it: run, estimate, submit, wait, take up, cancel, download, with both clients."""

import asyncio
import io
import json
import logging
import os
import pickle
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from scenario_sdk import APIConnectionError, AsyncScenario, NotFoundError, Scenario

from support.clients import SAMPLES, both, every, got, paid, use, write_big
from support.roots import PROJECT
from support.sandboxes import get, play

PACKAGE = PROJECT / "generated" / "python"


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
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    async def cancel(client: Any) -> None:
        scenario_sandbox.speed = 0
        job = await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
        assert (await got(job.cancel())).status == "canceled"
        assert (await got(job.cancel())).status == "canceled"
        with pytest.raises(models.JobCanceled, match=f"job {job.id} was canceled"):
            await got(job.wait())

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
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    good = models.SyncLipsyncV2(**SAMPLES)
    cases: list[tuple[Any, type[Exception], str]] = [
        (good.model_copy(update={"temperature": 2}), models.InvalidRequest, "/temperature: 2 is above 1"),
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
    for name in ("SCENARIO_BASE_URL",):  # where nobody listens
        os.environ[name] = "http://127.0.0.1:9/v1"

    async def run(client: Any) -> None:
        for request, error, message in cases:
            for call in (client.run, client.submit, client.estimate):
                with pytest.raises(error, match=message):
                    await got(call(request))

    use(models, kind, run)


VIDEO, SOUND = b"\0\0\0 ftypisom....", b"RIFF\0\0\0\0WAVEfmt "
FILES: dict[str, tuple[Callable[[Path], Any], str, str, bytes]] = {
    "a path": (lambda folder: write(folder / "a.png", b"picture"), "image", "a.png", b"picture"),
    "bytes that begin as a video does": (lambda _: VIDEO, "video", "file.mp4", VIDEO),
    "bytes that nobody knows": (lambda _: b"?", "document", "file", b"?"),
    "a 3D model": (lambda _: b"glTF\2\0\0\0", "3d", "file.glb", b"glTF\2\0\0\0"),
    "an open file": (lambda folder: write(folder / "b.mp3", b"sound").open("rb"), "audio", "b.mp3", b"sound"),
    "a file in memory": (lambda _: io.BytesIO(SOUND), "audio", "file.wav", SOUND),
    "a data URL": (lambda _: "data:image/png;base64,aGFsbG8=", "image", "file.png", b"hallo"),
    "a data URL in plain text": (lambda _: "data:text/plain,hallo%20du", "text", "file.txt", b"hallo du"),
}


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@both
@pytest.mark.parametrize("case", FILES)
def test_a_file_is_uploaded_whatever_it_is_given_as(
    models: Any, kind: str, case: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    make, asset_kind, name, content = FILES[case]
    file = make(tmp_path)
    request = models.SyncLipsyncV2(video=file, audio="asset_sample_audio")

    async def run(client: Any) -> None:
        await got(client.submit(request))
        await got(client.submit(request))  # an open file is read from where it stood, again

    use(models, kind, run)
    first, second = scenario_sandbox.ledger
    assert first.body == second.body
    asset = get(scenario_sandbox, f"/v1/assets/{first.body['video']}")["asset"]
    assert (asset["kind"], asset["metadata"]["name"]) == (asset_kind, name)
    assert httpx.get(asset["url"]).content == content
    if hasattr(file, "close"):
        file.close()


@both
def test_a_url_is_fetched_by_the_service_and_an_id_goes_out_as_it_is(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    request = models.SyncLipsyncV2(video="https://example.com/a.mp4?Signature=x", audio="asset_sample_audio")
    use(models, kind, lambda client: got(client.submit(request)))
    body = scenario_sandbox.ledger[0].body
    assert body["audio"] == "asset_sample_audio"
    asset = get(scenario_sandbox, f"/v1/assets/{body['video']}")["asset"]
    assert (asset["kind"], asset["status"]) == ("video", "success")
    newer = request.unlisted(more=[{"url": "https://example.com/b?Signature=y"}], data=b"secret")
    for shown in (request, newer, models.AnyModel("model_new", newer.body())):
        assert "Signature" not in repr(shown)
        assert "secret" not in str(shown)


@both
def test_a_content_is_uploaded_once_by_each_client(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    big = write_big(tmp_path / "talk.mp4")
    requests = [models.SyncLipsyncV2(video=big, audio=big, temperature=0.1 * step) for step in range(8)]
    (tmp_path / "copy.mp4").write_bytes(big.read_bytes())
    requests.append(models.SyncLipsyncV2(video=tmp_path / "copy.mp4", audio="asset_sample_audio"))

    async def run(client: Any) -> None:
        found = await every(client.run_many(requests))
        assert [one.error for one in found] == [None] * 9

    use(models, kind, run)
    assert len({entry.body["video"] for entry in scenario_sandbox.ledger}) == 1
    listed = get(scenario_sandbox, "/v1/assets?pageSize=100")["assets"]
    assert len([asset for asset in listed if asset["source"] == "uploaded-video"]) == 1


@both
def test_a_file_that_changes_while_it_is_uploaded_is_refused(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    big = write_big(tmp_path / "talk.mp4")
    request = models.SyncLipsyncV2(video=big, audio="asset_sample_audio")

    def change(_: Any) -> None:
        big.write_bytes(bytes(big.stat().st_size))
        scenario_sandbox.heal()

    async def run(client: Any) -> None:
        scenario_sandbox.fail("part-fails", on="PUT /parts/*/3")
        with pytest.raises(models.FileRefused, match="changed while it was uploaded"):
            await got(client.run(request, on_progress=change))

    use(models, kind, run)
    assert scenario_sandbox.ledger == []


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
    "an empty one": ({"SCENARIO_SDK_API_KEY": ""}, "api_key is empty"),
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
def test_no_secret_is_shown_logged_raised_or_sent_elsewhere(
    models: Any, kind: str, stepped_time: Any, scenario_sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    os.environ["SCENARIO_SDK_API_KEY"], os.environ["SCENARIO_SDK_API_SECRET"] = "hushkey", "hushsecret"
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
        assert any("/files/" in text for text in shown)  # so far it has looked

    use(models, kind, run)
    ours = [one for one in caplog.records if not one.name.startswith(("uvicorn", "scenario_sandbox"))]
    logged = "\n".join(one.getMessage() for one in ours)
    everything = "\n".join([*shown, logged])
    for secret in ("hushkey", "hushsecret", "aHVzaGtleTpodXNoc2VjcmV0", "Signature=", "X-Amz-Signature"):
        assert secret not in everything
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


@both
def test_a_download_is_whole_or_not_there(
    models: Any, kind: str, stepped_time: Any, scenario_sandbox: Any, tmp_path: Path
) -> None:
    (tmp_path / "old.mp4").write_bytes(b"old")

    async def run(client: Any) -> None:
        asset = (await got(client.run(models.SyncLipsyncV2(**SAMPLES)))).assets[0]
        whole = await got(asset.bytes())
        for kind_of_fault in ("truncate", "drop-before", "drop-after", "error-before"):
            fault = scenario_sandbox.fail(kind_of_fault, on="GET /files/*", times=2)
            assert (await got(asset.download(tmp_path / f"{kind_of_fault}.mp4"))).read_bytes() == whole
            assert fault.struck == 2
        scenario_sandbox.fail("truncate", on="GET /files/*")
        with pytest.raises(models.DownloadFailed, match=asset.id):
            await got(asset.download(tmp_path / "old.mp4", timeout=1))
        scenario_sandbox.heal()
        with pytest.raises(OSError, match="none"):
            await got(asset.download(tmp_path / "none" / "a.mp4"))

    use(models, kind, run)
    assert (tmp_path / "old.mp4").read_bytes() == b"old"
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


@both
def test_a_url_that_has_expired_is_requested_anew(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    async def run(client: Any) -> None:
        uploads = scenario_sandbox.fail("expired", on="POST /v1/uploads", times=1)
        result = await got(client.run(models.SyncLipsyncV2(video=b"1", audio="asset_sample_audio")))
        assert uploads.struck == 1
        assets = scenario_sandbox.fail("expired", on="GET /v1/assets/*", times=2)
        result = await got((await got(client.job(result.job.id))).wait())
        assert await got(result.assets[0].bytes())
        assert assets.struck == 2

    use(models, kind, run)


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
def test_a_file_that_cannot_be_uploaded_is_named(
    models: Any, kind: str, stepped_time: Any, scenario_sandbox: Any, tmp_path: Path
) -> None:
    video = write(tmp_path / "talk.mp4", b"video")

    async def run(client: Any) -> None:
        scenario_sandbox.fail("part-fails")
        with pytest.raises(models.NotSubmitted, match="talk.mp4 .*nothing was billed"):
            await got(client.run(models.SyncLipsyncV2(video=video, audio="asset_sample_audio"), timeout=1))
        with pytest.raises(
            models.UploadFailed, match="talk.mp4: the storage responded with status 500 to part 1 of 1"
        ):
            await got(client.run(models.SyncLipsyncV2(video=video, audio="asset_sample_audio"), timeout=60))

    use(models, kind, run)
    assert scenario_sandbox.ledger == []


def test_importing_and_making_a_request_or_a_client_loads_neither_the_sdk_nor_httpx() -> None:
    code = """
    import sys
    from scenario_models import AsyncClient, Client, ClientError, Progress, SyncLipsyncV2
    SyncLipsyncV2(video=b"1", audio=b"2").body()
    Client(), AsyncClient()
    print([name for name in sys.modules if name in ("scenario_sdk", "httpx", "tenacity", "puremagic", "rich", "asyncio")])
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


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


@both
def test_a_deadline_holds_where_the_service_or_another_upload_is_slow(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    scenario_sandbox.fail("latency", seconds=5)
    begin = time.monotonic()
    use(models, kind, lambda client: _refused(client.estimate, models.SyncLipsyncV2(**SAMPLES)))
    assert time.monotonic() - begin < 4


async def _refused(call: Any, request: Any) -> None:
    with pytest.raises(APIConnectionError):
        await got(call(request, timeout=1))


@both
def test_odd_names_of_files_are_no_trouble(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9 \n.mp4")
    odd.write_bytes(b"video")
    request = models.SyncLipsyncV2(video=odd, audio="asset_sample_audio")
    assert models.from_json(request.to_json()) == request

    async def run(client: Any) -> None:
        asset = (await got(client.run(request))).assets[0]
        assert (await got(asset.download(tmp_path / ("日" * 83 + ".mp4")))).stat().st_size == asset.size

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


# Interrupted


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
            _until(lambda: slow.struck)
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
        threading.Thread(target=lambda: (_until(is_time), os.kill(os.getpid(), signal.SIGINT))).start()
        with models.Client() as client, pytest.raises(KeyboardInterrupt) as raised:
            call(client)
        return raised.value

    async def main() -> BaseException:
        async with models.AsyncClient() as client:
            task = asyncio.ensure_future(call(client))
            await asyncio.to_thread(_until, is_time)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as raised:
                await task
            return raised.value

    return asyncio.run(main())


def _until(is_time: Callable[[], Any]) -> None:
    end = time.monotonic() + 20
    while not is_time() and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.1)


# As text


def test_a_request_travels_as_json_and_by_pickle(models: Any) -> None:
    request = models.SyncLipsyncV2(video=Path("talk.mp4"), audio=b"\0\1", sync_mode="bounce").unlisted(
        new=[b"1", 2]
    )
    text = request.to_json()
    assert json.loads(text) == {
        "model": "model_sync-lipsync-v2",
        "parameters": {"video": None, "audio": None, "syncMode": "bounce"},
        "unlisted": {"new": [None, 2]},
        "files": {
            "/parameters/video": {"path": "talk.mp4"},
            "/parameters/audio": {"bytes": "AAE="},
            "/unlisted/new/0": {"bytes": "MQ=="},
        },
    }
    assert models.from_json(text) == request
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301
    unknown = models.AnyModel("model_new", {"a/b": [{"c~": Path("x")}], "n": None})
    assert models.from_json(unknown.to_json()) == unknown
    with pytest.raises(ValueError, match=r"/parameters/video: an open file has no JSON"):
        models.SyncLipsyncV2(video=io.BytesIO(b"1"), audio="asset_1").to_json()


WRONG_TEXT = {
    "no JSON": ("{", "Expecting property name"),
    "too deep": ("[" * 100_000, "nested too deeply|recursion"),
    "no request": ("[]", "dictionary"),
    "an unknown key": ('{"model": "model_sync-lipsync-v2", "params": {}}', "params"),
    "an unknown model": ('{"model": "model_sync-lipsync-v1", "parameters": {}}', "did you mean"),
    "a wrong parameter": ('{"model": "model_sync-lipsync-v2", "parameters": {"video": "asset_1"}}', "audio"),
    "a file that is none": (
        '{"model": "m", "files": {"/unlisted/a": {}}, "unlisted": {"a": null}}',
        "a path or bytes",
    ),
    **{
        f"a file at {pointer!r}": (
            json.dumps(
                {
                    "model": "m",
                    "unlisted": {"a": [None, {"": None}], "b": "c"},
                    "files": {pointer: {"path": "x"}},
                }
            ),
            re.escape(f"there is no null at {json.dumps(pointer)} for a file to replace"),
        )
        for pointer in (
            *(
                "",
                "/",
                "unlisted/a/0",
                "/unlisted",
                "/unlisted/",
                "/unlisted/b",
                "/unlisted/b/0",
                "/unlisted/c",
            ),
            *(
                "/unlisted/a",
                "/unlisted/a/1",
                "/unlisted/a/2",
                "/unlisted/a/-",
                "/unlisted/a/-1",
                "/unlisted/a/00",
            ),
            *("/unlisted/a/0/0", "/unlisted/a/1//", "/unlisted/a/٠", "/parameters/a", "/model", "/files/x"),
        )
    },
    "more files in no place than one wants to read of": (
        json.dumps({"model": "m", "files": {"/" + str(index) * 100: {"path": "x"} for index in range(9)}}),
        r'^m: there is no null at "/0{57}… or "/1{57}… or "/2{57}… for a file to replace$',
    ),
}


@pytest.mark.parametrize("case", WRONG_TEXT)
def test_text_that_is_no_request_is_refused(models: Any, case: str) -> None:
    text, message = WRONG_TEXT[case]
    with pytest.raises((ValueError, LookupError), match=message):
        models.from_json(text)


SIGNED = "https://a.b/c?signature=secret"


@pytest.mark.parametrize(
    "document",
    [
        SIGNED,
        {"model": "m", "parameters": SIGNED},
        {"model": "m", SIGNED: 1},
        {"model": SIGNED, "files": {"/unlisted/a": {"path": "x"}}},
        {"model": "m", "unlisted": {}, "files": {"/unlisted/" + SIGNED: {"path": "x"}}},
        {"model": "m", "unlisted": {}, "files": {"/unlisted/a": {"path": "x", "bytes": SIGNED}}},
        {"model": "model_sync-lipsync-v2", "parameters": {"video": SIGNED, "audio": "a", SIGNED: 1}},
        {"model": SIGNED, "parameters": {}},
    ],
)
def test_what_is_said_of_text_that_is_no_request_has_no_signature(models: Any, document: Any) -> None:
    with pytest.raises((ValueError, LookupError)) as raised:
        models.from_json(json.dumps(document))
    assert "secret" not in str(raised.value)


# Properties: what comes from outside is read, or refused, and never more than that

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(
    ["job", "jobs", "asset", "upload", "jobId", "id", "status", "progress", "metadata", "input", "assetIds", "error",
     "billing", "cuCost", "properties", "size", "url", "parts", "number", "entityId", "creativeUnitsCost", "costDetails"]
)  # fmt: skip
ANSWERS = st.recursive(
    JSON | st.sampled_from(["job_1", "success", "../etc", "https://a.b/c?Signature=x", 1e309, 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(ANSWERS)
def test_any_response_is_read_or_said_to_be_unreadable(data: Any) -> None:
    from scenario_models.client import responses

    for read in (
        responses.read_job,
        responses.read_jobs,
        responses.read_asset,
        responses.read_upload,
        responses.read_estimate,
    ):
        for given_data in (data, {"job": data, "jobs": [data], "asset": data, "upload": data}):
            try:
                found = read(given_data)
            except responses.Unreadable:
                continue
            assert "Signature=" not in repr(found)
            if read in (responses.read_asset, responses.read_upload):
                kept = {name: value for name, value in vars(found).items() if name != "properties"}
                assert "Signature=" not in repr(kept)
            for one in found[0] if isinstance(found, tuple) else [found]:
                assert responses.is_safe(getattr(one, "id", "x"))
                assert 0 <= getattr(one, "progress", 0) <= 1


@settings(max_examples=300, deadline=None)
@given(st.text() | st.sampled_from(["see https://a.b/c?Signature=x\u202e\x1b[31m", "a\r\nb\u2028c"]))
def test_the_words_of_the_service_are_one_plain_line(text: str) -> None:
    from scenario_models.client.responses import plain

    assert plain(text).isprintable()
    assert plain(plain(text)) == plain(text)
    assert "Signature=" not in plain(f"{text} https://a.b/c?Signature=x")


@cache
def read_spec(module: str) -> tuple[dict[str, Any], st.SearchStrategy[Any]]:
    """Give the spec of a model, and payloads by it."""
    spec = json.loads((PACKAGE / "scenario_models" / "specs" / f"{module}.json").read_text())
    return spec, from_schema(spec)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_request_comes_back_from_json_as_it_was(data: st.DataObject) -> None:
    import scenario_models as models

    info = data.draw(st.sampled_from(models.models()))
    spec, payloads = read_spec(info.module)
    made = models.model(info.id)
    names = {field.serialization_alias or name: name for name, field in made.model_fields.items()}
    files = st.binary() | st.builds(Path, st.text(alphabet="abc/.", min_size=1)) | st.just("asset_1")
    payload = data.draw(payloads)
    for name, rule in spec["properties"].items():
        if rule["x-type"] == "file" and name in payload:
            payload[name] = data.draw(files)
    request = made(**{names[name]: value for name, value in payload.items()})
    extra = data.draw(st.dictionaries(st.text(alphabet="ab~/"), JSON.filter(_is_json) | files, max_size=3))
    newer = request.unlisted(**extra)
    assert models.from_json(newer.to_json()).body() == newer.body()
    assert models.from_json(request.to_json()) == request
    assert models.from_json(models.AnyModel("m", newer.body()).to_json()) == models.AnyModel(
        "m", newer.body()
    )


def _is_json(value: Any) -> bool:
    try:
        return json.loads(json.dumps(value, allow_nan=False)) == value
    except (ValueError, UnicodeError):
        return False
