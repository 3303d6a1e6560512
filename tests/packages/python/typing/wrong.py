"""Uses that a type checker must refuse, each on a line that says so."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import httpx
import scenario_models
from scenario_models import (
    AnyKind,
    AsyncClient,
    Client,
    HardNames,
    ImageFile,
    Request,
    SyncLipsyncV2,
    Values30,
    by_id,
    parse_event,
)
from scenario_models.validators import validate

video = Path("talk.mp4")

SyncLipsyncV2(video=video)  # error: audio is missing
SyncLipsyncV2(video=video, audio=video, sync_mode="lop")  # error: not a choice
SyncLipsyncV2(video=video, audio=video, syncMode="loop")  # error: the wire's name
SyncLipsyncV2(video=video, audio=video, temperature="0.5")  # error: no number
SyncLipsyncV2(video=video, audio=video, temperature=[None])  # error: no list
SyncLipsyncV2(video, video)  # error: by name only
SyncLipsyncV2(video=1, audio=video)  # error: no file
SyncLipsyncV2(video=None, audio=video)  # error: video is required
Values30(files=video)  # error: no list
Values30(files=[1])  # error: no file
Values30(files=[], seconds=5)  # error: not a choice
Values30(files=[], sizes=[3])  # error: not a choice of an element
HardNames()  # error: class_ is missing
scenario_models.SyncLipsyncV9  # error: no such model
validate("model_sync-lipsync-v2")  # error: no payload


async def give() -> AsyncIterator[Request]:
    yield SyncLipsyncV2(video=video, audio=video)


class Kinds(Request, frozen=True):
    """A request as those that are generated, with a kind of file."""

    model_id: ClassVar[str] = "model_kinds"

    image: ImageFile


Kinds(image=1)  # error: no image
Kinds(image=AnyKind(1))  # error: no file
scenario_models.models()[0].parameters[0].lable  # error: no such fact
request = SyncLipsyncV2(video=video, audio=video)
request.video = video  # error: frozen
request.temperature = 1  # error: frozen
by_id["model_sync-lipsync-v9"]  # error: no such id
by_id["model_sync-lipsync-v2"](video=video)  # error: audio is missing
by_id["model_sync-lipsync-v2"] = SyncLipsyncV2  # error: read only
Client().run({"video": "asset_1"})  # error: no request
Client().run(request, timeout="1")  # error: no number of seconds
Client().run(request).assets.download("a.mp4")  # error: of one asset
SyncLipsyncV2(video=Client().run(request), audio=video)  # error: a result, and no asset of it
SyncLipsyncV2(video=video, audio=Path("a.txt").open())  # error: a file of text
Client().upload(1)  # error: no file
Client().run_many(give())  # error: it must be awaited
Client().jobs(created_after=1)  # error: no date
Client(1)  # error: no SDK client
Client(timeout="20")  # error: no number of seconds
Client(default_headers={"X-Team": 1})  # error: no text
Client(http_client=httpx.AsyncClient())  # error: of AsyncClient
parse_event(1)  # error: no body of a request


async def run_async() -> None:
    (await AsyncClient().run(request)).assets[0].bytes().decode()  # error: not awaited
