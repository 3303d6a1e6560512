"""Pages are fetched politely and saved as the site serves them; whatever it does, a saved page stays whole."""

import gzip
import json
import os
import pty
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from paramsync.pages.profile import Site as SiteTable
from paramsync.pages.reader import read_page
from paramsync.site.discovery import ListedPages
from paramsync.site.responses import FetchError
from paramsync.site.session import parse_url
from paramsync.site.urls import UrlPolicy, is_public
from support.crashes import WITHOUT, die_everywhere
from support.hostile import PROFILE
from support.roots import CASES, PAGES, PROJECT, Ran, Root
from support.sites import (
    FAILURES,
    HTML,
    LOGIN,
    MARKDOWN,
    Failure,
    Request,
    Site,
    body,
    compressed,
    redirect,
    serve,
    sitemap,
    status,
    without_length,
)
from support.small_root import TOP, everything, section, start

FILMS, SONGS, PHOTOS = "video-generation-acme", "audio-generation-acme", "image-generation-acme"


def page(*models: str, default: str = "`1`") -> bytes:
    """Write a page of models in Markdown."""
    contents = "".join(f"- [{model.title()}](#{model})\n" for model in models)
    return (TOP + contents + "\n---\n\n" + "".join(section(model, default) for model in models)).encode()


@pytest.fixture
def site(root: Root) -> Iterator[Site]:
    """Give a site of three pages, to which the root's profile points."""
    with serve() as site:
        site.pages |= {FILMS: page("film", "clip"), SONGS: page("song", "tune"), PHOTOS: page("photo")}
        site.connect(root)
        yield site


def fetch(root: Root, *arguments: str) -> Ran:
    return root.run("fetch", "--allow-loopback", *arguments)


def rows(ran: Ran) -> dict[str, str]:
    """Give the table that a run ends with: what happened to each page, with the note."""
    found = re.findall(r"^(\S+-\S+) {2,}(\S.*)$", ran.out, re.MULTILINE)
    return {name: re.sub(" {2,}", "  ", rest) for name, rest in found}


def saved(root: Root) -> dict[str, bytes]:
    return {
        path: text
        for path, text in root.tree("specs").items()
        if "/page." in path and not path.endswith("json")
    }


# Good responses


def test_pages_are_saved_as_they_are_and_the_next_run_touches_none(root: Root, site: Site) -> None:
    site.pages = {name: path.read_bytes() for name, path in PAGES.items()}
    ran = fetch(root)
    assert (ran.code, ran.err) == (0, "")
    assert saved(root) == {f"{name}/page.md": text for name, text in site.pages.items()}
    assert rows(ran) == dict.fromkeys(sorted(PAGES), "new")
    assert ran.out.endswith(
        f"fetch: {len(PAGES)} pages; {len(PAGES)} files written, 0 unchanged\nnext: paramsync scrape\n"
    )
    stamps = {path: path.stat() for path in root.path.rglob("page.md")}
    site.requests.clear()
    ran = fetch(root)
    assert rows(ran) == dict.fromkeys(sorted(PAGES), "unchanged")
    assert ran.code == 0
    assert {path: path.stat() for path in root.path.rglob("page.md")} == stamps
    asked = [headers for path, headers, _ in site.requests if path.endswith("index.md")]
    assert len(asked) == len(PAGES)
    assert all("If-None-Match" in headers for headers in asked)


@pytest.mark.parametrize("form", ["readme.html", "starlight.html"])
def test_html_is_fetched_where_there_is_no_markdown_and_gives_the_same_specs(
    root: Root, site: Site, form: str
) -> None:
    site.pages = {}
    folders = {name[11:]: CASES / name for name in sorted(path.name for path in CASES.iterdir())}
    site.html = {name: (folder / form).read_bytes() for name, folder in folders.items()}
    assert fetch(root).code == 0
    assert saved(root) == {f"{name}/page.html": text for name, text in site.html.items()}
    assert root.run("scrape").code == 0


def test_a_page_that_changes_or_changes_its_form_is_saved_anew_beside_all_else(
    root: Root, site: Site
) -> None:
    fetch(root)
    overlay = root.path / "specs" / FILMS / "film.overlay.toml"
    overlay.write_text("# by hand\n")
    site.pages[FILMS] = page("film", "clip", "reel")
    ran = fetch(root)
    assert rows(ran) == {FILMS: "changed", SONGS: "unchanged", PHOTOS: "unchanged"}
    site.only_html()
    ran = fetch(root)
    assert rows(ran) == dict.fromkeys((FILMS, SONGS, PHOTOS), "changed")
    assert set(saved(root)) == {f"{name}/page.html" for name in site.pages}
    assert overlay.read_text() == "# by hand\n"
    site.has_markdown = True
    fetch(root)
    assert set(saved(root)) == {f"{name}/page.md" for name in site.pages}


def test_gzip_is_read_to_the_end_of_its_last_member(root: Root, site: Site) -> None:
    site.fail(FILMS, compressed(lambda content: b"".join(gzip.compress(b"%c" % byte) for byte in content)))
    links = gzip.compress(f"{site.url(FILMS)}\n".encode()) + gzip.compress(site.url(SONGS).encode())
    site.files["/llms.txt"] = links, "application/gzip"
    assert rows(fetch(root)) == dict.fromkeys((FILMS, SONGS, PHOTOS), "new")
    assert saved(root)[f"{FILMS}/page.md"] == site.pages[FILMS]


@pytest.mark.parametrize("what", ["/llms.txt", "/robots.txt"])
def test_indexes_and_robots_txt_need_a_length_too(root: Root, site: Site, what: str) -> None:
    site.robots = "User-agent: *\nAllow: /\n"
    site.fail(what, "no length")
    ran = fetch(root)
    assert (ran.code, "neither Content-Length nor chunked encoding" in ran.out) == (3, True)


def test_html_with_the_same_content_is_not_touched(root: Root, site: Site) -> None:
    site.only_html()
    fetch(root)
    before = everything(root)
    for name in site.pages:
        shown = site.body_of(site.path(name))[0]
        site.html[name] = shown.replace(
            b"</main>", b"</main><footer>Updated 4 hours ago</footer><script>1</script>"
        )
    assert rows(fetch(root)) == dict.fromkeys((FILMS, SONGS, PHOTOS), "unchanged")
    assert everything(root) == before


def test_a_check_says_what_would_change_and_saves_nothing(root: Root, site: Site) -> None:
    fetch(root, FILMS)
    site.pages[FILMS] = page("film", "clip", "reel")
    before = everything(root), root.tree(".paramsync_cache")
    ran = fetch(root, "--check")
    assert ran.code == 1
    assert rows(ran) == {FILMS: "changed", SONGS: "new", PHOTOS: "new"}
    assert ran.out.endswith(
        "fetch: 3 pages; 3 files out of date, 0 unchanged\ndrift: run paramsync fetch, read the diff, and commit it\n"
    )
    assert (everything(root), root.tree(".paramsync_cache")) == before
    site.fail(SONGS, "500")
    assert fetch(root, "--check").code == 3
    site.mend()
    fetch(root)
    assert fetch(root, "--check").code == 0


