"""How requests are answered, how errors look, and what the log is told of them."""

import json
import secrets
from dataclasses import dataclass, field
from sqlite3 import DatabaseError
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Scope

from .faults import FaultKind
from .requests import Refusal
from .wording import cut

ESTIMATED = 269  # the status of a dry run, which no standard has


@dataclass
class Visit:
    """What the log is told of a request: the faults that struck it, and the reason for which it was refused."""

    struck: list[FaultKind] = field(default_factory=list)
    reason: str = ""


def visit_of(scope: Scope) -> Visit:
    """Give the notes on a request."""
    visit: Visit = scope.setdefault("state", {}).setdefault("visit", Visit())
    return visit


def answer(content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with JSON."""
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return Response(text, status, headers, media_type="application/json")


def refuse(scope: Scope, reason: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """Answer with an error, as flat as the API's."""
    visit_of(scope).reason = reason
    return answer({"reason": reason, "trace_id": secrets.token_hex(16)}, status, headers)


def refuse_address(scope: Scope, code: str, message: str, status: int = 403) -> Response:
    """Answer with an error as a storage service or a content network does."""
    visit_of(scope).reason = message
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(text, status, media_type="application/xml")


async def answer_refusal(request: Request, error: Exception) -> Response:
    """Answer where a route has refused a request."""
    refusal = cast("Refusal", error)
    return refuse(request.scope, refusal.reason, refusal.status)


async def answer_no_route(request: Request, error: Exception) -> Response:
    """Answer where there is no route, or none for the method; Starlette itself names the methods of one route only."""
    status = cast("HTTPException", error).status_code
    path = request.scope["path"]
    found = [route for route in request.app.routes if route.path_regex.match(path)]
    methods = {method for route in found if route.path == found[0].path for method in route.methods}
    hint = "" if path.startswith("/v1") else "; the API is below /v1"
    headers = {"Allow": ", ".join(sorted(methods))} if methods else None
    return refuse(
        request.scope, f"The sandbox has no {cut(f'{request.method} {path}')}{hint}", status, headers
    )


async def answer_too_deep(request: Request, _: Exception) -> Response:
    """Answer where a body is nested more deeply than Python can follow."""
    return refuse(request.scope, "The body is nested too deeply", 400)


async def answer_mistake(_: Request, __: Exception) -> Response:
    """Answer where the sandbox itself has a mistake; the server logs it."""
    content = {"message": "Internal server error", "trace_id": secrets.token_hex(16)}
    return answer(content, 500, {"Connection": "close"})  # as the server does


async def answer_no_state(request: Request, error: Exception) -> Response:
    """Answer where the state cannot be kept, because the disk is full, say."""
    return refuse(request.scope, f"The sandbox cannot keep its state: {error}", 500)


async def answer_nobody(_: Request, __: Exception) -> Response:
    """Answer who has left in the middle of a request; nobody gets it."""
    return Response(status_code=400)


ERRORS = {
    Refusal: answer_refusal,
    ClientDisconnect: answer_nobody,
    DatabaseError: answer_no_state,
    HTTPException: answer_no_route,
    RecursionError: answer_too_deep,
    Exception: answer_mistake,
}
