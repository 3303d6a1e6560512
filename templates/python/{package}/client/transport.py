"""What both ports share: the options of a call, requests to signed URLs, and what the errors of both say."""

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from scenario_sdk import APIConnectionError, APIError, AsyncScenario, Scenario

from ..display import plain
from .errors import TransientError, Unreadable
from .facts import SignedUrl
from .ports import ApiResponse, Call, Receiver
from .sdk_errors import adopt
from .settings import redact

CONNECT_TIMEOUT = 5.0  # seconds
UPLOAD_HELD_UP = "timed out while another request uploaded the same content; nothing was billed"
# The request was never sent.
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.LocalProtocolError, httpx.UnsupportedProtocol)
PARALLEL = 20  # calls at once: httpx keeps so many connections, and slows down where hundreds wait for one


class RedactedUrl(httpx.URL):
    """A signed URL that shows itself without its query, which is a key: in httpx's log, and in errors."""

    def __str__(self) -> str:
        return str(httpx.URL(scheme=self.scheme, host=self.host, port=self.port, path=self.path))

    def __repr__(self) -> str:
        return f"RedactedUrl({str(self)!r})"


def build_sdk_options(call: Call) -> Any:
    """Return the SDK's options for a call: without its retries, which would pay up to three times, and without redirects."""
    options: dict[str, Any] = {"max_retries": 0, "follow_redirects": False}
    if call.query:
        options["params"] = call.query
    if call.timeout is not None:
        options["timeout"] = httpx.Timeout(call.timeout, connect=min(CONNECT_TIMEOUT, call.timeout))
    return options


def read_response(response: httpx.Response) -> ApiResponse:
    """Read a response of the API.

    Raises:
        Unreadable: the response is not JSON.

    """
    try:
        return ApiResponse(response.json(), response.headers.get("date", ""))
    except (ValueError, RecursionError):
        raise Unreadable(f"the response with status {response.status_code} is not JSON") from None


def build_storage_request(
    client: httpx.Client | httpx.AsyncClient, method: str, url: SignedUrl, timeout: float, **options: Any
) -> httpx.Request:
    """Make a request to a signed URL.

    Raises:
        TransientError: the URL is invalid; a new one may be better.

    """
    limits = httpx.Timeout(timeout, connect=min(CONNECT_TIMEOUT, timeout))
    with suppress(httpx.InvalidURL, ValueError):
        request = client.build_request(method, url.reveal(), timeout=limits, **options)
        if request.url.scheme in ("http", "https") and request.url.host:
            request.url = RedactedUrl(request.url)
            return request
    raise TransientError("the service returned an invalid URL")


@contextmanager
def without_signature(request: httpx.Request) -> Iterator[None]:
    """Remove the signature from a request after it was sent: errors keep the request."""
    try:
        yield
    finally:
        request.url = httpx.URL(str(request.url))


@contextmanager
def explained_errors(sdk: Scenario | AsyncScenario) -> Iterator[None]:
    """Raise an error of the SDK as one of this package, too, which says which service did not respond, and why."""
    try:
        yield
    except APIError as error:
        if isinstance(error, APIConnectionError):
            error.message = describe_no_response(f"the service at {redact(str(sdk.base_url))}", error.__cause__)
        raise adopt(error) from error.__cause__


def describe_no_response(server: str, cause: BaseException | None) -> str:
    """Say that a server did not respond, and why."""
    why = "timed out" if isinstance(cause, httpx.TimeoutException) else _explain(cause)
    return f"{server} cannot be reached: {why}" if isinstance(cause, UNSENT) else f"no response from {server}: {why}"


def _explain(error: BaseException | None) -> str:
    """Say why a connection failed: asyncio's own words hide what the system said."""
    found = error
    while found and (below := found.__cause__ or found.__context__ or next(iter(getattr(found, "exceptions", ())), None)):
        found = below
    if isinstance(found, OSError) and found.errno and not isinstance(found, socket.gaierror | ssl.SSLError):
        return os.strerror(found.errno)
    return plain(str(error or "")) or type(error).__name__


def describe_storage_error(error: TransientError | httpx.TransportError) -> str:
    """Say why a file was not moved; of its URL, which is signed, only the host is named."""
    if isinstance(error, TransientError):
        return error.why
    url = error.request.url
    return describe_no_response(f"the storage at {url.scheme}://{url.netloc.decode()}", error)


async def start_receiver(receiver: Receiver, response: httpx.Response) -> None:
    """Pass a receiver the status and the headers of a response."""
    await receiver.start(response.status_code, {name.lower(): value for name, value in response.headers.items()})
