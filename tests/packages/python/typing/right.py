"""Uses that a type checker must let pass."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Annotated, ClassVar
from urllib.request import urlopen
from zipfile import ZipFile

import httpx
from fastapi import UploadFile
from scenario_models import (
    AnyKind,
    AnyModel,
    AsyncClient,
    Client,
    Estimate,
    Event,
    File,
    HardNames,
    ImageFile,
    Job,
    JobFailed,
    ModelInfo,
    ParameterInfo,
    Preview,
    Progress,
    Request,
    Result,
    SyncLipsyncV2,
    Values30,
    VideoFile,
    by_id,
    from_body,
    from_json,
    model,
    models,
    parse_event,
    progress_bar,
)
from scenario_models.file_types import of_kind
from scenario_models.typed.sync_lipsync_v2 import SyncMode
from scenario_models.validators import Problem, validate

request = SyncLipsyncV2(video=Path("talk.mp4"), audio="asset_1", sync_mode="bounce")
mode: SyncMode | None = request.sync_mode
temperature: float | None = request.temperature
body: dict[str, object] = request.body()
newer: SyncLipsyncV2 = request.unlisted(syncMode="new", newParameter=3)
whole = SyncLipsyncV2(video=b"1", audio=Path("voice.wav").open("rb"), temperature=1)
hard = HardNames(class_="a", parameter_3d="4k", from_="b", copy_=True)
values = Values30(
    mode="slow", files=["asset_1", Path("a.png"), b"1"], seconds=4, scale=0.5, sizes=[1, 2], points=[{"x": 1}]
)
paths: list[Path] = [Path("a.png")]
many = Values30(files=paths)
unset = Values30(files=[], seed=None, mode=None)
file: File = Path("talk.mp4")
infos: tuple[ModelInfo, ...] = models()
facts: tuple[ParameterInfo, ...] = infos[0].parameters
names: list[str] = [one.python_name for one in facts if one.is_file or one.changes_price]
labels: list[tuple[object, str]] = [(value, label) for value, label in facts[0].choices]
kind: type[Request] = model("model_sync-lipsync-v2")
same: type[SyncLipsyncV2] = by_id["model_sync-lipsync-v2"]
by_its_id: SyncLipsyncV2 = by_id["model_sync-lipsync-v2"](video=b"1", audio=b"2")
ids: list[str] = [*by_id]
made: Request = from_body(ids[0], body)
is_known: bool = "model_new" in by_id
varied: SyncLipsyncV2 = request.model_copy(update={"temperature": 0.5})
unknown = AnyModel("model_new", {"prompt": "a cat"})
problems: list[Problem] = validate("model_sync-lipsync-v2", {})


class Kinds(Request, frozen=True):
    """A request as those that are generated, with kinds of files."""

    model_id: ClassVar[str] = "model_kinds"

    video: VideoFile
    images: Sequence[ImageFile] | None = None
    light: Annotated[File, of_kind("image-hdr")] | None = None


kinds = Kinds(video=Path("talk.mp4"), images=[file, b"1", AnyKind(Path("a.bin"))], light="asset_1")
clip: VideoFile = kinds.video


jobs_since = "2026-01-31T12:00:00Z"


def send(upload: UploadFile) -> list[SyncLipsyncV2]:
    with urlopen("https://example.com/a.mp4") as response, ZipFile("a.zip").open("a.mp4") as member:
        streams = SyncLipsyncV2(video=response, audio=member)
    return [streams, SyncLipsyncV2(video=upload, audio=SpooledTemporaryFile[bytes]())]


async def give() -> AsyncIterator[Request]:
    yield request


def receive(client: Client, body: bytes) -> str:
    event: Event = parse_event(body)
    payload: object = event.payload["payload"]
    return client.job(event.job_id or str(payload)).status


def tell(progress: Progress) -> None:
    print(progress.stage, progress.fraction)


def run(client: Client) -> Path:
    cost: float = client.estimate(request).cost
    job: Job = client.submit(unknown)
    result: Result = job.wait(timeout=cost, on_progress=tell)
    for outcome in client.run_many([request, unknown], journal=Path("journal")).in_order():
        result = outcome.result
    content: bytes = result.assets[0].bytes()
    asset = result.assets[0]
    SyncLipsyncV2(video=asset, audio=AnyKind(asset))
    stored: str = client.upload(asset) or client.upload(Path("a.png"), kind="image", on_progress=tell)
    jobs: list[Job] = client.jobs(
        9, status="success", created_after=datetime.now(UTC), updated_after=jobs_since, model_id=stored
    )
    for data in asset.stream(timeout=None):
        content += data
    with asset.stream() as stream:
        content += next(stream)
    print(jobs)
    try:
        with progress_bar() as on_progress:
            client.run(request, on_progress=on_progress)
        return client.run(request, on_progress=print).assets[0].download(f"{len(content)}.mp4")
    except JobFailed as error:
        return Path(error.reason)


async def run_async() -> None:
    async with AsyncClient() as client:
        estimate: Estimate = await client.estimate(from_json(request.to_json()))
        async for outcome in client.run_many([request]):
            content: bytes = await outcome.result.assets[0].bytes()
            preview: Preview = await outcome.result.assets[0].preview()
            print(estimate, content, preview)
        async for awaited in client.run_many(give(), concurrency=2).in_order():
            async for data in awaited.result.assets[0].stream():
                print(await client.upload(data), await client.jobs(status="queued"))


blocking = Client(
    http_client=httpx.Client(), timeout=httpx.Timeout(20, connect=5), max_retries=0, project_id="proj_1"
)
waiting = AsyncClient(http_client=httpx.AsyncClient(), timeout=20, default_headers={"X-Team": "video"})
