"""Put a page that a site served beside its specs, or say why not."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from paramsync.commands.root import below
from paramsync.findings import InputError
from paramsync.pages.profile import Profile
from paramsync.site.checks import Judged, judge
from paramsync.site.pages import Fetched
from paramsync.site.responses import FetchError
from paramsync.specs.paths import FORMS, MANIFEST
from paramsync.text import Json, Tree
from paramsync.workspace import files

What = Literal["new", "changed", "unchanged", "moved", "not listed", "no models", "refused", "failed"]
PAGE_FILES = frozenset(f"page.{form}" for form in FORMS)


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
class Saved:
    """A saved page: its bytes by form, more than one where people have put them there, and the models in its specs.

    `problem` says what is in a page's place that is no file.
    """

    forms: Mapping[str, bytes]
    models: frozenset[str]
    problem: str = ""


@dataclass(frozen=True)
class PageStore:
    """The saved pages of a root, and what there should be in their place."""

    root: Path
    profile: Profile
    schema: Json
    # The files of the folders that change, by their paths below the root.
    expected: Tree = field(default_factory=dict)
    actual: Tree = field(default_factory=dict)

    @cached_property
    def pages(self) -> dict[str, Saved]:
        """The saved pages, as they were before the run."""
        return {
            name: saved
            for name in files.folders(self.root / "specs", self.root)
            if (saved := read_saved(self.root, name)).forms or saved.problem
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
            InputError: something in its folder is no regular file.

        """
        saved = self.pages.get(asked)
        if saved and saved.problem:
            raise FetchError(saved.problem)
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

    def _shows(self, saved: Saved, judged: Judged) -> bool:
        """Tell whether a saved page is HTML, and shows the same: its code may differ each time that it is served."""
        with suppress(FetchError):
            if saved.forms.keys() == {"html"}:
                shown = judge(saved.forms["html"], "page.html", self.profile, self.schema).shown
                return bool(shown == judged.shown)
        return False

    def _check_place(self, asked: str, name: str) -> None:
        kind = files.what_is(self.root / "specs" / name)
        has_moved = name not in self.pages and any(path.startswith(f"specs/{name}/") for path in self.actual)
        if kind not in ("", files.FOLDER):
            raise FetchError(f"specs/{name} is {kind}, and no folder for a page")
        if name != asked and kind and not has_moved:
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
        before = self.pages.pop(asked, Saved({}, frozenset()))
        self.pages[name] = Saved(page or before.forms, before.models or models)
        old, new = f"specs/{asked}", f"specs/{name}"
        tree = files.read_tree(self.root / old, self.root)
        self.actual.update(below(old, tree))
        if page:
            tree = {path: text for path, text in tree.items() if path not in PAGE_FILES}
            tree |= {f"page.{form}": body.decode(errors="surrogateescape") for form, body in page.items()}
        for path in PAGE_FILES:  # of an address before, that led here too
            self.expected.pop(f"{new}/{path}", None)
        self.expected.update(below(new, tree))

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


def read_saved(root: Path, name: str) -> Saved:
    """Read a saved page, as bytes; none where there is no page."""
    folder = root / "specs" / name
    paths = {form: folder / f"page.{form}" for form in FORMS}
    models: list[str] = []
    with suppress(ValueError, AttributeError, RecursionError, InputError):
        manifest = json.loads(files.read_text(folder / f"{MANIFEST}.json", root))
        models = [str(model) for key in ("models", "deprecated") for model in manifest.get(key, ())]
    try:
        forms = {form: files.read_bytes(path, root) for form, path in paths.items() if files.what_is(path)}
    except InputError as error:
        return Saved({}, frozenset(models), str(error))
    return Saved(forms, frozenset(models))
