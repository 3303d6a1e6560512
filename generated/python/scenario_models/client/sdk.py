"""The official SDK's client that a client of this package calls: one that was given and is checked, or one made from the settings."""

import os
from collections.abc import Callable
from typing import TypeVar

import httpx
from scenario_sdk import AsyncScenario, Scenario

from ..vendor import HEADERS
from .arguments import describe
from .errors import InvalidUrl
from .settings import KEYS, Setting, Settings, check_keys, read_base_url, redact

Sdk = TypeVar("Sdk", Scenario, AsyncScenario)


def check_sdk_class(given: object, wanted: type[Scenario | AsyncScenario]) -> None:
    """Check that a client gets the SDK's client of its own kind."""
    if isinstance(given, wanted):
        return
    blocks = wanted is Scenario
    mine, other = ("Client", "AsyncClient") if blocks else ("AsyncClient", "Client")
    if isinstance(given, Scenario | AsyncScenario):
        hint = f"write {other}({type(given).__name__}(…)), or {mine}({wanted.__name__}(…))"
    else:
        hint = f"to give a key, write {mine}(api_key=…, api_secret=…)"
    raise TypeError(
        f"{mine} needs an SDK client of the class {wanted.__name__}, not {describe(given)}; {hint}"
    )


def check_given_sdk(sdk: Scenario | AsyncScenario) -> None:
    """Check the key and the URL of an SDK client that was given.

    Raises:
        NoKey: there is no key, or it cannot be sent.
        InvalidUrl: the URL is not that of an API.

    """
    found = {name: Setting(getattr(sdk, name), f"{name} of the SDK client") for name in KEYS}
    check_keys(found, has_header=_has_key(" ".join(sdk.default_headers)))
    read_base_url(Setting(str(sdk.base_url) or "''", "base_url of the SDK client"))


def make_sdk(make: Callable[..., Sdk], settings: Settings) -> Sdk:
    """Make an SDK client from the settings.

    Raises:
        NoKey: there is no key, or it cannot be sent.
        InvalidUrl: the URL is not that of an API.

    """
    found = settings.look_up()
    check_keys(found, has_header=_has_key(os.environ.get(HEADERS, "")))
    url = read_base_url(found["base_url"])
    keys = {name: found[name].value for name in KEYS}
    try:
        sdk = make(**keys, base_url=url)
    except httpx.InvalidURL:
        raise InvalidUrl(f"{found['base_url'].source} is {redact(url)!r}, which is not a valid URL") from None
    for name, key in keys.items():
        setattr(sdk, name, key)  # where there is none, the SDK reads an empty variable as a key
    return sdk


def _has_key(headers: str) -> bool:
    return "authorization" in headers.lower()
