"""Archives for the second job of the daily workflow, written as anybody can write them."""

import hashlib
from collections.abc import Mapping

FIRST = b"paramsync drift 1\n"


def body(entries: Mapping[str, bytes]) -> bytes:
    """Give all of an archive but its last line."""
    return FIRST + b"".join(b"%d %b\n%b\n" % (len(one), name.encode(), one) for name, one in entries.items())


def sealed(content: bytes) -> bytes:
    """End an archive with the digest that it should have."""
    return content + f"end {hashlib.sha256(content).hexdigest()}\n".encode()
