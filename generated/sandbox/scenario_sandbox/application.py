"""The ASGI application: the routes, and middleware for logs, keys and faults."""

import asyncio
import contextlib
import json
import logging
from math import ceil

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .api_keys import is_authorized
from .connections import connection_of
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
    ROOT,
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
from .faults import AFTER, BEFORE, Fault, Switch
from .responses import HANDLERS, error_response, json_response, log_of
from .routes import assets, control, jobs, models, uploads, webhooks
from .service import Service, count_strike

log = logging.getLogger("scenario_sandbox")

FIRST_ERROR = 400
EXPOSED = ("Content-Range", "Date", "ETag", "Retry-After")  # to a page of another origin
BROKEN = (
    "<html><head><title>500 Internal Server Error</title></head><body>Internal Server Error</body></html>"
)

ROUTES = [
    Route(RUN, jobs.run_model, methods=[RUN_METHOD]),
    Route(JOBS, jobs.list_jobs),
    Route(JOB, jobs.get_job),
    Route(JOB_ACTION, jobs.act_on_job, methods=["POST"]),
    Route(UPLOADS, uploads.create_upload, methods=["POST"]),
    Route(UPLOAD, uploads.get_upload),
    Route(UPLOAD_ACTION, uploads.act_on_upload, methods=["POST"]),
    Route(ASSETS, assets.list_assets),
    Route(ASSETS, assets.create_asset, methods=["POST"]),
    Route(ASSETS_IN_BULK, assets.get_assets, methods=["POST"]),
    Route(ASSET, assets.get_asset),
    Route(MODELS, models.list_models),
    Route(MODELS_IN_BULK, models.get_models, methods=["POST"]),
    Route(MODEL, models.get_model),
    Route(WEBHOOK_ENDPOINTS, webhooks.list_endpoints),
    Route(WEBHOOK_ENDPOINTS, webhooks.create_endpoint, methods=["POST"]),
    Route(WEBHOOK_ENDPOINT, webhooks.update_endpoint, methods=["PUT"]),
    Route(WEBHOOK_ENDPOINT, webhooks.delete_endpoint, methods=["DELETE"]),
    Route(WEBHOOK_EVENTS, webhooks.list_events),
    Route(WEBHOOK_EVENT, webhooks.get_event),
    Route("/parts/{uploadId}/{number}", uploads.put_part, methods=["PUT"]),
    Route("/files/{name}", assets.get_file),
    Route("/sandbox/ledger", control.get_ledger),
    Route("/sandbox/faults", control.get_faults),
    Route("/sandbox/faults", control.turn_fault_on, methods=["POST"]),
    Route("/sandbox/faults", control.turn_faults_off, methods=["DELETE"]),
    Route("/sandbox/clock", control.get_clock),
    Route("/sandbox/clock", control.set_clock, methods=["POST"]),
]


def make_application(service: Service, is_stopping: asyncio.Event) -> Starlette:
    """Make the application; the server sets `is_stopping`."""
    application = Starlette(
        routes=ROUTES,
        middleware=[
            Middleware(LoggingMiddleware),
            Middleware(  # pages of any origin may call it, as they may call the service's storage
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["*"],
                allow_headers=["*"],
                expose_headers=EXPOSED,
            ),
            Middleware(BodyReadingMiddleware),
            Middleware(KeyMiddleware, service=service),
            Middleware(FaultMiddleware, service=service, is_stopping=is_stopping),
        ],
        exception_handlers=HANDLERS,
    )
    application.router.redirect_slashes = False
    application.state.service = service
    return application


class LoggingMiddleware:
    """Logs each request, the faults that struck it, and the reason of an error."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Log a request after its response; a dash means no response."""
        statuses = []

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, note)
        finally:
            noted, path = log_of(scope), scope["raw_path"].decode("latin-1")
            struck = "".join(f" [{kind}]" for kind in noted.struck)
            # JSON keeps it in one line.
            reason = f": {json.dumps(noted.reason)[1:-1]}" if noted.reason else ""
            log.info("%s %s %s%s%s", scope["method"], path, *(statuses or ["-"]), struck, reason)


class BodyReadingMiddleware:
    """Reads each body to its end: to close a connection with unread data would reset it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the rest of the body before the response begins."""
        is_read = False

        async def listen() -> Message:
            nonlocal is_read
            message = await receive()
            is_read = not message.get("more_body", False)
            return message

        async def send_after_body(message: Message) -> None:
            while not is_read:
                await listen()
            await send(message)

        await self.app(scope, listen, send_after_body)


class KeyMiddleware:
    """Requires an API key."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.keys = service.keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond with 401 to a request of the API or the sandbox without a valid key."""
        header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if scope["path"].startswith((ROOT, "/sandbox")) and not is_authorized(self.keys, header):
            headers = {"WWW-Authenticate": 'Basic realm="scenario-sandbox"'}
            await error_response(scope, "Unauthorized", 401, headers)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class FaultMiddleware:
    """Lets faults strike requests, before or after the application handles them."""

    def __init__(self, app: ASGIApp, service: Service, is_stopping: asyncio.Event) -> None:
        self.app = app
        self.service = service
        self.is_stopping = is_stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Apply the faults that strike this request."""
        if late := self.service.strike(scope, "latency"):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.is_stopping.wait(), late.wait)
        if self.is_stopping.is_set():
            await connection_of(scope).drop()
        elif fault := self.service.strike(scope, *BEFORE):
            await self._replace(fault, scope, receive, send)
        elif switch := self.service.pick(scope, *AFTER):
            await self._damage(switch, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _replace(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond in place of the application."""
        if fault.kind == "rate-limit":
            content = {"reason": "Too many requests", "remainingSeconds": fault.wait}
            await json_response(content, 429, {"Retry-After": str(ceil(fault.wait))})(scope, receive, send)
        elif fault.kind == "error-before":
            await json_response({"message": "Internal server error"}, 500)(scope, receive, send)
        else:
            await connection_of(scope).drop()

    async def _damage(self, switch: Switch, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application handle the request, and damage its response, unless it is an error or has nothing to damage."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in messages)
        is_good = messages[0]["status"] < FIRST_ERROR and (body or switch.fault.kind != "truncate")
        if switch.is_over or not is_good:
            for message in messages:
                await send(message)
            return
        fault = count_strike(switch, scope)
        if fault.kind == "error-after":
            await Response(BROKEN, 500, media_type="text/html")(scope, receive, send)
        elif fault.kind == "drop-after":
            await connection_of(scope).drop()
        else:
            await send(messages[0])
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await connection_of(scope).close()
