"""What robots.txt forbids is not requested, and nothing is while it cannot be read."""

import pytest

from support.roots import Root
from support.sites import (
    FILMS,
    PHOTOS,
    SONGS,
    Site,
    fetch,
    rows,
    saved,
)


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


def test_a_crawl_delay_that_is_longer_than_the_rate_is_kept(root: Root, site: Site) -> None:
    site.connect(root, deadline=2)
    site.robots = "User-agent: *\nCrawl-delay: 100\n"
    ran = fetch(root)
    assert ran.code == 3
    assert "not fetched before the deadline" in ran.out
    assert len(site.paths) <= 2


@pytest.mark.parametrize("delay", ["0", "-1", "1e400", "nan", "soon"])
def test_a_crawl_delay_that_is_no_longer_than_the_rate_or_no_number_changes_nothing(
    root: Root, site: Site, delay: str
) -> None:
    site.robots = f"User-agent: *\nCrawl-delay: {delay}\n"
    assert fetch(root).code == 0
