"""Events that the service posts to a webhook: read leniently, and trusted in nothing. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..display import plain, show
from ..vendor import (
    EVENT_DATES,
    EVENT_ENVELOPES,
    EVENT_IDS,
    EVENT_JOB_IDS,
    EVENT_JOBS,
    EVENT_TYPES,
    EVENT_WRAPPERS,
    JOB_PREFIX,
)
from .errors import InvalidEvent
from .responses import is_safe

MAX_LAYERS = 20


@dataclass(frozen=True)
class Event:
    """An event, as somebody posted it. Nothing of it is known to be true: `client.job(event.job_id)` asks the service."""

    id: str = ""
    """Its id, the same when it is sent again; empty where there is none."""

    type: str = ""
    """Such as `generation.completed`; types that are not documented are possible."""

    created_at: str = ""
    """When it was made, as it says: ISO 8601."""

    job_id: str = ""
    """The id of the job that it is about, safe in a URL; empty where there is none."""

    payload: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """All that was posted."""

    def to_dict(self) -> dict[str, Any]:
        """Return its facts as data, which JSON can hold."""
        return {
            "id": self.id,
            "type": self.type,
            "created_at": self.created_at,
            "job_id": self.job_id,
            "payload": dict(self.payload),
        }


def parse_event(payload: bytes | str | Mapping[str, Any]) -> Event:
    """Read an event that was posted to a webhook: the body of the request, or its JSON.

    Its sender is not checked: how the service signs events is documented nowhere. So do not act on what an event says; ask the
    service for the job, by `client.job(event.job_id)`. An event may come late, twice, in another order, or from anybody.

    Raises:
        InvalidEvent: it is no JSON object.
        TypeError: it is no body of a request.

    """
    posted = _read(payload)
    layers = [*_layers(posted)]
    return Event(
        id=_first_safe(one.get(name) for one in _envelopes(posted) for name in EVENT_IDS),
        type=_first_text(layers, EVENT_TYPES),
        created_at=_first_text(layers, EVENT_DATES),
        job_id=_first_safe(_job_ids(layers)),
        payload=posted,
    )


def _read(payload: object) -> dict[str, Any]:
    if isinstance(payload, Mapping):
        return dict(payload)
    if payload is None or isinstance(payload, list | int | float):  # the JSON of a body, which anybody may have posted
        raise InvalidEvent(f"not an event: the body is {show(payload)}, where an object is wanted")
    if not isinstance(payload, str | bytes | bytearray | memoryview):
        raise TypeError(
            f"an event is the body of a request, as bytes, text or a dict, not {type(payload).__name__}; with FastAPI: await request.body()"
        )
    text = bytes(payload) if isinstance(payload, memoryview) else payload
    if not text.strip():
        raise InvalidEvent("not an event: the body is empty")
    try:
        read = json.loads(text.removeprefix("\ufeff") if isinstance(text, str) else text)
    except (ValueError, RecursionError):
        begin = text[:100] if isinstance(text, str) else text[:100].decode(errors="replace")
        raise InvalidEvent(f"not an event: the body is not JSON; it begins with {show(begin)}") from None
    if not isinstance(read, dict):
        raise InvalidEvent(f"not an event: the body is {show(read)}, where an object is wanted")
    return read


def _envelopes(posted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give what may have the id of the event: what is inside of it has other ids."""
    yield posted
    yield from (posted[name] for name in EVENT_ENVELOPES if isinstance(posted.get(name), Mapping))


def _layers(posted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give an event, and what is wrapped in it, the outer ones first."""
    layers = [posted]
    for layer in layers:
        yield layer
        inner = [layer[name] for name in EVENT_WRAPPERS if isinstance(layer.get(name), Mapping)]
        layers += inner[: MAX_LAYERS - len(layers)]


def _job_ids(layers: list[Mapping[str, Any]]) -> Iterator[object]:
    """Give what may be the id of the job, the likeliest first."""
    for layer in layers:
        yield from (layer.get(name) for name in EVENT_JOB_IDS)
        for job in (layer.get(name) for name in EVENT_JOBS):
            yield from (job.get(name) for name in (*EVENT_JOB_IDS, "id")) if isinstance(job, Mapping) else (job,)
    yield from (one for layer in layers if str(one := layer.get("id")).startswith(JOB_PREFIX))


def _first_safe(found: Iterator[object]) -> str:
    return next((str(one) for one in found if is_safe(one)), "")


def _first_text(layers: list[Mapping[str, Any]], names: tuple[str, ...]) -> str:
    return next((text for layer in layers for name in names if (text := plain(layer.get(name)))), "")