def test_a_page_may_be_named(root: Root, site: Site) -> None:
    assert rows(fetch(root, SONGS, SONGS)) == {SONGS: "new"}
    assert set(saved(root)) == {f"{SONGS}/page.md"}
    ran = fetch(root, "video-generation-acne")
    assert (ran.code, ran.out) == (2, "")
    assert f"the site lists no page 'video-generation-acne'; did you mean '{FILMS}'?" in ran.err


def test_a_page_with_findings_is_saved_for_scrape_to_report(root: Root, site: Site) -> None:
    site.pages[FILMS] = page("film", "clip", default="`many`").replace(b"| Min |", b"| Least |")
    assert rows(fetch(root))[FILMS] == "new"
    assert root.run("scrape").code == 3


def test_a_page_without_models_is_not_saved(root: Root, site: Site) -> None:
    name = "video-generation-overview"
    site.pages[name] = b"---\ntitle: Video Overview | Scenario Docs\n---\n\nHow to make videos.\n"
    ran = fetch(root)
    assert ran.code == 0
    assert "is a page without models, and is not saved" in rows(ran)[name]
    assert f"{name}/page.md" not in saved(root)


def test_one_page_at_two_urls_is_saved_once(root: Root, site: Site) -> None:
    site.pages[SONGS] = site.pages[FILMS]
    ran = fetch(root)
    assert ran.code == 3
    assert (rows(ran)[FILMS], rows(ran)[PHOTOS]) == ("new", "new")
    assert f"all its models belong to the page {FILMS}" in rows(ran)[SONGS]


# Where pages are

INDEXES: dict[str, Callable[[Site], tuple[bytes, str]]] = {
    "Markdown with relative links": lambda s: (
        f"- [Films](..{s.path(FILMS)}index.md#top)".encode(),
        MARKDOWN,
    ),
    "HTML": lambda s: (f"<html><a class='x' href='{s.path(FILMS)}?a=1&amp;b=2'>x</a></html>".encode(), HTML),
    "one URL a line": lambda s: (f"{s.origin}/\n{s.url(FILMS)}\n".encode(), "text/plain"),
    "a sitemap": lambda s: (
        sitemap(
            "urlset", f"<url><loc>\n{s.url(FILMS)}\n</loc></url><image><loc>https://x.com/</loc></image>"
        ),
        "text/xml",
    ),
    "a compressed sitemap": lambda s: (
        gzip.compress(sitemap("urlset", f"<url><loc>{s.url(FILMS)}</loc></url>")),
        "application/gzip",
    ),
    "a sitemap of sitemaps": lambda s: (
        sitemap(
            "sitemapindex",
            f"<sitemap><loc>https://elsewhere.example/s.xml</loc></sitemap><sitemap><loc>{s.origin}/index;a=1</loc></sitemap>"
            f"<sitemap><loc>{s.origin}/sitemap-0.xml</loc></sitemap>",
        ),
        "application/xml",
    ),
}


@pytest.mark.parametrize("form", INDEXES)
def test_pages_are_found_in_every_kind_of_index(root: Root, site: Site, form: str) -> None:
    site.unlisted |= {SONGS, PHOTOS}
    site.files["/index;a=1"] = INDEXES[form](site)
    site.connect(root, indexes=f'["{site.origin}/index;a=1?b=;c#d"]')
    ran = fetch(root)
    assert rows(ran) == {FILMS: "new"}
    assert ran.code == 0
    assert "/index;a=1?b=;c" in site.paths


def test_an_index_of_too_many_links_or_pages_is_reported(root: Root, site: Site) -> None:
    links = "".join(f"{site.origin}/{number}\n" for number in range(50_001))
    site.files["/llms.txt"] = links.encode(), "text/plain"
    assert f"{site.origin}/llms.txt: error: more than 50,000 links" in fetch(root).out
    links = "".join(f"{site.url(f'video-generation-{number}')}\n" for number in range(1001))
    site.files["/llms.txt"] = links.encode(), "text/plain"
    ran = fetch(root, SONGS)
    assert ran.code == 3
    assert "pages are listed, only the first 1,000 are fetched; check [site] in profile.toml" in ran.out


def test_one_run_receives_no_more_than_256_mebibytes_after_decompression(root: Root, site: Site) -> None:
    packed = gzip.compress(bytes(8 * 1024 * 1024), 1)
    site.fail("/index?a", body(packed, "image/png", Content_Encoding="gzip"))
    urls = [f"{site.origin}/index?a#{number}" for number in range(33)]
    site.connect(root, indexes=json.dumps(urls))
    ran = fetch(root)
    assert ran.out.count("Content-Type is image/png") == 32
    assert ran.out.count("the site has sent more bytes than one run may receive") == 1


def test_all_sitemaps_of_an_index_have_as_many_links_as_one_may_have(root: Root, site: Site) -> None:
    links = "".join(f"<url><loc>{site.origin}/{number}</loc></url>" for number in range(30_000))
    names = [f"{site.origin}/sitemap-{number}.xml" for number in range(1, 4)]
    inner = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names)
    site.files["/sitemap-index.xml"] = sitemap("sitemapindex", inner), "application/xml"
    for name in names:
        site.files[name.removeprefix(site.origin)] = sitemap("urlset", links), "application/xml"
    ran = fetch(root)
    assert (ran.code, ran.out.count("more than 50,000 links")) == (3, 2)
    assert rows(ran) == dict.fromkeys((FILMS, SONGS, PHOTOS), "new")


def test_an_index_takes_time_by_its_length_whatever_it_lists() -> None:
    place = SiteTable(
        hosts=("a.b",), indexes=("https://a.b/i",), page="https://a.b/{kind}/{page}", user_agent="x/1 (+a@b)"
    )

    def seconds(number: int) -> float:
        listed = ListedPages(UrlPolicy(place, allow_loopback=False))
        start = time.process_time()
        for kind in range(number):
            assert listed.add(f"/kind-{kind}/films", "https://a.b/i")
        assert len(listed.other_urls["films"]) == number - 1
        return time.process_time() - start

    few, many = (min(seconds(number) for _ in range(3)) for number in (3000, 12_000))
    assert many < 8 * few


@pytest.mark.parametrize(
    "link", ["&#" + "9" * 5000 + ";", "/x?a=1&section=2", "x" * 5000, "[" * 500, "//[", "\0"]
)
def test_an_invalid_link_does_not_stop_an_index(root: Root, site: Site, link: str) -> None:
    links = f'<!doctype html><a href="{link}">a</a><a href="{site.path(FILMS)}">b</a>'
    site.files["/llms.txt"] = links.encode(), HTML
    assert rows(fetch(root, FILMS)) == {FILMS: "new"}


