"""The official SDK's client that a client of this package calls: one that was given and is checked, or one made from the settings."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from platform import python_version
from typing import Any, Generic, TypeVar

import httpx
import scenario_sdk
from scenario_sdk import DEFAULT_MAX_RETRIES, AsyncScenario, Scenario

from ..display import plain
from ..vendor import ATTEMPTS, PACKAGE, PROJECT, STATUS_ATTEMPTS
from ..version import __version__
from .arguments import describe
from .errors import InvalidSetting, InvalidUrl
from .proxies import FindProxy, read_proxies
from .settings import (
    KEYS,
    Setting,
    Settings,
    check_keys,
    read_base_url,
    read_call_timeout,
    read_max_retries,
    read_project_id,
)
from .urls import redact

Sdk = TypeVar("Sdk", Scenario, AsyncScenario)
CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # of which httpx reads the first that is set
PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@dataclass(frozen=True)
class Connection(Generic[Sdk]):
    """What calls the API, and how: through which HTTP client and proxies, which reach the storage, too.

    `query` goes with each call. `attempts`: of a call that costs nothing; of one for the status of a paid job, `status_attempts`.
    """

    sdk: Sdk
    http: Any
    find_proxy: FindProxy
    is_own: bool
    project_id: str
    query: Mapping[str, str]
    attempts: float
    status_attempts: float


def check_sdk_class(given: object, wanted: type[Scenario | AsyncScenario]) -> None:
    """Check that a client gets the SDK's client of its own kind."""
    if given is None or isinstance(given, wanted):
        return
    blocks = wanted is Scenario
    mine, other = ("Client", "AsyncClient") if blocks else ("AsyncClient", "Client")
    if isinstance(given, Scenario | AsyncScenario):
        hint = f"write {other}({type(given).__name__}(…)), or {mine}({wanted.__name__}(…))"
    elif isinstance(given, httpx.Client | httpx.AsyncClient):
        hint = f"to give an HTTP client, write {mine}(http_client=…)"
    else:
        hint = f"to give a key, write {mine}(api_key=…, api_secret=…)"
    raise TypeError(f"{mine} needs an SDK client of the class {wanted.__name__}, not {describe(given)}; {hint}")


def check_http_class(given: object, wanted: type[httpx.Client | httpx.AsyncClient]) -> None:
    """Check that a client gets an HTTP client of its own kind."""
    if given is None or isinstance(given, wanted):
        return
    name = wanted.__name__
    hint = f"{name}(http_client=httpx.{name}(proxy=…, verify=…))"
    if isinstance(given, httpx.Client | httpx.AsyncClient):
        other = type(given).__name__
        hint += f", or {'Client' if name == 'AsyncClient' else 'AsyncClient'}(http_client=httpx.{other}(…))"
    elif isinstance(given, Scenario | AsyncScenario):
        hint = f"{name}({type(given).__name__}(…)), which has its own"
    raise TypeError(f"http_client must be an httpx.{name}, not {describe(given)}; write {hint}")


def connect(make: type[Sdk], given: Sdk | None, settings: Settings) -> Connection[Sdk]:
    """Check an SDK client that was given, or make one from the settings.

    Raises:
        NoKey: there is no key, or it cannot be sent.
        InvalidUrl: the URL is not that of an API.
        InvalidSetting: another argument or variable has a wrong value.

    """
    found = settings.look_up()
    project = found["project_id"]
    if given is None:
        sdk = _make(make, settings, found)
        return _connect(sdk, read_project_id(project), 1 + sdk.max_retries, is_own=settings.http_client is None)
    _check_given(given)
    if project.is_variable and PROJECT in given.default_query:
        project = Setting(None, project.source)
    is_set = given.max_retries != DEFAULT_MAX_RETRIES
    return _connect(given, read_project_id(project), 1 + given.max_retries if is_set else ATTEMPTS, is_own=False)


def _connect(sdk: Sdk, project_id: str, attempts: float, *, is_own: bool) -> Connection[Sdk]:
    http = sdk._client  # noqa: SLF001 - the SDK has no other name for it
    return Connection(
        sdk=sdk,
        http=http,
        find_proxy=read_proxies(http),
        is_own=is_own,
        project_id=project_id,
        query={PROJECT: project_id} if project_id else {},
        attempts=attempts,
        # These are many: what was paid for is not given up soon, unless nothing shall be tried again.
        status_attempts=max(attempts, STATUS_ATTEMPTS) if attempts > 1 else attempts,
    )


def _check_given(sdk: Scenario | AsyncScenario) -> None:
    found = {name: Setting(getattr(sdk, name), f"{name} of the SDK client") for name in KEYS}
    check_keys(found, has_header=_has_key(sdk.default_headers))
    read_base_url(Setting(str(sdk.base_url) or "''", "base_url of the SDK client"))


def _make(make: type[Sdk], settings: Settings, found: Mapping[str, Setting]) -> Sdk:
    headers = settings.look_up_headers()
    check_keys(found, has_header=_has_key(headers))
    url, timeout, retries = read_base_url(found["base_url"]), read_call_timeout(found["timeout"]), read_max_retries(found["max_retries"])
    keys = {name: found[name].value for name in KEYS}
    options: dict[str, Any] = {} if timeout is None else {"timeout": None if timeout == inf else timeout}
    try:
        httpx.URL(url)
    except httpx.InvalidURL:
        raise InvalidUrl(f"{found['base_url'].source} is {redact(url)!r}, which is not a valid URL") from None
    with _named_environment():
        sdk = make(
            **keys,
            base_url=url,
            max_retries=ATTEMPTS - 1 if retries is None else retries,
            http_client=settings.http_client,
            **options,
        )
    for name, key in keys.items():
        setattr(sdk, name, key)  # where there is none, the SDK reads an empty variable as a key
    sdk._custom_headers = {"User-Agent": _agent(), **headers}  # noqa: SLF001 - the SDK would send a header twice whose case is another
    return sdk


@contextmanager
def _named_environment() -> Iterator[None]:
    """Let an error of an HTTP client that is made name the variables which httpx has read."""
    try:
        yield
    except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
        is_certificate = isinstance(error, OSError)
        found = [name for name in (CERTIFICATE_VARIABLES if is_certificate else PROXY_VARIABLES) if os.environ.get(name)]
        named = " or ".join(found[:1] if is_certificate else found) or "the proxy of this machine"
        raise InvalidSetting(f"{named} cannot be used: {plain(str(error))}") from None


def _agent() -> str:
    return f"{PACKAGE}/{__version__} scenario-sdk/{scenario_sdk.__version__} python/{re.sub('[^0-9a-z.]', '', python_version())}"


def _has_key(headers: Iterable[str]) -> bool:
    return any(name.lower() == "authorization" for name in headers)
