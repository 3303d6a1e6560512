"""What both ports share: the options of a call, requests to signed URLs, and what the errors of both say."""

import os
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any

import httpx
from scenario_sdk import APIConnectionError, APIError, APIStatusError, AsyncScenario, Scenario

from ..display import plain
from .errors import TransientError, Unreadable
from .facts import SignedUrl
from .ports import ApiResponse, Call
from .responses import read_reason
from .sdk import Connection
from .sdk_errors import adopt
from .urls import redact

UPLOAD_HELD_UP = "timed out while another request uploaded the same content; nothing was billed"
# The request was never sent. A proxy error is raised where one refuses to connect to the service.
UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
)
REDIRECTS = range(300, 400)
TRUST = "; if that certificate is one of your own: SSL_CERT_FILE, or http_client=httpx.Client(verify=…)"
PARALLEL = 20  # calls at once: httpx keeps so many connections, and slows down where hundreds wait for one


class RedactedUrl(httpx.URL):
    """A signed URL that shows itself without its query, which is a key: in httpx's log, and in errors."""

    def __str__(self) -> str:
        return str(httpx.URL(scheme=self.scheme, host=self.host, port=self.port, path=self.path))

    def __repr__(self) -> str:
        return f"RedactedUrl({str(self)!r})"


def build_sdk_options(connection: Connection[Any], call: Call) -> Any:
    """Return the SDK's options for a call: without its retries, which would pay up to three times, and without redirects."""
    options: dict[str, Any] = {"max_retries": 0, "follow_redirects": False}
    if query := {**call.query, **connection.query}:
        options["params"] = query
    if call.timeout is not None:
        options["timeout"] = limit(connection.sdk.timeout, call.timeout)
    return options


def limit(timeout: float | httpx.Timeout | None, most: float) -> httpx.Timeout:
    """Return a timeout of which no part is longer than a number of seconds."""
    given = timeout if isinstance(timeout, httpx.Timeout) else httpx.Timeout(timeout)
    parts = given.as_dict()
    finite = [seconds for seconds in parts.values() if seconds is not None]
    if len(finite) == len(parts) and max(finite) <= most:
        return given
    return httpx.Timeout(
        **{name: most if seconds is None else min(seconds, most) for name, seconds in parts.items()}
    )


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
    agent = httpx.Headers(
        {name: value for name, value in sdk.default_headers.items() if isinstance(value, str)}
    ).get("user-agent", "")
    sent = {"Accept": "*/*", "User-Agent": agent, **(headers or {})}
    limits = limit(sdk.timeout, timeout).as_dict()
    with suppress(httpx.InvalidURL, ValueError):
        request = httpx.Request(
            method, url.reveal(), headers=sent, content=content, extensions={"timeout": limits}
        )
        if request.url.scheme in ("http", "https") and request.url.host:
            request.url = RedactedUrl(request.url)
            return request
    raise TransientError("the service returned an invalid URL")


@contextmanager
def explained_storage_errors(connection: Connection[Any], request: httpx.Request) -> Iterator[None]:
    """Raise an error of httpx as one which says which storage did not respond, and why; only its host is named.

    When the request was sent, its signature is removed: responses and errors keep the request.
    """
    try:
        yield
    except (
        httpx.HTTPError,
        ssl.SSLError,
    ) as error:  # in an event loop, httpx lets it through that the server refuses a certificate
        storage = f"the storage at {name_host(request.url)}"
        raise TransientError(
            describe_no_response(storage, error, connection.find_proxy(request.url))
        ) from error
    finally:
        request.url = httpx.URL(str(request.url))


async def read_chunks(
    connection: Connection[Any], request: httpx.Request, chunks: AsyncIterator[bytes]
) -> AsyncGenerator[bytes, None]:
    """Yield the bytes of a response of the storage as they come.

    Raises:
        TransientError: the connection broke off.

    """
    with explained_storage_errors(connection, request):
        async for data in chunks:
            yield data


