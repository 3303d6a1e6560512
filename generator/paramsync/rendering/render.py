"""Render the templates of a target into a tree of files. Pure.

The template tree is the output tree: a path with `{model}` is rendered once per model, with `{page}` once per page, with both once per
model of each page, any other path once; `{package}` in it is the name of the vendor's package in code; `.jinja` is removed from the
name; a file without it is copied. `{{ }}` prints only numbers and the output of
filters (`Markup`), so that no untrusted text gets into a file without a filter.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from functools import lru_cache, wraps
from types import CodeType
from typing import Any

import jinja2
import jinja2.nodes
from jinja2.filters import FILTERS
from markupsafe import Markup

from paramsync.changes.history import Release, current_version
from paramsync.changes.notes import select_notes
from paramsync.findings import InputError, Place
from paramsync.paths import MAX_PATH_LENGTH, WINDOWS_DEVICES
from paramsync.rendering.filters import (
    Filters,
    changelog,
    finalize,
    join,
    scalar,
    slug,
    table,
)
from paramsync.rendering.models import Model
from paramsync.rendering.operations import list_paths, make_body
from paramsync.rendering.pages import Page, all_models
from paramsync.rendering.selection import find_api
from paramsync.rendering.service import UNNAMED_SERVICE, Service
from paramsync.rendering.target import Target, spell
from paramsync.rules import CODES, RULES
from paramsync.text import Tree, quote

Subjects = Mapping[str, Page | Model]
FindTarget = Callable[[str], Target]  # name -> target; raises LookupError

NOT_RENDERED = ("target.toml", "macros.jinja")
TEMPLATE_SUFFIX = ".jinja"
PACKAGE, MACROS = "{package}", "macros/"
# Operators that could mix unfiltered text into Markup.
OPERATORS = (jinja2.nodes.Concat, jinja2.nodes.Add, jinja2.nodes.Mod, jinja2.nodes.Mul)
SAFE_PART = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(?<!\.)")
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
OF_ALL = (scalar, slug, table, changelog, join)
FROM_JINJA = {name: FILTERS[name] for name in ("map", "unique")}
FILTER_NAMES = (*OF_TARGET, *(one.__name__ for one in OF_ALL))


def render(
    name: str,
    templates: Tree,
    find_target: FindTarget,
    pages: Sequence[Page],
    releases: Sequence[Release] = (),
    *,
    service: Service = UNNAMED_SERVICE,
) -> Tree:
    """Render the target `name` from its files that are made for the vendor; returns relative path -> content.

    `find_target` returns this target and those that it spells like; `releases` are all versions, the newest first, each with the
    notes for all targets.

    Raises:
        InputError: a template has an error (with its line), prints text without a filter, or its output path is unsafe
            or already taken.

    """
    target = find_target(name)
    filters = _collect_filters(Filters(target, find_target))
    environment = _make_environment(_Loader(name, templates), filters)
    shared = _list_shared(pages, [replace(one, notes=select_notes(one.notes, name)) for one in releases])
    shared |= {"vendor": service.vendor, "api": find_api(target, service.api)}
    tree: Tree = {}
    places: dict[str, Place] = {}
    for path in sorted(filter(is_rendered, templates)):
        place = Place(f"templates/{name}/{path}")
        in_package = path.replace(PACKAGE, service.vendor.module)
        for output, subjects in _find_outputs(in_package, target, pages, place):
            if output in tree:
                raise InputError(place, f"{output!r} is also written by {places[output]}; rename one of them")
            tree[output], places[output] = templates[path], place
            if path.endswith(TEMPLATE_SUFFIX):
                tree[output] = _render_template(environment, path, place, {**shared, **subjects})
    _check_paths(places)
    return tree


def _list_shared(pages: Sequence[Page], releases: Sequence[Release]) -> dict[str, Any]:
    """List what each template sees of all models, and of the versions."""
    models = all_models(pages)
    return {
        "pages": tuple(pages),
        "models": models,
        "referred": {model.spec["$id"]: model for model in models},
        "paths": list_paths(pages),
        "bodies": {model.id: make_body(model) for model in models},
        "rules": RULES,
        "codes": CODES,
        "releases": tuple(releases),
        "version": current_version(tuple(releases)),
    }


def is_rendered(path: str) -> bool:
    """Tell whether a file of a target's folder is written to the output: not its `target.toml`, and no macros."""
    is_for_import = path.startswith(MACROS) and path.endswith(TEMPLATE_SUFFIX)
    return path not in NOT_RENDERED and not is_for_import


def _check_paths(places: Mapping[str, Place]) -> None:
    """Reject paths that some file systems treat as the same path, or that are both a file and a folder."""
    lower = Counter(path.lower() for path in places)
    folders = {path[:end] for path in lower for end, sign in enumerate(path) if sign == "/"}
    for path, place in places.items():
        if lower[path.lower()] > 1:
            raise InputError(
                place, f"{path!r} differs from another output path only in case; rename one of them"
            )
        if path.lower() in folders:
            raise InputError(
                place, f"{path!r} is both a file and the folder of other files; rename one of them"
            )