def test_too_many_sitemaps_are_reported(root: Root, site: Site) -> None:
    names = [f"/s{number}.xml" for number in range(22)]
    inner = "".join(f"<sitemap><loc>{site.origin}{name}</loc></sitemap>" for name in names)
    site.files |= {name: (sitemap("urlset", "<url><loc>/</loc></url>"), "text/xml") for name in names}
    site.files["/index"] = sitemap("sitemapindex", inner), "text/xml"
    site.connect(root, indexes=f'["{site.origin}/llms.txt", "{site.origin}/index"]')
    ran = fetch(root)
    assert ran.code == 3
    assert f"{site.origin}/index: error: not all sitemaps are read: more than 20" in ran.out
    assert rows(ran) == dict.fromkeys((FILMS, SONGS, PHOTOS), "new")


def test_names_that_differ_by_case_are_one_page(root: Root, site: Site) -> None:
    links = f"{site.url(FILMS)}\n{site.url(FILMS.upper())}\n"
    site.files["/llms.txt"] = links.encode(), "text/plain"
    said = f"new  from {site.url(FILMS)}index.md, not from {site.url(FILMS.upper())}"
    assert rows(fetch(root, FILMS)) == {FILMS: said}


def test_a_file_in_the_place_of_a_folder_stays(root: Root, site: Site) -> None:
    (root.path / "specs" / FILMS).write_text("By hand.\n")
    ran = fetch(root)
    assert ran.code == 3
    assert f"specs/{FILMS} is a file, and must be a folder" in rows(ran)[FILMS]
    assert (root.path / "specs" / FILMS).read_text() == "By hand.\n"


BAD_INDEXES: dict[str, tuple[Failure, str]] = {
    "an error": (status(500), "status 500, after 4 attempts"),
    "nothing": (status(404), "status 404"),
    "a login page": (body(b"<html><a href='/login'>Log in</a></html>"), "no URL matches"),
    "a document type": (
        body(
            b'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>',
            "text/xml",
        ),
        "sitemap with a DOCTYPE",
    ),
    "half a sitemap": (
        body(sitemap("urlset", "<url><loc>https://x")[:-9], "text/xml"),
        "invalid sitemap",
    ),
    **{
        f"a sitemap in {encoding}": (
            body(f'<?xml version="1.0" encoding="{encoding}"?><urlset></urlset>'.encode(), "text/xml"),
            "invalid sitemap",
        )
        for encoding in ("shift_jis", "x-foo", "idna")
    },
    "a picture": (body(b"\x89PNG", "image/png"), "Content-Type is image/png, neither text, XML nor HTML"),
    "a bomb": (
        body(gzip.compress(bytes(20_000_000)), "application/gzip"),
        "body larger than 8,388,608 bytes after decompression",
    ),
    "elsewhere": (redirect("https://elsewhere.example/llms.txt"), "is not among the hosts of [site]"),
}


@pytest.mark.parametrize("case", BAD_INDEXES)
def test_an_index_that_cannot_be_read_is_reported_and_the_others_are_read(
    root: Root, site: Site, case: str
) -> None:
    failure, problem = BAD_INDEXES[case]
    site.fail("/llms.txt", failure)
    ran = fetch(root)
    assert ran.code == 3
    assert re.search(rf"^{site.origin}/llms.txt: error: .*{re.escape(problem)}", ran.out, re.MULTILINE)
    assert rows(ran) == dict.fromkeys((FILMS, SONGS, PHOTOS), "new")


def test_without_any_index_each_saved_page_is_reported(root: Root, site: Site) -> None:
    fetch(root)
    shutil.rmtree(root.path / ".paramsync_cache")
    site.fail("/llms.txt", "503")
    site.fail("/sitemap-index.xml", "401")
    before = everything(root)
    ran = fetch(root)
    assert ran.code == 3
    said = "failed  not listed by the indexes that could be read; the saved page stays"
    assert rows(ran) == dict.fromkeys((FILMS, SONGS, PHOTOS), said)
    assert fetch(root, FILMS).code == fetch(root, "video-generation-new").code == 3
    assert everything(root) == before


def test_of_two_urls_of_one_page_the_first_that_matches_is_taken(root: Root, site: Site) -> None:
    twin = f"{site.origin}/get-started/generation/elsewhere/{FILMS}/"
    links = f"[a]({site.origin}/docs/{FILMS}) [b]({site.url(FILMS)}) [c]({twin})"
    site.files["/llms.txt"] = links.encode(), MARKDOWN
    ran = fetch(root, FILMS)
    assert rows(ran) == {FILMS: f"new  from {site.url(FILMS)}index.md, not from {twin}"}
    assert not [path for path in site.paths if path.startswith("/docs")]


def test_a_page_that_is_not_listed_any_more_is_reported_and_stays(root: Root, site: Site) -> None:
    fetch(root)
    site.unlisted.add(FILMS)
    site.pages[FILMS] = page("film", "clip", "reel")
    ran = fetch(root)
    assert ran.code == 0
    assert rows(ran)[FILMS] == f"not listed  changed; {site.url(FILMS)}index.md still serves it"
    del site.pages[FILMS]
    ran = fetch(root)
    assert ran.code == 3
    assert f"if it is gone for good, remove specs/{FILMS}; the saved page stays" in rows(ran)[FILMS]
    assert f"{FILMS}/page.md" in saved(root)


# A page that has moved

NEW = "video-generation-apex"


def move(site: Site, *, by_html: bool) -> None:
    if by_html:  # as a site does that has no server of its own
        site.pages[NEW] = site.pages.pop(FILMS)
        leads = f'<!doctype html><title>Redirecting</title><meta http-equiv="refresh" content="0;url={site.path(NEW)}"></html>'
        site.files[site.path(FILMS)] = leads.encode(), HTML
    else:
        site.moved(FILMS, NEW)


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("by_html", [True, False])
def test_a_page_that_has_moved_takes_its_folder_along(
    root: Root, site: Site, *, by_html: bool, remembers: bool
) -> None:
    site.pages["video-generation-other"] = page("other")
    fetch(root)
    root.run("scrape")
    (root.path / "specs" / FILMS / "film.overlay.toml").write_text("# by hand\n")
    before = root.tree(f"specs/{FILMS}")
    move(site, by_html=by_html)
    if not remembers:
        shutil.rmtree(root.path / ".paramsync_cache")
    checked = everything(root)
    assert rows(fetch(root, "--check"))[FILMS] == f"moved  to {NEW}"
    assert everything(root) == checked
    ran = fetch(root)
    assert rows(ran)[FILMS] == f"moved  to {NEW}"
    assert rows(ran)[NEW] == "unchanged"
    assert ran.code == 0
    assert not (root.path / "specs" / FILMS).exists()
    assert root.tree(f"specs/{NEW}") == before
    assert rows(fetch(root)) == dict.fromkeys((NEW, SONGS, PHOTOS, "video-generation-other"), "unchanged")


