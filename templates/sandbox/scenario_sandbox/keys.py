"""API keys, and whom they let in. Pure."""

import base64
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """An API key; without a secret, it goes with any."""

    name: str
    secret: str = ""


def read_key(text: str) -> Key:
    """Read a key as someone writes it: `KEY` or `KEY:SECRET`.

    Raises:
        ValueError: it is empty, or its secret is.

    """
    name, colon, secret = text.partition(":")
    if not name or (colon and not secret):
        raise ValueError("an API key is not empty, and neither is its secret")
    return Key(name, secret)


def lets_in(keys: Collection[Key], header: str) -> bool:
    """Tell whether an Authorization header is good: one of some keys or, where there are none, any key or token."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return bool(value.strip()) and not keys
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return False
    if scheme.lower() != "basic" or not name or not secret:
        return False
    return not keys or Key(name) in keys or Key(name, secret) in keys
