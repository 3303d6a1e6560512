"""Read the body of a response, within limits of size."""

import zlib
from collections.abc import Mapping

import httpcore

from paramsync.site.responses import FetchError, TransientError
from paramsync.text import quote, shorten

MEBIBYTE = 1024 * 1024
GZIP = zlib.MAX_WBITS | 16  # how zlib is told that there is a header
MAX_MEMBERS = 1000  # of one gzip; parallel compressors write one for each 64 KiB


class ByteBudget:
    """How many bytes a whole run may still receive, counted after decompression where that is more."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, size: int) -> None:
        """Take `size` bytes off.

        Raises:
            FetchError: fewer were left.

        """
        self.left -= size
        if self.left < 0:
            raise FetchError("the site has sent more bytes than one run may receive")


async def read_body(
    response: httpcore.Response, headers: Mapping[str, str], max_bytes: int, budget: ByteBudget
) -> bytes:
    """Read and decompress a body.

    Raises:
        FetchError: it is larger than `max_bytes`, in an encoding that was not requested, a part of the whole, or without a length.
        TransientError: it is truncated.

    """
    if part := headers.get("content-range"):
        raise FetchError(f"partial response: Content-Range is {quote(part)}")
    if "content-length" not in headers and "transfer-encoding" not in headers:
        raise FetchError("neither Content-Length nor chunked encoding, so a truncated body would look whole")
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise FetchError(f"unsupported Content-Encoding: {shorten(encoding)}")
    received = bytearray()
    async for chunk in response.aiter_stream():
        budget.spend(len(chunk))
        received += chunk
        if len(received) > max_bytes:
            raise FetchError(f"body larger than {max_bytes:,} bytes")
    if encoding != "gzip":
        return bytes(received)
    body = decompress(received, max_bytes)
    budget.spend(max(len(body) - len(received), 0))
    return body


def decompress(compressed: bytes | bytearray, max_bytes: int) -> bytes:
    """Decompress gzip: one or more members, and nothing between or behind them (RFC 1952).

    Raises:
        FetchError: it is larger than `max_bytes`, not gzip to its end, or has too many members.
        TransientError: it is truncated.

    """
    body, rest = bytearray(), bytes(compressed)
    for _ in range(MAX_MEMBERS):
        member = zlib.decompressobj(GZIP)
        try:
            body += member.decompress(rest, max_bytes + 1 - len(body))
        except zlib.error as error:
            raise FetchError(f"invalid gzip: {shorten(str(error))}") from None
        if len(body) > max_bytes:
            raise FetchError(f"body larger than {max_bytes:,} bytes after decompression")
        if not member.eof:
            raise TransientError("truncated gzip")
        rest = member.unused_data
        if not rest:
            return bytes(body)
    raise FetchError(f"gzip with more than {MAX_MEMBERS:,} members")
