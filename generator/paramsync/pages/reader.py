"""Read a saved page in any form: Markdown, HTML or folded text. Pure."""

import re
from itertools import islice

from paramsync.findings import LimitError
from paramsync.pages.folded import read_folded
from paramsync.pages.markdown import read_markdown
from paramsync.pages.page import Form, Page, PageContent, Source, find_start
from paramsync.pages.profile import PageSentences, Profile

LINE_END = re.compile(r"\r*\n|\r")
DOCUMENT = re.compile(r"<(?:!doctype\s+html|html|body)\b", re.IGNORECASE)
# A part of a document; Markdown may begin with a tag, too.
FRAGMENT = re.compile(r"<[A-Za-z!?]")
BLOCK_OF_HTML = re.compile(r"<(?:h[1-6]|head|p|table|td|th|tr|title)\b", re.IGNORECASE)
HEADING_IN_LINES = re.compile(r"^[ \t]*#{1,6}[ \t]", re.MULTILINE)
TABLE_IN_LINES = re.compile(r"^[ \t]*\|[^\n]*\n[ \t]*\|[ \t:|-]+$", re.MULTILINE)
MAX_HEADING_REPEAT = 1_000_000  # the length of a heading times the number of sections
MARKUP_CHARACTER = re.compile(r"[|<\n#]")  # a cell, a tag, a line or a heading may begin here
MAX_MARKUP_CHARACTERS = 100_000  # two hundred times the number in any page seen so far
# A header and its delimiters on one line, or front matter on one line.
FOLDED = re.compile(r"\|[ \t]+\|[ \t]*:?-{3,}:?[ \t]*\||\A\s*---[ \t]+title:[^\n]* ---(?:\s|\Z)")


def read_page(text: str, file: str, profile: Profile) -> Page:
    """Read the text of a page; its form is detected from the text, not from the name of the file.

    Raises:
        LimitError: the page is too large, or nested too deeply.

    """
    return _read_page(text, file, profile.label_texts, profile.page)


def read_unknown_page(text: str, file: str) -> Page:
    """Read the text of a page of which no profile says anything yet.

    Raises:
        LimitError: the page is too large, or nested too deeply.

    """
    return _read_page(text, file, (), PageSentences())


def _read_page(text: str, file: str, labels: tuple[str, ...], sentences: PageSentences) -> Page:
    source = Source.of(file, normalize_text(text))
    _check_size(source)
    form = find_form(source.text)
    content = _read_content(form, source, labels)
    _check_headings(content)
    top = [section for section in content.sections if section.level <= 1]
    title = content.title or next((section.heading.prose for section in top if section.level == 1), "")
    lead = [text.prose for section in top for text in section.prose]
    return Page(
        file=file,
        form=form,
        title=sentences.find("title", title) or title,
        kind=next(filter(None, (sentences.find("kind", text) for text in lead)), ""),
        updated=next(filter(None, (sentences.find("updated", text) for text in lead)), ""),
        sections=content.sections,
        contents=content.contents,
        unclear=content.unclear,
    )


def normalize_text(text: str) -> str:
    """Remove a byte order mark, and write every line end, of whatever system, as a line feed."""
    return LINE_END.sub("\n", text.removeprefix("\ufeff"))


def find_form(text: str) -> Form:
    """Find the form of a page in its text, whatever its file is called or it begins with."""
    if is_html(text):
        return "html"
    if FOLDED.search(text) and not TABLE_IN_LINES.search(text):
        return "folded"
    return "markdown"


def is_html(text: str) -> bool:
    """Tell HTML, a document or a part of one, from Markdown, which may begin with a comment or a tag."""
    start = find_start(text)
    if DOCUMENT.match(text, start):
        return True
    is_fragment = FRAGMENT.match(text, start) and BLOCK_OF_HTML.search(text, start)
    return bool(is_fragment) and not (HEADING_IN_LINES.search(text) or TABLE_IN_LINES.search(text))


def _check_size(source: Source) -> None:
    """Reject a page with too many cells, headings and paragraphs to be kept in memory."""
    if sum(map(source.text.count, "|<\n#")) > MAX_MARKUP_CHARACTERS:
        first = next(islice(MARKUP_CHARACTER.finditer(source.text), MAX_MARKUP_CHARACTERS, None))
        problem = f"the page has more than {MAX_MARKUP_CHARACTERS:,} lines, cells, headings and tags"
        raise LimitError(source.place(first.start()), problem)


def _check_headings(content: PageContent) -> None:
    """Reject a long heading on a page with many sections: it would be repeated in each model below it."""
    count = len(content.sections)
    for section in content.sections:
        if len(section.heading.written) * count > MAX_HEADING_REPEAT:
            problem = f"the heading is too long for a page with {count:,} sections"
            raise LimitError(section.heading.place, problem)


def _read_content(form: Form, source: Source, labels: tuple[str, ...]) -> PageContent:
    if form == "html":
        from paramsync.pages.html import read_html  # only for HTML

        return read_html(source, labels)
    read = read_folded if form == "folded" else read_markdown
    return read(source, labels)
