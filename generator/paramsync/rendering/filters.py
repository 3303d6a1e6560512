"""The filters of the templates: each one turns untrusted text into a safe literal, name, prose or code. Pure."""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar
from urllib.parse import quote as quote_url

import jinja2
from markupsafe import Markup, escape

from paramsync.changes.history import Release
from paramsync.changes.reports import as_changelog, as_release_list
from paramsync.pages.inline import PIPE, find_pipes
from paramsync.pages.prose import code_span, read_code_span, split_prose
from paramsync.paths import SAFE_NAME
from paramsync.rendering.coloring import color
from paramsync.rendering.comments import check_comment
from paramsync.rendering.literals import write_fraction, write_json, write_literal
from paramsync.rendering.models import Model
from paramsync.rendering.passed_on import pass_annotation_on, pass_on
from paramsync.rendering.target import Prose, Subject, Target, spell
from paramsync.rendering.values import Limit
from paramsync.rendering.vectors import make_vectors
from paramsync.rules import Rule
from paramsync.text import UNSAFE, URL, Json, collapse_whitespace, json_line, number_text, quote

RECENT = 16384  # texts that are escaped and wrapped already: several templates write each, and many models have the same
FARTHEST = 1e300  # beyond which a number cannot be placed on a line
NOT_IN_FRAGMENT = re.compile(r"[^A-Za-z0-9_.-]|^[.-]")
MIN_COLUMN_WIDTH = 3
MAX_COLUMN_WIDTH = 1000  # a longer cell is not aligned
NAMED = re.compile(r"\{(\w+)\}")
LAST_BACKSLASH = re.compile(r"\\\Z")  # in C, it takes the next line into the comment
VARIABLE = re.compile(r"[A-Za-z_]\w*")
CALL = re.compile(r"([\w.]+)\(\{v\}\)")
# Read as text by YAML: numbers, `true` and `null` contain no space.
PLAIN_SCALAR = re.compile(r"(?=[^ ]* )[\w(][^:#]*")
Line = TypeVar("Line")


def finalize(value: Any) -> Any:
    """Let a template print only the output of filters (Markup) and numbers."""
    if isinstance(value, Markup) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float):
        return Markup(number_text(value))
    if isinstance(value, jinja2.Undefined):
        return value  # StrictUndefined raises an error with the name
    raise TypeError(
        f"{quote(str(value))} is printed without a filter; add one of the filters in templates/README.md"
    )


