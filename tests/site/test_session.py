"""How a site is asked: politely, again where that helps, and for no longer and no more than the profile allows.

Modules: bodies, crawl, headers, responses.
"""

import gzip
import json
import time

import pytest

from paramsync.pages.reader import read_page
from support.hostile import PROFILE
from support.roots import Root
from support.sites import (
    FAILURES,
    FILMS,
    PHOTOS,
    SONGS,
    Request,
    Site,
    body,
    compressed,
    fetch,
    page,
    redirect,
    rows,
    saved,
    serve,
    status,
)


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


def test_one_run_receives_no_more_than_256_mebibytes_after_decompression(root: Root, site: Site) -> None:
    packed = gzip.compress(bytes(8 * 1024 * 1024), 1)
    site.fail("/index?a", body(packed, "image/png", Content_Encoding="gzip"))
    urls = [f"{site.origin}/index?a#{number}" for number in range(33)]
    site.connect(root, indexes=json.dumps(urls))
    ran = fetch(root)
    assert ran.out.count("Content-Type is image/png") == 32
    assert ran.out.count("the site has sent more bytes than one run may receive") == 1


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
    read_page(slow.decode(), "page.md", PROFILE)  # the first time, patterns are compiled
    start = time.process_time()
    read_page(slow.decode(), "page.md", PROFILE)
    number = int(6 / (time.process_time() - start)) + 1
    site.pages = {f"video-generation-{one}": slow for one in range(number)}
    site.connect(root, deadline=2, rate=100_000)
    ran = fetch(root)
    told = [row for row in rows(ran).values() if "not fetched before the deadline" in row]
    assert (ran.code, len(told) > number / 3) == (3, True)


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
    assert {*site.paths} > {"/llms.txt", "/index"}
    assert not [path for path, headers, _ in site.requests if "Cookie" in headers]


def test_a_site_without_validators_is_fetched(root: Root, site: Site) -> None:
    site.has_validators = False
    fetch(root)
    assert rows(fetch(root)) == dict.fromkeys((FILMS, SONGS, PHOTOS), "unchanged")


def test_a_redirect_to_another_host_is_not_followed(root: Root, site: Site) -> None:
    with serve() as other:
        other.pages[FILMS] = page("film")
        site.fail(FILMS, redirect(other.url(FILMS) + "index.md"))
        ran = fetch(root)
        assert (
            f"'127.0.0.1:{other.port}' is not among the hosts of [site] in profile.toml" in rows(ran)[FILMS]
        )
        assert other.requests == []
