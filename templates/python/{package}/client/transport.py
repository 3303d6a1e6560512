"""What both ports share: the options of a call, requests to signed URLs, and what the errors of both say."""

import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from scenario_sdk import APIConnectionError, APIError, AsyncScenario, Scenario

from ..display import plain
from .errors import TransientError, Unreadable
from .facts import SignedUrl
from .ports import ApiResponse, Call
from .settings import redact

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


def build_sdk_options(sdk: Scenario | AsyncScenario, call: Call, more_query: Mapping[str, str]) -> Any:
    """Return the SDK's options for a call: without its retries, which would pay up to three times, and without redirects."""
    options: dict[str, Any] = {"max_retries": 0, "follow_redirects": False}
    if query := {**call.query, **more_query}:
        options["params"] = query
    if call.timeout is not None:
        options["timeout"] = limit(sdk.timeout, call.timeout)
    return options


def limit(timeout: float | httpx.Timeout | None, most: float) -> httpx.Timeout:
    """Return a timeout of which no part is longer than a number of seconds."""
    parts = httpx.Timeout(timeout).as_dict()
    return httpx.Timeout(**{name: most if seconds is None else min(seconds, most) for name, seconds in parts.items()})


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
    sdk: Scenario | AsyncScenario,
    method: str,
    url: SignedUrl,
    timeout: float,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> httpx.Request:
    """Make a request to a signed URL. The HTTP client does not make it: it would add its headers, parameters and cookies, which may be keys.

    Raises:
        TransientError: the URL is invalid; a new one may be better.

    """
    agent = httpx.Headers({name: value for name, value in sdk.default_headers.items() if isinstance(value, str)}).get("user-agent", "")
    sent = {"Accept": "*/*", "User-Agent": agent, **(headers or {})}
    limits = limit(sdk.timeout, timeout).as_dict()
    with suppress(httpx.InvalidURL, ValueError):
        request = httpx.Request(method, url.reveal(), headers=sent, content=content, extensions={"timeout": limits})
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
    """Let an error of the SDK say which service did not respond, and why; remove the key from the request that it keeps."""
    try:
        yield
    except APIError as error:
        error.request.headers.pop("authorization", None)
        if isinstance(error, APIConnectionError):
            error.message = describe_no_response(f"the service at {redact(str(sdk.base_url))}", error.__cause__)
            error.args = (error.message,)
        raise


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


def describe_storage_error(error: TransientError | httpx.HTTPError) -> str:
    """Say why a file was not moved; of its URL, which is signed, only the host is named."""
    if isinstance(error, TransientError):
        return error.why
    url = error.request.url
    return describe_no_response(f"the storage at {url.scheme}://{url.netloc.decode()}", error)


def read_headers(response: httpx.Response) -> dict[str, str]:
    """Return the headers of a response of the storage, under names in lower case."""
    return {name.lower(): value for name, value in response.headers.items()}
