"""Connect to public IP addresses only: private, loopback and tunnel addresses are refused (no SSRF).

A host is resolved once; the address that was checked is the one that is connected to.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Iterable
from functools import cache

import httpcore

from paramsync.findings import UsageError
from paramsync.site.responses import FetchError, TransientError
from paramsync.site.urls import LOOPBACK_HOST, UrlPolicy, is_public

MAX_ADDRESSES = 3  # IP addresses of one host to try
KEEP_ALIVE = 5  # seconds


def open_pool(policy: UrlPolicy) -> httpcore.AsyncConnectionPool:
    """Open a pool of connections; no proxy, which would resolve hosts for us.

    Trusts the certificate authorities in SSL_CERT_FILE, or those of certifi.

    Raises:
        UsageError: SSL_CERT_FILE cannot be read.

    """
    return httpcore.AsyncConnectionPool(
        ssl_context=_trust(os.environ.get("SSL_CERT_FILE", "")),
        keepalive_expiry=KEEP_ALIVE,
        network_backend=PublicNetwork(policy),
    )


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """A network that resolves each host itself, once, and refuses those that are not public."""

    def __init__(self, policy: UrlPolicy) -> None:
        self._policy = policy
        self._network = httpcore.AnyIOBackend()
        self._addresses: dict[str, list[str]] = {}  # host -> IP addresses, the one that works first

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first IP address of a host that can be reached.

        Raises:
            FetchError: the host is not public.
            TransientError: it cannot be resolved.

        """
        addresses = self._addresses.get(host) or await self._resolve(host, port)
        for address in (tried := addresses[:MAX_ADDRESSES]):
            try:
                stream = await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == tried[-1]:
                    raise
            else:
                self._addresses[host] = [address, *(other for other in addresses if other != address)]
                return stream
        raise TransientError(f"{host} has no IP address")

    async def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise TransientError(f"cannot resolve {host}: {error}") from None
        addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
        allow_loopback = self._policy.allow_loopback and bool(LOOPBACK_HOST.fullmatch(host))
        for address in addresses:
            if not is_public(address, allow_loopback=allow_loopback):
                raise FetchError(f"{host} resolves to {address}, which is not a public IP address")
        return addresses


@cache  # for all pools: to load certificates takes longer than a request
def _trust(file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file) if file else httpcore.default_ssl_context()
    except OSError as error:  # an SSLError, too
        raise UsageError(f"cannot read certificates from SSL_CERT_FILE, {file!r}: {error}") from None
