"""What changed, on the site: the timeline, a page for each version, and a feed that readers take."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from paramsync.changes.history import Release
from paramsync.changes.kinds import KINDS, Change
from paramsync.rendering.pages import Page, load_pages
from support.hostile import SPELLING, templates_of
from support.html_reader import HtmlReader
from support.rendering import render
from support.roots import PROJECT
from support.services import ACME, SERVICE, compare
from support.spec_pages import page, spec

PARTS = ("target.toml", "macros/", "changes", "feed.xml")
TEMPLATES = {
    path: text
    for path, text in templates_of(PROJECT, "site")[0].items()
    if path.startswith(PARTS) and not path.endswith(".md.jinja")
}
ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT00:00:00Z")
URN = re.compile(r"urn:[a-z0-9-]+:[A-Za-z0-9._~%:-]+")


def site(
    releases: Iterable[Release], pages: Iterable[Page] = (), service: Any = SERVICE
) -> Mapping[str, str]:
    """Render what the site says of a history."""
    return render("site", TEMPLATES, SPELLING.__getitem__, [*pages], [*releases], service=service)


STRING: dict[str, Any] = {"type": "string"}
A = spec("model_a", p=STRING, q=STRING | {"enum": ["a", "b"], "description": "One `of` two."})
B = spec("model_b", q=STRING)
NARROWED = spec("model_a", p=STRING, q=STRING | {"enum": ["b", "c"], "description": "One of two."})


@pytest.fixture(scope="module")
def told() -> Mapping[str, str]:
    """Give the files for three versions, of which the last one removes a model."""
    trees = [page(A, B), page(NARROWED, B), page(NARROWED)]
    releases = [
        Release(f"0.{at + 1}.0", date, compare(before, after), is_first=not at)
        for at, (date, before, after) in enumerate(
            zip(("2026-04-09", "April", "12 May 2026"), [{}, *trees], trees, strict=False)
        )
    ]
    return site(reversed(releases), load_pages(trees[-1], SERVICE))


def test_the_timeline_shows_each_change_with_its_row_before_and_after(told: Mapping[str, str]) -> None:
    text = HtmlReader(told["changes.html"]).words
    assert "0.3.0 2026-05-12 1 breaking A model_b P breaking the model was removed" in text
    assert 'q breaking the choice "a" was removed compatible the choice "c" was added' in text
    assert "Allowed Values a b b c Description One of two. One of two." in text
    assert "0.1.0 2026-04-09 The first version: 2 models" in text
    assert '<a href="models/a.html">A</a>' in told["changes.html"]
    assert "<span>A</span> <code>model_b</code>" in told["changes.html"]  # which is gone
    assert "<del><code>a</code></del>" in told["changes.html"]


def test_each_version_has_a_page_of_its_own(told: Mapping[str, str]) -> None:
    assert {path for path in told if path.startswith("changes/")} == {
        f"changes/0.{number}.0.html" for number in (1, 2, 3)
    }
    assert "model_b" in HtmlReader(told["changes/0.1.0.html"]).text


def check_feed(text: str) -> list[ET.Element]:
    """Check what Atom asks of a feed; give its entries."""
    feed = ET.fromstring(text)  # noqa: S314 - of our own
    entries = feed.findall(f"{ATOM}entry")
    for one in (feed, *entries):
        assert (one.findtext(f"{ATOM}title") or "").strip()
        assert URN.fullmatch(one.findtext(f"{ATOM}id") or "")
        assert MOMENT.fullmatch(one.findtext(f"{ATOM}updated") or "")
        assert one.find(f"{ATOM}link[@rel='alternate']") is not None
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    ids = [one.findtext(f"{ATOM}id") for one in (feed, *entries)]
    assert len({*ids}) == len(ids)
    return entries


def test_the_feed_has_an_entry_for_each_version_and_model(told: Mapping[str, str]) -> None:
    entries = check_feed(told["feed.xml"])
    found = [[one.findtext(f"{ATOM}{name}") for name in ("title", "id", "updated")] for one in entries]
    assert found == [
        ["A, 0.3.0: breaking", "urn:scenario:model_b:after-0.2.0", "2026-05-12T00:00:00Z"],
        [
            "A, 0.2.0: breaking",
            "urn:scenario:model_a:after-0.1.0",
            "2026-04-09T00:00:00Z",
        ],  # as the one before
        ["0.1.0", "urn:scenario:changes:first", "2026-04-09T00:00:00Z"],
    ]


def test_a_root_without_a_history_has_a_timeline_and_a_feed() -> None:
    files = site([], service=ACME)
    assert {*files} == {"changes.html", "feed.xml"} | {path for path in files if path.startswith("assets/")}
    assert check_feed(files["feed.xml"]) == []


def test_each_kind_of_change_is_told() -> None:
    changes = [Change(kind, severity, "p", "m", old="a", new="b") for kind, (severity, _) in KINDS.items()]
    text = " ".join(
        HtmlReader(site([Release("0.2.0", "", tuple(changes))])["changes/0.2.0.html"]).text.split()
    )
    for one in changes[:3]:
        assert one.sentence in text
