"""New ids, as the API makes them."""

import secrets

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def new_id(prefix: str) -> str:
    """Make an id: the prefix, and 24 letters and digits that do not look alike."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(24))
