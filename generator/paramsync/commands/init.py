"""The verb `init`: a root for a vendor, with a profile that is guessed from a page. Writes files, and overwrites none."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from paramsync.commands.outcome import IN_ORDER, Outcome
from paramsync.commands.root import update_files
from paramsync.commands.scrape import describe_pages
from paramsync.commands.starter import list_starter_files
from paramsync.config import read_config
from paramsync.findings import InputError, Place, UsageError
from paramsync.guessing.guess import Guess, guess_profile
from paramsync.guessing.names import name_page, name_vendor_of_folder, name_vendor_of_url
from paramsync.guessing.profile_text import USER_AGENT, Origin, write_profile
from paramsync.pages.page import Page
from paramsync.pages.profile import Profile
from paramsync.pages.reader import find_form, normalize_text, read_page, read_unknown_page
from paramsync.pages.site import Site
from paramsync.paths import PAGE_EXTENSIONS, PROFILE
from paramsync.site.crawl import fetch_named_pages
from paramsync.site.pages import FetchedPage
from paramsync.site.responses import FetchError
from paramsync.site.urls import UrlPolicy
from paramsync.specs.build import BuiltPage, build_specs
from paramsync.specs.nesting import nest_parameters
from paramsync.text import Tree, quote
from paramsync.workspace import files
from paramsync.workspace.pending import lock

EXTENSIONS = {"markdown": "md", "html": "html", "folded": "txt"}
NO_NAME = "page"
NOTHING_FOUND = (
    "no table of parameters was found{seen}. If a browser shows one, the page may be made by a script: save it from there, "
    f"or as Markdown, and give that file. Else run paramsync init without a page, and say in {PROFILE} how its tables are written"
)
MAX_TABLES = 3  # of which the headers are shown


@dataclass(frozen=True)
class GivenPage:
    """The page from which a profile is guessed: its text, its path or the end of its URL, and what is saved already of it."""

    text: str
    path: str
    url: str = ""
    folder: str = ""  # the name of the folder in specs/ where it is


def init(root: Path, page: str, *, allow_loopback: bool) -> Outcome:
    """Write a root, with a profile that is guessed from a page, given its URL or its file, and with the page; or one to fill in.

    Raises:
        UsageError: there is a profile already, or no such file.
        InputError: the page cannot be fetched or read, or has no table of parameters; then nothing is written.

    """
    if files.kind_of(root / PROFILE):
        raise UsageError(f"{root} has {PROFILE} already: change what is there, or give another --root")
    if not page:
        profile = write_profile(Guess(), Origin(name_vendor_of_folder(root.name)))
        return _write(root, {PROFILE: profile, **list_starter_files(root)}, "a profile to fill in")
    given = _read_given(page, root, allow_loopback=allow_loopback)
    read = read_unknown_page(given.text, given.path)
    vendor = name_vendor_of_url(given.url) if given.url else name_vendor_of_folder(root.name)
    name = given.folder or name_page(given.path, read.title)
    profile = write_profile(guess_profile(read), Origin(vendor, name, given.url))
    built = _build(f"specs/{name}/page", given.text, profile)
    if not built.drafts:
        raise InputError(Place(page), NOTHING_FOUND.format(seen=_list_headers(read)))
    wanted = {PROFILE: profile, **_list_pages(root, name, given.text), **list_starter_files(root)}
    return _write(root, wanted, describe_pages([built]))


def _read_given(page: str, root: Path, *, allow_loopback: bool) -> GivenPage:
    if page.startswith(("http://", "https://")):
        return _fetch(page, allow_loopback=allow_loopback)
    path = Path(page).resolve()
    if not path.is_file():
        raise UsageError(f"{page} is neither a file nor a URL, which begins with https://")
    is_saved = path.parent.parent == root / "specs" and path.stem == "page"
    text, folder = files.read_text(path, path.parent), path.parent.name if is_saved else ""
    return GivenPage(text, path.name, folder=folder)


def _fetch(url: str, *, allow_loopback: bool) -> GivenPage:
    """Fetch a page as `paramsync fetch` will."""
    try:
        site = Site(hosts=(url.split("/")[2].lower(),), pages={NO_NAME: url}, user_agent=USER_AGENT)
    except ValueError:
        raise UsageError(f"{url} is not a plain URL, with a host and a path") from None
    policy, end = UrlPolicy(site, allow_loopback, "the URL"), time.monotonic() + site.deadline
    listed, results = fetch_named_pages(policy, end=end)
    result = results.get(NO_NAME)
    if isinstance(result, FetchedPage) and result.body is not None:
        with suppress(UnicodeDecodeError):
            return GivenPage(result.body.decode(), urlsplit(url).path, url)
        raise InputError(Place(url), "not valid UTF-8")
    problems = [problem for _, problem in listed.problems]
    problems += [result.problem] if isinstance(result, FetchError) else []
    raise InputError(Place(url), problems[0] if problems else "there is no such page (status 404 or 410)")


def _list_pages(root: Path, name: str, text: str) -> Tree:
    """List the file of the page; none where the folder has one, in whatever form."""
    folder = root / "specs" / name
    if any(files.kind_of(folder / f"page.{one}") for one in PAGE_EXTENSIONS):
        return {}
    return {f"specs/{name}/page.{EXTENSIONS[find_form(normalize_text(text))]}": text}


def _list_headers(page: Page) -> str:
    """Say which headers the first tables of a page have, so that people can tell what their columns mean."""
    tables = [one for section in page.sections for one in section.tables]
    headers = dict.fromkeys(", ".join(cell.plain for cell in one.header) for one in tables)
    return f"; there are tables with {' and '.join(map(quote, [*headers][:MAX_TABLES]))}" if headers else ""


def _build(file: str, text: str, profile: str) -> BuiltPage:
    """Build a page by the text of a profile, as `paramsync scrape` will."""
    read = read_config(profile, PROFILE, Profile)
    built = build_specs(read_page(text, file, read), read)
    for draft in built.drafts:
        nest_parameters(draft)
    return built


def _write(root: Path, wanted: Tree, subject: str) -> Outcome:
    """Write the files that are not there yet."""
    root.mkdir(parents=True, exist_ok=True)
    new = {path: text for path, text in wanted.items() if not files.kind_of(root / path)}
    with lock(root):
        update = update_files(root, new, {}, check=False)
    lines = (f"{path}  {'new' if path in new else 'is there already, and stays as it is'}" for path in wanted)
    return Outcome(
        lines=tuple(lines),
        subject=subject,
        changed=update.changed,
        unchanged=len(wanted) - len(new),
        exit_code=IN_ORDER,
    )
