"""The API that templates see where a test renders them itself: that of the example, and one without an API."""

from collections.abc import Callable, Sequence

from paramsync.changes.history import Release
from paramsync.changes.kinds import Change
from paramsync.changes.specs import compare_specs
from paramsync.commands.root import make_finder, make_template_finder, read_selection
from paramsync.config import read_config
from paramsync.findings import Place
from paramsync.pages.profile import Profile
from paramsync.pages.vendor import Vendor, read_run
from paramsync.paths import PROFILE
from paramsync.rendering.formatters import run_formatters
from paramsync.rendering.pages import Page
from paramsync.rendering.service import Service, read_api
from paramsync.text import Tree
from paramsync.workspace import files
from support.example import PROJECT, SAVED
from support.rendering import render

VENDOR = read_config((SAVED / "profile.toml").read_text(encoding="utf-8"), PROFILE, Profile).vendor
FILE = f"templates/apis/{VENDOR.api}.toml"
SERVICE = Service(VENDOR, read_api(VENDOR.api, (PROJECT / FILE).read_text(encoding="utf-8"), FILE))
ACME = Service(Vendor(name="Acme", base_url="https://api.acme.com/v1", run=read_run("POST /run/{id}")))

# A vendor with another API than that of the example, of which no target of the project knows anything, and with files.
OTHER = Service(
    ACME.vendor.model_copy(update={"api": "other", "files": frozenset({"file"})}),
    {"name": "other", "routes": {"chats": "/chats"}},
)

find_templates = make_template_finder(PROJECT, VENDOR.api, make_finder(PROJECT, VENDOR.api))


def build(
    target: str,
    pages: Sequence[Page],
    releases: Sequence[Release] = (),
    service: Service = SERVICE,
    wanted: Callable[[str], bool] = bool,
) -> Tree:
    """Render and format a target of the project, or those of its files that are wanted, by their paths."""
    find_target = make_finder(PROJECT, service.vendor.api)
    selection = read_selection(PROJECT, target, find_target(target), service.vendor.api)
    find_templates = make_template_finder(PROJECT, service.vendor.api, find_target)
    tree = render(
        target,
        selection.templates,
        find_target,
        pages,
        releases,
        service=service,
        find_templates=find_templates,
        wanted=wanted,
    )
    place = Place(f"templates/{target}/target.toml")
    with run_formatters(tree.items(), selection.target.formatters, place) as formatted:
        return {path: files.read_exactly(file, file.parent) for path, file in formatted}


def compare(old: Tree, new: Tree) -> tuple[Change, ...]:
    """Compare two sets of specs of the example's vendor."""
    return compare_specs(old, new, VENDOR)
