"""Save a fetched page in the folder of its specs, or say why it is rejected."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from paramsync.commands.root import prefix_paths, read_json_files
from paramsync.findings import InputError
from paramsync.pages.profile import Profile
from paramsync.paths import PAGE_EXTENSIONS
from paramsync.site.cache import digest
from paramsync.site.checks import CheckedPage, check_page
from paramsync.site.pages import FetchedPage
from paramsync.site.responses import FetchError
from paramsync.specs.document import Folder, PageDocument, read_folder
from paramsync.text import Tree
from paramsync.workspace import files
from paramsync.workspace.entries import read_tree

PageStatus = Literal["new", "changed", "unchanged", "moved", "not listed", "no models", "rejected", "failed"]
NO_FOLDER = Folder({}, PageDocument(prefix=""))
PAGE_FILES = frozenset(f"page.{form}" for form in PAGE_EXTENSIONS)


@dataclass(frozen=True)
class PageReport:
    """What happened to a page."""

    page: str
    status: PageStatus
    note: str = ""
    is_written: bool = False  # or, by a check, would be

    @property
    def is_wrong(self) -> bool:
        """True if the page failed or was rejected."""
        return self.status in ("rejected", "failed")


@dataclass(frozen=True)
class SavedPage:
    """A saved page: its bytes by form (several where people have added some), and its specs, with the models in them.

    `problem` says what is in the place of a page and is not a regular file.
    """

    forms: Mapping[str, bytes]
    models: frozenset[str]
    problem: str = ""
    folder: Folder = NO_FOLDER

    def has(self, form: str, body: bytes) -> bool:
        """Tell whether the page is saved in a form as it was served, but for line ends, which git may have changed."""
        return form in self.forms and digest(self.forms[form]) == digest(body)


@dataclass
class PageStore:
    """The saved pages of a root, and the files that are to replace them."""

    root: Path
    profile: Profile
    # The files of the folders that change, by their paths below the root.
    expected: Tree = field(default_factory=dict)
    actual: Tree = field(default_factory=dict)
    _checks: dict[FetchedPage, CheckedPage | FetchError] = field(default_factory=dict, init=False)

    @cached_property
    def pages(self) -> dict[str, SavedPage]:
        """The saved pages by name, as this run finds and leaves them."""
        return {
            name: saved
            for name in files.list_folders(self.root / "specs", self.root)
            if (saved := read_saved(self.root, name, self.profile.vendor.prefix)).forms or saved.problem
        }

    def inspect(self, requested: str, fetched: FetchedPage) -> None:
        """Check a page as soon as it is fetched, so that this counts against the deadline; `save` uses the result."""
        if not self._is_saved(requested, fetched):
            with suppress(FetchError):
                self._checked(fetched)

    def save(self, requested: str, fetched: FetchedPage) -> PageReport:
        """Save a page under its name; if it was requested by an old one, move its folder along.

        Raises:
            FetchError: it is not a page of models, not complete, or another page.
            InputError: something in its folder is not a regular file.

        """
        saved = self.pages.get(requested)
        if saved and saved.problem:
            raise FetchError(saved.problem)
        # An old URL, which redirects to a page that is listed itself.
        if fetched.name != requested and not saved:
            report = self.save(fetched.name, fetched)
            return PageReport(
                requested, "moved", f"to {fetched.name}, which is {report.status}", report.is_written
            )
        self._check_place(requested, fetched.name)
        if self._is_saved(requested, fetched):
            return self._keep(requested, fetched)
        checked = self._checked(fetched)
        if not checked.models and saved:
            raise FetchError("no model has a table any more")
        if not checked.models:
            return PageReport(
                requested, "no models", f"{fetched.url} is a page without models, and is not saved"
            )
        self._check_models(requested, fetched.name, checked.models)
        if saved and fetched.form == "html" and self._shows_the_same(saved, checked):
            return self._keep(requested, fetched)
        self._write(requested, fetched.name, {fetched.form: fetched.body or b""}, checked.models)
        if fetched.name != requested:
            return PageReport(requested, "moved", f"to {fetched.name}", is_written=True)
        return PageReport(requested, "changed" if saved else "new", is_written=True)

    def _is_saved(self, requested: str, fetched: FetchedPage) -> bool:
        saved = self.pages.get(requested)
        return fetched.body is None or (
            saved is not None and saved.has(fetched.form, fetched.body) and len(saved.forms) == 1
        )

    def _checked(self, fetched: FetchedPage) -> CheckedPage:
        if fetched not in self._checks:
            file = f"specs/{fetched.name}/page.{fetched.form}"
            try:
                self._checks[fetched] = check_page(fetched.body or b"", file, self.profile)
            except FetchError as error:
                self._checks[fetched] = error
        checked = self._checks[fetched]
        if isinstance(checked, FetchError):
            raise checked
        return checked

    def _shows_the_same(self, saved: SavedPage, checked: CheckedPage) -> bool:
        """Tell whether a saved page is HTML with the same content: its markup may differ each time that it is served."""
        with suppress(FetchError):
            if saved.forms.keys() == {"html"}:
                before = check_page(saved.forms["html"], "page.html", self.profile)
                return bool(before.content == checked.content)
        return False

    def _check_place(self, requested: str, name: str) -> None:
        kind = files.kind_of(self.root / "specs" / name)
        has_moved = name not in self.pages and any(path.startswith(f"specs/{name}/") for path in self.actual)
        if kind not in ("", files.FOLDER):
            raise FetchError(f"specs/{name} is {kind}, and must be a folder; move it elsewhere")
        if name != requested and kind and not has_moved:
            raise FetchError(
                f"the page has moved to {name}, but specs/{name} exists already; "
                f"move what you need from specs/{requested} there, and remove specs/{requested}"
            )

    def _keep(self, requested: str, fetched: FetchedPage) -> PageReport:
        if fetched.name == requested:
            return PageReport(requested, "unchanged")
        self._write(requested, fetched.name, {}, frozenset())
        return PageReport(requested, "moved", f"to {fetched.name}", is_written=True)

    def _write(self, requested: str, name: str, page: Mapping[str, bytes], models: frozenset[str]) -> None:
        before = self.pages.pop(requested, SavedPage({}, frozenset()))
        self.pages[name] = replace(before, forms=page or before.forms, models=before.models or models)
        old, new = f"specs/{requested}", f"specs/{name}"
        tree = read_tree(self.root / old, self.root)
        self.actual.update(prefix_paths(old, tree))
        if page:
            tree = {path: text for path, text in tree.items() if path not in PAGE_FILES}
            tree |= {f"page.{form}": body.decode(errors="surrogateescape") for form, body in page.items()}
        for path in PAGE_FILES:  # another URL of this run led here, too: one form stays
            self.expected.pop(f"{new}/{path}", None)
        self.expected.update(prefix_paths(new, tree))

    def _check_models(self, requested: str, name: str, models: frozenset[str]) -> None:
        """Reject a page with the models of another page."""
        saved = self.pages.get(requested)
        own = saved.models if saved else frozenset()
        if not models or models & own:
            return
        for other, page in self.pages.items():
            if other != requested and models <= page.models:
                raise FetchError(
                    f"all its models belong to the page {other}; if that page was renamed, "
                    f"rename specs/{other} to specs/{name}"
                )
        if name != requested and own:
            raise FetchError(f"redirects to {name}, which has none of its models; find out where they went")


def read_saved(root: Path, name: str, prefix: str) -> SavedPage:
    """Read the saved page of a folder, as bytes; no forms where there is no page."""
    folder = root / "specs" / name
    specs = NO_FOLDER
    with suppress(InputError):  # a link or a pipe among the specs, which scrape reports
        specs = read_folder(read_json_files(folder, root), prefix)
    models = frozenset(specs.page.all_models)
    paths = {form: folder / f"page.{form}" for form in PAGE_EXTENSIONS}
    try:
        forms = {form: files.read_bytes(path, root) for form, path in paths.items() if files.kind_of(path)}
    except InputError as error:
        return SavedPage({}, models, str(error), specs)
    return SavedPage(forms, models, folder=specs)
