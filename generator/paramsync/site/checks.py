"""Check that what a site served is a page of models, and all of it. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from paramsync.findings import InputError
from paramsync.pages.inline import find_pipes
from paramsync.pages.page import Page, Row, Section
from paramsync.pages.profile import Profile
from paramsync.pages.reader import normalize_text, read_page
from paramsync.site.responses import FetchError
from paramsync.specs.build import BuiltPage, build_specs
from paramsync.specs.sections import find_sections
from paramsync.text import quote

END_OF_HTML = re.compile(r"</html\s*>(?:\s|<!--[^<>]*-->)*\Z", re.IGNORECASE)
# In the title of an error page, or of one to log in.
ERROR_TITLE = re.compile(
    r"\b(?:[45][0-9][0-9]|not found|error|log ?in|sign ?in|denied|forbidden|unavailable|moment)\b",
    re.IGNORECASE,
)
PASSWORD = re.compile(r"type\s*=\s*[\"']?password", re.IGNORECASE)


@dataclass(frozen=True)
class CheckedPage:
    """A complete page: the ids of its models (none for a guide), and its content, to compare with another's."""

    models: frozenset[str]
    content: Any


def check_page(body: bytes, file: str, profile: Profile) -> CheckedPage:
    """Check the bytes that are to be saved as `file`, whose ending tells Markdown from HTML.

    Raises:
        FetchError: they are not a page of models, or not a complete one.

    """
    try:
        text = normalize_text(body.decode())
        page = read_page(text, file, profile)
    except UnicodeDecodeError:
        raise FetchError("not valid UTF-8") from None
    except InputError as error:
        raise FetchError(f"cannot be parsed: {error.problem}") from None
    is_html = file.endswith(".html")
    if is_html and not END_OF_HTML.search(text[-4000:]):
        raise FetchError("truncated: no </html> at the end")
    built = build_specs(page, profile)
    has_table = any(
        one.own.tables if one.is_labelled else one.tables
        for one in find_sections(page, profile)
        if one.id_text
    )
    unread = [finding.problem for finding in built.findings if finding.code == "unread-table"]
    if unread and not built.drafts:
        raise FetchError(f"not read: {unread[0]}")
    if not has_table and not (not built.drafts and _is_guide(page, text, profile)):
        raise FetchError(f"not a page of models: no model has a table, and the title is {quote(page.title)}")
    if problem := _find_cut(page, built) or ("" if is_html else _find_cut_in_markdown(page, text)):
        raise FetchError(f"truncated: {problem}")
    return CheckedPage(frozenset(draft.model for draft in built.drafts), _content(page))


def _is_guide(page: Page, text: str, profile: Profile) -> bool:
    """Tell a page of the site without models from an error page or one to log in."""
    title = profile.page.title.replace("{title}", page.title) or page.title
    return (
        bool(page.title)
        and title in text
        and not ERROR_TITLE.search(page.title)
        and not PASSWORD.search(text)
    )


def _find_cut(page: Page, built: BuiltPage) -> str:
    for finding in built.findings:
        if finding.code == "missing-section":
            return finding.problem
    described = [section for section in page.sections if section.labels]
    if described and not described[-1].tables:
        return f"the last model, {quote(described[-1].heading.value)}, has no table"
    return ""


def _find_cut_in_markdown(page: Page, text: str) -> str:
    last = page.sections[-1]
    is_listed = last.heading.value in {text.value for text in page.contents}
    if last.level > 1 and not last.tables and (is_listed or _ends_with(last, text)):
        return f"nothing follows the last heading, {quote(last.heading.value)}"
    row = text.rstrip("\r\n").rpartition("\n")[2]
    ends = list(find_pipes(row, 0, len(row)))
    if last.tables and row.lstrip().startswith("|"):
        table = last.tables[-1]
        if table.rows and len(table.rows[-1]) != len(table.header):
            return "the last row lacks cells"
        if not text.endswith("\n") and (not ends or row[ends[-1] + 1 :].strip()):
            return "the last row has no end"
    return ""


def _ends_with(section: Section, text: str) -> bool:
    """Tell whether nothing stands below the heading of a section, with which a text ends: no list or code either."""
    below = text.split("\n")[section.heading.place.line :]
    return not any(line.strip(" \t=-") for line in below)  # `===` below a heading is of it


def _content(page: Page) -> Any:
    """Return all that a page shows, without how it is written, as nested tuples."""
    return (page.title, page.kind, page.updated, tuple(map(_section_content, page.sections)))


def _section_content(section: Section) -> Any:
    def row(texts: Row) -> Any:
        return tuple(text.pieces for text in texts)

    return (
        section.level,
        section.heading.pieces,
        row(section.prose),
        tuple((label, text.pieces) for label, text in section.labels),
        tuple((row(table.header), tuple(map(row, table.rows))) for table in section.tables),
        tuple(map(row, section.stray_rows)),
    )
