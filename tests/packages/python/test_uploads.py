"""A file goes to the service whatever it is given as, once, and whole or not at all."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from scenario_sdk import APIStatusError, AsyncScenario, Scenario

from support.clients import both, every, got, use, write_big
from support.sandboxes import get

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


DRY_RUN = 269  # the status of an estimate


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
    newer = request.unlisted(more=[{"url": "https://example.com/b?Signature=y"}], data=b"secret" * 9)
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
    assert _count_videos(scenario_sandbox) == 1


def _count_videos(sandbox: Any) -> int:
    listed = get(sandbox, "/v1/assets?pageSize=100")["assets"]
    return len([asset for asset in listed if asset["source"] == "uploaded-video"])


@both
@pytest.mark.parametrize(("status", "uploads"), [(404, 2), (410, 2), (400, 1)])
def test_a_file_is_uploaded_again_where_its_asset_may_be_gone(
    models: Any, kind: str, status: int, uploads: int, scenario_sandbox: Any
) -> None:
    request = models.SyncLipsyncV2(video=VIDEO, audio="asset_sample_audio")
    refusals: list[int] = []  # the statuses of the next estimates

    def refuse(response: httpx.Response) -> None:
        if response.status_code == DRY_RUN and refusals:
            response.status_code = refusals.pop()

    async def refuse_in_loop(response: httpx.Response) -> None:
        refuse(response)

    async def run(client: Any) -> None:
        for call in (client.estimate, client.submit):
            scenario_sandbox.fail("no-credits", status=status)
            refusals.append(status)
            with pytest.raises(APIStatusError):
                await got(call(request))
            refusals.clear()
            scenario_sandbox.heal()
            await got(call(request))
            found.append(_count_videos(scenario_sandbox))

    found: list[int] = []
    sdk = {
        "Client": lambda: Scenario(http_client=httpx.Client(event_hooks={"response": [refuse]})),
        "AsyncClient": lambda: AsyncScenario(
            http_client=httpx.AsyncClient(event_hooks={"response": [refuse_in_loop]})
        ),
    }[kind]()
    use(models, kind, run, sdk=sdk)
    assert found == [uploads, 2 * uploads - 1]


@both
def test_a_file_that_changes_while_it_is_uploaded_is_refused(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    big = write_big(tmp_path / "talk.mp4")
    request = models.SyncLipsyncV2(video=big, audio="asset_sample_audio")

    def change(_: Any) -> None:
        big.write_bytes(
            bytes(big.stat().st_size)
        )  # before the last part is read again, whose first upload fails

    async def run(client: Any) -> None:
        scenario_sandbox.fail("part-fails", on="PUT /parts/*/3")
        with pytest.raises(models.FileRefused, match="changed while it was uploaded"):
            await got(client.run(request, on_progress=change))

    use(models, kind, run)
    assert scenario_sandbox.ledger == []


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


@both
def test_a_file_is_uploaded_by_itself_and_once_with_those_of_requests(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    video, seen = write(tmp_path / "talk.mp4", VIDEO), []

    async def run(client: Any) -> None:
        uploaded = await got(client.upload(video, on_progress=seen.append))
        assert await got(client.upload(models.AnyKind(VIDEO))) == uploaded
        result = await got(client.run(models.SyncLipsyncV2(video=video, audio=SOUND)))
        assert result.job.input["video"] == uploaded
        (asset,) = result.assets
        for known in (asset, asset.id, models.AnyKind(asset)):
            assert await got(client.upload(known)) == asset.id
        for url in ("data:image/png;base64,aGFsbG8=", "https://example.com/a.png?Signature=x"):
            found = get(scenario_sandbox, f"/v1/assets/{await got(client.upload(url))}")["asset"]
            assert found["kind"] == "image"
        insisted = await got(client.upload(models.AnyKind(b"?"), kind="video"))
        assert await got(client.upload(b"?", kind="video")) == insisted
        assert get(scenario_sandbox, f"/v1/assets/{insisted}")["asset"]["kind"] == "video"

    use(models, kind, run)
    assert [str(progress) for progress in seen] == ["upload 100%"]
    listed = get(scenario_sandbox, "/v1/assets?pageSize=100")["assets"]
    assert sum(asset["source"].startswith("uploaded") for asset in listed) == 5


# A file, a kind -> the error, and its words.
NO_UPLOADS: dict[str, tuple[Any, str, str, str]] = {
    "a path as text": ("talk.mp4", "", "FileRefused", r"for a local file use Path\('talk.mp4'\)"),
    "an http URL": ("http://example.com/a.png", "", "FileRefused", "is not an asset id, https URL"),
    "an id that is none": ("asset_../jobs", "", "FileRefused", "is not the id of an asset"),
    "no such file": (Path("nowhere.mp4"), "", "FileRefused", "nowhere.mp4 does not exist"),
    "nothing": (b"", "", "FileRefused", "a file given as bytes is empty"),
    "text of a file": (io.StringIO("text"), "", "FileRefused", "mode 'rb'"),
    "several": ([b"1", b"2"], "", "TypeError", "a file is a Path, bytes"),
    "a result": (SimpleNamespace(job=1, assets=()), "", "TypeError", r"result.assets\[0\]"),
    "none": (None, "", "TypeError", "a file is a Path, bytes"),
    "no kind": (b"1", "movie", "ValueError", '"movie" is not a kind of file; choose .*"video"'),
    "almost a kind": (b"1", "vidoe", "ValueError", 'did you mean "video"'),
    "a kind that is no text": (b"1", 3, "TypeError", "kind must be a str, not an int"),
}


@both
def test_what_cannot_be_uploaded_says_why(models: Any, kind: str, scenario_sandbox: Any) -> None:
    async def run(client: Any) -> None:
        scenario_sandbox.fail("error-before", on="*")  # whatever is sent would fail in another way
        for file, wanted, error, message in NO_UPLOADS.values():
            with pytest.raises((ValueError, TypeError), match=message) as raised:
                await got(client.upload(file, kind=wanted))
            assert type(raised.value).__name__ == error

    use(models, kind, run)


@both
def test_an_upload_fails_as_in_a_run(
    models: Any, kind: str, stepped_time: Any, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        scenario_sandbox.fail("part-fails")
        with pytest.raises(models.NotSubmitted, match="timed out while file was uploaded"):
            await got(client.upload(b"1", timeout=1))
        with pytest.raises(models.UploadFailed, match="the storage responded with status 500 to part 1 of 1"):
            await got(client.upload(b"1"))

    use(models, kind, run)
