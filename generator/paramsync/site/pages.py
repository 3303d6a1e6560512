"""Ask for a page: its Markdown, or else its HTML, wherever it has moved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from paramsync.site.bodies import MEBIBYTE
from paramsync.site.responses import DisallowedError, FetchError, Response, Validators
from paramsync.site.robots import Robots
from paramsync.site.urls import markdown_address, page_address
from paramsync.text import quote, unescape_attribute

LARGEST = 2 * MEBIBYTE  # forty times the largest page that was seen
MARKDOWN = {"text/markdown", "text/x-markdown", "text/plain"}
HTML = {"text/html", "application/xhtml+xml"}
UTF_8 = {"", "utf-8", "utf8", "us-ascii"}
TAG = re.compile(rb"\s*<[A-Za-z!?]")
# How a site without a server of its own redirects.
REFRESH = re.compile(
    rb"<meta\s[^<>]*?http-equiv\s*=\s*[\"']?refresh[\"']?\s[^<>]*?content\s*=\s*[\"']\s*[0-9]{1,2}\s*;\s*url\s*=\s*([^\"'<>\s]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Fetched:
    """A page as the site serves it: under which name, at which address, in which form. Without bytes: as it is saved."""

    name: str
    address: str
    form: Literal["md", "html"]
    body: bytes | None
    validators: Validators


async def fetch_page(address: str, robots: Robots, known: Mapping[str, Validators]) -> Fetched | None:
    """Ask for a page by the address of its HTML; None where there is none any more.

    Raises:
        FetchError: what is there cannot be used.

    """
    territory = robots.visit.territory
    name, address, moves = territory.page_of(address), page_address(address), 0
    while True:
        fetched = await _fetch_markdown(address, robots, known) or await _fetch_html(address, robots, known)
        refresh = REFRESH.search(fetched.body[:4000]) if fetched and fetched.body else None
        if fetched and fetched.form == "html" and refresh:
            address = _refreshed(refresh[1], fetched.address, robots)
        elif fetched and fetched.form == "html" and fetched.name != name:
            name, address = fetched.name, page_address(fetched.address)  # which may have Markdown
        else:
            return fetched
        if (moves := moves + 1) > 3:  # noqa: PLR2004 - no page moves as often
            raise FetchError("it moves in circles", address)


def _refreshed(link: bytes, address: str, robots: Robots) -> str:
    try:
        place = robots.visit.territory.accept(unescape_attribute(link.decode(errors="replace")), address)
    except FetchError as refused:
        raise FetchError(
            f"it leads to {quote(link.decode(errors='replace'))}, and {refused.problem}", address
        ) from None
    _name_of(place, address, robots)
    return page_address(place)


async def _fetch_markdown(address: str, robots: Robots, known: Mapping[str, Validators]) -> Fetched | None:
    place = markdown_address(address)
    accept = "text/markdown, text/plain;q=0.9"
    try:
        answer = await robots.visit.follow(place, accept, LARGEST, robots.permit, known)
    except DisallowedError:
        return None
    is_page = bool(name := robots.visit.territory.page_of(answer.address))
    is_served = answer.status == 304 or (answer.media_type in MARKDOWN and not TAG.match(answer.body))  # noqa: PLR2004
    if answer.status // 100 == 4 or (answer.status in (200, 304) and not (is_page and is_served)):  # noqa: PLR2004
        return None
    return _take(name, "md", answer, known)


async def _fetch_html(address: str, robots: Robots, known: Mapping[str, Validators]) -> Fetched | None:
    answer = await robots.visit.follow(address, "text/html", LARGEST, robots.permit, known)
    if answer.status in (404, 410):
        return None
    if answer.status == 200 and answer.media_type not in HTML:  # noqa: PLR2004
        raise FetchError(
            f"it is {answer.media_type or 'of no type'}, and neither Markdown nor HTML", answer.address
        )
    if answer.status == 200 and not TAG.match(answer.body.removeprefix(b"\xef\xbb\xbf")):  # noqa: PLR2004
        raise FetchError("it says that it is HTML, and is not", answer.address)
    return _take(_name_of(answer.address, address, robots), "html", answer, known)


def _take(
    name: str, form: Literal["md", "html"], answer: Response, known: Mapping[str, Validators]
) -> Fetched:
    if answer.status == 304 and answer.address in known:  # noqa: PLR2004
        return Fetched(name, answer.address, form, None, known[answer.address])
    if answer.status != 200:  # noqa: PLR2004
        raise FetchError(f"it answers {answer.status}", answer.address)
    if answer.charset.lower() not in UTF_8:
        raise FetchError(f"it is written in {quote(answer.charset)}, and not in UTF-8", answer.address)
    return Fetched(name, answer.address, form, answer.body, answer.validators)


def _name_of(address: str, asked: str, robots: Robots) -> str:
    if name := robots.visit.territory.page_of(address):
        return name
    raise FetchError(f"it leads to {address}, which is no address of a page", asked)
