"""Read a page, in whatever form it was saved. Pure."""

import re
from itertools import islice

from paramsync.findings import LimitError
from paramsync.pages.folded import read_folded
from paramsync.pages.markdown import read_markdown
from paramsync.pages.page import Page, PageContent, Source
from paramsync.pages.profile import Profile

HTML = re.compile(r"\s*<[A-Za-z!?]")
TABLE_IN_LINES = re.compile(r"^ {0,3}\|[^\n]*\n {0,3}\|[ \t:|-]+\r?$", re.MULTILINE)
MAX_HEADING_REPEAT = 1_000_000  # characters of a heading, times the sections of the page
MARKUP_CHARACTER = re.compile(r"[|<\n#]")  # where a cell, a tag, a line or a heading may begin
MAX_MARKUP_CHARACTERS = 100_000  # two hundred times as many as the largest page that was seen has
# A header and its delimiters on one line, or front matter on one.
FOLDED = re.compile(r"\|[ \t]+\|[ \t]*:?-{3,}:?[ \t]*\||\A\s*---[ \t]+title:[^\n]* ---(?:\s|\Z)")


def read_page(text: str, file: str, profile: Profile) -> Page:
    """Read the text of a page; its form is told by the text, not by the name of the file.

    Raises:
        InputError: it cannot be read, or holds more than a page is read with.

    """
    source = Source.of(file, text.removeprefix("\ufeff"))
    _check_size(source)
    document = _read_document(source, profile)
    _check_headings(document)
    top = [section for section in document.sections if section.level <= 1]
    title = document.title or next((section.heading.prose for section in top if section.level == 1), "")
    lead = " ".join(text.prose for section in top for text in section.prose)
    return Page(
        file=file,
        title=profile.page.find("title", title) or title,
        kind=profile.page.find("kind", lead) or "",
        updated=profile.page.find("updated", lead) or "",
        sections=document.sections,
        contents=document.contents,
        unclear=document.unclear,
    )


def _check_size(source: Source) -> None:
    """Refuse a page that would give more cells, headings and paragraphs than there is room for."""
    if sum(map(source.text.count, "|<\n#")) > MAX_MARKUP_CHARACTERS:
        sign = next(islice(MARKUP_CHARACTER.finditer(source.text), MAX_MARKUP_CHARACTERS, None))
        problem = f"the page has more than {MAX_MARKUP_CHARACTERS:,} lines, cells, headings and tags"
        raise LimitError(source.place(sign.start()), problem)


def _check_headings(document: PageContent) -> None:
    """Refuse a heading that is a long text above many sections: it would stand again in each model below it."""
    count = len(document.sections)
    for section in document.sections:
        if len(section.heading.written) * count > MAX_HEADING_REPEAT:
            problem = f"the heading is too long for one of {count:,} sections"
            raise LimitError(section.heading.place, problem)


def _read_document(source: Source, profile: Profile) -> PageContent:
    if HTML.match(source.text):
        from paramsync.pages.html import read_html  # only for HTML

        return read_html(source, profile.label_texts)
    if FOLDED.search(source.text) and not TABLE_IN_LINES.search(source.text):
        return read_folded(source, profile.label_texts)
    return read_markdown(source, profile.label_texts)
