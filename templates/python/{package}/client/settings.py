"""The settings of a client: given as arguments, else of the environment, where an empty variable counts as unset."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..vendor import SERVICE, VARIABLES
from .arguments import Setting, check_text
from .errors import InvalidUrl, NoKey

if TYPE_CHECKING:
    import httpx

KEYS = ("api_key", "api_secret", "bearer_auth")
SCHEME = re.compile("https?://", re.IGNORECASE)
LOCAL = re.compile(r"localhost\b|127\.|\[|0\.0\.0\.0\b|host\.docker\.internal\b", re.IGNORECASE)
CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*://)?.*@", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Settings:
    """The arguments of a client that say which API it calls, with which key, and how; `bearer_auth` is a token in place of a key."""

    api_key: str | None = field(default=None, repr=False)
    api_secret: str | None = field(default=None, repr=False)
    bearer_auth: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    project_id: str | None = None
    timeout: "float | httpx.Timeout | None" = None
    max_retries: int | None = None
    default_headers: Mapping[str, str] | None = field(default=None, repr=False)
    http_client: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in (*KEYS, "base_url", "project_id"):
            check_text(name, getattr(self, name))
        if not {"project_id", "timeout", "max_retries", "default_headers"} & set(self.given):
            return
        from .options import read_call_timeout, read_headers, read_max_retries, read_project_id

        read_project_id(Setting(self.project_id, "project_id"))
        read_call_timeout(Setting(self.timeout, "timeout"))
        read_max_retries(Setting(self.max_retries, "max_retries"))
        read_headers(Setting(self.default_headers, "default_headers"))

    @property
    def given(self) -> list[str]:
        """The names of the arguments that were given."""
        return [one.name for one in fields(self) if getattr(self, one.name) is not None]

    def look_up(self) -> dict[str, Setting]:
        """Return each argument that was given, else the variable of the environment."""
        given = {name: Setting(getattr(self, name), name) for name in VARIABLES if getattr(self, name) is not None}
        return {name: find_variable(name) for name in VARIABLES} | given


def find_variable(name: str) -> Setting:
    """Return the variable of the environment in place of an argument."""
    return Setting(os.environ.get(VARIABLES[name]) or None, VARIABLES[name], is_variable=True)


def check_keys(settings: Mapping[str, Setting], *, has_header: bool) -> None:
    """Check that there is a key, and that it can be sent: httpx would show a bad one in its error.

    Raises:
        NoKey: there is no key, or it cannot be sent.

    """
    keys = {name: settings[name].value for name in KEYS}
    for name, key in keys.items():
        if key is not None and not (key and key.isascii() and key.isprintable() and key.strip() == key):
            source = settings[name].source
            raise NoKey(f"{source} is empty, has white space around it, or has a character that is not printable ASCII")
    if not (keys["bearer_auth"] or (keys["api_key"] and keys["api_secret"]) or has_header):
        raise NoKey(
            f"there is no API key: set {VARIABLES['api_key']} and {VARIABLES['api_secret']}, "
            "or give both: Client(api_key=…, api_secret=…)"
        )


def read_base_url(setting: Setting) -> str:
    """Return the API's URL.

    Raises:
        InvalidUrl: it is not the URL of an API.

    """
    url = (setting.value or "").strip() or SERVICE
    if problem := find_url_problem(url):
        raise InvalidUrl(f"{setting.source} is {redact(url)!r}, which {problem}")
    return url


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