def test_a_page_that_has_moved_to_a_folder_that_is_there_is_left_to_people(root: Root, site: Site) -> None:
    fetch(root)
    root.run("scrape")
    site.pages[NEW] = page("reel")
    fetch(root)
    del site.pages[NEW]
    site.moved(FILMS, NEW)
    before = root.tree(f"specs/{FILMS}")
    ran = fetch(root)
    assert ran.code == 3
    assert f"specs/{NEW} exists already" in rows(ran)[FILMS]
    assert root.tree(f"specs/{FILMS}") == before


def test_an_old_url_in_an_index_does_no_harm(root: Root, site: Site) -> None:
    site.redirects[NEW] = FILMS
    site.files["/llms.txt"] = f"{site.llms_text()}[old]({site.url(NEW)})".encode(), "text/plain"
    for what in ("new", "unchanged"):
        ran = fetch(root)
        assert rows(ran)[NEW] == f"moved  to {FILMS}, which is {what}"
        assert rows(ran)[FILMS] == "unchanged"
        assert ran.code == 0
    assert not (root.path / "specs" / NEW).exists()


def test_a_page_that_redirects_to_one_of_other_models_is_not_moved(root: Root, site: Site) -> None:
    fetch(root)
    root.run("scrape")
    site.pages[NEW] = page("reel")
    site.redirects[FILMS] = NEW
    ran = fetch(root)
    assert ran.code == 3
    assert f"redirects to {NEW}, which has none of its models" in rows(ran)[FILMS]
    assert rows(ran)[NEW] == "new"
    assert (root.path / "specs" / FILMS / "page.md").is_file()


# Bad responses

BAD: dict[str, str] = {  # name in FAILURES -> what `fetch` says
    "400": "status 400",
    "401": "status 401",
    "403": "status 403",
    "404": "listed, but the site has no such page (status 404 or 410)",
    "410": "listed, but the site has no such page (status 404 or 410)",
    "500": "status 500, after 4 attempts",
    "503": "status 503, after 4 attempts",
    "502": "status 502, after 4 attempts",
    "204": "status 204",
    "206": "status 206",
    "304": "status 304",
    "later": "status 503; Retry-After is 100000 seconds, past the deadline of this run",
    "login": "not a page of models: no model has a table, and the title is 'Log in'",
    "lost": "not a page of models: no model has a table, and the title is 'Page not found'",
    "json": "Content-Type is application/json, neither Markdown nor HTML",
    "truncated": "connection failed: peer closed connection without sending complete message body",
    "half": "truncated: the table of contents lists 'Reel', but there is no such section",
    "huge": "body larger than 2,097,152 bytes",
    "bomb": "body larger than 2,097,152 bytes",
    "gzip twice": "unsupported Content-Encoding: gzip, gzip",
    "not gzip": "invalid gzip: Error -3 while decompressing data: incorrect header check",
    "cut gzip": "truncated gzip, after 4 attempts",
    "no length": "neither Content-Length nor chunked encoding",
    "cut chunks": "connection failed: peer closed connection without sending complete message body",
    "no response": "connection failed",
    "no http": "connection failed",
    "huge head": "connection failed",
    "circle": "more than 5 redirects",
    "drip": "timeout: no complete response within 1.5 seconds",
    "slow head": "timeout: no complete response within 1.5 seconds",
    "silent": "timeout: nothing received for 0.75 seconds, after 4 attempts",
}
OLD = page("film", "clip", default="`2`")
CUT = page("film", "clip")
BAD_BODIES: dict[str, tuple[Failure, str]] = {
    "another page": (body(page("song", "tune"), MARKDOWN), f"all its models belong to the page {SONGS}"),
    "a type that it is not": (body(CUT, "image/png"), "Content-Type is image/png"),
    "no type": (body(CUT, ""), "Content-Type is missing"),
    "Markdown as HTML": (body(CUT, HTML), "Content-Type is HTML, but the body is not"),
    "another encoding": (body(CUT, "text/markdown; charset=utf-16"), "charset is 'utf-16'"),
    "no UTF-8": (body(CUT + b"\xff", MARKDOWN), "not valid UTF-8"),
    "nothing": (body(b"", MARKDOWN), "no model has a table"),
    "an error in Markdown": (body(b"# 500\n\nSorry.\n", MARKDOWN), "no model has a table"),
    "a guide where models were": (
        body(b"---\ntitle: Films | Scenario Docs\n---\n\nSoon.\n", MARKDOWN),
        "no model has a table any more",
    ),
    "a row cut in a cell": (body(CUT.rstrip()[:-4], MARKDOWN), "truncated: the last row has no end"),
    "a row cut at a bar": (
        body(CUT[: CUT.rindex(b" How strong")], MARKDOWN),
        "truncated: the last row lacks cells",
    ),
    "a row cut, and ended": (
        body(CUT[: CUT.rindex(b" How strong")] + b"\n", MARKDOWN),
        "truncated: the last row lacks cells",
    ),
    "a heading alone": (
        body(CUT[: CUT.index(b"**Model ID:** `model_clip`")], MARKDOWN),
        "nothing follows the last heading, 'Clip'",
    ),
    "no table": (body(CUT[: CUT.rindex(b"| Parameter")], MARKDOWN), "the last model, 'Clip', has no table"),
    "half of HTML": (
        body(
            b"<html><title>Films | Scenario Docs</title><body><h2>Film</h2><table><tr><td>1</td></tr></table>"
        ),
        "truncated: no </html> at the end",
    ),
    "HTML that cannot be read": (
        body(b"<html><title>x</title>" + b"<i>" * 300 + b"</html>"),
        "cannot be parsed: elements are nested more than 200 levels deep",
    ),
    "Markdown cut at the end of a row, with no length": (
        without_length(lambda content: content[: content.rindex(b"\n|") + 1]),
        "neither Content-Length nor chunked encoding",
    ),
    "a part of it, as the whole": (
        body(CUT, MARKDOWN, Content_Range="bytes 0-99/9999"),
        "partial response: Content-Range",
    ),
    "gzip cut between two members": (
        compressed(lambda content: gzip.compress(content[:600]) + gzip.compress(content[600:])[:9]),
        "truncated gzip",
    ),
    "gzip, and something behind it": (
        compressed(lambda content: gzip.compress(content) + b"oh"),
        "invalid gzip: ",
    ),
    "gzip whose sum is wrong": (
        compressed(lambda content: gzip.compress(content)[:-5] + b"\0\0\0\0\0"),
        "invalid gzip: Error -3 while decompressing data: incorrect data check",
    ),
    "gzip, and zeros behind it": (
        compressed(lambda content: gzip.compress(content) + bytes(9)),
        "invalid gzip: ",
    ),
    "gzip of very many members": (
        compressed(lambda content: gzip.compress(b"") * 50_000 + gzip.compress(content)),
        "gzip with more than 1,000 members",
    ),
    "a redirect to no page": (redirect("/login?next=films"), "which is not the URL of a page"),
    "a redirect to elsewhere": (
        redirect("https://elsewhere.example/"),
        "host 'elsewhere.example' is not among the hosts of [site]",
    ),
    "a redirect to nowhere": (lambda request: request.send(307), "status 307 without a Location"),
    "a redirect with a user": (redirect("http://x@127.0.0.1/"), "is not a plain http or https URL"),
    "a redirect to no web": (redirect("file:///etc/passwd"), "is not a plain http or https URL"),
    "a refresh to elsewhere": (
        body(b"<html><meta http-equiv=refresh content='0; url=https://elsewhere.example/'></html>"),
        "host 'elsewhere.example' is not among the hosts of [site]",
    ),
    "a refresh in a circle": (
        body(
            f"<html><meta http-equiv=refresh content='0; url=/get-started/generation/x/{FILMS}/'></html>".encode()
        ),
        "the page moves more than 3 times",
    ),
    "what would act on a terminal": (
        body(b"<html><title>\x1b[2J\xe2\x80\xae</title></html>"),
        r"the title is '\x1b[2J\u202e'",
    ),
}
FAILING = {**{how: (FAILURES[how], said) for how, said in BAD.items()}, **BAD_BODIES}


