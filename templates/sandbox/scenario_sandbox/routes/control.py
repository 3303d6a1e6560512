"""The routes of the sandbox itself: its ledger, its faults and its clock."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from ..clock import MAX_SECONDS
from ..faults import Fault
from ..requests import read_as
from ..responses import json_response
from ..service import Service, service_of

Seconds = Annotated[float, Field(ge=0, le=MAX_SECONDS)]


class ClockChange(BaseModel, frozen=True, extra="forbid"):
    """A new speed, and a step in seconds; null steps to the next change."""

    speed: Seconds | None = None
    step: Seconds | None = 0.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give speed, step or both")
        return self


async def get_ledger(request: Request) -> Response:
    """Show all submitted requests, the oldest first, and their cost."""
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
    return json_response({"entries": shown, "cost": sum(entry.cost for entry in entries)})


async def get_faults(request: Request) -> Response:
    """Show the faults that are turned on, and how often each has struck."""
    return json_response(_show_faults(service_of(request)))


async def turn_fault_on(request: Request) -> Response:
    service_of(request).faults.turn_on(await read_as(Fault, request))
    return json_response(_show_faults(service_of(request)), 201)


async def turn_faults_off(request: Request) -> Response:
    service_of(request).faults.turn_all_off()
    return json_response(_show_faults(service_of(request)))


async def get_clock(request: Request) -> Response:
    """Show the age of the sandbox in seconds, and its speed."""
    return json_response(_show_clock(service_of(request)))


async def set_clock(request: Request) -> Response:
    """Set the speed at which jobs age, step, or both."""
    change = await read_as(ClockChange, request)
    service = service_of(request)
    if change.speed is not None:
        service.clock.set_speed(change.speed)
    if change.step != 0:
        service.step(change.step)
    return json_response(_show_clock(service))


def _show_faults(service: Service) -> dict[str, Any]:
    switches = service.faults.switches
    return {"faults": [{**switch.fault.model_dump(), "struck": switch.struck} for switch in switches]}


def _show_clock(service: Service) -> dict[str, Any]:
    return {"age": service.clock.now(), "speed": service.clock.speed}
