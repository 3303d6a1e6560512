"""What both ports share: how they use the official SDK, and signed URLs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from scenario_sdk import APIError, AsyncScenario, Scenario

from .errors import NoKey, TransientError, Unreadable
from .facts import SignedUrl
from .ports import ApiResponse, Call, Receiver

CONNECT_TIMEOUT = 5.0  # seconds
UPLOAD_HELD_UP = "timed out while another request uploaded the same content; nothing was billed"
KEYS = {
    "api_key": "SCENARIO_SDK_API_KEY",
    "api_secret": "SCENARIO_SDK_API_SECRET",
    "bearer_auth": "SCENARIO_SDK_JWT",
}
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
def without_key() -> Iterator[None]:
    """Remove the key from the request that an error of the SDK keeps."""
    try:
        yield
    except APIError as error:
        error.request.headers.pop("authorization", None)
        raise


def start_receiver(receiver: Receiver, response: httpx.Response) -> None:
    """Pass a receiver the status and the headers of a response."""
    receiver.start(response.status_code, {name.lower(): value for name, value in response.headers.items()})


def check_keys(sdk: Scenario | AsyncScenario | None) -> None:
    """Check that there is a key, and that it can be sent: httpx would show a bad one in its error.

    Without an SDK client, the keys are those of the environment.

    Raises:
        NoKey: there is no key, or it cannot be sent.

    """
    keys = {
        name: os.environ.get(variable) if sdk is None else getattr(sdk, name)
        for name, variable in KEYS.items()
    }
    for name, key in keys.items():
        if key is not None and not (key and key.isascii() and key.isprintable() and key.strip() == key):
            raise NoKey(
                f"{name} is empty, has white space around it, or has a character that is not printable ASCII; check {KEYS[name]}"
            )
    headers = os.environ.get("SCENARIO_CUSTOM_HEADERS", "") if sdk is None else " ".join(sdk.default_headers)
    has_key = keys["bearer_auth"] or (keys["api_key"] and keys["api_secret"])
    if not has_key and "authorization" not in headers.lower():
        raise NoKey(
            "there is no API key: set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, "
            "or pass an SDK client: Client(Scenario(api_key=…, api_secret=…))"
        )
