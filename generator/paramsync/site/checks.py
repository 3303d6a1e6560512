"""Judge whether what a site served is a page of models, and all of it. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from paramsync.findings import InputError
from paramsync.pages.inline import find_pipes
from paramsync.pages.page import Page, Row, Section, Text
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.site.responses import FetchError
from paramsync.specs.build import BuiltPage, build_specs
from paramsync.text import Json, quote

END_OF_HTML = re.compile(r"</html\s*>(?:\s|<!--[^<>]*-->)*\Z", re.IGNORECASE)
# What the title of a page says that stands in for another.
STAND_IN = re.compile(
    r"\b(?:[45][0-9][0-9]|not found|error|log ?in|sign ?in|denied|forbidden|unavailable|moment)\b",
    re.IGNORECASE,
)
PASSWORD = re.compile(r"type\s*=\s*[\"']?password", re.IGNORECASE)


@dataclass(frozen=True)
class Judged:
    """A page that is whole: its models, none for a guide, and all that it shows, to compare with what it showed."""

    models: frozenset[str]
    shown: Any


def judge(body: bytes, file: str, profile: Profile, schema: Json) -> Judged:
    """Judge the bytes that are to be saved as a file.

    Raises:
        FetchError: they are no page of models, or not all of one.

    """
    try:
        text = body.decode()
        page = read_page(text, file, profile)
    except UnicodeDecodeError:
        raise FetchError("it is not UTF-8") from None
    except InputError as error:
        raise FetchError(f"it cannot be read: {error.problem}") from None
    is_html = file.endswith(".html")
    if is_html and not END_OF_HTML.search(text[-4000:]):
        raise FetchError("it is cut off: it has no </html> at its end")
    built = build_specs(page, profile, schema)
    has_table = any(section.tables for section in page.sections if _has_id(section, profile))
    if not has_table and not (not built.drafts and _is_guide(page, text, profile)):
        raise FetchError(f"it has no model with a table, and its title is {quote(page.title)}")
    if problem := _what_is_cut(page, built) or ("" if is_html else _what_is_cut_in_markdown(page, text)):
        raise FetchError(f"it is cut off: {problem}")
    return Judged(frozenset(draft.model for draft in built.drafts), show(page))


def show(page: Page) -> Any:
    """Give all that a page shows, and nothing of how it is written."""
    return (page.title, page.kind, page.updated, tuple(map(_show_section, page.sections)))


def _show_section(section: Section) -> Any:
    def row(texts: Row) -> Any:
        return tuple(text.pieces for text in texts)

    def all_of(texts: tuple[Text, ...]) -> Any:
        return row(texts)

    return (
        section.level,
        section.heading.pieces,
        all_of(section.prose),
        tuple((label, text.pieces) for label, text in section.labels),
        tuple((row(table.header), tuple(map(row, table.rows))) for table in section.tables),
        tuple(map(row, section.stray_rows)),
    )


def _has_id(section: Section, profile: Profile) -> bool:
    return any(label == profile.labels.id for label, _ in section.labels)


def _is_guide(page: Page, text: str, profile: Profile) -> bool:
    """Tell a page of the site that has no models from one that stands in for a page: to log in, or to say what went wrong."""
    title = profile.page.title.replace("{title}", page.title)
    return (
        bool(page.title) and title in text and not STAND_IN.search(page.title) and not PASSWORD.search(text)
    )


def _what_is_cut(page: Page, built: BuiltPage) -> str:
    for finding in built.findings:
        if finding.code == "missing-section":
            return finding.problem
    described = [section for section in page.sections if section.labels]
    if described and not described[-1].tables:
        return f"its last model, {quote(described[-1].heading.value)}, has no table"
    return ""


def _what_is_cut_in_markdown(page: Page, text: str) -> str:
    last = page.sections[-1]
    is_listed = last.heading.value in {text.value for text in page.contents}
    if last.level > 1 and not last.tables and (is_listed or not (last.prose or last.stray_rows)):
        return f"it ends with {quote(last.heading.value)}, of which it says nothing"
    row = text.rstrip("\r\n").rpartition("\n")[2]
    ends = list(find_pipes(row, 0, len(row)))
    if last.tables and row.lstrip().startswith("|"):
        table = last.tables[-1]
        if table.rows and len(table.rows[-1]) != len(table.header):
            return "its last row lacks cells"
        if not text.endswith("\n") and (not ends or row[ends[-1] + 1 :].strip()):
            return "its last row has no end"
    return ""