def _find_outputs(
    path: str, target: Target, pages: Sequence[Page], place: Place
) -> Iterator[tuple[str, Subjects]]:
    """Return each output path of a template, and what it is rendered for."""
    output = path.removesuffix(TEMPLATE_SUFFIX)
    kinds = [kind for kind in ("page", "model") if f"{{{kind}}}" in output]
    if lost := next((kind for kind in kinds if kind not in target.names), ""):
        problem = f"target.toml has no names.{lost}, which {{{lost}}} needs; add it under [names]"
        raise InputError(place, problem)
    for subjects in _list_subjects(kinds, pages):
        written = output
        for kind, subject in subjects.items():
            written = written.replace(f"{{{kind}}}", spell(subject, kind, target))
        yield _safe_path(written, place), subjects


def _list_subjects(kinds: Sequence[str], pages: Sequence[Page]) -> Iterator[Subjects]:
    """List for what a template is rendered: for each page or model, for each model of each page, or once."""
    match kinds:
        case []:
            yield {}
        case ["page"]:
            yield from ({"page": page} for page in pages)
        case ["model"]:
            yield from ({"model": model} for model in all_models(pages))
        case _:
            of_page: Iterator[Subjects] = (
                {"page": page, "model": model} for page in pages for model in page.models
            )
            yield from of_page


def _safe_path(path: str, place: Place) -> str:
    is_safe = all(SAFE_PART.fullmatch(part) and not WINDOWS_DEVICES.match(part) for part in path.split("/"))
    if not is_safe or len(path) > MAX_PATH_LENGTH:
        rule = (
            "use characters, digits and . _ -, {model} or {page}, and no name that Windows reserves; "
            f"at most {MAX_PATH_LENGTH} characters"
        )
        raise InputError(place, f"{quote(path)} is not a safe path; {rule}")
    return path


class _Loader(jinja2.BaseLoader):
    """Load the templates of a target from the files of its folder; each is compiled once in a process."""

    def __init__(self, name: str, templates: Tree) -> None:
        self.name, self.templates = name, templates

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja calls it so
    ) -> jinja2.Template:
        if name not in self.templates:
            raise jinja2.TemplateNotFound(name)
        code = _compile(self.templates[name], name, f"templates/{self.name}/{name}")
        return environment.template_class.from_code(environment, code, globals or {})


@lru_cache(1024)
def _compile(template: str, path: str, file: str) -> CodeType:
    compiler = _make_environment(None, FROM_JINJA | dict.fromkeys(FILTER_NAMES, _never_at_once))
    _reject_logic(compiler.parse(template, path, file), path, file)
    return compiler.compile(template, path, file)


def _never_at_once(*_: Any, **__: Any) -> Markup:
    """Stand for a filter while a template is compiled: what it does depends on the target, and on no constant alone."""
    raise jinja2.TemplateRuntimeError


def _make_environment(
    loader: jinja2.BaseLoader | None, filters: dict[str, Callable[..., Any]]
) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
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
                "write texts next to each other, and put logic into rendering/models.py"
            )
            raise jinja2.TemplateSyntaxError(problem, node.lineno, path, file)


def _imported_from(node: jinja2.nodes.Getattr) -> str | None:
    return node.node.name if isinstance(node.node, jinja2.nodes.Name) else None


def _pass_undefined(own: Callable[..., Markup]) -> Callable[..., Markup]:
    """Make a filter raise StrictUndefined's error, which names what is undefined, instead of one of its own."""

    @wraps(own)
    def checked(value: Any, *arguments: Any, **named: Any) -> Markup:
        return own(str(value) if isinstance(value, jinja2.Undefined) else value, *arguments, **named)

    return checked


def _render_template(
    environment: jinja2.Environment, path: str, place: Place, context: Mapping[str, Any]
) -> str:
    try:
        text = environment.get_template(path).render(context)
        text.encode()  # half of a surrogate pair cannot be written
    except jinja2.TemplateSyntaxError as error:
        where = Place(error.filename or place.file, error.lineno)
        raise InputError(where, f"{error.message}") from None
    except SyntaxError as error:  # of Python, as which Jinja compiles a template
        raise InputError(place, f"cannot be compiled: {error.msg}; write it more simply") from None
    except jinja2.TemplateNotFound as error:
        name = quote(str(error.name or error.message))
        raise InputError(place, f"unknown template {name}; name one of this target") from None
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
        raise InputError(_find_line(error, place), f"{error}{subject}") from None
    return text.rstrip("\n") + "\n"


def _find_line(error: Exception, place: Place) -> Place:
    """Find the innermost line of a template in the traceback of an error; Jinja writes template lines into it."""
    trace, found = error.__traceback__, place
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith("templates/"):
            found = Place(file, trace.tb_lineno)
        trace = trace.tb_next
    return found
