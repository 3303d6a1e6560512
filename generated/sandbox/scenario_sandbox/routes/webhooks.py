"""The routes of webhook endpoints and of the events that were sent to them."""

import secrets
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from ..clock import now_in_milliseconds
from ..error_messages import shorten
from ..facts import MAX_PAGE, EventType
from ..ids import new_id
from ..posting import check_url
from ..requests import ApiError, check_query_names, read_as, read_token, split_page
from ..responses import json_response
from ..service import service_of
from ..webhooks import WebhookEndpoint, WebhookEvent, show_endpoint, show_event, show_whole_event


def _check(url: str) -> str:
    check_url(url)
    return url


Url = Annotated[str, Field(max_length=2000), AfterValidator(_check)]
Types = Annotated[list[EventType], Field(min_length=1, max_length=100)]
Description = Annotated[str, Field(max_length=1000)]


class NewEndpoint(BaseModel, frozen=True):
    """A webhook endpoint to be made."""

    url: Url
    enabledEvents: Types
    description: Description | None = None


class EndpointChange(BaseModel, frozen=True):
    """What changes of a webhook endpoint."""

    url: Url | None = None
    enabledEvents: Types | None = None
    description: Description | None = None
    enabled: bool | None = None


async def list_endpoints(request: Request) -> Response:
    """List the endpoints of a project, the newest first."""
    project = request.path_params["projectId"]
    found = [one for one in service_of(request).store.newest(WebhookEndpoint) if one.project == project]
    return json_response({"webhookEndpoints": [show_endpoint(one) for one in found]})


async def create_endpoint(request: Request) -> Response:
    """Make an endpoint; this response alone has its secret."""
    new, now = await read_as(NewEndpoint, request), now_in_milliseconds()
    endpoint = WebhookEndpoint(
        id=new_id("webhook_"),
        created=now,
        project=request.path_params["projectId"],
        url=new.url,
        types=new.enabledEvents,
        secret=secrets.token_hex(32),
        updated=now,
        description=new.description,
    )
    service_of(request).store.put(endpoint)
    return _respond({**show_endpoint(endpoint), "secret": endpoint.secret})


async def update_endpoint(request: Request) -> Response:
    change = await read_as(EndpointChange, request)  # first: the endpoint may change while the body is read
    endpoint = _find_endpoint(request)
    given = {
        "url": change.url,
        "types": change.enabledEvents,
        "description": change.description,
        "is_enabled": change.enabled,
    }
    changed: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    endpoint = replace(endpoint, **changed, updated=now_in_milliseconds())
    service_of(request).store.put(endpoint)
    return _respond(show_endpoint(endpoint))


async def delete_endpoint(request: Request) -> Response:
    """Delete an endpoint: nothing is sent to it any more."""
    service_of(request).store.delete(_find_endpoint(request).id)
    return json_response({})


async def list_events(request: Request) -> Response:
    """List the events that were made for an endpoint, the newest first."""
    check_query_names(request, ("paginationToken",))
    endpoint, store = _find_endpoint(request), service_of(request).store
    token = read_token(request, lambda token: store.get(WebhookEvent, token))
    events = (event for event in store.newest(WebhookEvent, token) if event.endpoint == endpoint.id)
    found, more = split_page(events, MAX_PAGE)
    return json_response({"items": [show_event(event) for event in found], **more})


async def get_event(request: Request) -> Response:
    """Show an event of an endpoint, with its payload and the attempts to deliver it."""
    endpoint = _find_endpoint(request)
    event = service_of(request).find(WebhookEvent, request.path_params["eventId"])
    if event.endpoint != endpoint.id:
        raise ApiError(f"WebhookEvent {event.id} not found", 404)
    return json_response({"webhookEvent": show_whole_event(event)})


def _find_endpoint(request: Request) -> WebhookEndpoint:
    """Find the endpoint of a request.

    Raises:
        ApiError: its project has no such endpoint.

    """
    identifier = request.path_params["endpointId"]
    endpoint = service_of(request).find(WebhookEndpoint, identifier)
    if endpoint.project != request.path_params["projectId"]:
        raise ApiError(f"WebhookEndpoint {shorten(identifier)} not found", 404)
    return endpoint


def _respond(shown: dict[str, Any]) -> Response:
    return json_response({"webhookEndpoint": shown})
