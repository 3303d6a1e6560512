"""What is remembered of a page is believed where it is whole and the page is as it was, and nothing else."""

import pytest

from support.roots import Root
from support.sites import (
    FILMS,
    PHOTOS,
    SONGS,
    Site,
    fetch,
    page,
    rows,
    saved,
)
from support.small_root import everything


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
    root.add_page(FILMS, page("film", "clip", default="`2`"))
    ran = fetch(root)
    assert rows(ran) == {FILMS: "changed", SONGS: "unchanged", PHOTOS: "unchanged"}
    assert saved(root)[f"{FILMS}/page.md"] == site.pages[FILMS]
