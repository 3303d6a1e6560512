"""The pages of a root, read from their folders and built; one that cannot be read does not stop the others. Reads files."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from paramsync.commands.outcome import PageResult
from paramsync.commands.root import read_json_files
from paramsync.findings import Finding, InputError, LimitError, Place
from paramsync.pages.page import Page
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PAGE_EXTENSIONS, PAGE_JSON, is_folder_name
from paramsync.specs.build import BuiltPage, build_specs, list_models
from paramsync.specs.document import PageDocument
from paramsync.text import find_conflict, quote
from paramsync.workspace import files


def build_pages(
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
    found = _find_page_files(root, name)
    if len(found) != 1:
        problem = f"has {len(found)} pages, and needs one: page.md, page.html or page.txt"
        raise InputError(Place(f"specs/{name}"), problem)
    file = found[0].relative_to(root).as_posix()
    text = files.read_text(found[0], root)
    if line := find_conflict(text):
        problem = f"git has left a conflict here; take one side, git checkout --theirs {file} or --ours, and scrape again"
        raise InputError(Place(file, line), problem)
    return read_page(text, file, profile)


def _find_page_files(root: Path, name: str) -> list[Path]:
    """Find the files of a saved page: exactly one, if nothing is wrong."""
    paths = [root / "specs" / name / f"page.{form}" for form in PAGE_EXTENSIONS]
    return [path for path in paths if files.kind_of(path)]
