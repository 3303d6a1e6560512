"""What both ports do alike with the official SDK and with signed addresses."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from scenario_sdk import APIError, AsyncScenario, Scenario

from .facts import SignedUrl
from .errors import NoKey, TransientError, Unreadable
from .ports import ApiResponse, Call, Receiver

CONNECT_TIMEOUT = 5.0  # seconds
UPLOAD_TIMEOUT = "the time was over while the same content was uploaded for another request; nothing was paid"
KEYS = {
    "api_key": "SCENARIO_SDK_API_KEY",
    "api_secret": "SCENARIO_SDK_API_SECRET",
    "bearer_auth": "SCENARIO_SDK_JWT",
}
PARALLEL = 20  # calls at once: httpx keeps so many connections, and slows down where hundreds wait for one


class RedactedUrl(httpx.URL):
    """A signed address: its query is a key, and is not shown, neither in httpx's log nor in an error."""

    def __str__(self) -> str:
        return str(httpx.URL(scheme=self.scheme, host=self.host, port=self.port, path=self.path))

    def __repr__(self) -> str:
        return f"RedactedUrl({str(self)!r})"


def build_sdk_options(call: Call) -> Any:
    """Say how a call is made: once, and to the API's own host alone. The SDK would try a paid request three times."""
    options: dict[str, Any] = {"max_retries": 0, "follow_redirects": False}
    if call.query:
        options["params"] = call.query
    if call.timeout is not None:
        options["timeout"] = httpx.Timeout(call.timeout, connect=min(CONNECT_TIMEOUT, call.timeout))
    return options


def read_response(response: httpx.Response) -> ApiResponse:
    """Read an answer of the API.

    Raises:
        Unreadable: it is no JSON.

    """
    try:
        return ApiResponse(response.json(), response.headers.get("date", ""))
    except (ValueError, RecursionError):
        raise Unreadable(f"the answer with status {response.status_code} is no JSON") from None


def build_storage_request(
    client: httpx.Client | httpx.AsyncClient, method: str, address: SignedUrl, timeout: float, **options: Any
) -> httpx.Request:
    """Make a request to a signed address.

    Raises:
        TransientError: the address is none.

    """
    limits = httpx.Timeout(timeout, connect=min(CONNECT_TIMEOUT, timeout))
    with suppress(httpx.InvalidURL, ValueError):
        request = client.build_request(method, address.tell(), timeout=limits, **options)
        if request.url.scheme in ("http", "https") and request.url.host:
            request.url = RedactedUrl(request.url)
            return request
    raise TransientError("the service gave an address that is none")


@contextmanager
def without_signature(request: httpx.Request) -> Iterator[None]:
    """Cut the signature from a request once it was sent: errors keep it."""
    try:
        yield
    finally:
        request.url = httpx.URL(str(request.url))


@contextmanager
def without_key() -> Iterator[None]:
    """Cut the key from the request that an error of the SDK keeps."""
    try:
        yield
    except APIError as error:
        error.request.headers.pop("authorization", None)
        raise


def begin(receiver: Receiver, response: httpx.Response) -> None:
    """Hand a receiver the beginning of an answer."""
    receiver.begin(response.status_code, {name.lower(): value for name, value in response.headers.items()})


def check_keys(sdk: Scenario | AsyncScenario | None) -> None:
    """Check that there is a key, and that it can be sent; a bad one would show in the error that httpx raises.

    Without an SDK client, the environment is looked at, of which one will be made.

    Raises:
        NoKey: there is none, or it cannot.

    """
    keys = {name: os.environ.get(variable) if sdk is None else getattr(sdk, name) for name, variable in KEYS.items()}
    for name, key in keys.items():
        if key is not None and not (key and key.isascii() and key.isprintable() and key.strip() == key):
            raise NoKey(
                f"{name} is empty, or has white space around it or a character that no key has; look at {KEYS[name]}"
            )
    headers = os.environ.get("SCENARIO_CUSTOM_HEADERS", "") if sdk is None else " ".join(sdk.default_headers)
    has_key = keys["bearer_auth"] or (keys["api_key"] and keys["api_secret"])
    if not has_key and "authorization" not in headers.lower():
        raise NoKey(
            "there is no API key: set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, "
            "or give Client(Scenario(api_key=…, api_secret=…))"
        )
