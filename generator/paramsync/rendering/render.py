"""Render a target's templates over the models into a tree. Pure.

The template tree is the output tree: a path with `{model}` is rendered once per model, with `{page}` once per page, any
other path once; `.jinja` is stripped; a file without it is copied. Nothing reaches a file but through a filter: `{{ }}`
prints only what a filter has made `Markup`, and numbers.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any

import jinja2
import jinja2.nodes
from jinja2.filters import FILTERS
from markupsafe import Markup

from paramsync.changes.history import Release, current_version
from paramsync.findings import InputError, Place
from paramsync.rendering.filters import Filters, changelog, finalize, join, scalar, table, vectors
from paramsync.rendering.models import Model, Page, all_models
from paramsync.rendering.target import Subject, Target, spell
from paramsync.specs.paths import DEVICES, LONGEST_PATH
from paramsync.text import Tree, quote

Spelling = Callable[[str], Target]  # a target by its name; raises LookupError

SPECIAL = ("target.toml", "macros.jinja")
SUFFIX = ".jinja"
# Operators that would mix a bare value into Markup.
GLUE = (jinja2.nodes.Concat, jinja2.nodes.Add, jinja2.nodes.Mod, jinja2.nodes.Mul)
SAFE_PART = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(?<!\.)")


def render(
    name: str, templates: Tree, spelling: Spelling, pages: Sequence[Page], releases: Sequence[Release] = ()
) -> Tree:
    """Render one target: `templates` is its folder, `name` the folder's name; `spelling` gives it and those that it spells like.

    `releases` are the versions there were, the newest first.

    Raises:
        InputError: a template is wrong (with its line), prints a bare value, or would write outside its folder or twice.

    """
    target = spelling(name)
    environment = _environment(name, templates, spelling)
    shared = {
        "pages": tuple(pages),
        "models": all_models(pages),
        "releases": tuple(releases),
        "version": current_version(releases),
    }
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
    if all(mark in output for mark in subjects):
        raise InputError(place, "a path holds {model} or {page}, not both")
    for mark, each in subjects.items():
        if mark in output:
            kind = mark.strip("{}")
            if kind not in target.names:
                raise InputError(
                    place, f"target.toml has no names.{kind}, which {mark} needs; add it under [names]"
                )
            for subject in each:
                yield _safe_path(output.replace(mark, spell(subject, kind, target)), place), {kind: subject}
            return
    yield _safe_path(output, place), {}


def _safe_path(path: str, place: Place) -> str:
    is_safe = all(SAFE_PART.fullmatch(part) and not DEVICES.match(part) for part in path.split("/"))
    if not is_safe or len(path) > LONGEST_PATH:
        rule = (
            "use letters, digits and . _ -, {model} or {page}, and no name that Windows reserves; "
            f"at most {LONGEST_PATH} letters"
        )
        raise InputError(place, f"{quote(path)} is not a safe path; {rule}")
    return path


def _environment(name: str, templates: Tree, spelling: Spelling) -> jinja2.Environment:
    def load(path: str) -> tuple[str, str, Callable[[], bool]] | None:
        if path not in templates:
            return None
        file = f"templates/{name}/{path}"
        _refuse_logic(environment.parse(templates[path], path, file), path, file)
        return templates[path], file, lambda: True

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        autoescape=True,  # makes what macros and blocks give Markup; a bare value never gets that far
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters = Filters(spelling(name), spelling)
    own = (
        filters.name,
        filters.literal,
        filters.prose,
        filters.type,
        filters.json,
        filters.schema,
        filters.code,
        filters.cell,
        filters.address,
        filters.anchor,
        scalar,
        table,
        vectors,
        changelog,
        join,
    )
    environment.filters = {"map": FILTERS["map"]} | {one.__name__: _defined(one) for one in own}
    return environment


def _refuse_logic(tree: jinja2.nodes.Template, path: str, file: str) -> None:
    """Refuse operators on texts and calls of anything but macros: they could carry a bare value past `finalize`."""
    imported = {node.target for node in tree.find_all(jinja2.nodes.Import)}
    for node in tree.find_all((*GLUE, jinja2.nodes.Call)):
        called = node.node if isinstance(node, jinja2.nodes.Call) else None
        if called is None or (
            isinstance(called, jinja2.nodes.Getattr) and _imported_from(called) not in imported
        ):
            problem = "no operators and no calls but macros in a template: write texts side by side, and put logic into models"
            raise jinja2.TemplateSyntaxError(problem, node.lineno, path, file)


def _imported_from(node: jinja2.nodes.Getattr) -> str | None:
    return node.node.name if isinstance(node.node, jinja2.nodes.Name) else None


def _defined(own: Callable[..., Markup]) -> Callable[..., Markup]:
    """Let a filter say what is not defined, rather than stumble over it."""

    @wraps(own)
    def checked(value: Any, *arguments: Any, **named: Any) -> Markup:
        return own(str(value) if isinstance(value, jinja2.Undefined) else value, *arguments, **named)

    return checked


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
