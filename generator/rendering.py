"""Render a target's templates over the models into a tree. Pure.

The template tree is the output tree: a path with `{model}` is rendered once per model, with `{page}` once per page, any
other path once; `.jinja` is stripped; a file without it is copied. Nothing reaches a file but through a filter: `{{ }}`
prints only what a filter has made `Markup`, and numbers.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from itertools import pairwise
from typing import Any

import jinja2
from jinja2.filters import FILTERS
from markupsafe import Markup

from generator.errors import InputError, Place
from generator.models import Model, Page, Parameter, all_models
from generator.reading.inline import BAR, bars
from generator.reading.page import code_span
from generator.schemas import ADDRESS
from generator.target import Target
from generator.texts import UNSAFE, Tree, fold, json_text, number_text, quote

SPECIAL = ("target.toml", "macros.jinja")
SUFFIX = ".jinja"
# Operators that, like the methods of a text, would mix a bare value into Markup, where `finalize` no longer sees it.
GLUE = (jinja2.nodes.Concat, jinja2.nodes.Add, jinja2.nodes.Mod, jinja2.nodes.Mul)
SAFE_PART = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(?<!\.)")
NARROWEST_COLUMN = 3

Subject = Page | Model | Parameter


def render(name: str, templates: Tree, target: Target, pages: Sequence[Page]) -> Tree:
    """Render one target: `templates` is its folder, `name` the folder's name.

    Raises:
        InputError: a template is wrong (with its line), prints a bare value, or would write outside its folder or twice.

    """
    environment = _environment(name, templates, target)
    shared = {"pages": tuple(pages), "models": all_models(pages)}
    tree: Tree = {}
    places: dict[str, Place] = {}
    for path in sorted(set(templates) - set(SPECIAL)):
        place = Place(f"templates/{name}/{path}")
        for output, context in _outputs(path, target, pages, place):
            if output in tree:
                raise InputError(place, f"{output!r} is written by {places[output]} too")
            is_template = path.endswith(SUFFIX)
            text = _render(environment, path, place, shared | context) if is_template else templates[path]
            tree[output], places[output] = text, place
    _check_paths(places)
    return tree


def _check_paths(places: Mapping[str, Place]) -> None:
    """Refuse paths that one file system or another takes for the same, or for both a file and a folder."""
    lower = Counter(path.lower() for path in places)
    folders = {path[:end] for path in lower for end, sign in enumerate(path) if sign == "/"}
    for path, place in places.items():
        if lower[path.lower()] > 1:
            raise InputError(place, f"{path!r} is written twice, but for upper and lower case")
        if path.lower() in folders:
            raise InputError(place, f"{path!r} is a file, and the folder of others")


def _outputs(
    path: str, target: Target, pages: Sequence[Page], place: Place
) -> Iterator[tuple[str, dict[str, Subject]]]:
    """Give each path that a template's path stands for, and what it is rendered with."""
    subjects: dict[str, Sequence[Page] | Sequence[Model]] = {
        "{model}": all_models(pages),
        "{page}": tuple(pages),
    }
    output = path.removesuffix(SUFFIX)
    for mark, each in subjects.items():
        if mark in output:
            kind = mark.strip("{}")
            if kind not in target.names:
                raise InputError(
                    place, f"target.toml has no names.{kind}, which {mark} needs; add it under [names]"
                )
            for subject in each:
                yield _safe_path(output.replace(mark, _spell(subject, kind, target)), place), {kind: subject}
            return
    yield _safe_path(output, place), {}


def _safe_path(path: str, place: Place) -> str:
    if not all(SAFE_PART.fullmatch(part) for part in path.split("/")):
        raise InputError(
            place, f"{quote(path)} is not a safe path; use letters, digits and . _ -, {{model}} or {{page}}"
        )
    return path


