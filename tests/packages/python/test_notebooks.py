"""A notebook shows what the package gives: tables and files inside the HTML, which asks nobody for anything, and a progress bar."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from support.clients import SAMPLES, both, got, use
from support.example import EXAMPLE
from support.sandboxes import SAMPLE_FILES
from support.shown import Shown

HOSTILE = "</td><script>alert(1)</script>\"'<img src=x onerror=alert(1)>&amp;\u202e"
SIGNED = "https://cdn.example.com/a.png?Signature=SECRET#SECRET"
VIDEO = (SAMPLE_FILES / "sample.mp4").read_bytes()

# Cells of one notebook -> what a browser shows below each.
CELLS = {
    """
from scenario_models import AsyncClient, Client, SyncLipsyncV2, progress_bar
client = Client()
request = SyncLipsyncV2(video="asset_sample_video", audio="asset_sample_audio", sync_mode="bounce")
request
""": r"SyncLipsyncV2 model_sync-lipsync-v2 \| video \| asset_sample_video \| audio \| asset_sample_audio \| sync_mode \| bounce",
    "client.estimate(request)": r"10\.75 creative units \| custom-generation \| 10\.75",
    """
with progress_bar() as on_progress:
    result = client.run(request, on_progress=on_progress)
""": r"wait \| 0:0\d \| (job_\w+) \| run \| 0:0\d \| \1",
    "result": r"job_\w+ \| status \| success \| model \| model_sync-lipsync-v2 \| created \| .* \| cost \| 10\.75 creative units"
    r" \| asset_\w+ \| type \| video/mp4 \| size \| 13,408 bytes \| pixels \| 160 × 90 \| duration \| 2\.0 s",
    """
with progress_bar() as on_progress:
    outcomes = list(client.run_many([request] * 12, concurrency=12, on_progress=on_progress))
""": r"all \| 0:0\d \| 12 of 12 done",
    "outcomes[0]": r"outcome \d+ \| request \| SyncLipsyncV2\(video='asset_sample_video', .* \| job_\w+ \| status \| success \| .*2\.0 s",
    """
async with AsyncClient() as other:
    with progress_bar() as on_progress:
        awaited = await other.run(request, on_progress=on_progress)
    preview = await awaited.preview()
