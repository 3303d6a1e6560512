"""Post JSON to a URL: the only module that opens a connection to another server."""

import asyncio
import ssl
from functools import cache
from urllib.parse import SplitResult, urlsplit

import h11

from .version import __version__

TIMEOUT = 10.0  # seconds, for one attempt
CHUNK = 65_536
MAX_RESPONSE = 1_000_000  # bytes that are read of a response: nothing in it is used
PORTS = {"http": 80, "https": 443}
NO_RESPONSE = 0  # in place of a status


def check_url(url: str) -> None:
    """Check that events can be posted to a URL.

    Raises:
        ValueError: it is no absolute http(s) URL.

    """
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("must be an absolute http(s) URL")
    if "@" in parts.netloc:
        raise ValueError("must not have a user or a password")


async def post(url: str, body: bytes) -> int:
    """Post JSON; return the status of the response, or 0 if none came. Redirects are not followed."""
    try:
        async with asyncio.timeout(TIMEOUT):
            return await _exchange(urlsplit(url), body)
    except (OSError, UnicodeError, h11.ProtocolError):  # a timeout is an OSError; no host has such a name
        return NO_RESPONSE


@cache
def _load_certificates(_: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    """Load the machine's certificates once for each place where they may be: it takes longer than a request."""
    return ssl.create_default_context()


async def _exchange(url: SplitResult, body: bytes) -> int:
    tls = _load_certificates(ssl.get_default_verify_paths()) if url.scheme == "https" else None
    reader, writer = await asyncio.open_connection(url.hostname, url.port or PORTS[url.scheme], ssl=tls)
    try:
        connection = h11.Connection(h11.CLIENT)
        for event in (_request(url, body), h11.Data(data=body), h11.EndOfMessage()):
            writer.write(connection.send(event) or b"")
        await writer.drain()
        return await _read_status(connection, reader)
    finally:
        writer.transport.abort()


def _request(url: SplitResult, body: bytes) -> h11.Request:
    headers = {
        "Host": url.netloc,
        "User-Agent": f"scenario-sandbox/{__version__}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    return h11.Request(method="POST", target=target, headers=[*headers.items()])


async def _read_status(connection: h11.Connection, reader: asyncio.StreamReader) -> int:
    """Read a response to its end, since to close before would reset the connection; return its status."""
    status, size = NO_RESPONSE, 0
    while size <= MAX_RESPONSE:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            data = await reader.read(CHUNK)
            size += len(data)
            connection.receive_data(data)
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            break
    return status