def _environment(name: str, templates: Tree, target: Target) -> jinja2.Environment:
    def load(path: str) -> tuple[str, str, Callable[[], bool]] | None:
        if path not in templates:
            return None
        file = f"templates/{name}/{path}"
        tree = environment.parse(templates[path], path, file)
        imported = {node.target for node in tree.find_all(jinja2.nodes.Import)}
        for node in tree.find_all((*GLUE, jinja2.nodes.Call)):
            called = node.node if isinstance(node, jinja2.nodes.Call) else None
            if called is None or (isinstance(called, jinja2.nodes.Getattr) and _root(called) not in imported):
                problem = "texts are neither glued nor formatted in a template; write them side by side"
                raise jinja2.TemplateSyntaxError(problem, node.lineno, path, file)
        return templates[path], file, lambda: True

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        autoescape=True,  # makes what macros and blocks give Markup; a bare value never gets that far
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters = Filters(target)
    own = (
        filters.name,
        filters.literal,
        filters.prose,
        filters.type,
        filters.json,
        filters.code,
        filters.cell,
        filters.address,
        table,
        join,
    )
    environment.filters = {"map": FILTERS["map"]} | {one.__name__: _defined(one) for one in own}
    return environment


def _root(node: jinja2.nodes.Getattr) -> str | None:
    return node.node.name if isinstance(node.node, jinja2.nodes.Name) else None


def _defined(own: Callable[..., Markup]) -> Callable[..., Markup]:
    """Let a filter say what is not defined, rather than stumble over it."""

    @wraps(own)
    def checked(value: Any, *arguments: Any, **named: Any) -> Markup:
        return own(str(value) if isinstance(value, jinja2.Undefined) else value, *arguments, **named)

    return checked


def _finalize(value: Any) -> Any:
    if isinstance(value, Markup) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float):
        return Markup(number_text(value))
    if isinstance(value, jinja2.Undefined):
        return value  # StrictUndefined says itself what is not defined
    raise TypeError(
        f"{quote(str(value))} is printed bare; put a filter behind it: name, literal, prose, type, json, code or cell"
    )


def _render(environment: jinja2.Environment, path: str, place: Place, context: Mapping[str, Any]) -> str:
    try:
        text = environment.get_template(path).render(context)
    except jinja2.TemplateSyntaxError as error:
        where = Place(error.filename or place.file, error.lineno)
        raise InputError(where, f"{error.message}") from None
    except jinja2.TemplateNotFound as error:
        raise InputError(place, f"there is no template {error.message!r}") from None
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        subject = "".join(
            f" (for {value.name})" for value in context.values() if isinstance(value, Page | Model)
        )
        raise InputError(_line(error, place), f"{error}{subject}") from None
    return text.rstrip("\n") + "\n"


def _line(error: Exception, place: Place) -> Place:
    """Find the innermost template line that an error came through: Jinja writes them into the traceback."""
    trace, found = error.__traceback__, place
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith("templates/"):
            found = Place(file, trace.tb_lineno)
        trace = trace.tb_next
    return found


