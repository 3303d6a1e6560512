"""Compile and render templates with the filters of a target; what prints text without one is rejected. Pure."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, wraps
from types import CodeType
from typing import Any

import jinja2
import jinja2.nodes
from jinja2.filters import FILTERS
from jinja2.meta import find_referenced_templates
from markupsafe import Markup

from paramsync.findings import InputError, Place
from paramsync.rendering.filters import (
    Filters,
    changelog,
    count,
    finalize,
    fragment,
    highlight,
    html,
    join,
    query,
    scalar,
    scale,
    slug,
    table,
)
from paramsync.rendering.lost_names import LostName, describe_filter
from paramsync.text import Tree, quote

# Operators that could mix unfiltered text into Markup.
OPERATORS = (jinja2.nodes.Concat, jinja2.nodes.Add, jinja2.nodes.Mod, jinja2.nodes.Mul)
# The filters of a target, those that are the same for all, and the names of both.
OF_TARGET = (
    "name",
    "literal",
    "number",
    "prose",
    "type",
    "union",
    "test",
    "rule",
    "json",
    "annotation",
    "schema",
    "code",
    "cell",
    "url",
    "anchor",
    "vectors",
    "release_list",
)
OF_ALL = (scalar, slug, table, changelog, join, html, fragment, query, highlight, scale, count)
FROM_JINJA = {name: FILTERS[name] for name in ("map", "unique")}
ANY_NAME = "*"  # stands for all names, where a template chooses what it includes
FILTER_NAMES = (*OF_TARGET, *(one.__name__ for one in OF_ALL))
# Gives what renders the templates of another target, by its name; None where there is no such target.
FindEnvironment = Callable[[str], jinja2.Environment | None]


@dataclass(frozen=True, slots=True)
class Uses:
    """What a template uses: the names of what it is rendered with, and the other targets from which it takes templates."""

    names: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()

    def any_of(self, *names: str) -> bool:
        """Tell whether it uses one of some names, as one does that chooses what it includes."""
        return not self.names.isdisjoint((*names, ANY_NAME))


def make_environment(
    name: str, templates: Tree, filters: Filters, find_other: FindEnvironment
) -> jinja2.Environment:
    """Make what renders the templates of a target by its filters, and those of others that they import or include by theirs."""
    return _make_environment(_Loader(name, templates, find_other), _collect_filters(filters))


def render_template(
    environment: jinja2.Environment, path: str, place: Place, context: Mapping[str, Any], subject: str = ""
) -> str:
    """Render a template; `subject` is what an error says it was rendered for."""
    with _naming_errors(environment, place, subject):
        text = environment.get_template(path).render(context)
        text.encode()  # half of a surrogate pair cannot be written
    is_ended = text.endswith("\n") and not text.endswith("\n\n")
    return text if is_ended else text.rstrip("\n") + "\n"  # a text of all models is long: no copy of it


def find_uses(environment: jinja2.Environment, path: str, place: Place) -> Uses:
    """Find what a template uses, and those that it imports or includes."""
    with _naming_errors(environment, place):
        names: set[str] = set()
        targets: set[str] = set()
        for owner, parsed in _follow(environment, path, set()):
            names |= parsed.names | (parsed.others & {ANY_NAME})
            targets |= {owner.name} if owner is not environment.loader else set()
        return Uses(frozenset(names), frozenset(targets))


def _follow(
    environment: jinja2.Environment, path: str, seen: set[str]
) -> Iterator[tuple["_Loader", "_Parsed"]]:
    """Go through a template and those that it imports or includes, each once, with the targets that they are of."""
    owner, own_path = _find_owner(environment, path)
    loader = owner.loader
    if not isinstance(loader, _Loader) or own_path not in loader.templates:
        return  # one that is not there is an error only where it is rendered
    parsed = loader.parse(own_path)
    if parsed.file not in seen:
        seen.add(parsed.file)
        yield loader, parsed
        for other in parsed.others:
            yield from _follow(owner, other, seen)


def _find_owner(environment: jinja2.Environment, path: str) -> tuple[jinja2.Environment, str]:
    """Find what renders a template, and its path there: that of another target has the name of this in front."""
    loader = environment.loader
    if not isinstance(loader, _Loader) or path in loader.templates:
        return environment, path
    target, _, rest = str(path).partition("/")  # a template may name anything
    other = loader.find_other(target) if rest and target != loader.name else None
    return (other, rest) if other else (environment, path)


@contextmanager
def _naming_errors(environment: jinja2.Environment, place: Place, subject: str = "") -> Iterator[None]:
    """Turn the errors of a template into errors of the input, each at its line."""
    try:
        yield
    except jinja2.TemplateSyntaxError as error:
        where = Place(error.filename or place.file, error.lineno)
        raise InputError(where, describe_filter(f"{error.message}", environment.filters)) from None
    except SyntaxError as error:  # of Python, as which Jinja compiles a template
        raise InputError(place, f"cannot be compiled: {error.msg}; write it more simply") from None
    except jinja2.TemplateNotFound as error:
        name = quote(str(error.name or error.message))
        problem = f"unknown template {name}; name one of this target, or TARGET/PATH of another"
        raise InputError(place, problem) from None
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise InputError(_find_line(error, place), f"{error}{subject}") from None


class _Loader(jinja2.BaseLoader):
    """Load the templates of a target from the files of its folder, and those of others; each is compiled once in a process."""

    def __init__(self, name: str, templates: Tree, find_other: FindEnvironment) -> None:
        self.name, self.templates, self.find_other = name, templates, find_other

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja calls it so
    ) -> jinja2.Template:
        owner, path = _find_owner(environment, name)
        if owner is not environment:
            return owner.get_template(path)
        return environment.template_class.from_code(environment, self.parse(name).code, globals or {})

    def parse(self, name: str) -> "_Parsed":
        """Parse a template, or take what it was parsed to before."""
        if name not in self.templates:
            raise jinja2.TemplateNotFound(name)
        return _parse(self.templates[name], name, f"templates/{self.name}/{name}")


@dataclass(frozen=True, eq=False)
class _Parsed:
    """A template, all names in it, its own among them but for those of its imports, and the templates that it imports or includes."""

    tree: jinja2.nodes.Template
    path: str
    file: str
    names: frozenset[str]
    others: frozenset[str]

    @cached_property
    def code(self) -> CodeType:
        return _make_compiler().compile(self.tree, self.path, self.file)


@lru_cache(1024)
def _parse(template: str, path: str, file: str) -> _Parsed:
    tree = _make_compiler().parse(template, path, file)
    _reject_logic(tree, path, file)
    imported = {one.target for one in tree.body if isinstance(one, jinja2.nodes.Import)}
    names = frozenset(one.name for one in tree.find_all(jinja2.nodes.Name) if one.name not in imported)
    others = frozenset(one or ANY_NAME for one in find_referenced_templates(tree))
    return _Parsed(tree, path, file, names, others)


@cache
def _make_compiler() -> jinja2.Environment:
    return _make_environment(None, FROM_JINJA | dict.fromkeys(FILTER_NAMES, _never_at_once))


def _never_at_once(*_: Any, **__: Any) -> Markup:
    """Stand for a filter while a template is compiled: what it does depends on the target, and on no constant alone."""
    raise jinja2.TemplateRuntimeError


def _make_environment(
    loader: jinja2.BaseLoader | None, filters: dict[str, Callable[..., Any]]
) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=loader,
        undefined=LostName,
        finalize=finalize,
        autoescape=True,  # so that macros and blocks return Markup
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters = filters
    return environment


def _collect_filters(of_target: Filters) -> dict[str, Callable[..., Any]]:
    """Return the filters by name: those of the target, those that are the same for all, and Jinja's own."""
    filters = [*(getattr(of_target, name) for name in OF_TARGET), *OF_ALL]
    return FROM_JINJA | {one.__name__: _pass_undefined(one) for one in filters}


