"""A download is whole or not there."""

import os
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.clients import SAMPLES, both, got, use


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

    use(models, kind, run)
    assert (tmp_path / "old.mp4").read_bytes() == b"old"
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


@both
def test_a_pipe_or_a_device_is_written_and_not_replaced(
    models: Any, kind: str, stepped_time: Any, scenario_sandbox: Any, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    async def run(client: Any) -> None:
        asset = (await got(client.run(models.SyncLipsyncV2(**SAMPLES)))).assets[0]
        with ThreadPoolExecutor(1) as pool:
            read = pool.submit(pipe.read_bytes)
            assert await got(asset.download(pipe)) == pipe
            assert read.result(60) == await got(asset.bytes())

    use(models, kind, run)
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


# A path -> the error, and its words; each also names the path as it was given.
TARGETS: dict[str, tuple[type[OSError], str]] = {
    "no/such/dir/out.mp4": (FileNotFoundError, "the folder no/such/dir does not exist; make it first"),
    "no/such/dir/": (FileNotFoundError, "the folder no/such/dir does not exist"),
    "old.mp4/out.mp4": (NotADirectoryError, "old.mp4 is not a folder"),
    "old.mp4/": (NotADirectoryError, "old.mp4 is not a folder"),
    f"{'long' * 99}.mp4": (OSError, "name too long"),
    "folder/out.mp4": (OSError, "File too large"),  # as if the disk were full
}


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond four kilobytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@both
def test_a_file_that_cannot_be_written_is_named_as_it_was_given(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.mp4").write_bytes(b"old")
    Path("folder").mkdir()

    async def run(client: Any) -> None:
        asset = (await got(client.run(models.SyncLipsyncV2(**SAMPLES)))).assets[0]
        for target, (error, message) in TARGETS.items():
            for given in (target, Path(target)) if not target.endswith("/") else (target,):
                with full_disk(), pytest.raises(error, match=message) as raised:
                    await got(asset.download(given))
                assert raised.value.filename == str(given)
                assert ".part" not in str(raised.value)
        with full_disk(), pytest.raises(OSError, match="File too large") as raised:
            await got(asset.download("folder"))
        assert raised.value.filename == os.path.join("folder", f"{asset.id}.mp4")  # noqa: PTH118 - as the system writes it

    use(models, kind, run)
    assert Path("old.mp4").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "old.mp4"]


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
