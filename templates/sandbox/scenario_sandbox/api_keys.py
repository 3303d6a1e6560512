"""API keys, and which requests they authorize. Pure."""

import base64
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """An API key; without a secret, any secret is accepted."""

    name: str
    secret: str = ""


def read_key(text: str) -> Key:
    """Read a key from text: `KEY` or `KEY:SECRET`.

    Raises:
        ValueError: the key or its secret is empty.

    """
    name, colon, secret = text.partition(":")
    if not name or (colon and not secret):
        raise ValueError("an API key and its secret must not be empty")
    return Key(name, secret)


def is_authorized(keys: Collection[Key], header: str) -> bool:
    """Tell whether an Authorization header has one of the keys; without keys, any key or token will do."""
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
