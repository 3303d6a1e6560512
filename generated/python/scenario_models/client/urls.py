"""URLs of an API: what is wrong with one, and how it may be shown. Pure."""

import re
from urllib.parse import urlsplit

from ..vendor import SERVICE

SCHEME = re.compile("https?://", re.IGNORECASE)
LOCAL = re.compile(r"localhost\b|127\.|\[|0\.0\.0\.0\b|host\.docker\.internal\b", re.IGNORECASE)
CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*://)?.*@", re.IGNORECASE | re.DOTALL)


def find_url_problem(url: str) -> str:
    """Say what is wrong with a URL of an API, and what to write; empty if nothing is."""
    if not SCHEME.match(url):
        rest = redact(url).rpartition("://")[2].lstrip("/")
        return f"does not begin with https:// or http://; write {'http' if LOCAL.match(rest) else 'https'}://{rest or 'HOST/v1'}"
    if "?" in url or "#" in url:
        return f"has a query or a fragment, after ? or #; write {redact(url)}"
    try:
        parts = urlsplit(url)
        is_good = bool(parts.hostname) and parts.port != 0 and not re.search(r"[\s\\]", url)
    except ValueError:
        is_good = False
    return "" if is_good else f"is not a valid URL; write one such as {SERVICE}"


def redact(url: str) -> str:
    """Return a URL as it may be shown: without a user and password, and without a query, which may be a key."""
    return re.sub("(?<=[^/:])/+$", "", CREDENTIALS.sub(r"\1…@", re.split("[?#]", url, maxsplit=1)[0]))
