"""Read the headers of a response. Pure."""

from collections.abc import Iterable, Mapping
from email.message import Message
from email.utils import parsedate_to_datetime

from paramsync.site.responses import Validators

MAX_LENGTH = 200  # characters of a value that is used


def read_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by name in lower case; one that is repeated is a list, separated by commas (RFC 9110)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def read_content_type(headers: Mapping[str, str]) -> tuple[str, str]:
    """Return media type and charset, each empty where the server sent none."""
    message = Message()
    message["content-type"] = text = headers.get("content-type", "")[:MAX_LENGTH]
    return message.get_content_type() if "/" in text else "", str(message.get_content_charset(""))


def read_validators(headers: Mapping[str, str]) -> Validators:
    """Return what a later request can send back as it came."""

    def read(name: str) -> str:
        value = headers.get(name, "")
        return value if len(value) <= MAX_LENGTH and value.isascii() and value.isprintable() else ""

    return Validators(read("etag"), read("last-modified"))


def read_retry_after(headers: Mapping[str, str], now: float) -> float:
    """Return the seconds that Retry-After, a number or a date, asks to wait from `now` (Unix time); 0 where it cannot be read."""
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0)
    except (ValueError, TypeError, OverflowError):
        return 0
