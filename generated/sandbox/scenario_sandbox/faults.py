"""Faults on demand, and which of them a request meets."""

import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from .error_messages import describe_error
from .facts import (
    ASSET,
    ASSETS,
    ASSETS_IN_BULK,
    JOB,
    JOB_ACTION,
    JOBS,
    MODEL,
    MODELS,
    MODELS_IN_BULK,
    RUN,
    RUN_METHOD,
    UPLOAD,
    UPLOAD_ACTION,
    UPLOADS,
    WEBHOOK_ENDPOINT,
    WEBHOOK_ENDPOINTS,
    WEBHOOK_EVENT,
    WEBHOOK_EVENTS,
)
from .webhooks import SENT

Before = Literal["rate-limit", "error-before", "drop-before"]
After = Literal["error-after", "drop-after", "truncate"]
OfJob = Literal["job-fails", "job-hangs", "job-strange"]
OfEvent = Literal["event-late", "event-twice", "event-out-of-order", "event-lost"]
FaultKind = Literal["latency", Before, After, "no-credits", OfJob, "part-fails", "expired", OfEvent]

BEFORE: tuple[FaultKind, ...] = get_args(Before)
AFTER: tuple[FaultKind, ...] = get_args(After)
OF_JOB: tuple[FaultKind, ...] = get_args(OfJob)
OF_EVENT: tuple[FaultKind, ...] = get_args(OfEvent)
TIMED: tuple[FaultKind, ...] = ("latency", "rate-limit", "event-late")
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)


def _on(method: str, route: str) -> str:
    """Return what selects the requests of a route: its method and path, with * for any text."""
    return f"{method} {re.sub('{.*?}', '*', route)}"


# Requests by method and path; a test compares these with the routes.
SUBMISSION = _on(RUN_METHOD, RUN)
PART = "PUT /parts/*/*"
SIGNERS = (  # their responses have the signed URL of a part or a file
    _on("POST", UPLOADS),
    _on("GET", UPLOAD),
    _on("GET", ASSETS),
    _on("POST", ASSETS),
    _on("GET", ASSET),
    _on("POST", ASSETS_IN_BULK),
)
REQUESTS = (
    SUBMISSION,
    _on("GET", JOBS),
    _on("GET", JOB),
    _on("POST", JOB_ACTION),
    *SIGNERS,
    _on("POST", UPLOAD_ACTION),
    _on("GET", MODELS),
    _on("GET", MODEL),
    _on("POST", MODELS_IN_BULK),
    _on("GET", WEBHOOK_ENDPOINTS),
    _on("POST", WEBHOOK_ENDPOINTS),
    _on("PUT", WEBHOOK_ENDPOINT),
    _on("DELETE", WEBHOOK_ENDPOINT),
    _on("GET", WEBHOOK_EVENTS),
    _on("GET", WEBHOOK_EVENT),
    PART,
    "GET /files/*",
)
EVENTS = tuple(f"EVENT {kind}" for kind in SENT)  # what the sandbox itself sends
CAN_STRIKE: dict[FaultKind, tuple[str, ...]] = {  # for the faults that cannot strike every request
    **dict.fromkeys(OF_JOB, (SUBMISSION,)),
    **dict.fromkeys(OF_EVENT, EVENTS),
    "event-out-of-order": EVENTS[:1],  # the first one of a job can come after the last
    "no-credits": (SUBMISSION,),
    "part-fails": (PART,),
    "expired": SIGNERS,
    "truncate": tuple(request for request in REQUESTS if request != PART),  # its response is empty
}