""": r"wait \| .* \| run \| .*",
    "awaited": r"job_\w+ \| .*await result\.preview\(\) shows it here \| await result\.assets\[0\]\.download\('asset_\w+\.mp4'\) \|  writes its file",
    "preview": r"job_\w+ \| .*2\.0 s",
}  # fmt: skip
WITH_VIDEO = ("result", "outcomes[0]", "preview")


def test_a_kernel_gives_tables_files_and_bars_and_no_url(
    scenario_sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLE / "generated/python"))
    for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(variable, str(tmp_path))
    outputs = execute(list(CELLS))
    assert "://" not in str(outputs)
    for cell, data in zip(CELLS, outputs, strict=True):
        found = Shown(data["text/html"])
        assert re.fullmatch(CELLS[cell], str(found)), found
        assert found.files == ([("video", "video/mp4", VIDEO)] if cell in WITH_VIDEO else [])


def execute(cells: list[str]) -> list[dict[str, Any]]:
    """Run cells in a kernel of Jupyter; give the one output of each, as it is in the end."""
    kernel, client = start_new_kernel()
    try:
        return [output for cell in cells for output in execute_cell(client, cell)]
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)


def execute_cell(client: BlockingKernelClient, cell: str) -> list[dict[str, Any]]:
    outputs: dict[str, dict[str, Any]] = {}

    def note(message: dict[str, Any]) -> None:
        content = message["content"]
        if "data" in content:
            name = content.get("transient", {}).get("display_id", message["header"]["msg_id"])
            assert (message["header"]["msg_type"] == "update_display_data") is (name in outputs)
            outputs[name] = content["data"]

    reply = client.execute_interactive(cell, timeout=60, output_hook=note)["content"]
    assert reply["status"] == "ok", reply
    return list(outputs.values())


def other(asset: Any, **facts: Any) -> Any:
    """Give another asset of the same client."""
    return replace(asset, **{"size": None, "properties": {}, **facts}).attach(asset.client)


# Facts of an asset -> what is shown of it: its file, or a text.
ASSETS: list[tuple[dict[str, Any], tuple[str, str, str] | str]] = [
    ({"id": "asset_sample_image", "mime_type": "image/png"}, ("img", "image/png", "sample.png")),
    ({"id": "asset_sample_audio", "mime_type": "audio/x-wav"}, ("audio", "audio/wav", "sample.wav")),
    ({"id": "asset_sample_video", "mime_type": "video/mp4"}, ("video", "video/mp4", "sample.mp4")),
    ({"id": "asset_sample_3d", "mime_type": "model/gltf-binary"}, "asset.download('asset_sample_3d.glb')"),
    ({"id": "asset_sample_image", "mime_type": "image/svg+xml"}, "asset.download('asset_sample_image.svg')"),
    ({"id": "asset_sample_image", "mime_type": f"image/png{HOSTILE}"}, "asset.download('asset_sample_image')"),
    ({"id": "asset_sample_image", "mime_type": "image/png", "size": 10_000_001}, "not shown: a notebook holds up to 10 MB"),
    ({"id": "asset_sample_image", "mime_type": "image/png", "size": 1}, "not shown: DownloadFailed: asset_sample_image"),
    ({"id": "asset_unknown", "mime_type": "image/png"}, "not shown: NotFoundError: "),
    ({"id": "asset_sample_image", "mime_type": "text/plain", "properties": {"width": 10**400, "height": True, "duration": HOSTILE}}, "pixels"),
]  # fmt: skip


def test_an_asset_shows_its_file_or_why_it_cannot_and_raises_nothing(
    models: Any, stepped_time: Any, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        result = client.run(models.SyncLipsyncV2(**SAMPLES))
        for facts, expected in ASSETS:
            asset = other(result.assets[0], **facts)
            for shown in (Shown(asset._repr_html_()), Shown(replace(result, assets=(asset,))._repr_html_())):
                assert asset.id in shown.texts
                if isinstance(expected, str):
                    assert shown.files == []
                    assert expected.removeprefix("asset.") in str(shown)
                else:
                    assert shown.files == [(*expected[:2], (SAMPLE_FILES / expected[2]).read_bytes())]
        client.close()
        assert "not shown: ClientClosed: the client is closed" in str(Shown(result._repr_html_()))

    use(models, "Client", run)


@both
def test_files_that_are_too_large_together_are_not_shown_and_not_downloaded(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    async def run(client: Any) -> None:
        result = await got(client.run(models.SyncLipsyncV2(video=b"\0" * 9_990_000, audio=b"1")))
        large, small = result.job.input["video"], result.assets[0]
        assets = (small, other(small, id=large), small)
        shown = Shown(await show(replace(result, assets=assets)))
        assert shown.files == [("video", "video/mp4", VIDEO)] * 2
        assert str(shown).count("a notebook holds up to 10 MB of files in one output") == 1

    use(models, kind, run)


async def show(value: Any) -> str:
    """Give the HTML of a value of either client."""
    html: str = (await value.preview())._repr_html_() if hasattr(value, "preview") else value._repr_html_()
    return html


@both
def test_what_others_wrote_is_text_whatever_it_is(models: Any, kind: str, scenario_sandbox: Any) -> None:
    async def run(client: Any) -> None:
        job = await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
        texts = dict.fromkeys(("id", "status", "model_id", "created_at", "reason", "hint"), HOSTILE)
        job = replace(job, **texts, output={HOSTILE: {HOSTILE: SIGNED}, "url": SIGNED}, asset_ids=(HOSTILE,))
        request = models.AnyModel(HOSTILE, {HOSTILE: HOSTILE, "image": SIGNED, "deep": [[SIGNED, HOSTILE]]})
        typed = models.SyncLipsyncV2(video=SIGNED, audio=b"voice").unlisted(syncMode=HOSTILE, new=[SIGNED])
        error = models.ClientError(f"{HOSTILE} {SIGNED}")
        error.add_note(f"{HOSTILE} {SIGNED}")
        outcome = models.Outcome(0, request, error, None)
        estimate = models.Estimate(1, 0.5, {HOSTILE: 2})
        for value in (job, request, typed, outcome, estimate):
            shown = Shown(value._repr_html_())
            assert shown.files == []
            assert "SECRET" not in shown.html
            assert "<script>alert(1)</script>" in str(shown)  # as text
            assert "\u202e" not in str(shown)

    use(models, kind, run)


def test_a_long_or_deep_value_is_cut(models: Any) -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    request = models.AnyModel("model_new", {"prompt": "a cat " * 10_000, "deep": deep})
    assert len(str(Shown(request._repr_html_()))) < 1000
