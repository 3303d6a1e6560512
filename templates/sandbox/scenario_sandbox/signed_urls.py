"""Signed URLs, as a storage service and a content delivery network give them: they need no key, and expire. Pure."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlencode

STAMP = "%Y%m%dT%H%M%SZ"
LIFETIME = 3600  # seconds

SignatureStatus = Literal["valid", "expired", "invalid"]


def sign_part(path: str, now: float, lifetime: int, secret: str) -> str:
    """Sign the URL of a part as a storage service does; `now` is a Unix time, `lifetime` in seconds."""
    date = datetime.fromtimestamp(now, UTC).strftime(STAMP)
    signature = _signature(path, int(now) + lifetime, secret)
    query = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Date": date, "X-Amz-Expires": lifetime}
    return f"{path}?{urlencode({**query, 'X-Amz-Signature': signature})}"


def sign_file(path: str, now: float, lifetime: int, secret: str) -> str:
    """Sign the URL of a file as a content delivery network does."""
    expires = int(now) + lifetime
    query = {"Expires": expires, "Key-Pair-Id": "SANDBOX", "Signature": _signature(path, expires, secret)}
    return f"{path}?{urlencode(query)}"


def check_signature(path: str, query: Mapping[str, str], now: float, secret: str) -> SignatureStatus:
    """Check the signature of a request's URL, and whether it has expired."""
    try:
        if "X-Amz-Date" in query:
            begins = datetime.strptime(query["X-Amz-Date"], STAMP).replace(tzinfo=UTC)
            expires = int(begins.timestamp()) + int(query["X-Amz-Expires"])
            signature = query["X-Amz-Signature"]
        else:
            expires, signature = int(query["Expires"]), query["Signature"]
        if not hmac.compare_digest(signature, _signature(path, expires, secret)):
            return "invalid"
    except (KeyError, ValueError, TypeError):
        return "invalid"
    return "valid" if now < expires else "expired"


def _signature(path: str, expires: int, secret: str) -> str:
    return hmac.digest(secret.encode(), f"{path} {expires}".encode(), "sha256").hex()
