"""All pages of a root: read, built, corrected, and checked against each other. Reads files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from paramsync.commands.root import read_json_files, read_spec_schema, read_target
from paramsync.config import find_tables, read_config
from paramsync.findings import Finding, InputError, LimitError, Place
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PAGE_EXTENSIONS, PAGE_JSON, PROFILE, is_folder_name, spec_name
from paramsync.progress import Progress
from paramsync.rendering.models import make_model
from paramsync.rendering.target import find_clashes
from paramsync.specs.build import BuiltPage, build_specs, check_unique_names, drop_accepted
from paramsync.specs.document import Folder, PageDocument, read_folder
from paramsync.specs.draft import Draft
from paramsync.specs.overlays import OVERLAY_SUFFIX, apply_overlay, find_unmatched_overlays
from paramsync.specs.retention import retained_specs
from paramsync.specs.schema import check_spec
from paramsync.text import Json, quote
from paramsync.workspace import files


@dataclass(frozen=True)
class Project:
    """All pages of a root, built, what their folders hold, and every finding that is not accepted."""

    profile: Profile
    pages: dict[str, BuiltPage]
    folders: dict[str, Folder]
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> frozenset[str]:
        """The models that have errors."""
        return find_failed_models(self.findings)


def read_project(root: Path, progress: Progress, *, prune: bool = False) -> Project:
    """Read and build every page of a root, and check that names differ, on the pages and as each target spells them.

    Models that stay though no page lists them count for the spelling, unless they are to be pruned.
    """
    profile_text = files.read_text(root / PROFILE, root)
    profile = read_config(profile_text, PROFILE, Profile)
    schema = read_spec_schema(root)
    names = files.list_folders(root / "specs", root)
    pages = {name: _build_page(root, name, profile, schema) for name in progress(names)}
    folders = {name: read_folder(read_json_files(root / "specs" / name, root)) for name in names}
    drafts = [draft for built in pages.values() for draft in built.drafts]
    unmatched = [
        one
        for name in names
        for one in _apply_overlays(root, name, pages[name], folders[name], schema, prune=prune)
    ]
    findings = [finding for built in pages.values() for finding in built.findings]
    findings += [finding for draft in drafts for finding in draft.findings]
    findings += [*unmatched, *check_unique_names(drafts)]
    failed = find_failed_models(findings)
    retained = [] if prune else retained_specs({draft.model for draft in drafts}, folders.values())
    retained = [spec for spec in retained if not check_spec(spec, schema)]  # people may have edited them
    findings += _check_spelling(root, [draft for draft in drafts if draft.model not in failed], retained)
    acceptances = zip(find_tables(profile_text, PROFILE, "accept"), profile.accept, strict=False)
    accepted = drop_accepted(dict.fromkeys(findings), acceptances)
    return Project(profile, pages, folders, tuple(accepted))


def _build_page(root: Path, name: str, profile: Profile, schema: Json) -> BuiltPage:
    """Build one page; one that cannot be read becomes a finding, so that it does not stop the others."""
    folder = root / "specs" / name
    if not is_folder_name(name):
        return _unreadable(Place(f"specs/{name}"), f"{quote(name)} is not safe as a name on every system")
    found = find_page_files(root, name)
    if len(found) != 1:
        problem = f"has {len(found)} pages, and needs one: page.md, page.html or page.txt"
        return _unreadable(Place(f"specs/{name}"), problem)
    file = found[0].relative_to(root).as_posix()
    try:
        page = read_page(files.read_text(found[0], root), file, profile)
    except LimitError as error:
        return BuiltPage(PageDocument(), (), (Finding("over-limit", error.place, error.problem),))
    except InputError as error:
        return _unreadable(error.place, error.problem)
    built = build_specs(page, profile, schema)
    if built.drafts or not read_json_files(folder, root).keys() - {PAGE_JSON}:
        return built
    lost = Finding("lost-models", Place(file), "the page had models and has none")
    return BuiltPage(built.document, (), (*built.findings, lost))


def _apply_overlays(
    root: Path, name: str, built: BuiltPage, folder: Folder, schema: Json, *, prune: bool
) -> Iterator[Finding]:
    """Apply the overlays of a page to its drafts, and find overlays without a model."""
    drafts = {spec_name(draft.model): draft for draft in built.drafts}
    paths = sorted((root / "specs" / name).glob(f"*{OVERLAY_SUFFIX}"))
    files_by_name = {path.name.removesuffix(OVERLAY_SUFFIX): path for path in paths}
    for model, path in files_by_name.items():
        if model in drafts:
            file = path.relative_to(root).as_posix()
            try:
                text = files.read_text(path, root)
            except InputError as error:
                yield Finding("overlay-invalid", error.place, error.problem, drafts[model].model)
            else:
                apply_overlay(drafts[model], text, file, schema)
    before = () if prune else folder.page.all_models
    models = {*drafts, *map(spec_name, before)}
    if built.drafts:
        yield from find_unmatched_overlays(
            {model: path.relative_to(root).as_posix() for model, path in files_by_name.items()}, models
        )


def find_page_files(root: Path, name: str) -> list[Path]:
    """Find the files of a saved page: exactly one, if nothing is wrong."""
    paths = [root / "specs" / name / f"page.{form}" for form in PAGE_EXTENSIONS]
    return [path for path in paths if files.kind_of(path)]


def _unreadable(place: Place, problem: str) -> BuiltPage:
    return BuiltPage(PageDocument(), (), (Finding("unreadable-page", place, problem),))


def find_failed_models(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the models that have errors."""
    return frozenset(finding.model for finding in findings if finding.is_error)


def _check_spelling(root: Path, drafts: Sequence[Draft], retained: Sequence[Json]) -> Iterable[Finding]:
    """Find names that a target would spell the same; `retained` are the specs of models that no page lists any more."""
    sound = {draft.model: draft for draft in drafts}
    unlisted = {spec["x-model"] for spec in retained}
    models = [make_model(spec) for spec in (*(draft.spec for draft in drafts), *retained)]
    for name in files.list_folders(root / "templates", root):
        target = read_target(root, name)
        for model, parameter, other in find_clashes(models, target):
            if model.id not in sound:
                continue
            text = sound[model.id].origins[parameter]["x-type" if parameter else "x-model"]
            is_unlisted = other.split()[0] in unlisted
            hint = (
                ", which no page lists any more: paramsync scrape --prune removes it" if is_unlisted else ""
            )
            problem = f"{name} would spell it like {other}{hint}"
            yield Finding("names-alike", text.place, problem, model.id, parameter)