class Fault(BaseModel, frozen=True, extra="forbid"):
    """A fault of the service.

    `on` selects requests by method and path, with `*` for any text (`POST /v1/generate/*`), and events by their type
    (`EVENT generation.completed`). It strikes `times` times (by default always), each time with the probability `rate`.
    `seconds` is the delay of `latency` and `event-late`, and the Retry-After of `rate-limit` (by default 1). `status` and
    `body` are the response of `no-credits`.
    """

    kind: FaultKind
    on: Annotated[str, Field(max_length=200)] = "* *"
    times: Annotated[int, Field(ge=1)] | None = None
    rate: Annotated[float, Field(gt=0, le=1)] = 1.0
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    status: Annotated[int, Field(ge=400, le=499)] | None = None
    body: dict[str, Any] | None = None

    @field_validator("body")
    @classmethod
    def _copy_json(cls, body: dict[str, Any] | None) -> Any:
        """Copy a body, of which all must be JSON."""
        try:
            return json.loads(json.dumps(body, allow_nan=False))
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"must be JSON: {error}") from None

    @model_validator(mode="after")
    def _check(self) -> Self:
        """Refuse a fault that can never strike: a test would pass without it."""
        requests = CAN_STRIKE.get(self.kind, REQUESTS)
        if not any(_overlap(self.on, request) for request in requests):
            raise ValueError(f"{self.kind} never strikes {self.on!r}; it can strike {', '.join(requests)}")
        if self.seconds is not None and self.kind not in TIMED:
            raise ValueError(f"{self.kind} takes no seconds; {', '.join(TIMED[:-1])} and {TIMED[-1]} do")
        if self.kind != "no-credits" and (self.status, self.body) != (None, None):
            raise ValueError(f"{self.kind} takes no status and no body; no-credits does")
        return self

    @property
    def wait(self) -> float:
        """The delay of a latency or an event, or the Retry-After, in seconds."""
        return 1.0 if self.seconds is None else self.seconds


@dataclass
class Switch:
    """A fault that is turned on; `struck` counts how often it has struck."""

    fault: Fault
    struck: int = 0

    @property
    def is_over(self) -> bool:
        """True if it has struck all its `times`."""
        return self.fault.times is not None and self.struck >= self.fault.times

    def strike(self) -> Fault:
        """Count that the fault strikes; return it."""
        self.struck += 1
        return self.fault


class Faults:
    """The faults that are turned on. The seed decides which requests a fault with a rate strikes."""

    def __init__(self, faults: Iterable[Fault], seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - not for secrets
        self.switches = [Switch(fault) for fault in faults]

    def turn_on(self, fault: Fault) -> Switch:
        self.switches.append(Switch(fault))
        return self.switches[-1]

    def turn_all_off(self) -> None:
        self.switches.clear()

    def pick_for_event(self, kind: str) -> list[Switch]:
        """Return the first switch of each kind that may strike an event; the caller strikes."""
        request = f"EVENT {kind}"
        picked = [self._pick(request, one) for one in OF_EVENT if request in CAN_STRIKE[one]]
        return [switch for switch in picked if switch]

    def pick(self, request: str, *kinds: FaultKind) -> Switch | None:
        """Return the first switch of these kinds that may strike a request, given as `POST /v1/uploads`; the caller strikes."""
        return (
            self._pick(request, *kinds) if any(_matches(pattern, request) for pattern in REQUESTS) else None
        )

    def _pick(self, request: str, *kinds: FaultKind) -> Switch | None:
        for switch in self.switches:
            fault = switch.fault
            if fault.kind not in kinds or switch.is_over or not _matches(fault.on, request):
                continue
            if fault.rate == 1 or self.random.random() < fault.rate:
                return switch
        return None


def make_fault(fault: dict[str, Any]) -> Fault:
    """Make a fault from input.

    Raises:
        ValueError: the fault is unknown, or can never strike.

    """
    try:
        return Fault.model_validate(fault)
    except ValidationError as error:
        raise ValueError(describe_error(error, Fault)) from None


def _matches(pattern: str, request: str) -> bool:
    """Tell whether a pattern with `*` matches a request; in linear time, also with many stars."""
    head, *pieces = pattern.split("*")
    if not pieces:
        return pattern == request
    tail = pieces.pop()
    begin, end = len(head), len(request) - len(tail)
    for piece in pieces:
        found = request.find(piece, begin, max(end, 0))
        if found < 0:
            return False
        begin = found + len(piece)
    return begin <= end and request.startswith(head) and request.endswith(tail)


@cache
def _overlap(one: str, other: str) -> bool:
    """Tell whether any text matches both of two patterns with `*`."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return _overlap(one[1:], other) or _overlap(one, other[1:])
    if other[0] == "*":
        return _overlap(other, one)
    return one[0] == other[0] and _overlap(one[1:], other[1:])
