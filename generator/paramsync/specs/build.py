"""Build specs from a page: one JSON Schema per model, with the origin of each keyword, and findings. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from paramsync.findings import Finding, Place
from paramsync.pages.acceptances import Acceptance
from paramsync.pages.page import STRIKE, Page, Section, Text
from paramsync.pages.profile import Profile
from paramsync.pages.prose import remove_link_backticks
from paramsync.paths import MAX_ID_LENGTH, is_file_name
from paramsync.specs import cells
from paramsync.specs.document import PageDocument
from paramsync.specs.draft import Draft
from paramsync.specs.facts import check_texts
from paramsync.specs.headers import column_cells
from paramsync.specs.page_checks import (
    check_page,
    check_page_without_models,
    check_raw_tables,
    check_table_without_id,
    find_hidden,
)
from paramsync.specs.parameters import read_parameters
from paramsync.specs.schema import DIALECT
from paramsync.specs.sections import ModelSection, find_label, find_sections
from paramsync.specs.spec_checks import check_spec
from paramsync.text import URL, collapse_whitespace, quote, remove_break_hints, shorten, toml_text

NO_MODELS: Mapping[str, str] = MappingProxyType({})
SENTENCES: tuple[Literal["kind", "updated"], ...] = ("kind", "updated")


@dataclass(frozen=True)
class BuiltPage:
    """The result of building a page: its own facts, its models, and the findings that are not about a single model."""

    document: PageDocument
    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """The models that the page lists, including those with errors."""
        return self.document.models

    @property
    def parameters(self) -> int:
        """How many parameters its models have together."""
        return sum(len(draft.spec.get("properties", ())) for draft in self.drafts)

    @property
    def has_error(self) -> bool:
        """True if an error is about the page as a whole; its list of models may then be incomplete."""
        return any(finding.is_error for finding in self.findings)


def build_specs(page: Page, profile: Profile, others: Mapping[str, str] = NO_MODELS) -> BuiltPage:
    """Build the spec of every model of a page, and check each against the schema for specs.

    `others` are the models of other pages to which types may refer: id -> `$id`.
    """
    drafts, providers, findings = _build_sections(page, profile, others)
    if not drafts and not findings:
        findings += check_page_without_models(page, profile)
    for finding in check_page(page, profile) if drafts else find_hidden(page, profile):
        findings.append(finding)
        if finding.code == "missing-section":  # the page may be cut off inside its last model
            drafts[-1].findings.append(replace(finding, model=drafts[-1].model))
    models = tuple(draft.model for draft in drafts)
    document = PageDocument(
        page.title, page.kind, page.updated, models, providers=providers, prefix=profile.vendor.prefix
    )
    return BuiltPage(document, tuple(drafts), tuple(findings))


def list_models(page: Page, profile: Profile) -> dict[str, str]:
    """List the ids of the models of a page, each with the URL of its LLM Markdown, or an empty text."""
    models: dict[str, str] = {}
    for one in find_sections(page, profile):
        if one.is_model:
            text = find_label(one.own, profile.labels.markdown)
            models.setdefault(one.id, text.value if text and URL.fullmatch(text.value) else "")
    return models


def drop_accepted(
    findings: Collection[Finding], acceptances: Iterable[tuple[Place, Acceptance]], prefix: str
) -> list[Finding]:
    """Remove the findings that the profile accepts, and report each acceptance that matches no finding.

    `prefix` is what the ids of the vendor's models begin with, which an acceptance need not say.
    """
    placed = [
        (place, one, {finding for finding in findings if one.accepts(finding, prefix)})
        for place, one in acceptances
    ]
    accepted = frozenset[Finding]().union(*(found for _, _, found in placed))
    left = [finding for finding in findings if finding not in accepted]
    return [*left, *(_report_unused(place, one, left, prefix) for place, one, found in placed if not found)]


def _report_unused(place: Place, unused: Acceptance, findings: Iterable[Finding], prefix: str) -> Finding:
    """Report that an acceptance matches no finding, or what it must name to match one that is left."""
    for finding in findings:
        if unnamed := unused.find_unnamed(finding, prefix):
            problem = f"there is {quote(unused.code)} of {finding.subject}, but this names no {' and no '.join(unnamed)}"
            lines = "\n".join(f"{key} = {toml_text(name)}" for key, name in unnamed.items())
            code = "acceptance-unmatched"
            return Finding(code, place, problem, unused.model, unused.parameter, f"# {place}\n{lines}")
    page = f" on the page {quote(unused.page)}" if unused.page != "*" else ""
    problem = f"no finding {quote(unused.code)}{page} is left to accept"
    return Finding(
        "stale-acceptance", place, problem, unused.model, unused.parameter, accepted_on=unused.page
    )


def _build_sections(
    page: Page, profile: Profile, others: Mapping[str, str]
) -> tuple[list[Draft], dict[str, str], list[Finding]]:
    """Build the models of a page; return the drafts, the heading above each model, and other findings."""
    if page.unclear:
        problem = "it is not clear where this heading ends"
        return [], {}, [Finding("unclear-heading", text.place, problem) for text in page.unclear]
    sections = find_sections(page, profile)
    allows_plain_lists = _allows_plain_lists(page, profile)
    references = {**others, **{one.id: profile.vendor.urn_of(one.id) for one in sections if one.is_model}}
    drafts: list[Draft] = []
    findings: list[Finding] = []
    for one in sections:
        if one.id_text is None:
            findings += check_table_without_id(one, profile)
        elif not one.id or len(one.id) > MAX_ID_LENGTH:
            long = f": it has more than {MAX_ID_LENGTH} characters" if one.id else ""
            problem = f"{quote(shorten(one.id_text.written))} is not a model id{long}"
            findings.append(Finding("bad-model-id", one.id_text.place, problem))
        else:
            findings += check_raw_tables(one.parts, profile)
            if one.is_model:
                drafts.append(
                    Draft(profile, one.id, references=references, allows_plain_lists=allows_plain_lists)
                )
                _build_spec(one, one.id_text, drafts[-1])
    return drafts, _find_providers(sections), findings


def _find_providers(sections: Iterable[ModelSection]) -> dict[str, str]:
    """Find the heading above each model; a long one may be above many, and is read once."""
    headings: dict[Place, str] = {}
    providers: dict[str, str] = {}
    for one in sections:
        if one.is_model and one.above:
            heading = one.above[-1].heading
            if heading.place not in headings:
                headings[heading.place] = heading.prose
            providers[one.id] = headings[heading.place]
    return providers


def _allows_plain_lists(page: Page, profile: Profile) -> bool:
    """Tell whether choices may stand without code spans: only on pages of some forms, and where none has a code span."""
    tables = [table for section in page.sections for table in section.tables]
    cells_of_choices = (cell for table in tables for cell in column_cells(table, "choices", profile))
    are_plain = profile.tables.values != "code" or page.form in profile.plain_lists
    return are_plain and not any(cell.codes for cell in cells_of_choices)


def _has_sentences(description: str, profile: Profile) -> bool:
    """Tell whether a description is that of the page."""
    return any(profile.page.find(sentence, description) for sentence in SENTENCES)


def _build_spec(section: ModelSection, id_text: Text, draft: Draft) -> None:
    tables, profile, heading = section.tables, draft.profile, section.own.heading
    _read_facts(section, id_text, draft)
    if STRIKE in heading.value:
        draft.doubt("struck-out", heading, "the heading is struck out", "", "title")
    if not heading.value or _has_sentences(draft.spec.get("description", ""), profile):
        draft.doubt("no-heading", heading, "the model has no heading of its own", "", "title")
    for row in section.stray_rows:
        draft.report("stray-row", row[0] if row else heading, "the row is not part of a table")
    if len(tables) == 1 or (tables and profile.tables.joined):
        read_parameters(tables, draft)
    else:
        draft.report("table-count", heading, f"the section has {len(tables)} parameter tables")
    is_sound = not any(finding.is_error for finding in draft.findings)
    # Names that say what is inside what are nested, and checked, after all corrections.
    if is_sound and not profile.tables.nested and (problem := check_spec(draft.spec)):
        draft.report("invalid-spec", heading, problem)


def _read_facts(section: ModelSection, id_text: Text, draft: Draft) -> None:
    own = section.own
    origins = draft.origins.setdefault("", {"title": own.heading})
    for name in dict.fromkeys(name for name, _ in own.labels):
        if len(found := [text for label, text in own.labels if label == name]) > 1:
            draft.report("duplicate-label", found[1], f"{name!r} appears twice in one section")
    origins["x-model"] = id_text
    name = draft.model.removeprefix(draft.profile.vendor.prefix)
    if section.is_labelled and not is_file_name(name):  # a text that is no id may stand there
        draft.report("unsafe-name", id_text, f"{quote(name)} is not a valid file name")
    id_ = draft.profile.vendor.urn_of(draft.model)
    draft.spec |= {"$schema": DIALECT, "$id": id_, "title": own.heading.prose}
    check_texts([draft.spec["title"]], own.heading, draft, "", "title")
    end = id_text.place if section.is_labelled else _find_start(section)
    _read_prose(own, id_text, end, draft)
    draft.spec["x-model"] = draft.model
    _read_labels(own, draft)


def _find_start(section: ModelSection) -> Place | None:
    """Find where the first table of parameters begins, if it is in the section itself: what stands above describes the model."""
    first = next(iter(section.tables), None)
    return first.header[0].place if first and any(first is one for one in section.own.tables) else None


def _read_prose(own: Section, id_text: Text, end: Place | None, draft: Draft) -> None:
    """Read the description, which is above a place; report text between the facts of a label and the table."""
    above = [text for text in own.prose if text != id_text and (end is None or text.place < end)]
    prose = remove_break_hints(collapse_whitespace(" ".join(text.prose for text in above)))
    if description := remove_link_backticks(prose):
        draft.spec["description"] = description
        draft.origins[""]["description"] = above[0]
    if end != id_text.place:
        return
    table = own.tables[0].header[0].place if own.tables else id_text.place
    for text in own.prose:
        if id_text.place < text.place < table:
            draft.report(
                "unread-prose",
                text,
                f"{quote(text.prose)} is between the facts and the table, and is not read",
            )


def _read_labels(section: Section, draft: Draft) -> None:
    labels = draft.profile.labels
    if labels.capabilities:
        draft.spec["x-capabilities"] = []
    text = find_label(section, labels.capabilities)
    if text and not cells.is_nothing(text, draft.profile.words):
        capabilities = cells.read_items(text, draft.profile.words)
        draft.origins[""]["x-capabilities"] = text
        is_plain_allowed = draft.allows_plain_lists
        if capabilities and not cells.explain_no_list(text, capabilities, is_plain_allowed=is_plain_allowed):
            draft.spec["x-capabilities"] = capabilities
            check_texts(capabilities, text, draft, "", "capabilities")
        else:
            problem = f"{quote(text.written)} is not a list of capabilities"
            draft.report_unread("bad-capabilities", text, problem, "", "capabilities")
    text = find_label(section, labels.markdown)
    if text and URL.fullmatch(text.value):
        draft.spec["x-markdown"] = text.value
        draft.origins[""]["x-markdown"] = text
    elif text and text.value:
        draft.report("bad-url", text, f"{quote(text.value)} is not a URL")
