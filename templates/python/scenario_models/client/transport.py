"""What both ports do alike with the official SDK and with signed addresses."""

import contextlib
from typing import Any

import httpx
from scenario_sdk import AsyncScenario, Scenario

from .answers import Unreadable
from .errors import NoKey
from .ports import Answer, Call, Receiver

STORAGE_TIMEOUT = 60.0  # seconds, of each read and each write
CONNECT_TIMEOUT = 5.0
KEYS = ("api_key", "api_secret", "bearer_auth")
PARALLEL = 20  # calls at once: httpx keeps so many connections, and slows down where hundreds wait for one


class Signed(httpx.URL):
    """A signed address: its query is a key, and is not shown, neither in httpx's log nor in an error."""

    def __str__(self) -> str:
        return str(httpx.URL(scheme=self.scheme, host=self.host, port=self.port, path=self.path))

    def __repr__(self) -> str:
        return f"Signed({str(self)!r})"


def sdk_options(call: Call) -> Any:
    """Say how a call is made: once, and to the API's own host alone. The SDK would try a paid request three times."""
    options: dict[str, Any] = {"max_retries": 0, "follow_redirects": False}
    if call.query:
        options["params"] = call.query
    if call.timeout is not None:
        options["timeout"] = httpx.Timeout(call.timeout, connect=min(CONNECT_TIMEOUT, call.timeout))
    return options


def read_answer(response: httpx.Response) -> Answer:
    """Read an answer of the API.

    Raises:
        Unreadable: it is no JSON.

    """
    try:
        return Answer(response.json(), response.headers.get("date", ""))
    except (ValueError, RecursionError):
        raise Unreadable(f"the answer with status {response.status_code} is no JSON") from None


def storage_request(
    client: httpx.Client | httpx.AsyncClient, method: str, address: str, timeout: float, **options: Any
) -> httpx.Request:
    """Make a request to a signed address.

    Raises:
        Unreadable: the address is none.

    """
    limits = httpx.Timeout(min(STORAGE_TIMEOUT, timeout), connect=min(CONNECT_TIMEOUT, timeout))
    with contextlib.suppress(httpx.InvalidURL, ValueError):
        request = client.build_request(method, address, timeout=limits, **options)
        if request.url.scheme in ("http", "https") and request.url.host:
            request.url = Signed(request.url)
            return request
    raise Unreadable("the service gave an address that is none")


def begin(receiver: Receiver, response: httpx.Response) -> None:
    """Hand a receiver the beginning of an answer."""
    receiver.begin(response.status_code, {name.lower(): value for name, value in response.headers.items()})


def check_keys(sdk: Scenario | AsyncScenario) -> None:
    """Check that there is a key, and that it can be sent; a bad one would show in the error that httpx raises.

    Raises:
        NoKey: there is none, or it cannot.

    """
    for name in KEYS:
        key = getattr(sdk, name)
        if key is not None and not (key.isascii() and key.isprintable() and key.strip() == key and key):
            raise NoKey(
                f"{name} is empty, or has white space around it or a character that no key has; "
                f"look at SCENARIO_SDK_{name.replace('bearer_auth', 'jwt').upper()}"
            )
    has_header = any(name.lower() == "authorization" for name in sdk.default_headers)
    if not (sdk.bearer_auth or (sdk.api_key and sdk.api_secret) or has_header):
        raise NoKey(
            "there is no API key: set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, "
            "or give Client(Scenario(api_key=…, api_secret=…))"
        )
