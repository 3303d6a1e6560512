"""Check that what a server sent is the file of a model, and all of it. Pure."""

import re
from dataclasses import dataclass

from paramsync.findings import InputError
from paramsync.pages.inline import find_pipes
from paramsync.pages.profile import Profile
from paramsync.pages.reader import is_html, normalize_text
from paramsync.site.responses import FetchError
from paramsync.specs.llm_markdown import read_llm_markdown
from paramsync.specs.record_form import find_unread_fields, reduce_record
from paramsync.specs.records import read_record
from paramsync.text import quote

FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)


@dataclass(frozen=True)
class CheckedFile:
    """A file as it is saved, and the fields in it that the profile does not name, which are not."""

    text: str
    unread: tuple[str, ...] = ()


def check_markdown(body: bytes, model: str, file: str, profile: Profile) -> CheckedFile:
    """Check the LLM Markdown of a model, which is saved as it is.

    Raises:
        FetchError: it is something else, another model's, or not complete.

    """
    text = _decode(body)
    plain = normalize_text(text)
    if is_html(plain):
        raise FetchError("the body is HTML, not Markdown")
    try:
        draft = read_llm_markdown(plain, file, profile)
    except InputError as error:
        raise FetchError(f"cannot be read: {error.problem}") from None
    _check_model(draft.model, model)
    if not draft.facts and not draft.findings:
        raise FetchError("its table has no parameter")
    if problem := _find_cut(plain):
        raise FetchError(f"truncated: {problem}")
    return CheckedFile(text)


def check_record(body: bytes, model: str, file: str, profile: Profile) -> CheckedFile:
    """Check a model's record, of which only what the profile reads is saved.

    Raises:
        FetchError: it is something else, or another model's.

    """
    text = _decode(body)
    try:
        reduced = reduce_record(text, file, profile)
        unread = find_unread_fields(text, file, profile)
        found = read_record(reduced, file, profile).model
    except InputError as error:
        raise FetchError(f"cannot be read: {error.problem}") from None
    _check_model(found, model)
    return CheckedFile(reduced, tuple(unread))


def _decode(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise FetchError("not valid UTF-8") from None


def _check_model(found: str, model: str) -> None:
    if found != model:
        raise FetchError(f"it is about {quote(found)}, not {model}")


def _find_cut(text: str) -> str:
    """Find where Markdown ends too early: in a row of a table, or in a block of code."""
    *above, last = text.rstrip("\r\n").rsplit("\n", 2)
    if len(FENCE.findall(text)) % 2:
        return "the last block of code has no end"
    if not last.lstrip().startswith("|"):
        return ""
    ends, others = _list_pipes(last), _list_pipes(above[-1]) if above else []
    if len(ends) < len(others):
        return "the last row lacks cells"
    return "the last row has no end" if last[ends[-1] + 1 :].strip() else ""


def _list_pipes(line: str) -> list[int]:
    return list(find_pipes(line, 0, len(line)))
