"""Read the body of an answer, no more of it than is allowed."""

import zlib

import httpx

from generator.network.answers import Passing, Refused
from generator.texts import quote, shorten

MEBIBYTE = 1024 * 1024


class Allowance:
    """How many bytes a whole run may still read, unpacked."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> None:
        """Take some away.

        Raises:
            Refused: nothing is left.

        """
        self.left -= size
        if self.left < 0:
            raise Refused("the site has sent more than a run may read")


async def read_body(response: httpx.Response, largest: int, allowance: Allowance) -> bytes:
    """Read a body, unpacked piece by piece, so that a small one cannot become a huge one.

    Raises:
        Refused: it is too large, or packed in a way that was not asked for.
        Passing: it ends early.

    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise Refused(f"it comes packed as {quote(encoding)}, and gzip was asked for")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    body = bytearray()
    async for chunk in response.aiter_raw():
        piece = _unpack(unpacker, chunk, largest + 1 - len(body)) if unpacker else chunk
        body += piece
        allowance.take(len(piece))
        if len(body) > largest:
            raise Refused(f"it is larger than {largest:,} bytes")
    if unpacker and not unpacker.eof:
        raise Passing("its gzip ends early")
    return bytes(body)


def unpack(body: bytes, largest: int) -> bytes:
    """Unpack a file that is gzip itself.

    Raises:
        Refused: it is too large, or not whole.

    """
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    unpacked = _unpack(unpacker, body, largest + 1)
    if len(unpacked) > largest:
        raise Refused(f"it is larger than {largest:,} bytes, unpacked")
    if not unpacker.eof:
        raise Refused("its gzip ends early")
    return unpacked


def _unpack(unpacker: "zlib._Decompress", chunk: bytes, most: int) -> bytes:
    try:
        return unpacker.decompress(chunk, most)
    except zlib.error as error:
        raise Refused(f"it is not gzip: {shorten(str(error))}") from None
