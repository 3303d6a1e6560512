"""The pages of a root, read anew for templates that tell where facts come from, and only then. Reads files."""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from paramsync.commands.built_pages import build_pages
from paramsync.commands.outcome import PageResult
from paramsync.commands.page_overlays import apply_overlays, read_overlays
from paramsync.commands.root import prefix_paths, read_json_files
from paramsync.findings import InputError
from paramsync.pages.profile import Profile
from paramsync.paths import OVERLAY_SUFFIX, PAGE_EXTENSIONS, PAGE_JSON, PROFILE
from paramsync.rendering.keys import digest_parts
from paramsync.rendering.origins import DraftsById
from paramsync.rendering.pages import Page
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import read_folder
from paramsync.specs.draft import Draft
from paramsync.specs.nesting import nest_parameters
from paramsync.specs.sources import add_sources, is_source_file
from paramsync.text import Tree
from paramsync.workspace import files
from paramsync.workspace.plan import digest

PAGE_FILES = frozenset(f"page.{form}" for form in PAGE_EXTENSIONS)


class PageOrigins:
    """The drafts of the models of pages: those that `scrape` would make now, without any that cannot be read.

    `pages` are those of the specs; `specs` has digests of the JSON files of `specs/`, by their paths below it.
    """

    def __init__(
        self, root: Path, profile: Profile | None, pages: Sequence[Page], specs: Mapping[str, str]
    ) -> None:
        self.root, self.profile, self.specs = root, profile, specs
        self.pages = {page.name: page for page in pages}
        self._drafts: dict[str, dict[str, Draft]] = {}

    def digest(self, page: str) -> str:
        """Digest what the drafts of a page follow from: its files, those of its models in other folders, and the profile."""
        own = [digest_parts(*one) for one in self._texts[page].items()]
        moved = [
            digest_parts(*one)
            for model in self.pages[page].models
            for one in self._by_name.get(model.name, {}).items()
        ]
        ids = self._listed if self.profile and self.profile.has_references else {}
        return digest_parts(self._profile, self.specs[f"{page}/{PAGE_JSON}"], own, moved, ids)

    def read(self, pages: Iterable[str]) -> DraftsById:
        """Read pages, if they have not been read yet; return the drafts of their models, of those that can be read."""
        names = [*dict.fromkeys(pages)]
        self._read([name for name in names if name not in self._drafts])
        return ChainMap(*(self._drafts[name] for name in names))

    def _read(self, names: Sequence[str]) -> None:
        self._drafts |= {name: {} for name in names}
        if self.profile is None:
            return
        # To which models types may refer follows from the specs, whichever pages are read.
        settled = {name: PageResult(models, 0, 0, ()) for name, models in self._listed.items()}
        for name, built in build_pages(self.root, names, self.profile, settled).items():
            self._drafts[name] = self._complete(name, built, self.profile)

    def _complete(self, name: str, built: BuiltPage, profile: Profile) -> dict[str, Draft]:
        """Add to the drafts of a page what other sources and overlays say."""
        try:
            folder = read_folder(
                read_json_files(self.root / "specs" / name, self.root), profile.vendor.prefix
            )
            add_sources(name, built, self._sources, profile, known=folder.page, places=self._places)
            [*apply_overlays(read_overlays(self.root, name), built, folder, prune=False)]
            for draft in built.drafts:
                nest_parameters(draft)
        except InputError:
            return {}
        return {draft.model: draft for draft in built.drafts}

    @cached_property
    def _listed(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(model.id for model in page.listed) for name, page in self.pages.items()}

    @cached_property
    def _places(self) -> dict[str, str]:
        return {model: page for page, models in self._listed.items() for model in models}

    @cached_property
    def _profile(self) -> str:
        return digest(files.read_optional_text(self.root / PROFILE, self.root))

    @cached_property
    def _texts(self) -> dict[str, Tree]:
        """The files from which drafts are made, by page, and by their paths below the root."""
        return {name: _read_folder(self.root, name) for name in self.pages}

    @cached_property
    def _sources(self) -> Tree:
        """The files that describe models beside their pages."""
        texts = (one for tree in self._texts.values() for one in tree.items())
        return {path: text for path, text in texts if is_source_file(path)}

    @cached_property
    def _by_name(self) -> dict[str, Tree]:
        """The same by the names of the models, wherever they stand."""
        found: dict[str, Tree] = {}
        for path, text in self._sources.items():
            found.setdefault(path.rpartition("/")[2].rsplit(".", 2)[0], {})[path] = text
        return found


def _read_folder(root: Path, name: str) -> Tree:
    """Read what drafts are made from; nothing where something in the folder cannot be read."""
    try:
        return prefix_paths(f"specs/{name}", files.read_files(root / "specs" / name, root, _is_source))
    except InputError:
        return {}


def _is_source(name: str) -> bool:
    return name in PAGE_FILES or name.endswith(OVERLAY_SUFFIX) or is_source_file(name)