def test_each_failure_of_a_site_is_in_the_table() -> None:
    assert BAD.keys() == FAILURES.keys() - {"429"}  # which is tried again until it is served


@pytest.mark.parametrize("how", FAILING)
def test_a_bad_response_is_rejected_the_saved_page_stays_and_the_others_are_fetched(
    root: Root, site: Site, how: str
) -> None:
    failure, said = FAILING[how]
    site.connect(root, deadline=6)
    site.pages[FILMS] = OLD
    fetch(root, FILMS, SONGS)
    root.run("scrape")
    site.pages[FILMS] = page("film", "clip", "reel")
    site.fail(FILMS, failure)
    site.fail("x", failure)
    site.files["/login"] = LOGIN, HTML
    if how == "304":
        shutil.rmtree(root.path / ".paramsync_cache")
    ran = fetch(root)
    assert ran.code == 3
    assert said in rows(ran)[FILMS]
    assert rows(ran)[FILMS].startswith(("rejected  http", "failed  http"))
    assert rows(ran)[FILMS].endswith("; the saved page stays")
    assert (rows(ran)[SONGS], rows(ran)[PHOTOS]) == ("unchanged", "new")
    assert "fetch: 3 pages, 1 of them failed or rejected; 1 file written, 1 unchanged\n" in ran.out
    assert "\x1b" not in ran.out + ran.err
    assert saved(root)[f"{FILMS}/page.md"] == OLD
    site.mend()
    assert rows(fetch(root))[FILMS] == "changed"


@pytest.mark.parametrize("how", ["429", "408", "500", "503", "truncated", "no response", "cut gzip"])
def test_a_transient_failure_is_retried(root: Root, site: Site, how: str) -> None:
    failure = status(int(how), Retry_After="0") if how.isdigit() else FAILURES[how]
    site.fail(FILMS, failure, times=2)
    ran = fetch(root)
    assert ran.code == 0
    assert rows(ran)[FILMS] == "new"
    assert site.paths.count(site.path(FILMS) + "index.md") == 3


@pytest.mark.parametrize("how", ["403", "404", "login", "later"])
def test_a_permanent_failure_is_not_retried(root: Root, site: Site, how: str) -> None:
    site.fail(FILMS, how)
    fetch(root)
    assert site.paths.count(site.path(FILMS) + "index.md") == 1


@pytest.mark.parametrize("when", ["1", "Fri, 31 Dec 1999 23:59:59 GMT", "soon", "-1", "1e9"])
def test_any_retry_after_is_understood(root: Root, site: Site, when: str) -> None:
    site.fail(FILMS, status(429, Retry_After=when), times=1)
    assert rows(fetch(root))[FILMS] == "new"


def test_a_page_not_fetched_before_the_deadline_is_reported_and_the_rest_is_saved(
    root: Root, site: Site
) -> None:
    site.connect(root, deadline=3, rate=2)
    ran = fetch(root)
    assert ran.code == 3
    assert "not fetched before the deadline of 3 seconds" in "".join(rows(ran).values())
    assert {path.partition("/")[0] for path in saved(root)} == {
        name for name, row in rows(ran).items() if row == "new"
    }


def test_the_deadline_counts_what_it_takes_to_check_pages(root: Root, site: Site) -> None:
    slow = page(*(f"m-{number}" for number in range(600)))
    start = time.process_time()
    read_page(slow.decode(), "page.md", PROFILE)
    number = int(6 / (time.process_time() - start)) + 1
    site.pages = {f"video-generation-{one}": slow for one in range(number)}
    site.connect(root, deadline=2, rate=100_000)
    ran = fetch(root)
    told = [row for row in rows(ran).values() if "not fetched before the deadline" in row]
    assert (ran.code, len(told) > number / 3) == (3, True)


# Politeness


def test_robots_txt_is_obeyed_and_each_request_names_its_sender(root: Root, site: Site) -> None:
    site.robots = f"User-agent: *\nAllow: /\n\nUser-agent: paramsync\nDisallow: {site.path(FILMS)}\nDisallow: *.md$\nAllow: /llms.txt\n"
    ran = fetch(root)
    assert ran.code == 3
    assert f"disallowed by {site.origin}/robots.txt" in rows(ran)[FILMS]
    assert (rows(ran)[SONGS], rows(ran)[PHOTOS]) == ("new", "new")
    assert set(saved(root)) == {f"{SONGS}/page.html", f"{PHOTOS}/page.html"}
    assert site.paths[0] == "/robots.txt"
    assert site.paths.count("/robots.txt") == 1
    assert not [path for path in site.paths if FILMS in path or path.endswith(".md")]
    for _, headers, at_once in site.requests:
        assert headers["User-Agent"] == "paramsync/test (+https://example.com/why)"
        assert headers["Accept-Encoding"] == "gzip"
        assert "Cookie" not in headers
        assert at_once <= 4


@pytest.mark.parametrize("how", ["500", "no response", "huge"])
def test_nothing_is_requested_while_robots_txt_cannot_be_read(root: Root, site: Site, how: str) -> None:
    site.fail("/robots.txt", how)
    ran = fetch(root)
    assert ran.code == 3
    assert "robots.txt cannot be read: " in ran.out
    assert set(site.paths) == {"/robots.txt"}


@pytest.mark.parametrize("line", ["Disallow: /*a*b*c", "Allow: /", "User-agent: {}", "# {}", ""])
def test_nothing_is_requested_where_robots_txt_would_take_too_long(root: Root, site: Site, line: str) -> None:
    site.robots = "User-agent: *\n" + "".join(f"{line.format(number)}\n" for number in range(22_000))
    ran = fetch(root)
    assert ran.code == 3
    assert f"not requested, because {site.origin}/robots.txt cannot be read: more than 2,000 lines" in ran.out
    assert set(site.paths) == {"/robots.txt"}