class Filters:
    """The filters that depend on the target; each returns Markup.

    `find_target` returns a target by name, for `name("python.class")`, `literal("python")` and `rule("sandbox.field")`, which write as another target.
    """

    def __init__(self, target: Target, find_target: Callable[[str], Target]) -> None:
        self.target = target
        self.find_target = find_target
        self._recent_prose = lru_cache(RECENT)(self._write_prose)

    def name(self, subject: Subject, kind: str) -> Markup:
        """Spell the name of a page, a model or a parameter; `kind` is a key of [names] in target.toml."""
        other, _, kind = kind.rpartition(".")
        return Markup(spell(subject, kind, self._target(other)))

    def literal(self, value: Any, other: str = "") -> Markup:
        return Markup(write_literal(value, self._target(other).literals))

    def number(self, value: float) -> Markup:
        """Write a number as a literal with a point or an exponent, for languages that tell whole numbers from others."""
        return Markup(write_fraction(value, self.target.literals))

    def prose(self, text: str, other: str = "", indent: int = 0, also: str = "") -> Markup:
        """Escape text for a docstring, a comment or a paragraph, and wrap it if the target has a `width`.

        `indent` is the indentation of the lines after the first; the characters of `also` are escaped too.
        """
        return self._recent_prose(text, other, indent, also)

    def _write_prose(self, text: str, other: str, indent: int, also: str) -> Markup:
        style = self._target(other).prose
        text = self.prose(text, style.over) if style.over else UNSAFE.sub("\ufffd", collapse_whitespace(text))
        parts = split_prose(text) if style.code_spans or style.code else [("text", text)]
        safe = "".join(_escape_prose(kind, part, style, also) for kind, part in parts)
        lines = [safe]
        if style.width:
            width = max(style.width - indent - len(style.prefix), 1)
            if len(safe) > width:
                lines = textwrap.wrap(safe, width, break_long_words=False, break_on_hyphens=False)
        if style.prefix:
            lines = [LAST_BACKSLASH.sub("\ufffd", line) for line in lines]
        written = f"\n{' ' * indent}{style.prefix}".join(lines)
        check_comment(written, style.ends)
        return Markup(written)

    def type(self, kind: str) -> Markup:
        """Write what a value of a JSON type is, or of `any` type, or a `file`, as [types] in target.toml has it."""
        return Markup(_look_up(self.target.types, kind, "types"))

    def union(self, lines: Markup, several: str = "{}") -> Markup:
        """Join types, of which each line is one, with ` | `; any type takes in all others. `several` stands around more than one."""
        types = dict.fromkeys(line.strip() for line in str(lines).split("\n") if line.strip())
        free = self.target.types.get("any")
        if free in types:
            return Markup(free)
        return Markup((several if len(types) > 1 else "{}").replace("{}", " | ".join(types)))

    def test(self, kinds: str | Sequence[str], variable: str = "") -> Markup:
        """Write what tells whether a variable has one of some JSON types, as [checks] has them; text of pages is no variable.

        Without a variable, write the function that does; nothing if no single one does.
        """
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if not variable:
            called = (
                CALL.fullmatch(_look_up(self.target.checks, kinds[0], "checks")) if len(kinds) == 1 else None
            )
            return Markup(called[1] if called else "")
        tests = (_look_up(self.target.checks, kind, "checks") for kind in kinds)
        return Markup(self.target.alternatives).join(Markup(_fill(test, variable)) for test in tests)

    def rule(self, of: Limit | Rule, what: str, variable: str = "") -> Markup:
        """Write what [rules] has of a rule under a name, nothing if it has no such name; of a limit, with the limit in its place.

        `what` may name another target, as in `sandbox.field`.
        """
        other, _, what = what.rpartition(".")
        rules = self._target(other).rules
        if isinstance(of, Rule):  # of the table: specs need not use it, nor a target have a line for it
            return Markup(rules.get(of.keyword, {}).get(what, ""))
        line = _look_up(rules, of.keyword, "rules").get(what, "")
        literals = self._target(other).literals
        return Markup(
            _fill(line, variable, write_literal(of.limit, literals), write_fraction(of.limit, literals))
        )

    def json(self, value: Any, indent: int = 0) -> Markup:
        """Write a value as JSON; `indent` is the indentation of its first line."""
        return Markup(write_json(value, self.target.literals).replace("\n", "\n" + " " * indent))

    def annotation(self, value: Any, indent: int = 0) -> Markup:
        """Write the value of an annotation as JSON, without what some programs take for references."""
        return self.json(pass_annotation_on(value), indent)

    def schema(
        self,
        schema: Json,
        name: str,
        referred: Mapping[str, Model],
        path: str,
        other: str = "",
        *,
        indent: int = 0,
    ) -> Markup:
        """Write the schema of a parameter as JSON, with its descriptions as prose of this or another target.

        What refers to a model gets a path to it: `{kind}` in it is the name of that kind.
        """

        def refer(reference: str) -> str:
            return NAMED.sub(lambda kind: self.name(referred[reference], kind[1]), path)

        left_out = self.target.literals.left_out
        passed = pass_on(schema, lambda text: self.prose(text, other), refer, left_out, name)
        return self.json(passed, indent)

    def code(self, value: Any) -> Markup:
        """Write a value as the vendor's pages do: code spans separated by commas; `-` for no value, `“` for an empty one."""
        if value is None:
            return Markup("-")
        if isinstance(value, list | tuple) and value:
            return Markup(", ").join(
                code_span(json_line(one)) if isinstance(one, list | dict) else self.code(one) for one in value
            )
        if isinstance(value, dict):
            return Markup(code_span(json_line(value)))
        if value in ("", [], ()):
            return Markup("“")
        if isinstance(value, bool):
            return Markup(code_span(str(value).lower()))
        text = value if isinstance(value, str) else number_text(value)
        return Markup(code_span(UNSAFE.sub("\ufffd", text)))

    def cell(self, value: Any) -> Markup:
        """Write the output of a filter, or a value as code, into a table cell: pipes are escaped.

        A backslash followed by a pipe cannot be written in a code span of a cell; the pipe is replaced by U+FFFD.
        """
        if isinstance(value, Markup):
            return Markup(PIPE.sub(_escape_pipe, str(value)))
        return Markup(self.code(value).replace("\\|", "\\\ufffd").replace("|", r"\|"))

    def url(self, text: str) -> Markup:
        """Check that a text is an http or https URL."""
        if not URL.fullmatch(text):
            raise ValueError(f"{quote(text)} is not a URL")
        return Markup(text)

    def anchor(self, text: str) -> Markup:
        """Check that a text is an anchor: the part after `#` in a link to a heading."""
        if not re.fullmatch(r"[\w-]*", text):
            raise ValueError(f"{quote(text)} is not an anchor")
        return Markup(text)

    def release_list(self, releases: Sequence[Release]) -> Markup:
        """Write what users of a package need to know of each version as JSON, a line for each."""
        lines = (self._json_line(one) for one in as_release_list(releases))
        return Markup("[\n{}\n]").format(Markup(",\n").join(lines))

    def vectors(self, model: Model) -> Markup:
        """Write the vectors of a model as JSON, one per line."""
        lines = (self._json_line(vector.json) for vector in make_vectors(model))
        return Markup("[\n    {}\n  ]").format(Markup(",\n    ").join(lines))

    def _json_line(self, value: Any) -> Markup:
        return Markup(write_json(value, self.target.literals, is_line=True))

    def _target(self, other: str) -> Target:
        return self.find_target(other) if other else self.target


