"""The files that describe a model beside its page, read and merged into the draft of the page. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from paramsync.findings import Finding, InputError, Place
from paramsync.pages.profile import Profile
from paramsync.paths import LLM_MARKDOWN, PROFILE, RECORD, SourceName
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import PageDocument
from paramsync.specs.draft import Draft
from paramsync.specs.llm_markdown import read_llm_markdown
from paramsync.specs.merging import merge_sources
from paramsync.specs.record_form import is_reduced
from paramsync.specs.records import read_record
from paramsync.specs.spec_checks import check_spec
from paramsync.text import BINARY, Tree, find_conflict, quote

Read = Callable[[str, str, Profile], Draft]
READERS: dict[SourceName, tuple[str, Read]] = {
    "record": (RECORD, read_record),
    "markdown": (LLM_MARKDOWN, read_llm_markdown),
}


def is_source_file(name: str) -> bool:
    """Tell whether a file of a page's folder describes a model beside the page."""
    return name.endswith((RECORD, LLM_MARKDOWN))


def add_sources(
    name: str,
    built: BuiltPage,
    files: Tree,
    profile: Profile,
    *,
    known: PageDocument,
    places: Mapping[str, str] = MappingProxyType({}),
) -> list[Finding]:
    """Merge the files of a root that describe the models of a page into their drafts, and find those that cannot be used.

    `files` are by their paths below the root. Those of the page's folder are its own; of the others, it takes those of its models, which
    have moved. `known` are the models that the folder had before, which may have such files still; `places` tells which page lists a
    model now.
    """
    reader = _Reader(f"specs/{name}/", built, profile, known, places)
    for source in READERS:
        for file in _select_files(f"specs/{name}/", built.document, READERS[source][0], files):
            reader.findings.extend(reader.read(source, file, files[file]))
    for draft in built.drafts:
        if others := reader.found.get(draft.model):
            _merge(draft, others)
    return reader.findings


def involves_others(finding: Finding, name: str, built: BuiltPage) -> bool:
    """Tell whether a finding about such a file may involve other pages than the one of this name.

    It does not if the file is in the page's own folder, and is about a model that the page lists.
    """
    return finding.page != name or finding.model not in built.models


def _select_files(folder: str, page: PageDocument, ending: str, files: Tree) -> list[str]:
    """Select the files of a folder, and those of its models that stand in the folder of another page."""
    found = sorted(file for file in files if file.endswith(ending))
    own = [file for file in found if file.startswith(folder)]
    missing = {page.name_of(model) + ending for model in page.models} - {_name_of(file) for file in own}
    return [*own, *(file for file in found if not file.startswith(folder) and _name_of(file) in missing)]


def _name_of(file: str) -> str:
    return file.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the files for the models of a page: model -> source -> draft."""

    folder: str
    built: BuiltPage
    profile: Profile
    known: PageDocument
    places: Mapping[str, str]
    found: dict[str, dict[SourceName, Draft]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def read(self, source: SourceName, file: str, text: str) -> Iterator[Finding]:
        ending, read = READERS[source]
        if getattr(self.profile.sources, source) is None:
            problem = f"{PROFILE} has no [sources.{source}]"
            yield Finding("undeclared-source", Place(file), problem)
            return
        try:
            _check_text(text, file)
            draft = read(text, file, self.profile)
        except InputError as error:
            name_of, models = self.profile.vendor.name_of, (*self.known.all_models, *self.built.models)
            by_name = {name_of(model): model for model in models}
            model = by_name.get(_name_of(file).removesuffix(ending), "")
            yield Finding("unreadable-source", error.place, error.mere_problem, model)
            return
        yield from self._add(source, file, draft)
        if draft.model in self.found and source == "record" and not is_reduced(text, file, self.profile):
            problem = "it holds more than the profile reads of it, or that in another order"
            yield Finding("record-unreduced", Place(file), problem, draft.model)

    def _add(self, source: SourceName, file: str, draft: Draft) -> Iterator[Finding]:
        place, model, found = draft.origins[""]["x-model"].place, draft.model, self.found.get(draft.model, {})
        if source in found:
            problem = f"{found[source].origins['']['x-model'].place.file} describes the same model"
            yield Finding("duplicate-source", place, problem, model)
        elif model in self.built.models:
            self.found.setdefault(model, {})[source] = draft
        elif file.startswith(self.folder) and (model in self.places or model not in self.known.all_models):
            problem = f"it describes {quote(model)}, which its page does not list"
            page = self.places.get(model)
            lines = f"# in the root\ngit mv {file} specs/{page}" if page else ""
            yield Finding("source-unmatched", place, problem, lines=lines)


def _check_text(text: str, file: str) -> None:
    """Raise the error of a text that is not UTF-8, or in which git has left a conflict."""
    if found := BINARY.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise InputError(Place(file, line, column), "is not UTF-8 here")
    if line := find_conflict(text):
        raise InputError(Place(file, line), "git has left a conflict here")


def _merge(draft: Draft, others: Mapping[SourceName, Draft]) -> None:
    merge_sources(draft, others)
    is_sound = not any(finding.is_error for finding in draft.findings)
    if is_sound and (problem := check_spec(draft.spec)):
        draft.report("invalid-spec", draft.origins[""]["title"], problem)
