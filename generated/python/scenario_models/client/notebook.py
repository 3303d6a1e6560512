"""How notebooks show jobs, assets and results: a table, and the image, the video or the sound itself, inside the HTML. Pure.

A browser that opens the notebook asks nobody for anything: what is seen is in the notebook, and no signed URL is.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from ..display import plain, show
from ..html_table import as_text, write_table, write_text
from .facts import AssetFacts, Estimate, JobFacts
from .mime_types import extension_of, main_name

MOST = 10_000_000  # bytes of the files inside one output; as text they take a third more
BOUNDS = "max-width:100%;max-height:30em"
PLAYERS = {
    "image": '<img alt="{id}" style="{bounds}" src="{url}">',
    "video": '<video controls preload="metadata" style="{bounds}" src="{url}"></video>',
    "audio": '<audio controls style="max-width:100%" src="{url}"></audio>',
}
TYPES = (  # what browsers show, and cannot run: of the service's words only these reach the HTML unescaped
    *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"),
    *("video/mp4", "video/webm"),
    *("audio/mpeg", "audio/x-wav", "audio/mp4", "audio/aac", "audio/flac", "audio/ogg", "audio/webm"),
)
NAMES = {"audio/x-wav": "audio/wav"}  # that more browsers know

Content = bytes | str
"""The bytes of an asset, or why they are not shown."""

Reader = Callable[[Sequence[AssetFacts]], list[Content]]
"""Gives the contents of assets."""


@dataclass(frozen=True)
class Preview:
    """What a notebook shows as the last line of a cell; elsewhere, `display(preview)`."""

    html: str = field(repr=False)
    """The HTML: a table, and the files inside it."""

    def _repr_html_(self) -> str:
        return self.html


def is_shown(asset: AssetFacts) -> bool:
    """Tell whether browsers show files of its MIME type."""
    return main_name(asset.mime_type) in TYPES


def show_job(job: JobFacts) -> str:
    """Write a job; no call is needed."""
    return write_table(job.id, [*_job_rows(job), ("assets", ", ".join(job.asset_ids))])


def show_asset(asset: AssetFacts, read: Reader) -> str:
    """Write an asset, and its file."""
    return write_asset(asset, _read([asset], read)[0], "asset")


def show_result(job: JobFacts, assets: Sequence[AssetFacts], read: Reader) -> str:
    """Write a job and its assets, and their files."""
    return write_result(job, assets, _read(assets, read), "result")


def show_awaited_asset(asset: AssetFacts) -> str:
    """Write an asset whose file must be awaited, which cannot be done while a notebook shows something."""
    return write_asset(asset, "await asset.preview() shows it here" if is_shown(asset) else "", "await asset")


def show_awaited_result(job: JobFacts, assets: Sequence[AssetFacts]) -> str:
    """Write a job and its assets, whose files must be awaited, which cannot be done while a notebook shows something."""
    hints = ["await result.preview() shows it here" if is_shown(asset) else "" for asset in assets]
    return write_result(job, assets, hints, "await result")


def write_result(job: JobFacts, assets: Sequence[AssetFacts], contents: Sequence[Content], name: str) -> str:
    """Write a job and its assets, with their files as far as they are there; `name` is what calls of the result begin with."""
    numbered = enumerate(zip(assets, contents, strict=True))
    shown = [write_asset(asset, content, f"{name}.assets[{index}]") for index, (asset, content) in numbered]
    return f"<div>{write_table(job.id, _job_rows(job))}{''.join(shown)}</div>"


def write_asset(asset: AssetFacts, content: Content, name: str) -> str:
    """Write an asset and its file, or why that is not shown and how to get it; `name` is what calls of the asset begin with."""
    table = write_table(asset.id, _asset_rows(asset))
    mime_type = main_name(asset.mime_type)
    if isinstance(content, bytes) and mime_type in TYPES:
        url = f"data:{NAMES.get(mime_type, mime_type)};base64,{b64encode(content).decode()}"
        player = PLAYERS[mime_type.partition("/")[0]].format(id=escape(asset.id), bounds=BOUNDS, url=url)
        return f"<div>{table}<div>{player}</div></div>"
    said = [write_text(content)] if isinstance(content, str) and content else []
    call = f"{name}.download({asset.id + extension_of(asset.mime_type)!r})"
    said.append(f"<code>{write_text(call)}</code> writes its file")
    return f"<div>{table}<div>{'<br>'.join(said)}</div></div>"


def show_outcome(index: int, request: Any, error: Exception | None, result: Any) -> str:
    """Write what became of one of many requests."""
    said = [("request", as_text(request)), ("error", f"{type(error).__name__}: {error}" if error else "")]
    table = write_table(f"outcome {index}", said)
    notes = [write_text(note) for note in getattr(error, "__notes__", ())]
    return f"<div>{table}{'<br>'.join(notes)}{result._repr_html_() if result is not None else ''}</div>"


def describe_error(error: Exception) -> str:
    """Say why a file is not shown."""
    return f"not shown: {type(error).__name__}: {plain(str(error))}"


def _read(assets: Sequence[AssetFacts], read: Reader) -> list[Content]:
    """Read files; what goes wrong is shown, and not raised: nobody asked for more than to look at something."""
    try:
        return read(assets)
    except Exception as error:  # noqa: BLE001
        return [describe_error(error)] * len(assets)


def _job_rows(job: JobFacts) -> Iterator[tuple[str, str]]:
    yield "status", job.status if job.is_over else f"{job.status} {job.progress:.0%}"
    yield "model", job.model_id
    yield "created", job.created_at
    yield "cost", "" if job.cost is None else f"{Estimate(job.cost)}"
    yield "reason", job.reason
    yield "hint", job.hint
    for name, value in job.output.items():
        yield f"output {name}", as_text(value)


def _asset_rows(asset: AssetFacts) -> Iterator[tuple[str, str]]:
    numbers = {name: value for name, value in asset.properties.items() if isinstance(value, int | float)}
    yield "type", asset.mime_type or asset.kind
    yield "size", "" if asset.size is None else f"{asset.size:,} bytes"
    if "width" in numbers and "height" in numbers:
        yield "pixels", f"{show(numbers['width'])} × {show(numbers['height'])}"
    if "duration" in numbers:
        yield "duration", f"{show(numbers['duration'])} s"
