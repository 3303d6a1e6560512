"""The settings of a client: given as arguments, else of the environment, where an empty variable counts as unset."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ..vendor import SERVICE, VARIABLES
from .arguments import check_text, describe, to_amount, to_count
from .errors import InvalidSetting, InvalidUrl, NoKey
from .responses import is_safe
from .urls import find_url_problem, redact

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
KEYS = ("api_key", "api_secret", "bearer_auth")
HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"


@dataclass(frozen=True)
class Setting:
    """A value, or None, and where it is from: the name of an argument, or of a variable, whose value is a text."""

    value: Any = field(repr=False)
    source: str
    is_variable: bool = False

    def must(self, be: str) -> str:
        """Say what it must be."""
        return (
            f"{self.source} is {self.value!r}, and must be {be}"
            if self.is_variable
            else f"{self.source} must be {be}"
        )


@dataclass(frozen=True, kw_only=True)
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
        for name in self.given:
            if read := ARGUMENT_READERS.get(name):
                read(Setting(getattr(self, name), name))
            elif name != "http_client":
                check_text(name, getattr(self, name))

    @property
    def given(self) -> list[str]:
        """The names of the arguments that were given."""
        return [name for name, value in vars(self).items() if value is not None]

    def look_up(self) -> dict[str, Setting]:
        """Return each argument that was given, else the variable of the environment."""
        given = {name: Setting(getattr(self, name), name) for name in self.given if name in VARIABLES}
        return {name: _find_variable(name) for name in VARIABLES} | given

    def look_up_headers(self) -> dict[str, str]:
        """Return the headers of the environment and those that were given, which win."""
        given = Setting(self.default_headers, "default_headers")
        return read_headers(_find_variable("default_headers")) | read_headers(given)


def _find_variable(name: str) -> Setting:
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
            raise NoKey(
                f"{source} is empty, has white space around it, or has a character that is not printable ASCII"
            )
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


def read_project_id(setting: Setting) -> str:
    """Return the id of a project; empty if none is given.

    Raises:
        InvalidSetting: it is not the id of a project.

    """
    if setting.value is None:
        return ""
    check_text(setting.source, setting.value)
    if not is_safe(setting.value):
        raise InvalidSetting(setting.must("the id of a project, such as proj_123"))
    return str(setting.value)


def read_call_timeout(setting: Setting) -> "float | httpx.Timeout | None":
    """Return the timeout of one HTTP call, infinite for no limit; None if it is not given.

    Raises:
        InvalidSetting: it is not a number of seconds.

    """
    loaded = sys.modules.get("httpx")  # as it is if its Timeout is given
    if setting.value is None or (loaded and isinstance(setting.value, loaded.Timeout)):
        timeout: httpx.Timeout | None = setting.value
        return timeout
    wanted = setting.must("a number of seconds, more than 0, or an httpx.Timeout")
    if seconds := to_amount(_parse(setting, float, wanted), wanted, InvalidSetting):
        return seconds
    raise InvalidSetting(wanted)


def read_max_retries(setting: Setting) -> int | None:
    """Return how often a call is tried again; None if that is not given.

    Raises:
        InvalidSetting: it is not a whole number.

    """
    if setting.value is None:
        return None
    wanted = setting.must("a whole number, 0 or more")
    return to_count(_parse(setting, int, wanted), wanted, 0, InvalidSetting)


def read_headers(setting: Setting) -> dict[str, str]:
    """Return headers, their names in title case; a variable has one in each line. No value is shown: it may be a key.

    Raises:
        InvalidSetting: one cannot be sent.

    """
    given = _parse_headers(setting) if setting.is_variable else setting.value or {}
    if not isinstance(given, Mapping):
        raise TypeError(f"{setting.source} must be a dict of names and values, not {describe(given)}")
    for name, value in given.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(
                f"names and values of {setting.source} must be str, not {describe(value if isinstance(name, str) else name)}"
            )
        if not re.fullmatch(HEADER_NAME, name):
            raise InvalidSetting(f"{setting.source} has a name that cannot be one of a header")
        if not (value.isascii() and value.isprintable() and value.strip() == value):
            raise InvalidSetting(
                f"{setting.source}: {name} has white space around it, or a character that is not printable ASCII"
            )
    return {name.title(): value for name, value in given.items()}


def _parse_headers(variable: Setting) -> dict[str, str]:
    lines = [line.partition(":") for line in str(variable.value or "").splitlines() if line.strip()]
    if not all(colon for _, colon, _ in lines):
        raise InvalidSetting(f"{variable.source} must have a name, a colon and a value in each line")
    return {name.strip(): value.strip() for name, _, value in lines}


def _parse(setting: Setting, parse: Callable[[str], T], wanted: str) -> Any:
    """Return the value of an argument, or what the text of a variable means."""
    if not setting.is_variable:
        return setting.value
    try:
        return parse(setting.value)
    except ValueError:
        raise InvalidSetting(wanted) from None


ARGUMENT_READERS: dict[str, Callable[[Setting], object]] = {  # of the arguments that are no plain texts
    "project_id": read_project_id,
    "timeout": read_call_timeout,
    "max_retries": read_max_retries,
    "default_headers": read_headers,
}
