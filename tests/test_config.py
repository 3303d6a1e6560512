"""Where the keys of TOML files stand, whatever their notation, and what is said of a mistake there.

Modules: config, toml_keys.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from paramsync.config import ConfigTable, read_config, read_toml
from paramsync.findings import InputError
from paramsync.toml_keys import find_keys
from support.example import EXAMPLE

TRICKY = """# [no]
removals = { share = 0.2, "flo or" = 3 } # x = 1
a.b."c.d" = \"\"\"x "" =
[[no]] \\\"\"\"\"\"
'e' = '''
no = 1'''''
l = [ 1, [2, "]"], # ]
  {q = 1, r.s = 2}, {}, ]
date = 1979-05-27 07:32:00
empty = ""
[[correct]]
x = 1
expect = { a = { text = "}" } }
[correct . set]
y = 2
[[correct]] # twice
[correct.set]
[[correct.deep]]
z = 1
[[correct.deep]]
[t . "u\\u0021"]
z = [
]"""
FILES = sorted(
    path for name in ("specs", "templates", "generated") for path in (EXAMPLE / name).rglob("*.toml")
)


def paths_of(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of each key and item."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from paths_of(value, (*path, key))


def check(text: str) -> None:
    """Check that each key is found where it is written; a header says nothing of the tables around it."""
    keys = find_keys(text)
    expected = {*paths_of(tomllib.loads(text))}
    around = {path[:length] for path in keys.ends for length in range(len(path))}
    assert keys.starts.keys() <= expected
    assert expected - keys.starts.keys() <= around
    for path, start in keys.starts.items():
        rest = text[start:]
        is_key = isinstance(path[-1], str)
        assert not is_key or rest[0] in "[\"'" or rest.startswith(path[-1]) or "." in rest.partition("=")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(EXAMPLE).as_posix())
def test_each_key_of_a_real_file_is_found(path: Path) -> None:
    check(path.read_text(encoding="utf-8"))


def test_each_key_of_a_tricky_file_is_found_on_its_line() -> None:
    check(TRICKY)
    toml = read_toml(TRICKY, "x.toml")
    lines = {("a", "b", "c.d"): 3, ("l", 2, "r", "s"): 8, ("l", 1, 1): 7, ("correct", 0, "set", "y"): 15}
    lines |= {("correct", 1): 16, ("correct", 1, "deep", 1): 20, ("t", "u!", "z"): 22, ("t", "u!", "no"): 21}
    assert {path: toml.find(path).line for path in lines} == lines
    assert toml.find_lines(("correct", 0)) == range(11, 16)
    assert toml.find_lines(("correct", 1)) == range(16, 21)


KEYS = st.sampled_from(["a", "b-c", "", "d e", "f.g", '"', "#", "é", "]"])
SCALARS = st.one_of(
    st.integers(-9, 9), st.booleans(), st.sampled_from(["", "]", "}", "#", '"', "\\", "\n", ","])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)
SPACES = st.sampled_from(["", " ", "\t"])


def write(value: Any, draw: Any) -> str:
    """Write a value as TOML, in some notation."""
    if isinstance(value, dict):
        pairs = [
            f"{quoted(key)}{draw(SPACES)}={draw(SPACES)}{write(one, draw)}" for key, one in value.items()
        ]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        blank = draw(st.sampled_from(["", " ", "\n", "# ]\n"]))
        items = (write(one, draw) + draw(SPACES) for one in value)
        return f"[{blank}" + f",{blank}".join(items) + f"{blank}]"
    is_literal = isinstance(value, str) and "\n" not in value and draw(st.booleans())
    return f"'{value}'" if is_literal else quoted(value)


def quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=3), max_size=3), st.data())
@settings(max_examples=150, deadline=None)
def test_each_key_of_any_file_is_found(tables: list[dict[str, Any]], data: st.DataObject) -> None:
    text = ""
    for table in tables:
        text += f"{data.draw(SPACES)}[[ t ]] # t\n"
        text += "".join(f"{quoted(key)} = {write(one, data.draw)} # =\n" for key, one in table.items())
    check(text)


class Inner(ConfigTable):
    size: int = 0
    names: tuple[str, ...] = ()


class Outer(ConfigTable):
    title: str
    inner: Inner | None = None
    many: Mapping[str, Inner] = Field(default_factory=dict)


MISTAKES = {
    "": "x.toml: error: title: is missing",
    "title = 1": "x.toml:1:1: error: title: must be a text in quotes",
    "titel = 1\ntitle = ''": "x.toml:1:1: error: titel: there is no such key; did you mean 'title'?; there are title, inner, many",
    "title = ''\ninner = 1": "x.toml:2:1: error: inner: must be a table",
    "title = ''\n[inner]\nsize = 'a'": "x.toml:3:1: error: inner.size: must be a whole number",
    "title = ''\n[inner]\nnames = ['a',\n 1]": "x.toml:4:2: error: inner.names: must be a text in quotes",
    "title = ''\n[many.x]\nsiez = 1": "x.toml:3:1: error: many.x.siez: there is no such key; did you mean 'size'?; there are size, names",
    "title = ''\nmany = { x = { size = [] } }": "x.toml:2:16: error: many.x.size: must be a whole number",
    "inner = 1\nmany = 2": "x.toml: error: title: is missing; line 1: inner: must be a table; line 2: many: must be a table",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_by_its_line_and_key(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_config(text, "x.toml", Outer)
    assert str(caught.value) == MISTAKES[text]
