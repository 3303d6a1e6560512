"""Which URLs are requested, in which spelling, and how a page is named by its own."""

import re
import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramsync.pages.profile import Site as SiteTable
from paramsync.site.responses import FetchError
from paramsync.site.session import parse_url
from paramsync.site.urls import UrlPolicy

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
