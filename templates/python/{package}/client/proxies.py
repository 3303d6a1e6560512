"""Through which proxy an HTTP client reaches a URL: httpx tells nobody, so this is the one place that reads it out of a client. Pure."""

from collections.abc import Callable
from typing import Any

import httpx

FindProxy = Callable[[httpx.URL], str]
"""Finds the proxy of a URL, without its user and password; empty if there is none."""


def read_proxies(http: httpx.Client | httpx.AsyncClient) -> FindProxy:
    """Read the proxies of an HTTP client, whether they were given, mounted, or are of the environment."""
    default = _show_proxy(getattr(http, "_transport", None))
    mounts: dict[Any, Any] = getattr(http, "_mounts", {})  # by patterns of URLs; None where a URL is reached without a proxy
    shown = [(pattern, default if transport is None else _show_proxy(transport)) for pattern, transport in mounts.items()]

    def find_proxy(url: httpx.URL) -> str:
        return next((proxy for pattern, proxy in shown if pattern.matches(url)), default)

    return find_proxy


def _show_proxy(transport: Any) -> str:
    proxy = getattr(getattr(transport, "_pool", None), "_proxy_url", None)
    return str(httpx.URL(scheme=proxy.scheme.decode(), host=proxy.host.decode(), port=proxy.port)) if proxy else ""
