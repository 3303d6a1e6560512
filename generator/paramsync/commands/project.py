"""All pages of a root: read, built, corrected, and checked against each other. Reads files."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import chain
from pathlib import Path, PurePath
from types import MappingProxyType

from paramsync.commands.outcome import PageResult
from paramsync.commands.root import prefix_paths, read_json_files
from paramsync.commands.spelling import check_spelling, keeps_names, read_targets
from paramsync.commands.versions import read_released_specs
from paramsync.config import TomlFile, read_toml
from paramsync.findings import Finding, InputError, LimitError, Place
from paramsync.pages.page import Page
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PAGE_EXTENSIONS, PAGE_JSON, PROFILE, is_folder_name, spec_name
from paramsync.progress import Progress
from paramsync.specs.build import BuiltPage, build_specs, drop_accepted, list_models
from paramsync.specs.corrections import find_overlay_model
from paramsync.specs.damage import find_damage
from paramsync.specs.document import Folder, PageDocument, read_folder
from paramsync.specs.draft import Draft
from paramsync.specs.duplicates import find_duplicates
from paramsync.specs.nesting import nest_parameters
from paramsync.specs.overlays import OVERLAY_SUFFIX, apply_overlay, find_unmatched_overlays, show_corrections
from paramsync.specs.removals import last_specs
from paramsync.specs.sources import add_sources, is_source_file
from paramsync.specs.spec_checks import check_spec
from paramsync.text import Tree, find_conflict, quote
from paramsync.workspace import files

Overlays = Mapping[str, TomlFile | InputError]  # by path below the root
NO_PAGES: Mapping[str, PageResult] = MappingProxyType({})


@dataclass(frozen=True)
class Project:
    """All pages of a root, built, what their folders hold, and every finding that is not accepted.

    `settled` are the pages that are not read again, which are in neither `pages` nor `folders`. `found` has the findings of each page by
    itself, before acceptances; `shared` those that come of several pages together. `about_files` are those about files beside the
    pages, which may describe a model of another page.
    """

    profile: Profile
    pages: dict[str, BuiltPage]
    folders: dict[str, Folder]
    settled: Mapping[str, PageResult]
    findings: tuple[Finding, ...] = ()
    found: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    shared: tuple[Finding, ...] = ()
    about_files: tuple[Finding, ...] = ()

    @cached_property
    def places(self) -> dict[str, str]:
        """The models that any page lists, and on which."""
        pages: dict[str, BuiltPage | PageResult] = {**self.settled, **self.pages}
        return {model: name for name in sorted(pages) for model in pages[name].models}

    @property
    def is_by_page(self) -> bool:
        """True if what is found on each page follows from its own files, and from the ids and names of the models on others."""
        return not (self.shared or self.about_files)


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
    pages = _build_pages(root, progress(names), profile, settled)
    folders = {
        name: read_folder(read_json_files(root / "specs" / name, root), profile.vendor.prefix)
        for name in names
    }
    overlays = {name: _read_overlays(root, name) for name in names}
    project = Project(profile, pages, folders, settled)
    added = dict(_add_sources(root, project))
    about_files = tuple(chain.from_iterable(added.values()))
    for name, built in pages.items():
        added[name] = [*added[name], *_apply_to_page(overlays[name], built, folders[name], prune=prune)]
    for draft in (one for built in pages.values() for one in built.drafts):
        nest_parameters(draft)
    found = {name: (*_collect_findings(built), *added[name]) for name, built in pages.items()}
    shared = [*find_duplicates(pages, folders, overlays)]
    failed = find_failed_models((*chain.from_iterable(found.values()), *shared))
    shared += _check_spelling(root, project, failed, overlays, prune=prune)
    project = replace(project, found=found, shared=tuple(shared), about_files=about_files)
    acceptances = [(profile_file.find(("accept", index)), one) for index, one in enumerate(profile.accept)]
    known = found | {name: one.findings for name, one in settled.items()}
    findings = dict.fromkeys(chain.from_iterable((*(known[name] for name in sorted(known)), shared)))
    accepted = drop_accepted(findings, acceptances, profile.vendor.prefix)
    damaged = [one for name in names for one in find_damage(name, folders[name])]
    kept = [one for one in damaged if not prune or not one.model or one.model in project.places]
    return replace(project, findings=(*accepted, *kept))


def _build_pages(
    root: Path, names: Iterable[str], profile: Profile, settled: Mapping[str, PageResult]
) -> dict[str, BuiltPage]:
    """Read pages, and build each when it is known to which models of others it may refer."""
    read = ((name, _try_page(root, name, profile)) for name in names)
    references: dict[str, str] = {}
    if profile.has_references:  # else one page is forgotten before the next one is read
        pages = dict(read)
        references = _list_references(pages, profile, settled)
        read = ((name, pages.pop(name)) for name in [*pages])
    return {name: _build_page(root, name, page, profile, references) for name, page in read}


def _list_references(
    pages: Mapping[str, Page | InputError], profile: Profile, settled: Mapping[str, PageResult]
) -> dict[str, str]:
    """List the models of all pages that can be read, to which types may refer: id -> `$id`."""
    listed = {name: [*list_models(page, profile)] for name, page in pages.items() if isinstance(page, Page)}
    listed |= {name: [*one.models] for name, one in settled.items()}
    return {model: profile.vendor.urn_of(model) for name in sorted(listed) for model in listed[name]}


def _try_page(root: Path, name: str, profile: Profile) -> Page | InputError:
    """Read the page of a folder; return what is wrong if it cannot be read, so that it does not stop the others."""
    try:
        return _read_page(root, name, profile)
    except InputError as error:
        return error


def _build_page(
    root: Path, name: str, page: Page | InputError, profile: Profile, references: Mapping[str, str]
) -> BuiltPage:
    """Build one page; one that cannot be read becomes a finding."""
    if isinstance(page, InputError):
        code = "over-limit" if isinstance(page, LimitError) else "unreadable-page"
        return BuiltPage(
            PageDocument(prefix=profile.vendor.prefix), (), (Finding(code, page.place, page.problem),)
        )
    built = build_specs(page, profile, references)
    if built.drafts or not read_json_files(root / "specs" / name, root).keys() - {PAGE_JSON}:
        return built
    lost = Finding("lost-models", Place(page.file), "the page had models and has none")
    return BuiltPage(built.document, (), (*built.findings, lost))


def _read_page(root: Path, name: str, profile: Profile) -> Page:
    """Read the page of a folder.

    Raises:
        InputError: there is not one, it cannot be read, or git has left a conflict in it.

    """
    if not is_folder_name(name):
        raise InputError(Place(f"specs/{name}"), f"{quote(name)} is not safe as a name on every system")
    found = find_page_files(root, name)
    if len(found) != 1:
        problem = f"has {len(found)} pages, and needs one: page.md, page.html or page.txt"
        raise InputError(Place(f"specs/{name}"), problem)
    file = found[0].relative_to(root).as_posix()
    text = files.read_text(found[0], root)
    if line := find_conflict(text):
        problem = f"git has left a conflict here; take one side, git checkout --theirs {file} or --ours, and scrape again"
        raise InputError(Place(file, line), problem)
    return read_page(text, file, profile)


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


def _read_overlays(root: Path, name: str) -> Overlays:
    """Read the overlays of a page, by their paths below the root; an error says why one cannot be read."""
    paths = sorted((root / "specs" / name).glob(f"*{OVERLAY_SUFFIX}"))
    return {(file := path.relative_to(root).as_posix()): _read_overlay(root, path, file) for path in paths}


def _read_overlay(root: Path, path: Path, file: str) -> TomlFile | InputError:
    try:
        return read_toml(files.read_text(path, root), file)
    except InputError as error:
        return error


def _apply_to_page(
    overlays: Overlays,
    built: BuiltPage,
    folder: Folder,
    *,
    prune: bool,
) -> Iterator[Finding]:
    """Apply the overlays of a page to its drafts, and find overlays without a model."""
    drafts = {draft.model: draft for draft in built.drafts}
    known = (*drafts, *(() if prune else folder.page.all_models))
    ranked = sorted(known, key=partial(_rank_name, folder.page))
    by_name = {spec_name(one, folder.page.prefix): one for one in ranked}
    unmatched: dict[str, str] = {}
    for file, overlay in overlays.items():
        if isinstance(overlay, TomlFile) and overlay.text.strip() and not overlay.data:
            continue  # comments alone
        stated = find_overlay_model(overlay.data) if isinstance(overlay, TomlFile) else ""
        stem = PurePath(file).name.removesuffix(OVERLAY_SUFFIX)
        model = stated or by_name.get(stem, "")
        draft = drafts.get(model)
        if model not in known:
            unmatched[stated or stem] = file
        elif draft and isinstance(overlay, InputError):
            yield Finding("overlay-invalid", overlay.place, overlay.problem, draft.model)
        elif draft and isinstance(overlay, TomlFile):
            apply_overlay(draft, overlay)
    if built.drafts:
        yield from find_unmatched_overlays(unmatched, {*by_name})


def _rank_name(page: PageDocument, model: str) -> tuple[bool, bool]:
    """Rank the models whose ids give one name: last the one whose spec stands under that name."""
    stands = model in page.all_models and page.names.get(model, model) == model
    return stands, model.startswith(page.prefix)


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


def find_page_files(root: Path, name: str) -> list[Path]:
    """Find the files of a saved page: exactly one, if nothing is wrong."""
    paths = [root / "specs" / name / f"page.{form}" for form in PAGE_EXTENSIONS]
    return [path for path in paths if files.kind_of(path)]


def find_failed_models(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the models that have errors."""
    return frozenset(finding.model for finding in findings if finding.is_error)
