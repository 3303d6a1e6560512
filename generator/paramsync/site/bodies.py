"""Read the body of an answer, no more of it than is allowed."""

import zlib

import httpx

from paramsync.site.responses import FetchError, TransientError
from paramsync.text import quote, shorten

MEBIBYTE = 1024 * 1024
SLICE = 65536  # bytes that are unpacked at once
GZIP = zlib.MAX_WBITS | 16
MOST_MEMBERS = 1000  # one for each 64 KiB is what parallel packers write


class Allowance:
    """How many bytes a whole run may still read, unpacked."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> None:
        """Take some away.

        Raises:
            FetchError: nothing is left.

        """
        self.left -= size
        if self.left < 0:
            raise FetchError("the site has sent more than a run may read")


async def read_body(response: httpx.Response, largest: int, allowance: Allowance) -> bytes:
    """Read a body, unpacked piece by piece, so that a small one cannot become a huge one.

    Raises:
        FetchError: it is too large, packed in a way that was not asked for, or does not say where it ends.
        TransientError: it ends early.

    """
    if part := response.headers.get("content-range", ""):
        raise FetchError(f"it is only a part: Content-Range is {quote(part)}")
    if "content-length" not in response.headers and "transfer-encoding" not in response.headers:
        raise FetchError(
            "it has no Content-Length and is not chunked, so nobody can tell whether it is whole"
        )
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise FetchError(f"it comes packed as {quote(encoding)}, and gzip was asked for")
    gunzip = Gunzip() if encoding == "gzip" else None
    body, size = bytearray(), 0
    async for chunk in response.aiter_raw():
        piece = gunzip.unpack(chunk, largest + 1 - len(body)) if gunzip else chunk
        body += piece
        size += len(chunk)
        allowance.take(max(len(piece), len(chunk)))
        if max(len(body), size) > largest:
            raise FetchError(f"it is larger than {largest:,} bytes")
    if gunzip and not gunzip.is_whole:
        raise TransientError("its gzip ends early")
    return bytes(body)


def unpack(body: bytes, largest: int) -> bytes:
    """Unpack a file that is gzip itself.

    Raises:
        FetchError: it is too large, or not whole.

    """
    gunzip, unpacked = Gunzip(), bytearray()
    for start in range(0, len(body), SLICE):
        unpacked += gunzip.unpack(body[start : start + SLICE], largest + 1 - len(unpacked))
        if len(unpacked) > largest:
            raise FetchError(f"it is larger than {largest:,} bytes, unpacked")
    if not gunzip.is_whole:
        raise FetchError("its gzip ends early")
    return bytes(unpacked)


class Gunzip:
    """An unpacker of gzip: one or more members, and nothing between or behind them (RFC 1952)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(GZIP)
        self._members = 1

    @property
    def is_whole(self) -> bool:
        """Tell whether a member has ended, and no other has begun."""
        return self._member.eof

    def unpack(self, chunk: bytes, most: int) -> bytes:
        """Unpack the next piece, to that many bytes at most.

        Raises:
            FetchError: it is not gzip, or has too many members.

        """
        unpacked = bytearray()
        while chunk and len(unpacked) < most:
            if self._member.eof:
                self._begin_member()
            try:
                unpacked += self._member.decompress(chunk, most - len(unpacked))
            except zlib.error as error:
                what = "it is not gzip" if self._members == 1 else "what follows its gzip is not gzip"
                raise FetchError(f"{what}: {shorten(str(error))}") from None
            chunk = self._member.unused_data
        return bytes(unpacked)

    def _begin_member(self) -> None:
        self._member = zlib.decompressobj(GZIP)
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise FetchError(f"its gzip has more than {MOST_MEMBERS:,} members")
