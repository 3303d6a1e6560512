"""Connect to a host by an address that has been looked at: the one that is checked is the one that is used."""

import asyncio
import os
import socket
import ssl
from ipaddress import ip_address

import certifi
import httpx

from paramsync.site.responses import FetchError, TransientError
from paramsync.site.urls import LOOPBACK, UrlPolicy, is_public

AT_ONCE = 4  # requests
LIMITS = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
MOST_NUMBERS = 3  # of a host, to try


class Connections(httpx.AsyncBaseTransport):
    """A transport that looks a host up itself, refuses what is not public, and connects to what it has seen."""

    def __init__(self, territory: UrlPolicy) -> None:
        self.territory = territory
        self._numbers: dict[str, list[str]] = {}  # host -> its IP addresses, the one that works in front
        self._transports: dict[
            str, httpx.AsyncHTTPTransport
        ] = {}  # each host has its own: TLS was proven for it

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the first of its host's IP addresses that can be reached.

        Raises:
            FetchError: the address is outside of the territory, or its host is not public.

        """
        self.territory.accept(str(request.url))
        host = request.url.host
        numbers = self._numbers.get(host) or await self._look_up(host, request.url.port or 443)
        transport = self._transport_for(request.url)
        for number in (tried := numbers[:MOST_NUMBERS]):
            try:
                response = await transport.handle_async_request(_addressed_to(number, request))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == tried[-1]:
                    raise
            else:
                self._numbers[host] = [number, *(other for other in numbers if other != number)]
                return response
        raise TransientError(f"{host} has no address")

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._transports.values():
            await transport.aclose()

    def _transport_for(self, url: httpx.URL) -> httpx.AsyncHTTPTransport:
        host = url.netloc.decode()
        if host not in self._transports:
            # Certificates as OpenSSL's users name them, or those that httpx brings; none where no TLS is spoken.
            # And no proxy: it would look hosts up for us.
            trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            if url.scheme == "https":
                trust.load_verify_locations(os.environ.get("SSL_CERT_FILE") or certifi.where())
            self._transports[host] = httpx.AsyncHTTPTransport(verify=trust, trust_env=False, limits=LIMITS)
        return self._transports[host]

    async def _look_up(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise TransientError(f"{host} cannot be looked up: {error}") from None
        numbers = list(dict.fromkeys(str(where[0]) for *_, where in found))
        is_ours = self.territory.allow_loopback and bool(LOOPBACK.fullmatch(host))
        for number in numbers:
            if not is_public(number, allow_loopback=is_ours):
                raise FetchError(f"{host} leads to {number}, which is not on the public internet")
        return numbers


def _addressed_to(number: str, request: httpx.Request) -> httpx.Request:
    """Address a request to a number; its Host header, and the name that the certificate must have, stay."""
    named = {} if _is_number(request.url.host) else {"sni_hostname": request.url.host}
    return httpx.Request(
        request.method,
        request.url.copy_with(host=number),
        headers=request.headers,
        extensions={**request.extensions, **named},
    )


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