@pytest.mark.parametrize("how", ["404", "401", "lost"])
def test_a_site_without_robots_txt_is_fetched(root: Root, site: Site, how: str) -> None:
    site.fail("/robots.txt", how)
    assert fetch(root).code == 0


@pytest.mark.parametrize("delay", ["100", "1e400", "nan"])
def test_a_crawl_delay_that_is_longer_than_the_rate_is_kept(root: Root, site: Site, delay: str) -> None:
    site.connect(root, deadline=2)
    site.robots = f"User-agent: *\nCrawl-delay: {delay}\n"
    ran = fetch(root)
    if delay == "100":
        assert ran.code == 3
        assert "not fetched before the deadline" in ran.out
        assert len(site.paths) <= 2


def test_no_more_than_four_requests_are_under_way(root: Root, site: Site) -> None:
    site.pages |= {f"video-generation-{number}": page(f"m-{number}") for number in range(20)}

    def slowly(request: Request) -> None:
        time.sleep(0.05)
        request.site.respond(request)

    site.fail("index.md", slowly)
    assert fetch(root).code == 0
    assert max(at_once for _, _, at_once in site.requests) == 4


def test_cookies_are_not_kept(root: Root, site: Site) -> None:
    site.fail("/llms.txt", lambda request: request.send(301, Location="/index", Set_Cookie="a=b; Path=/"))
    site.files["/index"] = site.llms_text().encode(), "text/plain"
    fetch(root)
    assert not [path for path, headers, _ in site.requests if "Cookie" in headers]


@pytest.mark.parametrize("cache", [b"", b"{", b"[]", b'{"a": 1}', b'{"a": {"url": 1, "digest": 2}}', b"\xff"])
def test_a_cache_that_cannot_be_read_is_ignored(root: Root, site: Site, cache: bytes) -> None:
    fetch(root)
    file = root.path / ".paramsync_cache" / "fetch.json"
    file.write_bytes(cache)
    site.requests.clear()
    assert rows(fetch(root)) == dict.fromkeys((FILMS, SONGS, PHOTOS), "unchanged")
    assert not [path for path, headers, _ in site.requests if "If-None-Match" in headers]
    site.requests.clear()
    fetch(root)
    assert [path for path, headers, _ in site.requests if "If-None-Match" in headers]


def test_a_saved_page_that_was_edited_is_fetched_in_full(root: Root, site: Site) -> None:
    fetch(root)
    root.add_page(FILMS, OLD)
    ran = fetch(root)
    assert rows(ran) == {FILMS: "changed", SONGS: "unchanged", PHOTOS: "unchanged"}
    assert saved(root)[f"{FILMS}/page.md"] == site.pages[FILMS]


def test_a_site_without_validators_is_fetched(root: Root, site: Site) -> None:
    site.has_validators = False
    fetch(root)
    assert rows(fetch(root)) == dict.fromkeys((FILMS, SONGS, PHOTOS), "unchanged")


# Where requests go


def test_a_redirect_to_another_host_is_not_followed(root: Root, site: Site) -> None:
    with serve() as other:
        other.pages[FILMS] = page("film")
        site.fail(FILMS, redirect(other.url(FILMS) + "index.md"))
        ran = fetch(root)
        assert (
            f"'127.0.0.1:{other.port}' is not among the hosts of [site] in profile.toml" in rows(ran)[FILMS]
        )
        assert other.requests == []


def test_http_and_this_machine_are_requested_only_when_it_is_allowed(root: Root, site: Site) -> None:
    ran = root.run("fetch")
    assert ran.code == 3
    assert "http is for hosts of this machine only, with --allow-loopback; use https" in ran.out
    site.connect(
        root,
        hosts=f'["localhost:{site.port}"]',
        indexes=f'["https://localhost:{site.port}/llms.txt"]',
        page=f'"https://localhost:{site.port}/{{page}}"',
    )
    ran = root.run("fetch")
    assert ran.code == 3
    assert re.search("localhost resolves to .*, which is not a public IP address", ran.out)
    assert site.requests == []


PRIVATE = [
    *(
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - to be refused
    ),
    *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *(
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
    ),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::", "2001:db8::1", "ff0e::1", "3fff::1", "64:ff9b:1::1"),
]


@pytest.mark.parametrize("number", PRIVATE)
def test_a_public_host_does_not_resolve_to_a_private_address(
    root: Root, site: Site, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = f"docs.example.com:{site.port}"
    site.connect(
        root, hosts=f'["{host}"]', indexes=f'["https://{host}/llms.txt"]', page=f'"https://{host}/{{page}}"'
    )
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (one, site.port)) for one in ("8.8.8.8", number)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    ran = fetch(root)
    assert ran.code == 3
    assert f"docs.example.com resolves to {number}, which is not a public IP address" in ran.out
    assert site.requests == []


@pytest.mark.parametrize("number", ["8.8.8.8", "1.1.1.1", "2606:4700::1111"])
def test_public_addresses_are_public(number: str) -> None:
    assert is_public(number)


