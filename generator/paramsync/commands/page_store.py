"""Put a page that a site served beside its specs, or say why not."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from paramsync.findings import InputError, Place
from paramsync.pages.profile import Profile
from paramsync.site.checks import Judged, judge
from paramsync.site.pages import Fetched
from paramsync.site.responses import FetchError
from paramsync.specs.document import read_page
from paramsync.specs.paths import PAGE_EXTENSIONS, PAGE_JSON
from paramsync.text import Json
from paramsync.workspace import files

What = Literal["new", "changed", "unchanged", "moved", "not listed", "no models", "refused", "failed"]
PAGE_FILES = frozenset(f"page.{form}" for form in PAGE_EXTENSIONS)


@dataclass(frozen=True)
class Row:
    """What happened to a page."""

    page: str
    what: What
    note: str = ""
    is_written: bool = False  # or, by a check, would be

    @property
    def is_wrong(self) -> bool:
        """Whether somebody has to look at it."""
        return self.what in ("refused", "failed")


@dataclass(frozen=True)
class SavedPage:
    """A saved page: its bytes by form, more than one where people have put them there, and the models in its specs."""

    forms: Mapping[str, bytes]
    models: frozenset[str]


@dataclass(frozen=True)
class PageStore:
    """The saved pages of a root. With `check`, nothing is put there."""

    root: Path
    profile: Profile
    schema: Json
    check: bool

    @cached_property
    def pages(self) -> dict[str, SavedPage]:
        """The saved pages, as they were before the run."""
        return {
            name: saved
            for name in files.folders(self.root / "specs", self.root)
            if (saved := read_saved(self.root / "specs" / name)).forms
        }

    def inspect(self, asked: str, fetched: Fetched) -> None:
        """Judge a page as soon as it has come, so that this counts against the deadline; `put` uses what was found."""
        if not self._is_saved(asked, fetched):
            with suppress(FetchError):
                self._judge(fetched)

    def put(self, asked: str, fetched: Fetched) -> Row:
        """Save a page under its name; if it was asked for by another, its folder moves along.

        Raises:
            FetchError: it is no page, not all of it, or another page.
            InputError: something in its folder is a link.

        """
        saved = self.pages.get(asked)
        if fetched.name != asked and not saved:  # an old address, which leads to a page that has its own
            row = self.put(fetched.name, fetched)
            return Row(asked, "moved", f"to {fetched.name}, which is {row.what}", row.is_written)
        self._check_place(asked, fetched.name)
        if self._is_saved(asked, fetched):
            return self._keep(asked, fetched)
        judged = self._judge(fetched)
        if not judged.models and saved:
            raise FetchError("it has no model with a table any more")
        if not judged.models:
            return Row(asked, "no models", f"{fetched.address} is a page without models, and is left out")
        self._check_models(asked, fetched.name, judged.models)
        if saved and fetched.form == "html" and self._shows(saved, judged):
            return self._keep(asked, fetched)
        self._write(asked, fetched.name, {fetched.form: fetched.body or b""}, judged.models)
        if fetched.name != asked:
            return Row(asked, "moved", f"to {fetched.name}", is_written=True)
        return Row(asked, "changed" if saved else "new", is_written=True)

    @cached_property
    def _judged(self) -> dict[Fetched, Judged | FetchError]:
        return {}

    def _is_saved(self, asked: str, fetched: Fetched) -> bool:
        saved = self.pages.get(asked)
        return fetched.body is None or (
            saved is not None and dict(saved.forms) == {fetched.form: fetched.body}
        )

    def _judge(self, fetched: Fetched) -> Judged:
        if fetched not in self._judged:
            file = f"specs/{fetched.name}/page.{fetched.form}"
            try:
                self._judged[fetched] = judge(fetched.body or b"", file, self.profile, self.schema)
            except FetchError as refused:
                self._judged[fetched] = refused
        judged = self._judged[fetched]
        if isinstance(judged, FetchError):
            raise judged
        return judged

    def _shows(self, saved: SavedPage, judged: Judged) -> bool:
        """Tell whether a saved page is HTML, and shows the same: its code may differ each time that it is served."""
        with suppress(FetchError):
            if saved.forms.keys() == {"html"}:
                shown = judge(saved.forms["html"], "page.html", self.profile, self.schema).shown
                return bool(shown == judged.shown)
        return False

    def _check_place(self, asked: str, name: str) -> None:
        place = self.root / "specs" / name
        if place.exists() and not place.is_dir():
            raise FetchError(f"specs/{name} is a file, and no folder for a page")
        if name != asked and place.exists():
            raise FetchError(
                f"it has moved to {name}, and there is a folder specs/{name} already; "
                f"take over by hand what specs/{asked} has beyond it, and remove specs/{asked}"
            )

    def _keep(self, asked: str, fetched: Fetched) -> Row:
        if fetched.name == asked:
            return Row(asked, "unchanged")
        self._write(asked, fetched.name, {}, frozenset())
        return Row(asked, "moved", f"to {fetched.name}", is_written=True)

    def _write(self, asked: str, name: str, page: Mapping[str, bytes], models: frozenset[str]) -> None:
        before = self.pages.pop(asked, SavedPage({}, frozenset()))
        self.pages[name] = SavedPage(page or before.forms, before.models or models)
        if self.check:
            return
        specs = self.root / "specs"
        if name != asked and (specs / asked).is_dir():
            files.move(specs / asked, specs / name)
        if page:
            tree = {f"page.{form}": body.decode(errors="surrogateescape") for form, body in page.items()}
            files.publish(specs / name, tree, PAGE_FILES.__contains__)

    def _check_models(self, asked: str, name: str, models: frozenset[str]) -> None:
        """Refuse a page that is another page's, by its models."""
        saved = self.pages.get(asked)
        own = saved.models if saved else frozenset()
        if not models or models & own:
            return
        for other, page in self.pages.items():
            if other != asked and models <= page.models:
                raise FetchError(
                    f"all its models are those of {other}; if that page has this name now, "
                    f"rename specs/{other} to specs/{name}"
                )
        if name != asked and own:
            raise FetchError(f"it leads to {name}, which has none of its models; look where they went")


def read_saved(folder: Path) -> SavedPage:
    """Read a saved page, as bytes; what is not there, or a link, is none."""
    paths = {form: folder / f"page.{form}" for form in PAGE_EXTENSIONS}
    forms = {
        form: path.read_bytes() for form, path in paths.items() if path.is_file() and not path.is_symlink()
    }
    with suppress(OSError, UnicodeDecodeError, InputError):
        document = read_page((folder / PAGE_JSON).read_text(encoding="utf-8"), Place(PAGE_JSON))
        return SavedPage(forms, frozenset(document.all_models))
    return SavedPage(forms, frozenset())