def _reject_logic(tree: jinja2.nodes.Template, path: str, file: str) -> None:
    """Reject operators on text, and calls of anything but macros: they could pass text around the filters."""
    imported = {node.target for node in tree.find_all(jinja2.nodes.Import)}
    for node in tree.find_all((*OPERATORS, jinja2.nodes.Call)):
        called = node.node if isinstance(node, jinja2.nodes.Call) else None
        if called is None or (
            isinstance(called, jinja2.nodes.Getattr) and _imported_from(called) not in imported
        ):
            problem = (
                "a template may not use operators, or call anything but macros; "
                "write texts next to each other; comparisons in {% if %} are fine"
            )
            raise jinja2.TemplateSyntaxError(problem, node.lineno, path, file)


def _imported_from(node: jinja2.nodes.Getattr) -> str | None:
    return node.node.name if isinstance(node.node, jinja2.nodes.Name) else None


def _pass_undefined(own: Callable[..., Any]) -> Callable[..., Any]:
    """Make a filter raise StrictUndefined's error, which names what is undefined, instead of one of its own."""

    @wraps(own)
    def checked(value: Any, *arguments: Any, **named: Any) -> Any:
        return own(str(value) if isinstance(value, jinja2.Undefined) else value, *arguments, **named)

    return checked


def _find_line(error: Exception, place: Place) -> Place:
    """Find the innermost line of a template in the traceback of an error; Jinja writes template lines into it."""
    trace, found = error.__traceback__, place
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith("templates/"):
            found = Place(file, trace.tb_lineno)
        trace = trace.tb_next
    return found