def test_a_host_is_resolved_once_so_that_it_cannot_lead_elsewhere_later(
    root: Root, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.host = "localhost"
    site.connect(root)
    resolve, asked = socket.getaddrinfo, []

    def resolve_once(host: Any, *rest: Any, **named: Any) -> Any:
        asked.append(host if isinstance(host, str) else host.decode())
        if asked[-1] != "localhost":
            return resolve(host, *rest, **named)
        numbers = ["127.0.0.2", "127.0.0.1"] if asked.count("localhost") == 1 else ["10.0.0.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, site.port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", resolve_once)
    assert fetch(root).code == 0
    assert asked.count("localhost") == 1
    assert {headers["Host"] for _, headers, _ in site.requests} == {f"localhost:{site.port}"}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize("name", ["localhost", "elsewhere.example", "not trusted"])
def test_the_certificate_must_be_the_hosts_own(
    root: Root, authority: trustme.CA, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name.replace(" ", "-")).configure_cert(context)
    if name != "not trusted":
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with serve(context, host="localhost") as site:
        site.pages[FILMS] = page("film")
        site.connect(root)
        ran = fetch(root)
        if name == "localhost":
            assert rows(ran) == {FILMS: "new"}
        else:
            assert ran.code == 3
            assert "untrusted TLS certificate" in ran.out
            assert site.requests == []


def test_certificates_that_cannot_be_read_are_a_wrong_usage(
    root: Root, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in (None, "junk"):
        file = tmp_path / "authority.pem"
        if text:
            file.write_text(text)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        ran = fetch(root)
        assert (ran.code, ran.out) == (2, "")
        assert f"cannot read certificates from SSL_CERT_FILE, {str(file)!r}: " in ran.err


SITE_TABLE = SiteTable(
    hosts=("docs.example.com", "cdn.example.com:8443", "api.example.com:443", "old.example.com:80"),
    indexes=("https://docs.example.com/llms.txt",),
    page="https://docs.example.com/docs/{kind}/{page}",
    user_agent="x",
)
POLICY = UrlPolicy(SITE_TABLE, allow_loopback=False)
# A URL, and how it is requested; None: it is not.
URLS: dict[str, str | None] = {
    "https://docs.example.com": "https://docs.example.com/",
    "https://DOCS.example.COM:443/a?b=c#d": "https://docs.example.com/a?b=c",
    "HTTPS://docs.example.com/": None,
    "https://cdn.example.com:8443/a": "https://cdn.example.com:8443/a",
    "https://cdn.example.com/a": None,
    "https://docs.example.com:8443/": None,
    "https://cdn.example.com:99999/": None,
    "https://cdn.example.com:08443/a": None,
    "https://api.example.com/a": "https://api.example.com/a",
    "https://api.example.com:443/a": "https://api.example.com/a",
    "https://old.example.com:80/a": "https://old.example.com:80/a",
    "https://old.example.com/a": None,
    "http://old.example.com/a": None,
    "https://docs.example.com:80/": None,
    "http://docs.example.com/": None,
    "https://docs.example.com./": None,
    "https://docs.example.com@evil.example/": None,
    "https://user:password@docs.example.com/": None,
    "https://docs.example.com\\@evil.example/": None,
    "https://docs.example.com%2eevil.example/": None,
    "https://evil.example/docs.example.com/": None,
    "https://docs.example.com.evil.example/": None,
    "https://dосs.example.com/": None,
    "https://xn--ds-jlc3b.example.com/": None,
    "https://2130706433/": None,
    "https://0x7f.1/": None,
    "https://[::1]/": None,
    "https://docs.example.com/a b": None,
    "https://docs.example.com/a\n": None,
    "https://docs.example.com/%2e%2e/secret": None,
    "https://docs.example.com/a/%2E/b": None,
    "//docs.example.com/a": None,
    "file:///etc/passwd": None,
    "javascript:alert(1)": None,
    "data:text/plain,x": None,
    "": None,
    "https://docs.example.com/" + "a" * 3000: None,
}


@pytest.mark.parametrize("url", URLS)
def test_a_url_is_requested_in_one_spelling_or_not_at_all(url: str) -> None:
    if URLS[url]:
        assert POLICY.accept(url) == URLS[url]
    else:
        with pytest.raises(FetchError):
            POLICY.accept(url)


ALPHABET = st.lists(
    st.sampled_from([*"htps:/@\\.;[]%?#-_ \t\nаAé0127", "docs.example.com", "evil.example", "https://", "//"])
).map("".join)


@given(
    st.one_of(st.text(), ALPHABET, ALPHABET.map("https://docs.example.com".__add__)),
    st.sampled_from(["", "https://docs.example.com/docs/a/b/"]),
)
def test_no_url_outside_of_the_hosts_is_ever_accepted(link: str, base: str) -> None:
    try:
        url = POLICY.accept(link, base)
    except FetchError:
        return
    parsed = httpx.URL(url)
    assert (parsed.scheme, parsed.userinfo) == ("https", b"")
    assert parsed.netloc.decode() in {host.removesuffix(":443") for host in SITE_TABLE.hosts}
    assert str(parsed).partition("?")[0] == url.partition("?")[0]
    assert POLICY.accept(url) == url
    sent = parse_url(url)
    assert (bytes(sent).decode(), sent.host, sent.scheme) == (url, parsed.raw_host, b"https")


NAMES: dict[str, str] = {
    "https://docs.example.com/docs/video/video-acme": "video-acme",
    "https://docs.example.com/docs/video/video-acme/": "video-acme",
    "https://docs.example.com/docs/video/video-acme/index.md": "video-acme",
    "https://docs.example.com/docs/video/video-acme.md?a=b": "video-acme",
    "https://docs.example.com/docs/video/index.md": "",
    "https://docs.example.com/docs/video": "",
    "https://docs.example.com/docs/video/acme/more": "",
    "https://docs.example.com/docs//acme": "",
    "https://docs.example.com/docs/video/nul": "",
    "https://docs.example.com/docs/video/%61": "",
    "https://docs.example.com/docs/video/acme.": "",
    "https://docs.example.com/docs/video/profile.toml": "",
    "https://docs.example.com/docs/video/spec.schema.JSON": "",
    "https://docs.example.com/docs/video/history.jsonl/": "",
    "https://docs.example.com/docs/video/-acme": "",
    "https://cdn.example.com:8443/docs/video/acme": "",
}


@pytest.mark.parametrize("url", NAMES)
def test_a_page_is_named_by_its_url(url: str) -> None:
    assert POLICY.page_name(url) == NAMES[url]


def test_marks_side_by_side_are_found_in_no_time() -> None:
    place = SITE_TABLE.model_copy(update={"page": "https://docs.example.com/docs/{kind}-{page}"})
    policy = UrlPolicy(place, allow_loopback=False)
    assert policy.page_name("https://docs.example.com/docs/video-acme-films") == "films"
    start = time.process_time()
    for _ in range(1000):
        assert policy.page_name(f"https://docs.example.com/docs/{'a-' * 900}!") == ""
    assert time.process_time() - start < 2


@given(st.text() | ALPHABET)
def test_a_name_is_always_that_of_a_folder(text: str) -> None:
    name = POLICY.page_name(f"https://docs.example.com/docs/{text}")
    assert re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9._-]*)?", name)
    assert not name.endswith(".")


# The profile

