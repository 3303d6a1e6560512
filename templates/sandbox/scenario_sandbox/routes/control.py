"""The routes of the sandbox itself: its ledger, its faults and its clock."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from ..answers import answer
from ..clock import LIMIT
from ..faults import Fault
from ..requests import read_as
from ..service import Service, service_of

Seconds = Annotated[float, Field(ge=0, le=LIMIT)]


class ClockChange(BaseModel, frozen=True, extra="forbid"):
    """How fast jobs age from now on, and how many seconds at once; a step of null is as far as the next change."""

    speed: Seconds | None = None
    step: Seconds | None = 0.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give a speed, a step, or both")
        return self


async def get_ledger(request: Request) -> Response:
    """Show what was submitted, the oldest first, and what it cost."""
    entries = service_of(request).ledger()
    shown = [
        {
            "jobId": entry.job_id,
            "modelId": entry.model_id,
            "body": entry.body,
            "cost": entry.cost,
            "status": entry.status,
            "createdAt": entry.created_at,
        }
        for entry in entries
    ]
    return answer({"entries": shown, "cost": sum(entry.cost for entry in entries)})


async def get_faults(request: Request) -> Response:
    """Show the faults that were turned on, and how often each has struck."""
    return answer(_show_faults(service_of(request)))


async def turn_fault_on(request: Request) -> Response:
    """Turn a fault on."""
    service_of(request).faults.turn_on(await read_as(Fault, request))
    return answer(_show_faults(service_of(request)), 201)


async def turn_faults_off(request: Request) -> Response:
    """Turn all faults off."""
    service_of(request).faults.turn_all_off()
    return answer(_show_faults(service_of(request)))


async def get_clock(request: Request) -> Response:
    """Show how old the sandbox is, and how fast it ages."""
    return answer(_show_clock(service_of(request)))


async def set_clock(request: Request) -> Response:
    """Change how fast jobs age, or step them on."""
    change = await read_as(ClockChange, request)
    service = service_of(request)
    if change.speed is not None:
        service.clock.run(change.speed)
    if change.step != 0:
        service.step(change.step)
    return answer(_show_clock(service))


def _show_faults(service: Service) -> dict[str, Any]:
    switches = service.faults.switches
    return {"faults": [{**switch.fault.model_dump(), "struck": switch.struck} for switch in switches]}


def _show_clock(service: Service) -> dict[str, Any]:
    return {"age": service.clock.now(), "speed": service.clock.speed}
