"""The files that describe a model beside its page, read and merged into the draft of the page. Pure."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from paramsync.findings import Finding, InputError, Place
from paramsync.pages.profile import Profile
from paramsync.paths import LLM_MARKDOWN, PROFILE, RECORD, SourceName, spec_name
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import PageDocument
from paramsync.specs.draft import Draft
from paramsync.specs.llm_markdown import read_llm_markdown
from paramsync.specs.merging import merge_sources
from paramsync.specs.record_form import is_reduced
from paramsync.specs.records import read_record
from paramsync.specs.schema import check_spec
from paramsync.text import Tree, find_conflict, quote

Read = Callable[[str, str, Profile], Draft]
READERS: dict[SourceName, tuple[str, Read]] = {
    "record": (RECORD, read_record),
    "markdown": (LLM_MARKDOWN, read_llm_markdown),
}


def is_source_file(name: str) -> bool:
    """Tell whether a file of a page's folder describes a model beside the page."""
    return name.endswith((RECORD, LLM_MARKDOWN))


def add_sources(
    built: BuiltPage,
    files: Tree,
    profile: Profile,
    known: PageDocument,
    pages: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Finding]:
    """Merge the files of a page's folder into the drafts of their models, and find those that cannot be used.

    `files` are by their paths below the root; `known` are the models that the folder had before, which may have such files still;
    `pages` tells which page lists a model now.
    """
    drafts = {draft.model: draft for draft in built.drafts}
    by_name = {spec_name(model): model for model in (*known.all_models, *drafts)}
    found: dict[str, dict[SourceName, Draft]] = {}
    for source, (ending, read) in READERS.items():
        for file in sorted(one for one in files if one.endswith(ending)):
            model = by_name.get(file.rpartition("/")[2].removesuffix(ending), "")
            if getattr(profile.sources, source) is None:
                problem = f"{PROFILE} has no [sources.{source}], and does not say how to read it"
                yield Finding("source-unmatched", Place(file), problem)
                continue
            try:
                draft = _read(read, files[file], file, profile)
            except InputError as error:
                yield Finding("unreadable-source", error.place, error.problem, model)
                continue
            place = draft.origins[""]["x-model"].place
            if source == "record" and not is_reduced(files[file], file, profile):
                problem = "it holds more than the profile reads of it, or that in another order"
                yield Finding("record-unreduced", Place(file), problem, draft.model)
            if source in found.get(draft.model, {}):
                other = found[draft.model][source].origins[""]["x-model"].place.file
                yield Finding("duplicate-source", place, f"{other} describes the same model", draft.model)
            elif draft.model in drafts:
                found.setdefault(draft.model, {})[source] = draft
            elif draft.model not in known.all_models:
                problem = f"it describes {quote(draft.model)}, which its page does not list"
                page = pages.get(draft.model)
                lines = f"# in the root\ngit mv {file} specs/{page}" if page else ""
                yield Finding("source-unmatched", place, problem, lines=lines)
    for model, others in found.items():
        _merge(drafts[model], others)


def _read(read: Read, text: str, file: str, profile: Profile) -> Draft:
    if line := find_conflict(text):
        raise InputError(Place(file, line), "git has left a conflict here; take one side, and scrape again")
    return read(text, file, profile)


def _merge(draft: Draft, others: dict[SourceName, Draft]) -> None:
    merge_sources(draft, others)
    is_sound = not any(finding.is_error for finding in draft.findings)
    if is_sound and (problem := check_spec(draft.spec)):
        draft.report("invalid-spec", draft.origins[""]["title"], problem)