MISTAKES: dict[str, tuple[dict[str, object], str]] = {
    "a host in capitals": (
        {"hosts": '["Docs.example.com"]'},
        "site.hosts.0: 'Docs.example.com' must be a host in small letters",
    ),
    "a host with a path": ({"hosts": '["docs.example.com/a"]'}, "without https:// or a path\n"),
    "no host": ({"hosts": "[]"}, "site.hosts: Array should have at least 1 item"),
    "hosts that are no array": ({"hosts": '"docs.example.com"'}, "site.hosts: Input should be a valid array"),
    "a port that is too high": (
        {"hosts": '["docs.example.com:99999"]'},
        "the port of 'docs.example.com:99999'",
    ),
    "port 0": ({"hosts": '["docs.example.com:0"]'}, "the port of 'docs.example.com:0'"),
    "an index elsewhere": ({"indexes": '["https://elsewhere.example/llms.txt"]'}, "one of the hosts"),
    "a page elsewhere": ({"page": '"https://elsewhere.example/{page}"'}, "one of the hosts"),
    "words of ours in a value": (
        {"page": '"https://docs.example.com/Tuple"'},
        "'https://docs.example.com/Tuple' needs",
    ),
    "no mark": ({"page": '"https://docs.example.com/"'}, "needs the placeholder {page}"),
    "a rate of nothing": ({"rate": 0}, "site.rate"),
    "no end": ({"deadline": "inf"}, "site.deadline"),
    "an agent of two lines": ({"user_agent": '"a\\r\\nb: c"'}, "site.user_agent"),
    "an unknown key": ({"hots": 1}, "site.hots"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_the_profile_is_named(root: Root, site: Site, case: str) -> None:
    changes, said = MISTAKES[case]
    site.connect(root, **changes)
    ran = fetch(root)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("specs/profile.toml: error: ")
    assert said in ran.err
    assert site.requests == []


def test_a_profile_without_a_site_is_an_error_that_says_what_to_add(root: Root) -> None:
    profile = root.path / "specs" / "profile.toml"
    profile.write_text(re.sub(r"(?ms)^\[site\].*?^\[", "[", profile.read_text()))
    ran = root.run("fetch")
    assert ran.code == 3
    assert (
        "specs/profile.toml: error: there is no [site]; add it, with hosts, indexes, page and user_agent"
        in ran.err
    )


# What happens to a run


def wait_for(condition: Callable[[], object]) -> None:
    while not condition():
        time.sleep(0.01)


def test_ctrl_c_stops_at_once_and_leaves_all_as_it_was(root: Root, site: Site) -> None:
    site.fail(FILMS, "silent")
    before = everything(root)
    process = start(root, "fetch", "--allow-loopback", PYTHONPATH=str(PROJECT))
    wait_for(lambda: any(FILMS in path for path in site.paths))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (130, "", "")
    assert everything(root) == before


def test_after_a_kill_each_page_is_the_old_or_the_new_one_whole(root: Root, site: Site) -> None:
    names = [f"video-generation-{number}" for number in range(40)]
    old = {name: page(f"m-{name}") for name in names}
    site.pages = dict(old)
    fetch(root)
    site.only_html()
    new = {name: site.body_of(site.path(name))[0] for name in names}
    process = start(root, "fetch", "--allow-loopback", PYTHONPATH=str(PROJECT))
    wait_for(lambda: [*root.path.glob("specs/*/page.html")] or process.poll() is not None)
    process.kill()
    process.communicate()
    for name in names:
        forms = {path.name: path.read_bytes() for path in (root.path / "specs" / name).iterdir()}
        assert forms
        assert forms.items() <= {"page.md": old[name], "page.html": new[name]}.items()
    assert fetch(root).code == 0
    assert saved(root) == {f"{name}/page.html": text for name, text in new.items()}
    assert not (root.path / ".paramsync_cache/pending").exists()


def test_a_run_that_dies_while_it_saves_leaves_old_and_new_files_and_the_next_finishes(
    root: Root, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fetch(root)
    root.run("scrape")
    (root.path / "specs" / FILMS / "film.overlay.toml").write_text("# by hand\n")
    site.moved(FILMS, NEW)
    site.pages[SONGS] = page("song", "tune", "hymn")
    site.pages["video-generation-other"] = page("other")
    old = everything(root)
    roots = die_everywhere(root, tmp_path_factory.mktemp("copies"), "at a step", "fetch", "--allow-loopback")
    assert fetch(root).code == 0
    new = everything(root)
    assert f"specs/{NEW}/film.overlay.toml" in new
    half = [copy for copy in roots if (copy.path / ".paramsync_cache/pending/plan.json").exists()]
    assert {everything(copy) == old for copy in half} == {True, False}
    for copy in roots:
        left = everything(copy)
        assert all(
            left.get(path) in (old.get(path), new.get(path)) for path in left.keys() | old.keys() | new.keys()
        )
        assert "Traceback" not in copy.run("scrape", "--check").err
        assert everything(copy) == left
        if copy in half:  # any verb finishes
            assert copy.run("explain", "film").code in (0, 3)
        else:
            assert fetch(copy).code == 0
        assert everything(copy) == new


IN_PLACE: dict[str, Callable[[Path], object]] = {
    "a symbolic link": lambda path: path.symlink_to(path.with_name("elsewhere")),
    "a named pipe": os.mkfifo,
    "a folder": Path.mkdir,
}


@pytest.mark.parametrize("what", IN_PLACE)
def test_what_is_no_file_in_a_page_s_place_stays_and_the_others_are_saved(
    root: Root, site: Site, what: str
) -> None:
    fetch(root)
    place = root.path / "specs" / FILMS / "page.md"
    place.rename(place.with_name("elsewhere"))
    IN_PLACE[what](place)
    site.pages[SONGS] = page("song", "tune", "hymn")
    for _ in range(2):
        ran = fetch(root)
        assert ran.code == 3
        assert f"specs/{FILMS}/page.md: error: is {what}; put " in rows(ran)[FILMS]
    assert saved(root)[f"{SONGS}/page.md"] == site.pages[SONGS]
    assert place.lstat().st_mode == (place.stat().st_mode if what != "a symbolic link" else 0o120777)


def test_a_page_s_folder_that_is_a_link_is_refused(root: Root, site: Site) -> None:
    fetch(root)
    folder = root.path / "specs" / FILMS
    folder.rename(root.path / "elsewhere")
    folder.symlink_to(root.path / "elsewhere")
    site.pages[FILMS] = page("film", "clip", "reel")
    before = everything(root)
    ran = fetch(root)
    assert (ran.code, f"specs/{FILMS}: error: is a symbolic link" in ran.err) == (3, True)
    assert everything(root) == before


def test_no_module_is_needed_that_windows_has_not(root: Root, site: Site) -> None:
    command = [sys.executable, "-c", WITHOUT, "fetch", "--allow-loopback", "--root", str(root.path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert saved(root) == {f"{name}/page.md": text for name, text in site.pages.items()}


def test_two_runs_at_once_do_no_harm(root: Root, site: Site) -> None:
    site.pages |= {f"video-generation-{number}": page(f"m-{number}") for number in range(10)}
    processes = [start(root, "fetch", "--allow-loopback", PYTHONPATH=str(PROJECT)) for _ in range(3)]
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert saved(root) == {f"{name}/page.md": text for name, text in site.pages.items()}
    assert rows(fetch(root)) == dict.fromkeys(sorted(site.pages), "unchanged")


def test_a_terminal_shows_a_bar_and_quiet_none(root: Root, site: Site) -> None:
    for quiet, is_shown in (((), True), (("--quiet",), False)):
        terminal, screen = pty.openpty()
        command = [
            sys.executable,
            "-m",
            "paramsync",
            "fetch",
            "--allow-loopback",
            "--root",
            root.path,
            *quiet,
        ]
        done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=screen, check=False)
        os.close(screen)
        shown = b""
        with open(terminal, "rb", buffering=0) as file:  # noqa: PTH123 - it has no path
            try:
                while chunk := file.read(65536):
                    shown += chunk
            except OSError:  # so ends a terminal
                pass
        assert done.returncode == 0
        assert (b"fetch" in shown) is is_shown


def test_only_fetch_loads_what_asks_the_site(root: Root) -> None:
    root.add_page(FILMS, page("film"))
    code = (
        "import sys; from paramsync.cli import main; main(['scrape', '--root', sys.argv[1]]);"
        "print({'httpcore', 'protego', 'asyncio', 'paramsync.site.crawl'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, root.path], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("set()\n")
