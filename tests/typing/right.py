"""Uses that a type checker must let pass."""

from pathlib import Path

from scenario_models import (
    AnyModel,
    File,
    HardNames,
    ModelInfo,
    Request,
    SyncLipsyncV2,
    Values30,
    model,
    models,
)
from scenario_models.typed.sync_lipsync_v2 import SyncMode
from scenario_models.validators import Problem, validate

request = SyncLipsyncV2(video=Path("talk.mp4"), audio="asset_1", sync_mode="bounce")
mode: SyncMode = request.sync_mode
temperature: float = request.temperature
body: dict[str, object] = request.body()
newer: SyncLipsyncV2 = request.unlisted(syncMode="new", newParameter=3)
whole = SyncLipsyncV2(video=b"1", audio=Path("voice.wav").open("rb"), temperature=1)
names = HardNames(class_="a", parameter_3d="4k", from_="b", copy_=True)
values = Values30(
    mode="slow", files=["asset_1", Path("a.png"), b"1"], seconds=4, scale=0.5, sizes=[1, 2], points=[{"x": 1}]
)
paths: list[Path] = [Path("a.png")]
many = Values30(files=paths)
unset = Values30(files=[], seed=None)
file: File = Path("talk.mp4")
infos: tuple[ModelInfo, ...] = models()
kind: type[Request] = model("model_sync-lipsync-v2")
unknown = AnyModel("model_new", {"prompt": "a cat"})
problems: list[Problem] = validate("model_sync-lipsync-v2", {})
