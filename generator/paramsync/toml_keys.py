"""Find where the keys and tables of a TOML text stand; whether it is TOML has been checked before. Pure."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field

Path = tuple[str | int, ...]  # keys and indexes of arrays, from the top
SPACE = re.compile(r"[ \t]*+")
BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]++")
STRING = re.compile(
    r"""
      \"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5}
    | \"(?:\\.|[^\"\\])*+\" | '[^']*+'
    """,
    re.DOTALL | re.VERBOSE,
)
ATOM = re.compile(r"[^,\]}\n#]++")  # a number, a date, true or false


@dataclass
class Keys:
    """The offsets at which each key, table and item of an array begins, and the end of the last value below each table.

    `comments` are the offsets of the lines of comment that stand directly above a header; of the header, if there are none.
    """

    starts: dict[Path, int] = field(default_factory=dict)
    comments: dict[Path, int] = field(default_factory=dict)
    ends: dict[Path, int] = field(default_factory=dict)


def find_keys(text: str) -> Keys:
    """Find the keys of a TOML text, which `tomllib` has read.

    Raises:
        RecursionError: the values are nested too deeply.

    """
    keys, at = Keys(), 0
    path: Path = ()
    lengths: Counter[Path] = Counter()  # of the arrays of tables so far
    while (at := _match_end(BLANK, text, value_end := at)) < len(text):
        if text[at] == "[":
            comment = _find_comment(text, value_end, at)
            is_array = text.startswith("[[", at)
            names, end = _read_key(text, at + 1 + is_array)
            path = _resolve(names, lengths, is_array=is_array)
            keys.starts.setdefault(path, at)
            keys.comments.setdefault(path, comment)
            at = end + 1 + is_array
        else:
            at = _read_pair(text, at, path, keys)
        keys.ends |= {path[:length]: at for length in range(len(path) + 1)}
    return keys


def _find_comment(text: str, start: int, end: int) -> int:
    """Return where the lines of comment directly above an offset begin; those on the line of the value before are its own."""
    at = text.rfind("\n", start, end) + 1 or end
    while at > start:
        line = text.rfind("\n", start, at - 1) + 1
        is_whole = line > 0 or start == 0
        if not is_whole or not text[line:at].lstrip().startswith("#"):
            break
        at = line
    return at


def _resolve(names: list[str], lengths: Counter[Path], *, is_array: bool) -> Path:
    """Return the path of a header: of an array of tables that it names, the last table."""
    path: Path = ()
    for number, name in enumerate(names, 1):
        path += (name,)
        lengths[path] += int(is_array and number == len(names))
        path += (lengths[path] - 1,) if lengths[path] else ()
    return path


def _read_key(text: str, at: int) -> tuple[list[str], int]:
    """Read a key, perhaps dotted, and return its parts and where it ends, behind spaces."""
    parts: list[str] = []
    while not parts or text[at] == ".":
        at = _match_end(SPACE, text, at + bool(parts))
        end = _match_end(STRING if text[at] in "\"'" else BARE_KEY, text, at)
        parts.append(tomllib.loads(f"x = {text[at:end]}")["x"] if text[at] in "\"'" else text[at:end])
        at = _match_end(SPACE, text, end)
    return parts, at


def _read_pair(text: str, at: int, path: Path, keys: Keys) -> int:
    """Read a key and its value; return where the value ends."""
    names, end = _read_key(text, at)
    for length in range(1, len(names) + 1):
        keys.starts.setdefault((*path, *names[:length]), at)
    return _read_value(text, _match_end(SPACE, text, end + 1), (*path, *names), keys)


def _read_value(text: str, at: int, path: Path, keys: Keys) -> int:
    if text[at] not in "[{":
        return _match_end(STRING if text[at] in "\"'" else ATOM, text, at)
    is_array, number = text[at] == "[", 0
    at = _match_end(BLANK, text, at + 1)
    while text[at] not in "]}":
        if is_array:
            keys.starts[*path, number] = at
            at = _read_value(text, at, (*path, number), keys)
        else:
            at = _read_pair(text, at, path, keys)
        at, number = _match_end(BLANK, text, at), number + 1
        at = _match_end(BLANK, text, at + 1) if text[at] == "," else at
    return at + 1


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
