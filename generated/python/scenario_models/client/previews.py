"""The files that a notebook shows, downloaded as far as they are not too large. What goes wrong is told, and never raised."""

from collections.abc import Sequence
from contextlib import aclosing

from .clock import Deadline
from .facts import AssetFacts
from .file_reader import FileReader
from .notebook import MOST, Content, describe_error, is_shown
from .ports import Port
from .progress import ProgressReporter

TIMEOUT = 30.0  # seconds for all files of one output: until then, the notebook waits
TOO_LARGE = f"not shown: a notebook holds up to {MOST // 1_000_000} MB of files in one output"


async def read_contents(port: Port, assets: Sequence[AssetFacts]) -> list[Content]:
    """Download the files that browsers show, one after the other, as long as they are not too large together."""
    deadline, left = Deadline.after(TIMEOUT), MOST
    contents: list[Content] = []
    for asset in assets:
        contents.append(content := await _read(port, asset, left, deadline))
        left -= len(content) if isinstance(content, bytes) else 0
    return contents


async def _read(port: Port, asset: AssetFacts, most: int, deadline: Deadline) -> Content:
    if not is_shown(asset):
        return ""
    if asset.size is not None and asset.size > most:
        return TOO_LARGE
    content = bytearray()
    try:
        async with aclosing(FileReader(port, asset, ProgressReporter(port, None), content.clear)) as reader:
            while data := await reader.read(deadline):
                content += data
                if len(content) > most:
                    return TOO_LARGE
        return bytes(content)
    except Exception as error:  # noqa: BLE001 - somebody wants to look at something
        return describe_error(error)
