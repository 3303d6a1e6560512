"""Targets, rendered whole from what a test gives."""

from collections.abc import Callable, Sequence

from paramsync.changes.history import Release
from paramsync.rendering.pages import Page
from paramsync.rendering.render import FindTemplates, Renderer, find_no_templates
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
    find_templates: FindTemplates = find_no_templates,
    wanted: Callable[[str], bool] = bool,
) -> Tree:
    """Render the files of a target that are wanted, or all, by their paths; the other arguments are those of a `Renderer`."""
    renderer = Renderer(
        name, templates, find_target, pages, releases, service=service, find_templates=find_templates
    )
    return {output.path: renderer.render(output) for output in renderer.list_outputs() if wanted(output.path)}
