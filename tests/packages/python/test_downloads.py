"""A download is whole or not there."""

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
