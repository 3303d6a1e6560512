"""What several tables of the profile are made of: words, hosts, and sentences with placeholders. Pure."""

import re
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import AfterValidator, Field

from paramsync.config import ConfigTable

HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?P<port>[0-9]{1,5}))?")
MAX_PORT = 65_535
PLACEHOLDER = re.compile(r"\\\{(\w+)\\\}")  # `{title}`, escaped
Word = Annotated[str, Field(min_length=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Words(ConfigTable):
    """The words in cells that stand for JSON values, or for no value."""

    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    true: frozenset[str] = frozenset({"true"})
    false: frozenset[str] = frozenset({"false"})
    nothing: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset({"``"})
    units: frozenset[str] = frozenset()  # words that may stand after the number of a limit


def matches(name: str, pattern: str) -> bool:
    """Tell whether a pattern, in which only `*` is special, stands for a name."""
    return name == pattern or ("*" in pattern and fnmatchcase(name, re.sub(r"[\[?]", r"[\g<0>]", pattern)))


def check_placeholders(text: str, needed: str) -> str:
    found = PLACEHOLDER.findall(re.escape(text))
    if needed not in found or len(set(found)) < len(found) or not all(map(str.isidentifier, found)):
        raise ValueError(f"{text!r} needs the placeholder {{{needed}}}, and each placeholder once")
    return text


def find_in_sentence(sentence: str, placeholder: str, text: str, *, is_whole: bool) -> str | None:
    """Find what stands at a placeholder of a sentence in a text, which is the sentence or contains it; None if it does not."""
    escaped = re.escape(sentence)
    if is_whole:
        found = re.fullmatch(PLACEHOLDER.sub(r"(?P<\1>.+?)", escaped), text)
    else:  # the limit of 200 avoids quadratic time
        found = re.search(PLACEHOLDER.sub(r"(?P<\1>.{1,200}?)", escaped), text)
    return found[placeholder] if found else None


def _check_host(host: str) -> str:
    found = HOST.fullmatch(host)
    if not found:
        raise ValueError(
            f"{host!r} must be a host in small letters, such as docs.example.com; without https:// or a path"
        )
    if (port := found["port"]) and (port[0] == "0" or int(port) > MAX_PORT):
        raise ValueError(f"the port of {host!r} must be a number from 1 to {MAX_PORT}")
    return host


Host = Annotated[str, AfterValidator(_check_host)]
