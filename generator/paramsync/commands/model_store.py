"""Save the fetched files of models beside their pages, and let them follow a model to another page."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from paramsync.commands.page_store import PageStore
from paramsync.findings import InputError
from paramsync.pages.reader import normalize_text, read_page
from paramsync.paths import SAFE_NAME, SourceName, is_file_name
from paramsync.site.cache import digest
from paramsync.site.model_files import FetchedFile
from paramsync.site.model_sources import NOUNS, ModelSource
from paramsync.specs.build import list_models
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
class ModelFile:
    """The file of a model that a source has."""

    source: ModelSource
    listed: ListedModel

    @property
    def path(self) -> str:
        return self.listed.path(self.source.ending)

    @property
    def url(self) -> str:
        """Where it is; empty where that is not known."""
        return self.source.find_url(self.listed.model, self.listed.markdown)


@dataclass(frozen=True)
class StrayFile:
    """A saved file of a model, where the page of its folder lists none to which it belongs by its name."""

    source: SourceName
    path: str
    text: str
    model: str


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
    _models: dict[str, tuple[ListedModel, ...] | None] = field(default_factory=dict, init=False)

    def list_models(self, page: str) -> tuple[ListedModel, ...] | None:
        """List the models of a page as this run leaves it, whose names can be those of files; None if that cannot be said."""
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

    def follow(self, listed: Iterable[ListedModel]) -> Iterator[FileReport]:
        """Let the files of models follow them to another page, or to another name, whatever is fetched."""
        by_model: dict[str, list[ListedModel]] = {}
        for one in listed:
            by_model.setdefault(one.model, []).append(one)
        for stray in [*self._find_strays()] if by_model else ():
            ending, page = READERS[stray.source][0], stray.path.split("/")[1]
            stays = stray.model in {one.model for one in self.list_models(page) or ()}
            for one in by_model.get(stray.model, ()):
                if one.page == page or not stays:
                    path = one.path(ending)
                    self._remove(stray.path)
                    if self.read(path) is None:
                        self._put(path, stray.text)
                    yield FileReport(NOUNS[stray.source], path, "moved")
                    break

    def save(self, file: ModelFile, fetched: FetchedFile) -> FileReport:
        """Save a fetched file.

        Raises:
            FetchError: it is not the file of this model, or not complete.
            InputError: something else is in its place.

        """
        source, path = file.source, file.path
        before = self.read(path)
        if fetched.body is None:
            return FileReport(source.noun, path, "unchanged")
        checked = source.check(fetched.body, file.listed.model, path, self.pages.profile)
        if before is not None and digest(before.encode(errors="surrogateescape")) == digest(
            checked.text.encode()
        ):
            return FileReport(source.noun, path, "unchanged", unread=checked.unread)
        self._put(path, checked.text)
        status: FileStatus = "new" if before is None else "changed"
        return FileReport(source.noun, path, status, unread=checked.unread)

    def remove(self, file: ModelFile) -> FileReport:
        """Remove the file of a model that is gone."""
        self._remove(file.path)
        return FileReport(file.source.noun, file.path, "removed", "the API has no such model any more")

    def _find_strays(self) -> Iterator[StrayFile]:
        saved = sorted({*self._list_saved(), *filter(is_source_file, self.pages.expected)})
        listed = {page: self.list_models(page) for page in {path.split("/")[1] for path in saved}}
        for source, (ending, read) in READERS.items():
            own = {one.path(ending) for models in listed.values() for one in models or ()}
            for path in saved:
                is_read = path.endswith(ending) and getattr(self.pages.profile.sources, source)
                if is_read and path not in own and listed[path.split("/")[1]] is not None:
                    with suppress(InputError):  # scrape reports what cannot be read
                        text = self.read(path) or ""
                        model = read(normalize_text(text), path, self.pages.profile).model
                        yield StrayFile(source, path, text, model)

    def _list_saved(self) -> Iterator[str]:
        root = self.pages.root
        for page in files.list_folders(root / "specs", root):
            for file in files.list_entries(root / "specs" / page, root):
                path = f"specs/{page}/{file.name}"
                if is_source_file(file.name) and path not in self.pages.actual:
                    yield path

    def _read_models(self, page: str) -> tuple[ListedModel, ...] | None:
        if page not in self.pages.pages:
            return ()
        saved = self.pages.pages[page]
        try:
            [(form, body)] = saved.forms.items()
            file = f"specs/{page}/page.{form}"
            read = read_page(normalize_text(body.decode()), file, self.pages.profile)
        except (ValueError, InputError):  # not one form, or not UTF-8, or not a page: scrape reports it
            return None
        if read.unclear:
            return None
        found: dict[str, ListedModel] = {}
        for model, markdown in list_models(read, self.pages.profile).items():
            name = saved.folder.page.names.get(model) or self.pages.profile.vendor.name_of(model)
            if SAFE_NAME.fullmatch(model) and is_file_name(name):
                stated = markdown or saved.folder.spec(model).get("x-markdown", "")
                found.setdefault(name.lower(), ListedModel(page, model, name, stated))
        return tuple(found.values())

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
