"""Render the templates of a target into a tree of files. Pure.

The template tree is the output tree: a path with `{model}` is rendered once per model, with `{page}` once per page, with both once per
model of each page, any other path once; `{package}` in it is the name of the vendor's package in code; `.jinja` is removed from the
name; a file without it is copied. `{{ }}` prints only numbers and the output of
filters (`Markup`), so that no untrusted text gets into a file without a filter.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from paramsync.changes.history import Release, current_version
from paramsync.changes.notes import select_notes
from paramsync.findings import InputError, Place
from paramsync.paths import MAX_PATH_LENGTH, WINDOWS_DEVICES
from paramsync.rendering.environment import make_environment, render_template
from paramsync.rendering.filters import Filters
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
SAFE_PART = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(?<!\.)")


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
    environment = make_environment(name, templates, Filters(target, find_target))
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
                tree[output] = render_template(environment, path, place, {**shared, **subjects})
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
