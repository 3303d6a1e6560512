"""The API that templates see where a test renders them itself: that of the example, and one without an API."""

from collections.abc import Sequence

from paramsync.changes.history import Release
from paramsync.commands.generate import build_target, read_templates
from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.pages.vendor import Vendor
from paramsync.paths import PROFILE
from paramsync.rendering.apis import Service, read_api
from paramsync.rendering.pages import Page
from paramsync.text import Tree
from support.example import PROJECT, SAVED

VENDOR = read_config((SAVED / "profile.toml").read_text(encoding="utf-8"), PROFILE, Profile).vendor
FILE = f"templates/apis/{VENDOR.api}.toml"
EXAMPLE = Service(VENDOR, read_api(VENDOR.api, (PROJECT / FILE).read_text(encoding="utf-8"), FILE))
ACME = Service(Vendor(name="Acme", base_url="https://api.acme.com/v1", run="POST /run/{id}"))


def build(
    target: str, pages: Sequence[Page], releases: Sequence[Release] = (), service: Service = EXAMPLE
) -> Tree:
    """Render and format a target of the project."""
    templates = read_templates(PROJECT, target, service.api).templates
    return build_target(PROJECT, target, templates, pages, releases, service=service)
