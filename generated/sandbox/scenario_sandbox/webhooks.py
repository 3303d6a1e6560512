"""Webhook endpoints, the events that are sent to them, and how the API shows both. Pure."""

from dataclasses import dataclass, field
from typing import Any

from .clock import show_date
from .facts import (
    ALL_EVENTS,
    CANCELED,
    COMPLETED_EVENT,
    CREATED_EVENT,
    FAILED_EVENT,
    FAILURE,
    NEW,
    SUCCESS,
    EventStatus,
    EventType,
)
from .store import Record

# The list of types has no event of its own for a generation that is canceled: it is inferred that it failed.
EVENTS_BY_ENDING: dict[str, EventType] = {
    SUCCESS: COMPLETED_EVENT,
    FAILURE: FAILED_EVENT,
    CANCELED: FAILED_EVENT,
}
SENT: tuple[EventType, ...] = (CREATED_EVENT, COMPLETED_EVENT, FAILED_EVENT)  # of jobs that run a model


@dataclass(frozen=True)
class WebhookEndpoint(Record):
    """A URL to which the events of a project are sent. `updated` is a Unix time."""

    project: str
    url: str
    types: list[EventType]
    secret: str
    updated: float
    description: str | None = None
    is_enabled: bool = True
    calls: int = 0
    failed_calls: int = 0

    def wants(self, project: str, kind: EventType) -> bool:
        """Tell whether an event of a project is sent to it."""
        return self.is_enabled and self.project == project and bool({ALL_EVENTS, kind} & {*self.types})


@dataclass(frozen=True)
class WebhookEvent(Record):
    """What is sent to one endpoint of one job; `attempts` are pairs of a Unix time and the status of the response, 0 if none came."""

    endpoint: str
    type: EventType
    job: str
    payload: dict[str, Any]
    status: EventStatus = NEW
    attempts: list[tuple[float, int]] = field(default_factory=list)

    @property
    def updated(self) -> float:
        """When it was last sent, as Unix time."""
        return self.attempts[-1][0] if self.attempts else self.created

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that is sent: no documentation shows one, so its shape is inferred from how the API shows an event."""
        return {
            "id": self.id,
            "type": self.type,
            "createdAt": show_date(self.created),
            "payload": self.payload,
        }


def show_endpoint(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Show an endpoint without its secret, which is shown once."""
    described = {} if endpoint.description is None else {"description": endpoint.description}
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "enabled": endpoint.is_enabled,
        "enabledEvents": endpoint.types,
        **described,
        "nbTotalCalls": endpoint.calls,
        "nbFailedCalls": endpoint.failed_calls,
        "ownerId": endpoint.project,
        "ownerType": "project",
        "createdAt": show_date(endpoint.created),
        "updatedAt": show_date(endpoint.updated),
    }


def show_event(event: WebhookEvent) -> dict[str, Any]:
    """Show an event as in a list."""
    return {
        "id": event.id,
        "endpointId": event.endpoint,
        "type": event.type,
        "status": event.status,
        "updatedAt": show_date(event.updated),
    }


def show_whole_event(event: WebhookEvent) -> dict[str, Any]:
    """Show an event with its payload and the attempts to deliver it."""
    attempts = [{"responseStatusCode": status, "sentAt": show_date(sent)} for sent, status in event.attempts]
    return {
        **show_event(event),
        "attempts": attempts,
        "payload": event.payload,
        "createdAt": show_date(event.created),
        "sentAt": show_date(event.updated),
    }
