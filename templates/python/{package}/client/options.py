"""Read the settings of HTTP calls, each an argument or a variable of the environment. Pure."""

import re
import sys
from collections.abc import Callable, Mapping
from operator import index
from typing import TYPE_CHECKING, Any, SupportsFloat, SupportsIndex

from .arguments import Setting, describe
from .errors import InvalidSetting
from .responses import is_safe

if TYPE_CHECKING:
    import httpx

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def read_project_id(setting: Setting) -> str:
    """Return the id of a project; empty if none is given.

    Raises:
        InvalidSetting: it is not the id of a project.

    """
    if setting.value is None:
        return ""
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
    wanted = "a number of seconds, more than 0, or an httpx.Timeout"
    value = _read_number(setting, float)
    if not isinstance(value, SupportsFloat) or isinstance(value, bool | str):
        raise TypeError(f"{setting.must(wanted)}, not {describe(value)}")
    if not float(value) > 0:
        raise InvalidSetting(setting.must(wanted))
    return float(value)


def read_max_retries(setting: Setting) -> int | None:
    """Return how often a call is tried again; None if that is not given.

    Raises:
        InvalidSetting: it is not a whole number.

    """
    if setting.value is None:
        return None
    wanted = "a whole number, 0 or more"
    value = _read_number(setting, int)
    if not isinstance(value, SupportsIndex) or isinstance(value, bool):
        raise TypeError(f"{setting.must(wanted)}, not {describe(value)}")
    if index(value) < 0:
        raise InvalidSetting(setting.must(wanted))
    return index(value)


def read_headers(setting: Setting) -> dict[str, str]:
    """Return headers, their names in title case; a variable has one in each line. No value is shown: it may be a key.

    Raises:
        InvalidSetting: one cannot be sent.

    """
    given = setting.value or {}
    if setting.is_variable:
        lines = [line.partition(":") for line in str(setting.value or "").splitlines() if line.strip()]
        given = {name.strip(): value.strip() for name, _, value in lines}
        if not all(colon for _, colon, _ in lines):
            raise InvalidSetting(f"{setting.source} must have a name, a colon and a value in each line")
    if not isinstance(given, Mapping):
        raise TypeError(f"{setting.source} must be a dict of names and values, not {describe(given)}")
    for name, value in given.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"names and values of {setting.source} must be str, not {describe(value if isinstance(name, str) else name)}")
        if not HEADER_NAME.fullmatch(name):
            raise InvalidSetting(f"{setting.source} has a name that cannot be one of a header")
        if not (value.isascii() and value.isprintable() and value.strip() == value):
            raise InvalidSetting(f"{setting.source}: {name} has white space around it, or a character that is not printable ASCII")
    return {name.title(): value for name, value in given.items()}


def _read_number(setting: Setting, read: Callable[[str], float]) -> Any:
    """Return the value of a setting; that of a variable as a number, which is -1 if it is none."""
    if not setting.is_variable:
        return setting.value
    try:
        return read(str(setting.value))
    except ValueError:
        return -1
