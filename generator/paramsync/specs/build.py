"""Build specs from a page: one JSON Schema per model, with the origin of each keyword, and findings. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from paramsync.findings import Finding, Place
from paramsync.pages.page import STRIKE, Page, Section, Text
from paramsync.pages.profile import Acceptance, Profile
from paramsync.pages.prose import remove_link_backticks
from paramsync.paths import is_file_name, spec_name
from paramsync.specs import cells
from paramsync.specs.document import PageDocument
from paramsync.specs.draft import Draft
from paramsync.specs.facts import check_texts
from paramsync.specs.headers import column_cells, is_parameter_table
from paramsync.specs.page_checks import (
    check_page,
    check_page_without_models,
    check_raw_tables,
    check_table_without_id,
    find_hidden,
)
from paramsync.specs.parameters import is_alone, read_parameters
from paramsync.specs.schema import check_spec
from paramsync.text import URL, collapse_whitespace, quote, remove_break_hints, toml_text

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
    def has_error(self) -> bool:
        """True if an error is about the page as a whole; its list of models may then be incomplete."""
        return any(finding.is_error for finding in self.findings)


def build_specs(page: Page, profile: Profile) -> BuiltPage:
    """Build the spec of every model of a page, and check each against the schema for specs."""
    drafts, providers, findings = _build_sections(page, profile)
    if not drafts and not findings:
        findings += check_page_without_models(page, profile)
    for finding in check_page(page, profile) if drafts else find_hidden(page, profile):
        findings.append(finding)
        if finding.code == "missing-section":  # the page may be cut off inside its last model
            drafts[-1].findings.append(replace(finding, model=drafts[-1].model))
    models = tuple(draft.model for draft in drafts)
    document = PageDocument(page.title, page.kind, page.updated, models, providers=providers)
    return BuiltPage(document, tuple(drafts), tuple(findings))


def list_models(page: Page, profile: Profile) -> dict[str, str]:
    """List the ids of the models of a page, each with the URL of its LLM Markdown, or an empty text."""
    models: dict[str, str] = {}
    for section in page.sections:
        if model := _read_id(_find_label(section, profile.labels.id)):
            text = _find_label(section, profile.labels.markdown)
            models.setdefault(model, text.value if text and URL.fullmatch(text.value) else "")
    return models


def drop_accepted(
    findings: Collection[Finding], acceptances: Iterable[tuple[Place, Acceptance]]
) -> list[Finding]:
    """Remove the findings that the profile accepts, and report each acceptance that matches no finding."""
    placed = [(place, one, {*filter(one.accepts, findings)}) for place, one in acceptances]
    accepted = frozenset[Finding]().union(*(found for _, _, found in placed))
    left = [finding for finding in findings if finding not in accepted]
    return [*left, *(_report_unused(place, one, left) for place, one, found in placed if not found)]


def _report_unused(place: Place, unused: Acceptance, findings: Iterable[Finding]) -> Finding:
    """Report that an acceptance matches no finding, or what it must name to match one that is left."""
    for finding in findings:
        if unnamed := unused.find_unnamed(finding):
            problem = f"there is {quote(unused.code)} of {finding.subject}, but this names no {' and no '.join(unnamed)}"
            lines = "\n".join(f"{key} = {toml_text(name)}" for key, name in unnamed.items())
            code = "acceptance-unmatched"
            return Finding(code, place, problem, unused.model, unused.parameter, f"# {place}\n{lines}")
    page = f" on the page {quote(unused.page)}" if unused.page != "*" else ""
    problem = f"no finding {quote(unused.code)}{page} is left to accept"
    return Finding(
        "stale-acceptance", place, problem, unused.model, unused.parameter, accepted_on=unused.page
    )


def _build_sections(page: Page, profile: Profile) -> tuple[list[Draft], dict[str, str], list[Finding]]:
    """Build the sections with a model id; return the drafts, the heading above each model, and other findings."""
    if page.unclear:
        problem = "it is not clear where this heading ends"
        return [], {}, [Finding("unclear-heading", text.place, problem) for text in page.unclear]
    allows_plain_lists = _allows_plain_lists(page, profile)
    drafts: list[Draft] = []
    providers: dict[str, str] = {}
    findings: list[Finding] = []
    parents: list[tuple[int, str]] = []  # the levels and texts of the headings that the section is below
    for section in page.sections:
        parents = [heading for heading in parents if heading[0] < section.level]
        id_text = _find_label(section, profile.labels.id)
        if id_text is None:
            parents += [(section.level, section.heading.prose)] if section.level > 1 else []
            findings += check_table_without_id(section, profile)
        elif not (model := _read_id(id_text)):
            problem = f"{quote(id_text.written)} is not a model id"
            findings.append(Finding("bad-model-id", id_text.place, problem))
        else:
            draft = Draft(profile, model, allows_plain_lists=allows_plain_lists)
            _build_spec(section, draft)
            findings += check_raw_tables(section, profile)
            drafts.append(draft)
            if parents:
                _, providers[draft.model] = parents[-1]
    return drafts, providers, findings


def _allows_plain_lists(page: Page, profile: Profile) -> bool:
    """Tell whether choices may stand without code spans: only on pages of some forms, and where none has a code span."""
    tables = [table for section in page.sections for table in section.tables]
    cells_of_choices = (cell for table in tables for cell in column_cells(table, "choices", profile))
    return page.form in profile.plain_lists and not any(cell.codes for cell in cells_of_choices)


def _has_sentences(description: str, profile: Profile) -> bool:
    """Tell whether a description is that of the page."""
    return any(profile.page.find(sentence, description) for sentence in SENTENCES)


def _find_label(section: Section, label: str) -> Text | None:
    return next((text for name, text in section.labels if name == label), None)


def _read_id(text: Text | None) -> str:
    """Read the id of a model; empty where it is none."""
    if text is None or not is_alone(text) or " " in text.value:
        return ""
    return (text.codes or (text.value,))[0]


def _build_spec(section: Section, draft: Draft) -> None:
    _read_facts(section, draft)
    tables = [table for table in section.tables if is_parameter_table(table, draft.profile)]
    if STRIKE in section.heading.value:
        draft.doubt("struck-out", section.heading, "the heading is struck out", "", "title")
    if not section.heading.value or _has_sentences(draft.spec.get("description", ""), draft.profile):
        draft.doubt("no-heading", section.heading, "the model has no heading of its own", "", "title")
    for row in section.stray_rows:
        draft.report("stray-row", row[0] if row else section.heading, "the row is not part of a table")
    if len(tables) == 1:
        read_parameters(tables[0], draft)
    else:
        draft.report("table-count", section.heading, f"the section has {len(tables)} parameter tables")
    is_sound = not any(finding.is_error for finding in draft.findings)
    if is_sound and (problem := check_spec(draft.spec)):
        draft.report("invalid-spec", section.heading, problem)


def _read_facts(section: Section, draft: Draft) -> None:
    labels = draft.profile.labels
    origins = draft.origins.setdefault("", {"title": section.heading})
    for name in dict.fromkeys(name for name, _ in section.labels):
        if len(found := [text for label, text in section.labels if label == name]) > 1:
            draft.report("duplicate-label", found[1], f"{name!r} appears twice in one section")
    id_text = origins["x-model"] = next(text for name, text in section.labels if name == labels.id)
    if not is_file_name(spec_name(draft.model)):
        draft.report("unsafe-name", id_text, f"{quote(spec_name(draft.model))} is not a valid file name")
    draft.spec |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:scenario:{draft.model}",
        "title": section.heading.prose,
    }
    check_texts([draft.spec["title"]], section.heading, draft, "", "title")
    _read_prose(section, id_text, draft)
    draft.spec["x-model"] = draft.model
    _read_labels(section, draft)


def _read_prose(section: Section, id_text: Text, draft: Draft) -> None:
    """Read the description, which is above the facts; report text between the facts and the table."""
    above = [text for text in section.prose if text.place < id_text.place]
    prose = remove_break_hints(collapse_whitespace(" ".join(text.prose for text in above)))
    if description := remove_link_backticks(prose):
        draft.spec["description"] = description
        draft.origins[""]["description"] = above[0]
    table = section.tables[0].header[0].place if section.tables else id_text.place
    for text in section.prose:
        if id_text.place < text.place < table:
            draft.report(
                "unread-prose",
                text,
                f"{quote(text.prose)} is between the facts and the table, and is not read",
            )


def _read_labels(section: Section, draft: Draft) -> None:
    labels = draft.profile.labels
    draft.spec["x-capabilities"] = []
    text = _find_label(section, labels.capabilities)
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
    text = _find_label(section, labels.markdown)
    if text and URL.fullmatch(text.value):
        draft.spec["x-markdown"] = text.value
        draft.origins[""]["x-markdown"] = text
    elif text and text.value:
        draft.report("bad-url", text, f"{quote(text.value)} is not a URL")
