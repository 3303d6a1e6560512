"""Responses in JSON, error responses, and what the log shows of a request."""

import json
import secrets
from dataclasses import dataclass, field
from sqlite3 import DatabaseError
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Scope

from .error_messages import shorten
from .facts import ROOT
from .faults import FaultKind
from .requests import ApiError


@dataclass
class RequestLog:
    """What the log shows of a request: the faults that struck it, and the reason of an error."""

    struck: list[FaultKind] = field(default_factory=list)
    reason: str = ""


def log_of(scope: Scope) -> RequestLog:
    log: RequestLog = scope.setdefault("state", {}).setdefault("log", RequestLog())
    return log


def json_response(
    content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return Response(text, status, headers, media_type="application/json")


def error_response(scope: Scope, reason: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """Make an error as the API does."""
    log_of(scope).reason = reason
    return json_response({"reason": reason, "trace_id": secrets.token_hex(16)}, status, headers)


def storage_error_response(scope: Scope, code: str, message: str, status: int = 403) -> Response:
    """Make an error as a storage service or a content delivery network does."""
    log_of(scope).reason = message
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(text, status, media_type="application/xml")


async def handle_api_error(request: Request, error: Exception) -> Response:
    known = cast("ApiError", error)
    return error_response(request.scope, known.reason, known.status)


async def handle_unknown_route(request: Request, error: Exception) -> Response:
    """Respond to an unknown path or method; Starlette itself would name the methods of one route only."""
    status = cast("HTTPException", error).status_code
    path = request.scope["path"]
    found = [route for route in request.app.routes if route.path_regex.match(path)]
    methods = {method for route in found if route.path == found[0].path for method in route.methods}
    hint = "" if path.startswith(ROOT) else f"; the API is below {ROOT}"
    headers = {"Allow": ", ".join(sorted(methods))} if methods else None
    return error_response(
        request.scope, f"The sandbox has no {shorten(f'{request.method} {path}')}{hint}", status, headers
    )


async def handle_deep_nesting(request: Request, _: Exception) -> Response:
    """Respond to a body that is nested too deeply for Python."""
    return error_response(request.scope, "The body is nested too deeply", 400)


async def handle_bug(_: Request, __: Exception) -> Response:
    """Respond after a bug in the sandbox, which the server logs."""
    content = {"message": "Internal server error", "trace_id": secrets.token_hex(16)}
    return json_response(content, 500, {"Connection": "close"})  # as the server does


async def handle_state_error(request: Request, error: Exception) -> Response:
    """Respond if the state cannot be saved, for example because the disk is full."""
    return error_response(request.scope, f"The sandbox cannot save its state: {error}", 500)


async def handle_disconnect(_: Request, __: Exception) -> Response:
    """Respond to a client that has disconnected; nobody gets it."""
    return Response(status_code=400)


HANDLERS = {
    ApiError: handle_api_error,
    ClientDisconnect: handle_disconnect,
    DatabaseError: handle_state_error,
    HTTPException: handle_unknown_route,
    RecursionError: handle_deep_nesting,
    Exception: handle_bug,
}
