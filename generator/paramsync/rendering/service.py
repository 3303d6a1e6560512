"""Whose API templates are rendered for, and what targets share of it, from `templates/apis/`. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from paramsync.config import read_toml
from paramsync.findings import InputError
from paramsync.pages.site import Site
from paramsync.pages.vendor import UNNAMED, Vendor
from paramsync.text import Json
from paramsync.toml_keys import Path

Api = Json  # as the file has it, and `name`


@dataclass(frozen=True)
class Service:
    """Whose API it is that targets are made for, what is known of it, if the vendor names an API, and where its pages are."""

    vendor: Vendor = UNNAMED
    api: Api | None = None
    site: Site | None = None


UNNAMED_SERVICE = Service()


def read_api(name: str, text: str, file: str) -> Api:
    """Read what is known of an API; no key may be one that a template would not see.

    Raises:
        InputError: it is not TOML, or a key has the name of something that every table has, such as `items`.

    """
    toml = read_toml(text, file)
    for path in _list_keys(toml.data):
        if path == ("name",) or hasattr(dict, str(path[-1])):
            raise InputError(
                toml.find(path), f"{path[-1]}: a template cannot see a key of this name; call it otherwise"
            )
    return toml.data | {"name": name}


def _list_keys(data: Any, path: Path = ()) -> Iterator[Path]:
    """List the paths of all keys, also of tables in arrays."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        if isinstance(data, dict):
            yield (*path, key)
        yield from _list_keys(value, (*path, key))
