"""From a page to specs: one JSON Schema per model, the cell behind each keyword, and what was found. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from paramsync.findings import Finding, Place
from paramsync.pages.page import Page, Section, Text
from paramsync.pages.profile import Acceptance, Profile
from paramsync.pages.prose import remove_link_backticks
from paramsync.specs import cells
from paramsync.specs.document import PageDocument
from paramsync.specs.parameters import Draft, is_parameter_table, read_parameters
from paramsync.specs.paths import is_file_name, spec_name
from paramsync.specs.schema import check_spec
from paramsync.text import URL, Json, collapse_whitespace, quote


@dataclass(frozen=True)
class BuiltPage:
    """What a page gives: its own facts, its models, and the findings that belong to none of them."""

    document: PageDocument
    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """The models that the page lists, with errors or not."""
        return self.document.models

    @property
    def has_error(self) -> bool:
        """Whether an error belongs to none of its models: any model may be missing, then, and still be meant."""
        return any(finding.is_error for finding in self.findings)


def build_specs(page: Page, profile: Profile, schema: Json) -> BuiltPage:
    """Build the spec of every model of a page, and check each against the schema for specs."""
    drafts: list[Draft] = []
    providers: dict[str, str] = {}
    findings = [
        Finding("unclear-heading", text.place, "it is not clear where headings end") for text in page.unclear
    ]
    above: list[tuple[int, str]] = []  # the levels and texts of the headings that the section stands below
    for section in page.sections if not page.unclear else ():
        above = [heading for heading in above if heading[0] < section.level]
        id_text = _find_label(section, profile.labels.id)
        if id_text is None:
            above += [(section.level, section.heading.prose)] if section.level > 1 else []
            findings += _check_table_without_id(section, profile)
        elif len(id_text.codes) > 1 or not id_text.value or " " in id_text.value:
            findings.append(
                Finding("bad-model-id", id_text.place, f"{quote(id_text.written)} is not a model id")
            )
        else:
            draft = _build_spec(section, Draft(profile, id_text.value), schema)
            drafts.append(draft)
            if above:
                _, providers[draft.model] = above[-1]
    if not drafts and not findings:
        findings.append(
            Finding("no-models", Place(page.file), "no section has a model id and a parameter table")
        )
    for finding in _check_page(page, profile) if drafts else ():
        findings.append(finding)
        if finding.code == "missing-section":  # the page ends early, and so, perhaps, does its last model
            drafts[-1].findings.append(replace(finding, model=drafts[-1].model))
    models = tuple(draft.model for draft in drafts)
    document = PageDocument(page.title, page.kind, page.updated, models, providers=providers)
    return BuiltPage(document, tuple(drafts), tuple(findings))


def check_unique_names(drafts: Iterable[Draft]) -> Iterator[Finding]:
    """Check models against each other: an id stands once, and file names differ by more than case."""
    seen: dict[str, Draft] = {}
    for draft in drafts:
        other = seen.setdefault(spec_name(draft.model).lower(), draft)
        if other is draft:
            continue
        code = "duplicate-model" if other.model == draft.model else "names-alike"
        for one, another in ((draft, other), (other, draft)):
            text, elsewhere = one.origins[""]["x-model"], another.origins[""]["x-model"]
            problem = f"{quote(another.model)} stands at {elsewhere.place} too"
            yield Finding(code, text.place, problem, one.model)


def drop_accepted(
    findings: Iterable[Finding], acceptances: Iterable[tuple[Place, Acceptance]]
) -> list[Finding]:
    """Leave out the findings that the profile accepts, and report the acceptances that match none."""
    unused = {(one.code, one.model, one.parameter): place for place, one in acceptances}
    known = frozenset(unused)
    left: list[Finding] = []
    for finding in findings:
        key = (finding.code, finding.model, finding.parameter)
        unused.pop(key, None)
        left += [finding] if key not in known else []
    for (code, model, parameter), place in unused.items():
        problem = f"nothing is left of {quote(code)}"
        left.append(Finding("stale-acceptance", place, problem, model, parameter))
    return left


def _find_label(section: Section, label: str) -> Text | None:
    return next((text for name, text in section.labels if name == label), None)


def _check_page(page: Page, profile: Profile) -> Iterator[Finding]:
    """Compare the page with its own list of contents, and with the sentences that it is known for."""
    headings = {section.heading.value for section in page.sections}
    for text in page.contents:
        if text.value not in headings:
            problem = f"the list of contents names {quote(text.value)}, and no section does"
            yield Finding("missing-section", text.place, problem)
    for key in ("title", "kind", "updated"):
        if not getattr(page, key):
            problem = f"the page does not say {quote(getattr(profile.page, key))}"
            yield Finding("unknown-sentence", Place(page.file), problem)


def _check_table_without_id(section: Section, profile: Profile) -> Iterator[Finding]:
    heading = quote(section.heading.value) if section.tables else ""
    for table in section.tables:
        if is_parameter_table(table, profile):
            problem = f"{heading} has a parameter table and no {profile.labels.id!r}"
            yield Finding("no-model-id", table.header[0].place, problem)


def _build_spec(section: Section, draft: Draft, schema: Json) -> Draft:
    _read_facts(section, draft)
    tables = [table for table in section.tables if is_parameter_table(table, draft.profile)]
    for row in section.stray_rows:
        draft.report("stray-row", row[0] if row else section.heading, "the row belongs to no table")
    if len(tables) == 1:
        read_parameters(tables[0], draft)
    else:
        draft.report("table-count", section.heading, f"the section has {len(tables)} parameter tables")
    is_sound = not any(finding.is_error for finding in draft.findings)
    if is_sound and (problem := check_spec(draft.spec, schema)):
        draft.report("invalid-spec", section.heading, problem)
    return draft


def _read_facts(section: Section, draft: Draft) -> None:
    labels = draft.profile.labels
    origins = draft.origins.setdefault("", {"title": section.heading})
    for name in dict.fromkeys(name for name, _ in section.labels):
        if len(found := [text for label, text in section.labels if label == name]) > 1:
            draft.report("duplicate-label", found[1], f"{name!r} stands twice in one section")
    id_text = origins["x-model"] = next(text for name, text in section.labels if name == labels.id)
    if not is_file_name(spec_name(draft.model)):
        draft.report("unsafe-name", id_text, f"{quote(spec_name(draft.model))} cannot be the name of a file")
    draft.spec |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:scenario:{draft.model}",
        "title": section.heading.prose,
    }
    _read_prose(section, id_text, draft)
    draft.spec["x-model"] = draft.model
    _read_labels(section, draft)


def _read_prose(section: Section, id_text: Text, draft: Draft) -> None:
    """Read what stands above the facts; what stands between them and the table is told, and left out."""
    above = [text for text in section.prose if text.place < id_text.place]
    if description := remove_link_backticks(collapse_whitespace(" ".join(text.prose for text in above))):
        draft.spec["description"] = description
        draft.origins[""]["description"] = above[0]
    table = section.tables[0].header[0].place if section.tables else id_text.place
    for text in section.prose:
        if id_text.place < text.place < table:
            draft.report("unread-prose", text, f"{quote(text.prose)} stands between the facts and the table")


def _read_labels(section: Section, draft: Draft) -> None:
    labels = draft.profile.labels
    draft.spec["x-capabilities"] = []
    text = _find_label(section, labels.capabilities)
    if text and not cells.is_nothing(text, draft.profile.words):
        draft.spec["x-capabilities"] = capabilities = cells.read_items(text, draft.profile.words)
        draft.origins[""]["x-capabilities"] = text
        if capabilities is None:
            draft.report("bad-capabilities", text, f"{quote(text.written)} is not a list of capabilities")
    text = _find_label(section, labels.markdown)
    if text and URL.fullmatch(text.value):
        draft.spec["x-markdown"] = text.value
        draft.origins[""]["x-markdown"] = text
    elif text and text.value:
        draft.report("bad-url", text, f"{quote(text.value)} is not a web address")
