"""Assets, the kinds of files they hold, and the sample of each kind. Reads the packed samples."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any, Literal

from .facts import IMAGES, SAMPLE_IDS
from .store import Record

AssetKind = Literal["3d", "audio", "document", "image", "text", "video"]


@dataclass(frozen=True)
class Asset(Record):
    """A file and its facts. `ready` is the age, in seconds, at which it becomes available; `file` names its parts in the store."""

    kind: AssetKind
    mime_type: str
    size: int
    file: str
    name: str
    source: str
    ready: float
    project: str = ""
    job: str = ""
    model: str = ""
    privacy: str = "private"
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """A small real file."""

    file: str
    mime_type: str
    properties: dict[str, Any]

    @cached_property
    def content(self) -> bytes:
        return (files(__package__) / "samples" / self.file).read_bytes()


SAMPLES: dict[AssetKind, Sample] = {
    "3d": Sample("sample.glb", "model/gltf-binary", {"format": "glb", "vertexCount": 8, "faceCount": 12}),
    "audio": Sample("sample.wav", "audio/wav", {"duration": 1.0, "sampleRate": 8000, "channels": 1}),
    "image": Sample("sample.png", "image/png", {"width": 64, "height": 64}),
    "text": Sample("sample.txt", "text/plain", {"charCount": 24, "wordCount": 4}),
    "video": Sample(
        "sample.mp4", "video/mp4", {"width": 160, "height": 90, "duration": 2.0, "frameRate": 12}
    ),
}

FORMATS = [(mime_type, re.compile(beginning.encode(), re.DOTALL)) for mime_type, beginning in IMAGES]


def sample_assets(created: float) -> list[Asset]:
    """Make the asset of each sample: `asset_sample_video` and so on."""
    return [
        Asset(
            id=f"{SAMPLE_IDS}{kind}",
            created=created,
            kind=kind,
            mime_type=sample.mime_type,
            size=len(sample.content),
            file=sample.file,
            name=sample.file,
            source="uploaded" if kind == "image" else f"uploaded-{kind}",
            ready=0.0,
            privacy="public",
            properties=sample.properties,
        )
        for kind, sample in SAMPLES.items()
    ]


def image_type(content: bytes) -> str:
    """Recognize the MIME type of an image by how it begins; empty if the API does not accept it."""
    return next((mime_type for mime_type, pattern in FORMATS if pattern.match(content)), "")
