"""Read a page, in whatever form it was saved. Pure."""

import re

from generator.profile import Profile
from generator.reading.folded import read_folded
from generator.reading.markdown import read_markdown
from generator.reading.page import Document, Page, Source

HTML = re.compile(r"\s*<[A-Za-z!?]")
TABLE_IN_LINES = re.compile(r"^ {0,3}\|[^\n]*\n {0,3}\|[ \t:|-]+\r?$", re.MULTILINE)
# A header and its delimiters on one line, or front matter on one.
FOLDED = re.compile(r"\|[ \t]+\|[ \t]*:?-{3,}:?[ \t]*\||\A\s*---[ \t]+title:[^\n]* ---(?:\s|\Z)")


def read_page(text: str, file: str, profile: Profile) -> Page:
    """Read the text of a page; its form is told by the text, not by the name of the file."""
    document = _read_document(Source.of(file, text.removeprefix("\ufeff")), profile)
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


def _read_document(source: Source, profile: Profile) -> Document:
    if HTML.match(source.text):
        from generator.reading.html import read_html  # BeautifulSoup is only for HTML

        return read_html(source, profile.label_texts)
    if FOLDED.search(source.text) and not TABLE_IN_LINES.search(source.text):
        return read_folded(source, profile.label_texts)
    return read_markdown(source, profile.label_texts)
