"""Targets, rendered whole from what a test gives."""

from collections.abc import Callable, Sequence

from paramsync.changes.history import Release
from paramsync.rendering.pages import Page
from paramsync.rendering.render import FindTemplates, Renderer, Shared
from paramsync.rendering.service import UNNAMED_SERVICE, Service
from paramsync.rendering.target import FindTarget
from paramsync.text import Tree


def render(
    name: str,
    templates: Tree,
    find_target: FindTarget,
    pages: Sequence[Page],
    releases: Sequence[Release] = (),
    *,
    service: Service = UNNAMED_SERVICE,
    find_templates: FindTemplates = lambda _: {},
    wanted: Callable[[str], bool] = bool,
) -> Tree:
    """Render the files of a target that are wanted, or all, by their paths, where no page can be read anew."""
    shared = Shared(find_target, find_templates, tuple(releases), service, lambda _: {})
    renderer = Renderer(name, templates, pages, shared)
    return {output.path: renderer.render(output) for output in renderer.list_outputs() if wanted(output.path)}
