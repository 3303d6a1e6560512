"""All pages of a root: built, corrected, and checked against each other. Reads files."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from paramsync.commands.built_pages import build_pages
from paramsync.commands.outcome import PageResult
from paramsync.commands.page_overlays import Overlays, apply_overlays, read_overlays
from paramsync.commands.root import prefix_paths, read_json_files
from paramsync.commands.spelling import check_spelling, keeps_names, read_targets
from paramsync.commands.versions import read_released_specs
from paramsync.config import read_toml
from paramsync.findings import Finding
from paramsync.pages.profile import Profile
from paramsync.paths import PROFILE
from paramsync.progress import Progress
from paramsync.specs.build import BuiltPage, drop_accepted
from paramsync.specs.damage import find_damage
from paramsync.specs.document import Folder, read_folder
from paramsync.specs.draft import Draft
from paramsync.specs.duplicates import find_duplicates
from paramsync.specs.nesting import nest_parameters
from paramsync.specs.overlays import show_corrections
from paramsync.specs.removals import last_specs
from paramsync.specs.sources import add_sources, involves_others, is_source_file
from paramsync.specs.spec_checks import check_spec
from paramsync.text import Tree
from paramsync.workspace import files

NO_PAGES: Mapping[str, PageResult] = MappingProxyType({})


@dataclass(frozen=True)
class Project:
    """All pages of a root, built, what their folders hold, and every finding that is not accepted.

    `settled` are the pages that are not read again, which are in neither `pages` nor `folders`. `found` has the findings of each page by
    itself, before acceptances; `shared` those that come of several pages together. `about_others` are those about a file beside a
    page that may be of a model of another page.
    """

    profile: Profile
    pages: dict[str, BuiltPage]
    folders: dict[str, Folder]
    settled: Mapping[str, PageResult]
    findings: tuple[Finding, ...] = ()
    found: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    shared: tuple[Finding, ...] = ()
    about_others: tuple[Finding, ...] = ()

    @cached_property
    def places(self) -> dict[str, str]:
        """The models that any page lists, and on which."""
        pages: dict[str, BuiltPage | PageResult] = {**self.settled, **self.pages}
        return {model: name for name in sorted(pages) for model in pages[name].models}

    @property
    def is_by_page(self) -> bool:
        """True if what is found on each page follows from its own files, and from the ids and names of the models on others."""
        return not (self.shared or self.about_others)


def read_project(root: Path, progress: Progress, *, prune: bool = False) -> Project:
    """Read and build every page of a root, and check that names differ, on the pages and as each target spells them.

    Models that stay though no page lists them count for the spelling, unless they are to be pruned.
    """
    return _read(root, progress, NO_PAGES, prune=prune)


def read_changed(root: Path, progress: Progress, settled: Mapping[str, PageResult]) -> Project | None:
    """Read the other pages than those that are settled; None if these may no longer be what they were.

    Of the pages that have changed, what `scrape` has written is as it was, and lists the models and spells the names that the others
    were compared with.
    """
    project = _read(root, progress, settled, prune=False)
    pages, folders = project.pages, project.folders
    are_as_before = all(built.models == folders[name].page.models for name, built in pages.items())
    if not are_as_before or not project.is_by_page:
        return None
    drafts = {draft.model: draft for built in pages.values() for draft in built.drafts}
    sound = {model: one for model, one in drafts.items() if not any(each.is_error for each in one.findings)}
    vendor = project.profile.vendor
    last = last_specs(folders.values())
    is_spelled_so = keeps_names(sound, last, read_targets(root, vendor.api), vendor)
    return project if is_spelled_so else None


def _read(root: Path, progress: Progress, settled: Mapping[str, PageResult], *, prune: bool) -> Project:
    profile_file = read_toml(files.read_text(root / PROFILE, root), PROFILE)
    profile = profile_file.read(Profile)
    names = [name for name in files.list_folders(root / "specs", root) if name not in settled]
    pages = build_pages(root, progress(names), profile, settled)
    folders = {
        name: read_folder(read_json_files(root / "specs" / name, root), profile.vendor.prefix)
        for name in names
    }
    overlays = {name: read_overlays(root, name) for name in names}
    project = Project(profile, pages, folders, settled)
    added = dict(_add_sources(root, project))
    about_others = tuple(
        one for name, built in pages.items() for one in added[name] if involves_others(one, name, built)
    )
    for name, built in pages.items():
        added[name] = [*added[name], *apply_overlays(overlays[name], built, folders[name], prune=prune)]
    for draft in (one for built in pages.values() for one in built.drafts):
        nest_parameters(draft)
    found = {name: (*_collect_findings(built), *added[name]) for name, built in pages.items()}
    shared = [*find_duplicates(pages, folders, overlays)]
    failed = find_failed_models((*chain.from_iterable(found.values()), *shared))
    shared += _check_spelling(root, project, failed, overlays, prune=prune)
    project = replace(project, found=found, shared=tuple(shared), about_others=about_others)
    acceptances = [(profile_file.find(("accept", index)), one) for index, one in enumerate(profile.accept)]
    known = found | {name: one.findings for name, one in settled.items()}
    findings = dict.fromkeys(chain.from_iterable((*(known[name] for name in sorted(known)), shared)))
    accepted = drop_accepted(findings, acceptances, profile.vendor.prefix)
    damaged = [one for name in names for one in find_damage(name, folders[name])]
    kept = [one for one in damaged if not prune or not one.model or one.model in project.places]
    return replace(project, findings=(*accepted, *kept))


def _add_sources(root: Path, project: Project) -> Iterator[tuple[str, list[Finding]]]:
    """Add to drafts what their other sources say; yield what is found by page."""
    names = sorted((*project.pages, *project.settled))
    texts = {path: text for name in names for path, text in _read_sources(root, name).items()}
    for name, built in project.pages.items():
        known = project.folders[name].page
        yield name, add_sources(name, built, texts, project.profile, known=known, places=project.places)


def _read_sources(root: Path, name: str) -> Tree:
    """Read the files of a page's folder that describe models beside the page, by their paths below the root."""
    return prefix_paths(f"specs/{name}", files.read_files(root / "specs" / name, root, is_source_file))


def _collect_findings(built: BuiltPage) -> Iterator[Finding]:
    """Collect the findings of a page and its models."""
    yield from built.findings
    for draft in built.drafts:
        yield from show_corrections(draft)


def _check_spelling(
    root: Path,
    project: Project,
    failed: Container[str],
    overlays: Mapping[str, Overlays],
    *,
    prune: bool,
) -> Iterator[Finding]:
    """Find names that would be alike among the models without errors, and those that stay as they were."""
    vendor = project.profile.vendor
    last = {
        model: spec
        for model, spec in last_specs(project.folders.values()).items()
        if (model in project.places or not prune) and not check_spec(spec)  # people may have edited it
    }
    return check_spelling(
        _find_sound(project.pages.values(), failed),
        last,
        read_released_specs(root),
        listed=project.places.keys(),
        overlays=chain(*overlays.values()),
        targets=read_targets(root, vendor.api),
        vendor=vendor,
    )


def _find_sound(pages: Iterable[BuiltPage], failed: Container[str]) -> dict[str, Draft]:
    drafts = (draft for built in pages for draft in built.drafts)
    return {draft.model: draft for draft in drafts if draft.model not in failed}


def find_failed_models(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the models that have errors."""
    return frozenset(finding.model for finding in findings if finding.is_error)
