"""Fetch a page: its Markdown, or else its HTML, wherever it has moved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from paramsync.pages.reader import is_html, normalize_text
from paramsync.site.bodies import MEBIBYTE
from paramsync.site.responses import DisallowedError, FetchError, Response, Validators
from paramsync.site.robots import Robots
from paramsync.site.urls import html_url, markdown_url
from paramsync.text import quote, unescape_attribute

MAX_BYTES = 2 * MEBIBYTE  # forty times the largest page that was seen
MAX_MOVES = 3
MARKDOWN_TYPES = {"text/markdown", "text/x-markdown", "text/plain"}
HTML_TYPES = {"text/html", "application/xhtml+xml"}
ACCEPT = "text/markdown, text/plain;q=0.9, text/html;q=0.8"
UTF_8 = {"", "utf-8", "utf8", "us-ascii"}
# How a site without a server of its own redirects.
REFRESH = re.compile(
    rb"<meta\s[^<>]*?http-equiv\s*=\s*[\"']?refresh[\"']?\s[^<>]*?content\s*=\s*[\"']\s*[0-9]{1,2}\s*;\s*url\s*=\s*([^\"'<>\s]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FetchedPage:
    """A page as the site serves it now. Without a body, it is unchanged since it was saved (status 304)."""

    name: str
    url: str
    form: Literal["md", "html"]
    body: bytes | None
    validators: Validators


async def fetch_named_page(
    name: str, url: str, robots: Robots, known: Mapping[str, Validators]
) -> FetchedPage | None:
    """Fetch a page that the profile names, as it is; None where the site has no such page.

    Raises:
        FetchError: the response is not a page.

    """
    response = await robots.session.get(url, ACCEPT, MAX_BYTES, robots.permit, known)
    if response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return None
    if response.status == HTTPStatus.OK and response.media_type not in MARKDOWN_TYPES | HTML_TYPES:
        problem = f"Content-Type is {response.media_type or 'missing'}, neither Markdown nor HTML"
        raise FetchError(problem, response.url)
    return _read_page(name, "html" if _is_html(response) else "md", response, known)


async def fetch_page(url: str, robots: Robots, known: Mapping[str, Validators]) -> FetchedPage | None:
    """Fetch a page, given the URL of its HTML; None where the site has no such page.

    Raises:
        FetchError: the response is not a page.

    """
    name, url, moves = robots.session.policy.page_name(url), html_url(url), 0
    while True:
        fetched = await _fetch_markdown(url, robots, known) or await _fetch_html(url, robots, known)
        if not fetched or fetched.form == "md":
            return fetched
        if refresh := REFRESH.search((fetched.body or b"")[:4000]):
            url = _refresh_target(refresh[1].decode(errors="replace"), fetched.url, robots)
        elif fetched.name != name:
            name, url = fetched.name, html_url(fetched.url)  # which may have Markdown
        else:
            return fetched
        if (moves := moves + 1) > MAX_MOVES:
            raise FetchError(f"the page moves more than {MAX_MOVES} times", url)


def _refresh_target(link: str, url: str, robots: Robots) -> str:
    try:
        target = robots.session.policy.accept(unescape_attribute(link), url)
    except FetchError as error:
        raise FetchError(f"its HTML refreshes to {quote(link)}: {error.problem}", url) from None
    _name_page(target, url, robots)
    return html_url(target)


async def _fetch_markdown(url: str, robots: Robots, known: Mapping[str, Validators]) -> FetchedPage | None:
    accept = "text/markdown, text/plain;q=0.9"
    try:
        response = await robots.session.get(markdown_url(url), accept, MAX_BYTES, robots.permit, known)
    except DisallowedError:
        return None
    name = robots.session.policy.page_name(response.url)
    is_unchanged = response.status == HTTPStatus.NOT_MODIFIED
    is_markdown = is_unchanged or (response.media_type in MARKDOWN_TYPES and not _is_html(response))
    if response.status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED) and not (name and is_markdown):
        return None
    if HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    return _read_page(name, "md", response, known)


async def _fetch_html(url: str, robots: Robots, known: Mapping[str, Validators]) -> FetchedPage | None:
    response = await robots.session.get(url, "text/html", MAX_BYTES, robots.permit, known)
    if response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return None
    if response.status == HTTPStatus.OK and response.media_type not in HTML_TYPES:
        problem = f"Content-Type is {response.media_type or 'missing'}, neither Markdown nor HTML"
        raise FetchError(problem, response.url)
    if response.status == HTTPStatus.OK and not _is_html(response):
        raise FetchError("Content-Type is HTML, but the body is not", response.url)
    return _read_page(_name_page(response.url, url, robots), "html", response, known)


def _read_page(
    name: str, form: Literal["md", "html"], response: Response, known: Mapping[str, Validators]
) -> FetchedPage:
    if response.status == HTTPStatus.NOT_MODIFIED and response.url in known:
        return FetchedPage(name, response.url, form, None, known[response.url])
    if response.status != HTTPStatus.OK:
        raise FetchError(f"status {response.status}", response.url)
    if response.charset.lower() not in UTF_8:
        raise FetchError(f"charset is {quote(response.charset)}, and must be UTF-8", response.url)
    return FetchedPage(name, response.url, form, response.body, response.validators)


def _is_html(response: Response) -> bool:
    return is_html(normalize_text(response.body.decode(errors="replace")))


def _name_page(url: str, requested: str, robots: Robots) -> str:
    if name := robots.session.policy.page_name(url):
        return name
    raise FetchError(f"leads to {url}, which is not the URL of a page", requested)
