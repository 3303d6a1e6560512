"""Save the fetched files of models beside their pages, and let them follow a model to another page."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal

from paramsync.commands.page_store import PageStore
from paramsync.findings import InputError
from paramsync.pages.reader import normalize_text, read_page
from paramsync.paths import SAFE_NAME, is_file_name, spec_name
from paramsync.site.cache import digest
from paramsync.site.model_files import FetchedFile
from paramsync.site.model_sources import NOUNS, ModelSource
from paramsync.specs.build import build_specs
from paramsync.specs.sources import READERS, is_source_file
from paramsync.workspace import files

FileStatus = Literal[
    "new", "changed", "unchanged", "moved", "removed", "missing", "kept", "rejected", "failed"
]
WRITTEN = ("new", "changed", "moved", "removed")


@dataclass(frozen=True)
class ListedModel:
    """A model that a page lists: its id, the name of its files, and the URL of its Markdown, if the page states one."""

    page: str
    model: str
    name: str
    markdown: str

    def path(self, ending: str) -> str:
        return f"specs/{self.page}/{self.name}{ending}"


@dataclass(frozen=True)
class FileReport:
    """What happened to a file of a model; `problem` says why it is not as its server has it, or is no more."""

    noun: str
    path: str
    status: FileStatus
    problem: str = ""
    url: str = ""
    unread: tuple[str, ...] = ()

    @property
    def is_wrong(self) -> bool:
        return self.status in ("kept", "rejected", "failed")


@dataclass
class ModelStore:
    """The saved files of models; what is to replace them goes with the pages."""

    pages: PageStore

    def list_models(self, page: str) -> tuple[ListedModel, ...] | None:
        """List the models of a page as this run leaves it, whose names can be those of files; None if it cannot be read."""
        if page not in self._models:
            self._models[page] = self._read_models(page)
        return self._models[page]

    def read(self, path: str) -> str | None:
        """Read a file as this run leaves it; None where there is none.

        Raises:
            InputError: something else is in its place.

        """
        if path in self.pages.expected:
            return self.pages.expected[path]
        if path in self.pages.actual:
            return None
        file, root = self.pages.root / path, self.pages.root
        return files.read_bytes(file, root).decode(errors="surrogateescape") if files.kind_of(file) else None

    def follow(self, listed: ListedModel) -> Iterator[FileReport]:
        """Let the files of a model follow it to another page, or to another name, whatever is fetched."""
        for source, (ending, read) in READERS.items():
            path, names = listed.path(ending), dict.fromkeys((listed.name, spec_name(listed.model)))
            for old in [one for name in names for one in self._paths.get(f"{name}{ending}", ())]:
                if self._has_left(listed, old, ending) and getattr(self.pages.profile.sources, source):
                    with suppress(InputError):  # scrape reports what cannot be read
                        text = self.read(old) or ""
                        if read(normalize_text(text), old, self.pages.profile).model == listed.model:
                            self._remove(old)
                            if self.read(path) is None:
                                self._put(path, text)
                            yield FileReport(NOUNS[ending], path, "moved")

    def save(self, source: ModelSource, listed: ListedModel, fetched: FetchedFile) -> FileReport:
        """Save a fetched file.

        Raises:
            FetchError: it is not the file of this model, or not complete.
            InputError: something else is in its place.

        """
        path = listed.path(source.ending)
        before = self.read(path)
        if fetched.body is None:
            return FileReport(source.noun, path, "unchanged")
        checked = source.check(fetched, listed.model, path, self.pages.profile)
        if before is not None and digest(before.encode(errors="surrogateescape")) == digest(
            checked.text.encode()
        ):
            return FileReport(source.noun, path, "unchanged", unread=checked.unread)
        self._put(path, checked.text)
        status: FileStatus = "new" if before is None else "changed"
        return FileReport(source.noun, path, status, unread=checked.unread)

    def remove(self, source: ModelSource, listed: ListedModel) -> FileReport:
        """Remove the file of a model that is gone."""
        path = listed.path(source.ending)
        self._remove(path)
        return FileReport(source.noun, path, "removed", "the API has no such model any more")

    @cached_property
    def _models(self) -> dict[str, tuple[ListedModel, ...] | None]:
        return {}

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        """The paths of all files of models, by their names."""
        found: dict[str, list[str]] = {}
        for path in sorted({*self._list_saved(), *filter(is_source_file, self.pages.expected)}):
            found.setdefault(PurePosixPath(path).name, []).append(path)
        return found

    def _list_saved(self) -> Iterator[str]:
        root: Path = self.pages.root
        for page in files.list_folders(root / "specs", root):
            for file in files.list_entries(root / "specs" / page, root):
                path = f"specs/{page}/{file.name}"
                if is_source_file(file.name) and path not in self.pages.actual:
                    yield path

    def _read_models(self, page: str) -> tuple[ListedModel, ...] | None:
        saved = self.pages.pages[page]
        try:
            [(form, body)] = saved.forms.items()
            built = build_specs(
                read_page(normalize_text(body.decode()), f"specs/{page}/page.{form}", self.pages.profile),
                self.pages.profile,
            )
        except (ValueError, InputError):  # not one form, or not UTF-8, or not a page: scrape reports it
            return None
        found: dict[str, ListedModel] = {}
        for draft in built.drafts:
            name = spec_name(saved.folder.page.names.get(draft.model, draft.model))
            if SAFE_NAME.fullmatch(draft.model) and is_file_name(name):
                stated = draft.spec.get("x-markdown") or saved.folder.spec(draft.model).get("x-markdown", "")
                found.setdefault(name.lower(), ListedModel(page, draft.model, name, stated))
        return tuple(found.values())

    def _has_left(self, listed: ListedModel, path: str, ending: str) -> bool:
        """Tell whether a file is that of no model that the page of its folder lists, though a model may have had it."""
        page = path.split("/")[1]
        others = self.list_models(page) if page in self.pages.pages else ()
        if others is None or page == listed.page:
            return page == listed.page and path not in {one.path(ending) for one in others or ()}
        return listed.model not in {one.model for one in others}

    def _put(self, path: str, text: str) -> None:
        self._remember(path)
        self.pages.expected[path] = text

    def _remove(self, path: str) -> None:
        self._remember(path)
        self.pages.expected.pop(path, None)

    def _remember(self, path: str) -> None:
        """Note what is on disk, so that it is replaced or removed."""
        if path not in self.pages.expected and (text := self.read(path)) is not None:
            self.pages.actual[path] = text