@contextmanager
def explained_api_errors(connection: Connection[Any]) -> Iterator[None]:
    """Raise an error of the SDK as one of this package, too, which says which service did not respond, and why."""
    try:
        yield
    except APIError as error:
        server = f"the service at {redact(str(connection.sdk.base_url))}"
        error.request.headers.clear()  # which hold the key: what httpx raised, the cause, keeps the request
        message = ""
        if isinstance(error, APIConnectionError):
            message = describe_no_response(server, error.__cause__, connection.find_proxy(error.request.url))
        elif isinstance(error, APIStatusError) and error.status_code in REDIRECTS:
            where = redact(plain(error.response.headers.get("location", ""))) or "nowhere"
            message = f"{server} redirects to {where} (status {error.status_code}), where the key is not sent: is base_url right?"
        elif isinstance(error, APIStatusError):
            reason = read_reason(error.body)
            message = f"the service responded with status {error.status_code}{': ' if reason else ''}{reason}"
        raise adopt(error, message) from error.__cause__


def describe_no_response(server: str, cause: BaseException | None, proxy: str) -> str:
    """Say that a server did not respond, through which proxy, and why."""
    why = "timed out" if isinstance(cause, httpx.TimeoutException) else _explain(cause)
    through = f" through the proxy {proxy}" if proxy else ""
    hint = TRUST if is_certificate_refused(cause) else ""
    if isinstance(cause, UNSENT):
        return f"{server} cannot be reached{through}: {why}{hint}"
    return f"no response from {server}{through}: {why}{hint}"


def is_certificate_refused(error: BaseException | None) -> bool:
    """Tell whether a connection was not made because the certificate of the server cannot be trusted."""
    return isinstance(_find_cause(error), ssl.SSLCertVerificationError)


def is_refused_by_proxy(error: BaseException | None) -> bool:
    """Tell whether a proxy wants a user and password, or others."""
    return isinstance(error, httpx.ProxyError) and str(error).startswith(
        str(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED.value)
    )


def _explain(error: BaseException | None) -> str:
    """Say why a connection failed: asyncio's own words hide what the system said."""
    found = _find_cause(error)
    if isinstance(found, OSError) and found.errno and not isinstance(found, socket.gaierror | ssl.SSLError):
        return os.strerror(found.errno)
    broke_off = "the connection broke off" if isinstance(error, httpx.NetworkError) else type(error).__name__
    return plain(str(error or "")) or broke_off


def _find_cause(error: BaseException | None) -> BaseException | None:
    """Return the error of the system that led to the others; if there is none, the first of all."""
    found = error
    while found and (
        below := found.__cause__ or found.__context__ or next(iter(getattr(found, "exceptions", ())), None)
    ):
        if isinstance(found, OSError) and found.errno:  # below it may be what the caller was handling
            return found
        found = below
    return found


def name_host(url: httpx.URL) -> str:
    """Name the host of a signed URL, and nothing else: its path may be as secret as its query."""
    return f"{url.scheme}://{url.netloc.decode()}"


def name_request(request: httpx.Request) -> str:
    """Name a request to the storage for the log."""
    return f"{request.method} {name_host(request.url)}/…"


def describe_error(error: BaseException) -> str:
    """Describe an error for the log: what was called, and how it failed; no word of the service, and no URL with a query."""
    if isinstance(error, APIStatusError):
        return f"{error.request.method} {error.request.url.path}: status {error.status_code}"
    if isinstance(error, APIConnectionError):
        return f"{error.request.method} {error.request.url.path}: {error.message}"
    return str(error) if isinstance(error, TransientError | Unreadable) else type(error).__name__


def lower_headers(response: httpx.Response) -> dict[str, str]:
    """Return the headers of a response of the storage, under names in lower case."""
    return {name.lower(): value for name, value in response.headers.items()}
