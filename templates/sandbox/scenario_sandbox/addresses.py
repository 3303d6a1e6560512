"""Signed addresses, as a storage service and a content network hand them out: whoever has one may use it, for a while. Pure."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlencode

STAMP = "%Y%m%dT%H%M%SZ"
LIFETIME = 3600  # seconds

Verdict = Literal["good", "expired", "forged"]


def sign_part(path: str, now: float, lifetime: int, secret: str) -> str:
    """Sign the address of a part as a storage service does; `now` is a Unix time, the lifetime in seconds."""
    date = datetime.fromtimestamp(now, UTC).strftime(STAMP)
    signature = _signature(path, int(now) + lifetime, secret)
    query = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Date": date, "X-Amz-Expires": lifetime}
    return f"{path}?{urlencode({**query, 'X-Amz-Signature': signature})}"


def sign_file(path: str, now: float, lifetime: int, secret: str) -> str:
    """Sign the address of a file as a content network does."""
    expires = int(now) + lifetime
    query = {"Expires": expires, "Key-Pair-Id": "SANDBOX", "Signature": _signature(path, expires, secret)}
    return f"{path}?{urlencode(query)}"


def judge(path: str, query: Mapping[str, str], now: float, secret: str) -> Verdict:
    """Judge the address of a request."""
    try:
        if "X-Amz-Date" in query:
            begins = datetime.strptime(query["X-Amz-Date"], STAMP).replace(tzinfo=UTC)
            expires = int(begins.timestamp()) + int(query["X-Amz-Expires"])
            signature = query["X-Amz-Signature"]
        else:
            expires, signature = int(query["Expires"]), query["Signature"]
        if not hmac.compare_digest(signature, _signature(path, expires, secret)):
            return "forged"
    except (KeyError, ValueError, TypeError):
        return "forged"
    return "good" if now < expires else "expired"


def _signature(path: str, expires: int, secret: str) -> str:
    return hmac.digest(secret.encode(), f"{path} {expires}".encode(), "sha256").hex()
