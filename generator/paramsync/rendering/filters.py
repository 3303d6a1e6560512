"""What stands between web text and a file: each filter makes it a literal, a name, prose or code. Pure."""

import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import jinja2
from markupsafe import Markup

from paramsync.changes.history import Release
from paramsync.changes.reports import as_changelog
from paramsync.pages.inline import PIPE, find_pipes
from paramsync.pages.prose import code_span, split_prose
from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.target import Literals, Prose, Subject, Target, spell
from paramsync.rendering.vectors import make_vectors
from paramsync.text import UNSAFE, URL, Json, collapse_whitespace, json_line, json_text, number_text, quote

MIN_COLUMN_WIDTH = 3
MAX_COLUMN_WIDTH = 1000  # a longer cell makes its own row longer, and no other
PLAIN_SCALAR = re.compile(r"(?=[^ ]* )[\w(][^:#]*")  # text to YAML: no number, `true` or `null` has a space


def finalize(value: Any) -> Any:
    """Let a template print what a filter has made, and numbers; nothing else."""
    if isinstance(value, Markup) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float):
        return Markup(number_text(value))
    if isinstance(value, jinja2.Undefined):
        return value  # StrictUndefined says itself what is not defined
    raise TypeError(
        f"{quote(str(value))} is printed bare; put a filter behind it; templates/README.md lists them"
    )


class Filters:
    """What stands between web text and a file; each gives Markup.

    `spelling` gives a target by its name: `name("python.class")` and `literal("python")` spell as another target does.
    """

    def __init__(self, target: Target, spelling: Callable[[str], Target]) -> None:
        self.target = target
        self.spelling = spelling

    def name(self, subject: Subject, kind: str) -> Markup:
        """Spell a page, a model or a parameter as a name of a kind."""
        other, _, kind = kind.rpartition(".")
        return Markup(spell(subject, kind, self._target(other)))

    def literal(self, value: Any, other: str = "") -> Markup:
        """Write a value as a literal of the language."""
        return Markup(_write_literal(value, self._target(other).literals))

    def prose(self, text: str, other: str = "", indent: int = 0, also: str = "") -> Markup:
        """Make text for people harmless in a docstring, a doc comment or a paragraph; wrap it if the target does.

        `also` names characters that take a backslash here, beyond those of the target.
        """
        style = self._target(other).prose
        text = self.prose(text, style.over) if style.over else UNSAFE.sub("\ufffd", collapse_whitespace(text))
        parts = split_prose(text) if style.code_spans else [("text", text)]
        safe = "".join(_write_prose(kind, part, style, also) for kind, part in parts)
        if style.width:
            lines = textwrap.wrap(safe, style.width - indent, break_long_words=False, break_on_hyphens=False)
            safe = ("\n" + " " * indent).join(lines)
        return Markup(safe)

    def type(self, parameter: Parameter) -> Markup:
        """Name the type of a parameter, or of an array's elements."""
        if parameter.type not in self.target.types:
            raise LookupError(f"target.toml has no type for {quote(parameter.type)}; add it under [types]")
        return Markup(self.target.types[parameter.type])

    def json(self, value: Any, indent: int = 0) -> Markup:
        """Write a value as JSON; `indent` is that of the line it begins on."""
        return Markup(json_text(value).replace("\n", "\n" + " " * indent))

    def schema(self, rules: Json, other: str = "", indent: int = 0) -> Markup:
        """Write the rules of a parameter as JSON, their description as prose, perhaps of another target."""
        shown = {"description": self.prose(rules["description"], other)} if "description" in rules else {}
        return self.json(leave_out(rules, self.target.literals.left_out) | shown, indent)

    def code(self, value: Any) -> Markup:
        """Write a value as the pages do: a code span, or several with commas; `-` for none, `“` for empty."""
        if value is None:
            return Markup("-")
        if isinstance(value, list | tuple) and value:
            return Markup(", ").join(self.code(item) for item in value)
        if value in ("", [], ()):
            return Markup("“")
        if isinstance(value, bool):
            return Markup(code_span(str(value).lower()))
        text = value if isinstance(value, str) else number_text(value)
        return Markup(code_span(UNSAFE.sub("\ufffd", text)))

    def cell(self, value: Any) -> Markup:
        """Fit what a filter made, or a value as code, into a cell of a table: its bars are escaped.

        In a code span a backslash before a bar has no way to be written; the bar is shown as U+FFFD.
        """
        if isinstance(value, Markup):
            return Markup(PIPE.sub(_escape_pipe, str(value)))
        return Markup(self.code(value).replace("\\|", "\\\ufffd").replace("|", r"\|"))

    def url(self, text: str) -> Markup:
        """Let a web address through, if it is one."""
        if not URL.fullmatch(text):
            raise ValueError(f"{quote(text)} is not a web address")
        return Markup(text)

    def anchor(self, text: str) -> Markup:
        """Let an anchor through: what stands behind `#` in a link to a heading."""
        if not re.fullmatch(r"[\w-]*", text):
            raise ValueError(f"{quote(text)} is not an anchor")
        return Markup(text)

    def _target(self, other: str) -> Target:
        return self.spelling(other) if other else self.target


def leave_out(rules: Json, match: str) -> Json:
    """Leave out choices and a default, also of elements, in which a pattern is found; an empty one is nowhere."""
    kept = {key: leave_out(one, match) if key == "items" else one for key, one in rules.items()}
    return {
        key: one
        for key, one in kept.items()
        if not match or key not in ("enum", "default") or not re.search(match, json_line(one))
    }


def join(texts: Iterable[Any], separator: str) -> Markup:
    """Join what filters have made, and nothing else."""
    return Markup(separator).join(map(finalize, texts))


def scalar(text: Markup) -> Markup:
    """Write what a filter made as a scalar of YAML: in quotes where it would not be read as that text without."""
    doubled = str(text).replace("'", "''")
    return text if PLAIN_SCALAR.fullmatch(text) else Markup(f"'{doubled}'")


def table(text: Markup) -> Markup:
    """Align the columns of a Markdown table, given as lines, as the site does: in UTF-16 units, three at least."""
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
    """Write what each version changed, as Markdown in which all text of a page is code."""
    return Markup(as_changelog(releases))  # all that is not ours is in code spans


def vectors(model: Model) -> Markup:
    """Write the vectors of a model as JSON, each on a line of its own."""
    lines = (json_line(vector.json) for vector in make_vectors(model))
    return Markup("[\n    {}\n  ]").format(Markup(",\n    ").join(map(Markup, lines)))


def _write_prose(kind: str, part: str, style: Prose, also: str) -> str:
    if kind != "text":
        return part if kind == "code" else code_span(part)
    for escape in style.escape:
        part = re.sub(escape.match, escape.write, part)
    for character in also:
        part = part.replace(character, f"\\{character}")
    return part


def _write_literal(value: Any, literals: Literals) -> str:
    if isinstance(value, bool):
        return literals.true if value else literals.false
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{UNSAFE.sub(partial(_escape_control, literals), escaped)}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(_write_literal(item, literals) for item in value)}]"
    if value == {}:
        return "{}"
    raise TypeError(f"{quote(repr(value))} has no literal")


def _escape_control(literals: Literals, match: re.Match[str]) -> str:
    code = ord(match[0])
    return (literals.astral if code > 0xFFFF else literals.control).format(code=code)  # noqa: PLR2004


def _escape_pipe(match: re.Match[str]) -> str:
    return r"\|" if match["bar"] else match[0]


def _width(cell: str) -> int:
    return len(cell.encode("utf-16-le")) // 2
