"""Faults on demand: which there are, and which a request meets."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, Field, ValidationError, model_validator

from .wording import say

Before = Literal["rate-limit", "error-before", "drop-before"]
After = Literal["error-after", "drop-after", "truncate"]
OfJob = Literal["job-fails", "job-hangs", "job-strange"]
FaultKind = Literal["latency", Before, After, OfJob, "part-fails", "expired"]

BEFORE: tuple[FaultKind, ...] = get_args(Before)
AFTER: tuple[FaultKind, ...] = get_args(After)
OF_JOB: tuple[FaultKind, ...] = get_args(OfJob)
TIMED: tuple[FaultKind, ...] = ("latency", "rate-limit")
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

# Requests by method and path, in which * is anything; a test keeps these and the routes together.
SUBMISSION = "POST /v1/generate/custom/*"
PART = "PUT /parts/*/*"
ADDRESSES = (  # what hands out the signed address of a part or a file
    "POST /v1/uploads",
    "GET /v1/uploads/*",
    "GET /v1/assets",
    "POST /v1/assets",
    "GET /v1/assets/*",
    "POST /v1/assets/get-bulk",
)
REQUESTS = (
    SUBMISSION,
    "GET /v1/jobs",
    "GET /v1/jobs/*",
    "POST /v1/jobs/*/action",
    *ADDRESSES,
    "POST /v1/uploads/*/action",
    "GET /v1/models",
    "GET /v1/models/*",
    "POST /v1/models/get-bulk",
    PART,
    "GET /files/*",
)
CAN_STRIKE: dict[FaultKind, tuple[str, ...]] = {  # of those that cannot strike all of them
    **dict.fromkeys(OF_JOB, (SUBMISSION,)),
    "part-fails": (PART,),
    "expired": ADDRESSES,
    "truncate": tuple(request for request in REQUESTS if request != PART),  # whose answer is empty
}


class Fault(BaseModel, frozen=True, extra="forbid"):
    """Something that goes wrong.

    `on` picks requests by method and path, in which `*` is anything (`POST /v1/generate/*`), `times` says how often it
    strikes before it is over, `rate` how likely it does each time, and `seconds` how long a latency or a Retry-After is
    (by default 1).
    """

    kind: FaultKind
    on: Annotated[str, Field(max_length=200)] = "* *"
    times: Annotated[int, Field(ge=1)] | None = None
    rate: Annotated[float, Field(gt=0, le=1)] = 1.0
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        """Refuse a fault that would never strike: a test would pass without it."""
        requests = CAN_STRIKE.get(self.kind, REQUESTS)
        if not any(_overlap(self.on, request) for request in requests):
            raise ValueError(f"{self.kind} strikes no {self.on!r}; it can strike {', '.join(requests)}")
        if self.seconds is not None and self.kind not in TIMED:
            raise ValueError(f"{self.kind} takes no seconds; {' and '.join(TIMED)} do")
        return self

    @property
    def wait(self) -> float:
        """How long a latency or a Retry-After is, in seconds."""
        return 1.0 if self.seconds is None else self.seconds


@dataclass
class Switch:
    """A fault that was turned on, and how often it has struck."""

    fault: Fault
    struck: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.fault.times is not None and self.struck >= self.fault.times


class Faults:
    """The faults that were turned on. Which requests those with a rate strike depends on the seed alone."""

    def __init__(self, faults: Iterable[Fault], seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nothing secret comes of it
        self.switches = [Switch(fault) for fault in faults]

    def turn_on(self, fault: Fault) -> Switch:
        """Turn a fault on."""
        self.switches.append(Switch(fault))
        return self.switches[-1]

    def turn_all_off(self) -> None:
        """Turn all faults off."""
        self.switches.clear()

    def pick(self, request: str, *kinds: FaultKind) -> Switch | None:
        """Give the first switch of these kinds whose fault a request meets, given as `POST /v1/uploads`.

        Whoever then lets it strike, counts it.
        """
        if not any(_matches(pattern, request) for pattern in REQUESTS):
            return None
        for switch in self.switches:
            fault = switch.fault
            if fault.kind not in kinds or switch.is_over or not _matches(fault.on, request):
                continue
            if fault.rate == 1 or self.random.random() < fault.rate:
                return switch
        return None


def make_fault(fault: dict[str, Any]) -> Fault:
    """Make a fault of what someone wrote.

    Raises:
        ValueError: there is no such fault, or it would never strike.

    """
    try:
        return Fault.model_validate(fault)
    except ValidationError as error:
        raise ValueError(say(error, Fault)) from None


def _matches(pattern: str, request: str) -> bool:
    """Tell whether a pattern, in which `*` is anything, means a request; many stars take no longer than few."""
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
    """Tell whether some text matches both of two patterns, in which `*` is anything."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return _overlap(one[1:], other) or _overlap(one, other[1:])
    if other[0] == "*":
        return _overlap(other, one)
    return one[0] == other[0] and _overlap(one[1:], other[1:])
