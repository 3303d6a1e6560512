"""JSON Pointers (RFC 6901): the place of a value in JSON as a text, such as `/loras/0`. Pure."""

from collections.abc import Iterable


def write_pointer(place: Iterable[object]) -> str:
    """Write a place, names and indexes, as a JSON Pointer."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)


def read_pointer(pointer: str) -> list[str]:
    """Read the parts of a JSON Pointer: names, and indexes as texts."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