class Filters:
    """What stands between web text and a file; each gives Markup."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.escapes = [(re.compile(escape.match), escape.write) for escape in target.prose.escape]
        self.kept = re.compile(target.prose.keep)

    def name(self, subject: Subject, kind: str) -> Markup:
        """Spell a page, a model or a parameter as a name of a kind."""
        return Markup(_spell(subject, kind, self.target))

    def literal(self, value: Any) -> Markup:
        """Write a value as a literal of the language."""
        return Markup(self._literal(value))

    def prose(self, text: str, indent: int = 0, also: str = "") -> Markup:
        """Make text for people harmless in a docstring, a doc comment or a paragraph; wrap it if the target does.

        `also` names characters that take a backslash here, beyond those of the target.
        """
        safe, end = "", 0
        text = UNSAFE.sub("\ufffd", fold(text))
        for match in self.kept.finditer(text):
            safe += self._escape(text[end : match.start()]) + match[0]
            end = match.end()
        safe += self._escape(text[end:])
        for character in also:
            safe = safe.replace(character, f"\\{character}")
        if width := self.target.prose.width:
            lines = textwrap.wrap(safe, width - indent, break_long_words=False, break_on_hyphens=False)
            safe = ("\n" + " " * indent).join(lines)
        return Markup(safe)

    def type(self, parameter: Parameter) -> Markup:
        """Name the type of a parameter, or of an array's elements."""
        if parameter.type not in self.target.types:
            raise LookupError(f"target.toml has no type for {quote(parameter.type)}; add it under [types]")
        return Markup(self.target.types[parameter.type])

    def json(self, value: Any) -> Markup:
        """Write a value as JSON."""
        return Markup(json_text(_plain(value)))

    def code(self, value: Any) -> Markup:
        """Write a value as the pages do: a code span, or several with commas; `-` for none, `“` for empty."""
        if value is None:
            return Markup("-")
        if isinstance(value, list | tuple) and value:
            return Markup(", ").join(self.code(item) for item in value)
        if value in ("", [], ()):
            return Markup("“")
        text = UNSAFE.sub("\ufffd", value if isinstance(value, str) else self._json_scalar(value))
        return Markup(code_span(text))

    def cell(self, value: Any) -> Markup:
        """Fit what a filter made, or a value as code, into a cell of a table: its bars are escaped.

        In a code span a backslash before a bar has no way to be written; the bar is shown as U+FFFD.
        """
        if isinstance(value, Markup):
            return Markup(BAR.sub(_escape_bar, str(value)))
        return Markup(self.code(value).replace("\\|", "\\\ufffd").replace("|", r"\|"))

    def address(self, text: str) -> Markup:
        """Let a web address through, if it is one."""
        if not ADDRESS.fullmatch(text):
            raise ValueError(f"{quote(text)} is not a web address")
        return Markup(text)

    def _escape(self, text: str) -> str:
        for pattern, write in self.escapes:
            text = pattern.sub(write, text)
        return text

    def _literal(self, value: Any) -> str:
        literals = self.target.literals
        if isinstance(value, bool):
            return literals.true if value else literals.false
        if isinstance(value, int | float):
            return repr(value)
        if isinstance(value, str):
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{UNSAFE.sub(self._control, escaped)}"'
        if isinstance(value, list | tuple):
            return f"[{', '.join(map(self._literal, value))}]"
        raise TypeError(f"{quote(repr(value))} has no literal")

    def _control(self, match: re.Match[str]) -> str:
        code = ord(match[0])
        literals = self.target.literals
        return (literals.astral if code > 0xFFFF else literals.control).format(code=code)  # noqa: PLR2004

    def _json_scalar(self, value: float) -> str:
        return number_text(value) if not isinstance(value, bool) else str(value).lower()


def join(texts: Iterable[Any], separator: str) -> Markup:
    """Join what filters have made, and nothing else."""
    return Markup(separator).join(map(_finalize, texts))


def table(text: Markup) -> Markup:
    """Align the columns of a Markdown table, given as lines, as the site does: in UTF-16 units, three at least."""
    lines = [line.strip() for line in str(text).split("\n") if line.strip()]
    rows = [
        [line[one + 1 : other].strip() for one, other in pairwise(bars(line, 0, len(line)))] for line in lines
    ]
    widths = [max(NARROWEST_COLUMN, *map(_width, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    aligned = (
        " | ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return Markup("".join(f"| {row} |\n" for row in aligned))


def _escape_bar(match: re.Match[str]) -> str:
    return r"\|" if match["bar"] else match[0]


def _width(cell: str) -> int:
    return len(cell.encode("utf-16-le")) // 2


def _spell(subject: Subject, kind: str, target: Target) -> str:
    naming = target.names.get(kind)
    if naming is None or naming.of != type(subject).__name__.lower():
        raise LookupError(
            f"target.toml has no names.{kind} of a {type(subject).__name__.lower()}; add it under [names]"
        )
    return naming.spell(subject.name)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
