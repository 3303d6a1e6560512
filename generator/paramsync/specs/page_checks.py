"""Check a page as a whole: its table of contents, its sentences, and that no parameter table on it is left unread. Pure."""

from collections.abc import Iterable, Iterator

from paramsync.findings import Finding, Place
from paramsync.pages.html import read_tables
from paramsync.pages.page import Page, Section, Table
from paramsync.pages.profile import Profile
from paramsync.specs.headers import is_parameter_table
from paramsync.specs.sections import ModelSection
from paramsync.text import quote

# Where the id of a model is, if not at a label -> what a section without one lacks.
WANTED = {
    "heading": "heading of the form {form}",
    "endpoint": "method and path of an endpoint",
    "endpoint or heading": "endpoint, and no heading of the form {form}",
}


def check_page(page: Page, profile: Profile) -> Iterator[Finding]:
    """Check the page against its own table of contents, and that it has the sentences of the profile."""
    headings = {section.heading.without_strikes().value for section in page.sections}
    for text in page.contents:
        if text.without_strikes().value not in headings:
            problem = f"the table of contents lists {quote(text.value)}, but there is no such section"
            yield Finding("missing-section", text.place, problem, cause=page.file)
    yield from find_hidden(page, profile)
    for key in ("title", "kind", "updated"):
        if getattr(profile.page, key) and not getattr(page, key):
            problem = f"the page does not contain the sentence {quote(getattr(profile.page, key))}"
            yield Finding("unknown-sentence", Place(page.file), problem)


def check_page_without_models(page: Page, profile: Profile) -> Iterator[Finding]:
    """Tell a guide from a page whose tables are not read where they stand."""
    unread = [table for one in page.sections for table in (*one.hidden_tables, *one.unread_tables)]
    tables = [table for table in unread if is_parameter_table(table, profile)]
    if tables:
        problem = (
            "the page gives no model, and its parameter tables are hidden, or in code blocks or comments"
        )
        yield Finding("unread-table", tables[0].header[0].place, problem)
    else:
        problem = "no section has a model id and a parameter table"
        yield Finding("no-models", Place(page.file), problem)


def check_table_without_id(section: ModelSection, profile: Profile) -> Iterator[Finding]:
    """Find the parameter tables of sections that state no id."""
    wanted = WANTED.get(profile.tables.id, repr(profile.labels.id)).format(form=quote(profile.tables.heading))
    for part in section.parts:
        heading = quote(part.heading.value) if part.tables else ""
        for table in part.tables:
            if is_parameter_table(table, profile):
                problem = f"{heading} has a parameter table, but no {wanted}"
                yield Finding("no-model-id", table.header[0].place, problem, cause=wanted)
    yield from check_raw_tables(section.parts, profile)


def check_raw_tables(sections: Iterable[Section], profile: Profile) -> Iterator[Finding]:
    """Find the parameter tables that stand in HTML within Markdown."""
    for text in (one for section in sections for one in section.raw_tables):
        if any(is_parameter_table(table, profile) for table in read_tables(text.written)):
            yield Finding("unread-table", text.place, "a parameter table in HTML stands within Markdown")


def find_hidden(page: Page, profile: Profile) -> Iterator[Finding]:
    """Find the models that a reader does not see, and parameter tables that are no copy of one that is seen."""
    for section in page.sections:
        ids = [text for name, text in section.hidden_labels if name == profile.labels.id]
        for text in ids:
            yield Finding("hidden-content", text.place, "the model is hidden, and not read", text.value)
        seen = set(map(_table_values, section.tables))
        hidden = [table for table in section.hidden_tables if is_parameter_table(table, profile)]
        for table in hidden:
            is_of_hidden_model = any(text.place < table.header[0].place for text in ids)
            if not is_of_hidden_model and _table_values(table) not in seen:
                problem = f"below {quote(section.heading.value)}, a parameter table is hidden, and not read"
                yield Finding("hidden-content", table.header[0].place, problem)


def _table_values(table: Table) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cell.value for cell in row) for row in (table.header, *table.rows))
