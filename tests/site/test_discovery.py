"""Which pages a site has: every kind of index is read, and one that cannot be read is reported and costs no page.

Modules: indexes.
"""

import gzip
import re
import shutil
import time
from collections.abc import Callable

import pytest

from paramsync.pages.profile import Site as SiteTable
from paramsync.site.discovery import ListedPages
from paramsync.site.urls import UrlPolicy
from support.roots import Root
from support.sites import (
    FILMS,
    HTML,
    MARKDOWN,
    PHOTOS,
    SONGS,
    Failure,
    Site,
    body,
    fetch,
    redirect,
    rows,
    sitemap,
    status,
)
from support.small_root import everything

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
