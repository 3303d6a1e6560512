"""Damage as hands, tools and disks do it to a file: strategies from the bytes of a sound file to those of a damaged one."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
Path = tuple[str | int, ...]

DEEP, DEEPER, TOO_DEEP, LONG, DIGITS = 100, 900, 100_000, 100_000, "9" * 5_000
# What stands in the place of a value, or of any word, as it is written.
# fmt: off
VALUES = [
    *('""', '"x"', '" "', '"\\ud800"', '"\\u0000\\u001b"', '"\\n"', "0", "-1", "1.5", "-0.0", "1e999", "NaN", "-Infinity", DIGITS, "1e-320", "1" + "0" * 400, "true", "false", "null", "[]", "{}", "[[]]" ),
    *('[1, "x", null, true]', '{"type": "x"}', '{"type": []}', '{"type": "array"}', '{"type": "number", "minimum": "x"}', '{"$ref": "#"}', '{"$ref": "urn:scenario:model_alpha"}', '{"anyOf": [{"type": "string"}, {}]}', '{"multipleOf": 1e-320}', '{"maxLength": 1e300}', '{"type": "object", "properties": {"a\\n": {}}}', '{"": null}', '["x", "x"]', "[{}]", "[NaN]", "[1, 1.0, true]"),
    *("[" * DEEP + "]" * DEEP, "[" * DEEPER + "]" * DEEPER, '{"items":' * DEEPER + "1" + "}" * DEEPER, "[" * TOO_DEEP, f'"{"x" * LONG}"'),
]
TOML = ['"x"', "''", '""', "0", "-1", "inf", "nan", DIGITS, "true", "[]", "[[]]", "{}", "{ x = 1 }", '["x", 1]', "1979-05-27", "07:32:00", '"(" ', '"\\u0000"', "'\\g<9>'", '"{x}"', '"{title}{title}"', "[" * DEEP + "]" * DEEP, "[" * TOO_DEEP, f'"{"x" * LONG}"', "[x]\n", "[[accept]]\n", "[types.x]\n", ".".join("a" * DEEP) + " = 1\n", "['']", "[" + ".".join("a" * DEEPER) + "]\n", "'(?P<a>'", "'*'", "'{code:99999999999}'", "'{x}'", "'{'", "1e400", "0x" + "f" * 5_000]
TEMPLATE = ["{{ x }}", "{{", "}}", "{% for x in y %}", "{% endfor %}", "{% if", "{#", "{{ model.x }}", "{{ model | x }}", "{{ model.spec | prose }}", "{{ model | literal }}", "{{ 1 | prose }}", "{{ model.title | name('x') }}", "{% import 'x' as y %}", "{% include 'models.json.jinja' %}", "{% include 'macros.jinja' %}", "{% for a in 5 %}{% endfor %}", "{{ model.title | prose(1, 2, 3, 4) }}", "{{ model.title | literal('x') }}", "{{ 1 / 0 }}", "{{ 9 ** 9 }}", "{% set x = x %}", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{{ page.models | table }}", "{{ releases | changelog }}", "{{ models | vectors }}", "{% extends 'x' %}", "{{ ''.__class__ }}", "{{ model.title[0:1:0] }}", "{{ model.title | prose(indent='x') }}", "{{ models | map('x') | join('') }}", "{{ models | map(attribute='x') | join('') }}", "{{ 'x' | url }}", "{{ caller() }}", "{% call x() %}{% endcall %}", "{% block a %}{% endblock %}{% block a %}{% endblock %}", "{{ super() }}", "{% filter prose %}x{% endfilter %}", "{{ self }}", "{{ loop }}", "{% autoescape x %}{% endautoescape %}", "{{ (" * DEEP, "{{ [1, 2] | join(3) }}", "{{ model.title | anchor }}", "{{ none | cell }}", "{{ models | code }}", "{{ {} | schema }}", "{{ '\\ud800' }}", "{{ [1, 2] | join('\\ud800') }}", "\ud800", "{% for a in models %}" * 25 + "{% endfor %}" * 25, "{{ 'x' | prose(indent=1e9) }}", "{{ models | x }}", "{% if a is b %}{% endif %}", "{% for a in models recursive %}{{ loop(models) }}{% endfor %}", "{{ " + "-" * 5_000 + "1 }}", "{{ " + DIGITS + " }}", "{{ 1e999 }}", "{{ model.title" + ".a" * 5_000 + " }}"]
MARKUP = ["|", "||", "| --- |", "`", "``", "``` ", "\\", "#", "\n\n", "\n## x\n", "**Model ID:** `model_x`", "**Model ID:**", "<table>", "</table>", "<td>", "<tr>", "</code>", "<!--", "<![CDATA[", "<script>", "&#x110000;", "&", "&amp;", DIGITS, "`1e999`", "`NaN`", "---", "\t", "\r", "\x0b", "\u2028", "\u202e", "\x1b[31m", "x" * LONG, "> ", "[x](y)", "[" * DEEP, "<i>" * DEEP, "| " * DEEP, "## " + "x" * LONG, "\ufeff", "\0"]
# fmt: on
BYTES = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\0", b"\xf5\x80\x80\x80", b"\x80"]
WORD = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\w.-]+|[^\w\s]')
RAW = re.compile('"\ue000(\\d+)"')
SOURCES = {"json": VALUES, "jsonl": VALUES, "toml": TOML, "jinja": TEMPLATE}


@st.composite
def damage(draw: Draw, name: str, content: bytes) -> bytes:
    """Damage a file once or twice, as fits the ending of its name."""
    for _ in range(draw(st.integers(1, 2))):
        content = draw(st.one_of(*(kind(name, content) for kind in _kinds(name))))
    return content


def _kinds(name: str) -> Iterator[Callable[[str, bytes], st.SearchStrategy[bytes]]]:
    if name.endswith((".json", ".jsonl")):
        yield from (_json, _json, _json)
    else:
        yield from (_words, _words)
    yield from (_lines, _words, _encoding)


def _decoded(content: bytes) -> str:
    return content.decode(errors="surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass" if re.search("[\ud800-\udbff]", text) else "surrogateescape")


@st.composite
def _encoding(draw: Draw, _: str, content: bytes) -> bytes:
    at = draw(st.integers(0, len(content)))
    kept = content[:at]
    text = content.decode(errors="replace")
    return draw(
        st.sampled_from(
            [
                *(kept, b"", b" ", b"\n", b"\0" * 100, content + content, b"\xef\xbb\xbf" + content),
                *(text.encode("utf-16"), text.encode("utf-32"), text.encode("cp037", "replace")),
                *(kept + bad + content[at:] for bad in BYTES),
                *(content.replace(b"\n", end) for end in (b"\r\n", b"\r", b"\n\n", b"")),
            ]
        )
    )


@st.composite
def _lines(draw: Draw, _: str, content: bytes) -> bytes:
    lines = content.split(b"\n")
    at, to = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    changed = draw(st.sampled_from(["lost", "twice", "moved", "cut", "joined"]))
    if changed == "lost":
        del lines[at : at + draw(st.integers(1, 4))]
    elif changed == "twice":
        lines.insert(to, lines[at])
    elif changed == "moved":
        lines[at], lines[to] = lines[to], lines[at]
    elif changed == "cut":
        lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
    else:
        lines[at : at + 2] = [b"".join(lines[at : at + 2])]
    return b"\n".join(lines)


@st.composite
def _words(draw: Draw, name: str, content: bytes) -> bytes:
    """Put another word into the place of one, or beside it."""
    text = _decoded(content)
    words = [found.span() for found in WORD.finditer(text)] or [(0, 0)]
    start, end = draw(st.sampled_from(words))
    other, until = draw(st.sampled_from(words))
    own = SOURCES.get(name.rpartition(".")[2], MARKUP)
    word = draw(st.sampled_from([*own, text[other:until], ""]))
    kept = draw(st.sampled_from([end, start]))
    return _encoded(text[:start] + word + text[kept:])


@st.composite
def _json(draw: Draw, name: str, content: bytes) -> bytes:
    """Change one value of a JSON file, or of a line of JSON: delete, retype, rename, nest, double."""
    lines = content.split(b"\n") if name.endswith(".jsonl") else [content]
    at = draw(st.integers(0, len(lines) - 1))
    try:
        value = json.loads(lines[at])
    except (ValueError, RecursionError):
        return content
    raw: list[str] = []
    value = _changed(draw, value, raw)
    text = json.dumps(value, indent=None if name.endswith(".jsonl") else 2, ensure_ascii=False)
    text = RAW.sub(lambda found: raw[int(found[1])], text)
    lines[at] = _encoded(text.replace("\ue001", ""))
    return b"\n".join(lines)


def _changed(draw: Draw, value: Any, raw: list[str]) -> Any:
    paths = [*_paths(value)]
    path = draw(st.sampled_from(paths))
    found = _at(value, path)
    how = draw(st.sampled_from(["lost", "other", "other", "other", "renamed", "nested", "double", "taken"]))
    raw.append(draw(st.sampled_from(VALUES)))
    other: Any = f"\ue000{len(raw) - 1}"
    if how == "nested":
        other = draw(st.sampled_from([[found], {"x": found}, [[found, found]], {"items": found}]))
    if how == "taken":
        other = _at(value, draw(st.sampled_from(paths)))
    if not path:
        return other
    above = _at(value, path[:-1])
    if isinstance(above, list):
        new = {"lost": [], "double": [found, found]}.get(how, [other])
        new = above[: int(path[-1])] + new + above[int(path[-1]) + 1 :]
    else:
        new = dict(_members(draw, above, path[-1], how, other))
    return _put(value, path[:-1], new)


def _members(draw: Draw, above: Any, key: Any, how: str, other: Any) -> Iterator[tuple[str, Any]]:
    """Give the members of an object with one of them changed."""
    for one, member in above.items():
        if one != key:
            yield one, member
        elif how == "renamed":
            names = ["", "x", "__proto__", "\u202e", "a/b", "x" * 500, *map(str, above)]
            yield draw(st.sampled_from(names)), member
        elif how == "double":
            yield one, member
            yield one + "\ue001", other  # which is written as the same key
        elif how != "lost":
            yield one, other


def _paths(value: Any, above: Path = ()) -> Iterator[Path]:
    yield above
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, member in members:
        yield from _paths(member, (*above, key))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _put(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _put(value[path[0]], path[1:], new)
    return copy
