"""What a root holds for the verbs that read no pages: specs, the profile's word on them, and versions. Reads files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from paramsync.commands.root import read_all_specs, read_profile, read_service
from paramsync.commands.spelling import find_unwritable
from paramsync.commands.versions import Versions, read_versions
from paramsync.findings import Finding
from paramsync.pages.profile import Profile
from paramsync.rendering.pages import Page, load_pages
from paramsync.rendering.service import Service
from paramsync.rendering.target import Target
from paramsync.workspace.plan import digest


@dataclass(frozen=True)
class Contents:
    """The specs of a root, as pages with models and by a digest of each file, whose they are, the profile, and the versions."""

    digests: Mapping[str, str]  # by paths below `specs/`
    service: Service
    profile: Profile | None
    pages: tuple[Page, ...]
    versions: Versions

    def find_unwritable(
        self, targets: Mapping[str, Target]
    ) -> tuple[list[Finding], dict[str, frozenset[str]]]:
        """Find the models that each target must leave out, and what is to be said of it."""
        released, accepted = self.versions.released.by_model, self.profile.accept if self.profile else ()
        return find_unwritable(self.pages, targets, released, accepted, self.service.vendor)


def read_contents(root: Path) -> Contents:
    """Read what a root holds.

    Raises:
        InputError: the profile, a spec, the history, what was released or a note cannot be used.

    """
    specs, profile = read_all_specs(root), read_profile(root)
    service = read_service(root, profile)
    pages = load_pages(specs, service)
    versions = read_versions(root, specs, service.vendor)
    digests = {path: digest(text) for path, text in specs.items()}  # the texts need much memory
    return Contents(digests, service, profile, pages, versions)