def _look_up(table: Mapping[Any, Line], key: str, name: str) -> Line:
    if key not in table:
        raise LookupError(f"target.toml has no line for {quote(str(key))}; add it under [{name}]")
    return table[key]


def _fill(line: str, variable: str, limit: str = "", number: str = "") -> str:
    if variable and not VARIABLE.fullmatch(variable):
        raise ValueError(f"{quote(variable)} is not a variable")
    return line.replace("{v}", variable).replace("{limit}", limit).replace("{number}", number)


def join(texts: Iterable[Any], separator: str) -> Markup:
    """Join the output of filters, and numbers."""
    return Markup(separator).join(map(finalize, texts))


def slug(text: str) -> Markup:
    """Check that a text is the name of a package or a module: ASCII letters, digits and . _ - alone."""
    if not SAFE_NAME.fullmatch(text):
        raise ValueError(f"{quote(text)} is not the name of a package")
    return Markup(text)


def html(value: Any) -> Markup:
    """Write a text, or a value as JSON, as text of HTML, or of an attribute in quotes: nothing in it is markup."""
    text = value if isinstance(value, str) else json_line(value)
    return escape(UNSAFE.sub("\ufffd", str(text)))


def fragment(text: str) -> Markup:
    """Write a text as the name of a place in a page, which stands in `id` and behind `#`: unlike texts have unlike names."""
    return Markup(NOT_IN_FRAGMENT.sub(_write_bytes, text))


def query(text: str) -> Markup:
    """Write a text as a value in the query of a URL."""
    return Markup(quote_url(text, safe="", errors="replace"))


def count(items: Sequence[Any]) -> int:
    """Count items."""
    return len(items)


def scale(value: float, low: float, high: float, size: float) -> float:
    """Place a number on a line of a size that goes from `low` to `high`, with two decimals; outside of it, at its end."""
    if low == high:
        return 0.0
    at, start, end = (min(max(one, -FARTHEST), FARTHEST) for one in (value, low, high))
    return round(float(min(max((at - start) / (end - start), 0), 1) * size), 2)


def highlight(code: Markup, language: str) -> Markup:
    """Write the output of filters, which is code in a language that Pygments knows, as HTML with a class for each kind of token."""
    return Markup(color(str(code), language))


def scalar(text: Markup) -> Markup:
    """Write the output of a filter as a YAML scalar, quoted if YAML would read it as something other than that text."""
    doubled = str(text).replace("'", "''")
    return text if PLAIN_SCALAR.fullmatch(text) else Markup(f"'{doubled}'")


def table(text: Markup) -> Markup:
    """Align the columns of a Markdown table as the vendor's site does: by UTF-16 units, at least three wide."""
    lines = [line.strip() for line in str(text).split("\n") if line.strip()]
    rows = [
        [line[one + 1 : other].strip() for one, other in pairwise(find_pipes(line, 0, len(line)))]
        for line in lines
    ]
    columns = zip(*rows, strict=True)
    widths = [min(max(MIN_COLUMN_WIDTH, *map(_width, column)), MAX_COLUMN_WIDTH) for column in columns]
    rows.insert(1, ["-" * width for width in widths])
    aligned = (
        " | ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return Markup("".join(f"| {row} |\n" for row in aligned))


def changelog(releases: Sequence[Release]) -> Markup:
    """Write the changes of each version as Markdown."""
    return Markup(as_changelog(releases))  # safe: all text of the pages is in code spans


def _escape_prose(kind: str, part: str, style: Prose, also: str) -> str:
    if style.code_spans and kind != "text":
        return part if kind == "code" else code_span(part)
    is_code = kind == "code" and style.code is not None
    escaped = read_code_span(part) if is_code else part
    for one in style.escape:
        escaped = re.sub(one.match, one.write, escaped)
    for character in also:
        escaped = escaped.replace(character, f"\\{character}")
    return style.code.replace("{code}", escaped) if style.code and is_code else escaped


def _write_bytes(match: re.Match[str]) -> str:
    return "".join(f"~{byte:02X}" for byte in match[0].encode(errors="surrogatepass"))


def _escape_pipe(match: re.Match[str]) -> str:
    return r"\|" if match["pipe"] else match[0]


def _width(cell: str) -> int:
    return len(cell.encode("utf-16-le")) // 2
