"""Where the facts of the specs of a root come from, as templates see it."""

from paramsync.commands.contents import read_contents
from paramsync.commands.page_origins import PageOrigins
from paramsync.rendering.origins import RowOrigins, make_origins
from support.roots import Root


def read_origins(root: Root) -> dict[str, dict[str, RowOrigins]]:
    """Read the origins of each model, by its name and by the names of rows."""
    contents = read_contents(root.path)
    drafts = PageOrigins(root.path, contents.profile, contents.pages, contents.digests)
    return {
        model.name: make_origins(model, drafts.read([page.name]).get(model.id))
        for page in contents.pages
        for model in page.models
    }
