"""What changed, on the site: the timeline, a page for each version, and a feed that readers take; hostile text stays text there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from paramsync.changes.history import Release
from paramsync.changes.kinds import KINDS, Change
from paramsync.changes.rows import ModelRow, ParameterRow
from paramsync.rendering.pages import Page, load_pages
from paramsync.text import UNSAFE
from support.hostile import SPEC_TEXTS, SPELLING, templates_of
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


class Shape(HTMLParser):
    """The elements of a page with the names of their attributes, their places, where they lead, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shapes: set[tuple[str, ...]] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.shapes.add((tag, *(name for name, _ in attributes)))
        self.ids += [value or "" for name, value in attributes if name == "id"]
        self.links += [value or "" for name, value in attributes if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data
        self.words += data.split()


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
    text = " ".join(Shape(told["changes.html"]).words)
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
    assert "model_b" in Shape(told["changes/0.1.0.html"]).text


def find_lost(files: Mapping[str, str]) -> Iterator[str]:
    """Find links to places that no page has, among the pages of the history."""
    known = {f"{path}#{place}" for path, text in files.items() for place in Shape(text).ids} | {*files}
    for path, text in files.items():
        for link in Shape(text).links:
            target = re.sub(r"[^/]*/\.\./", "", f"{path.rpartition('/')[0]}/{link}".lstrip("/"))
            if target.partition("#")[0] in files and target not in known:
                yield f"{path}: {link}"


def test_each_link_within_the_history_leads_somewhere(told: Mapping[str, str]) -> None:
    assert [*find_lost(told)] == []
    assert [*find_lost(told | {"x.html": '<a href="changes.html#none"></a>'})] == [
        "x.html: changes.html#none"
    ]


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
        ["A, 0.3.0: breaking", "urn:scenario:model_b:0.3.0", "2026-05-12T00:00:00Z"],
        ["A, 0.2.0: breaking", "urn:scenario:model_a:0.2.0", "2026-04-09T00:00:00Z"],  # as the one before
        ["0.1.0", "urn:scenario:changes:0.1.0", "2026-04-09T00:00:00Z"],
    ]


def test_a_root_without_a_history_has_a_timeline_and_a_feed() -> None:
    files = site([], service=ACME)
    assert {*files} == {"changes.html", "feed.xml"} | {path for path in files if path.startswith("assets/")}
    assert check_feed(files["feed.xml"]) == []


def hostile_releases(texts: list[str]) -> list[Release]:
    """Make a version for each text, in which it is all that can be text."""
    found = []
    for number, text in enumerate(texts):
        rules = {"enum": [text, "b"], "description": text, "default": text, "x-label": text, "x-kind": text}
        row = ParameterRow(
            STRING | rules | {"x-labels": {text: text}, f"x-{number}": text, "x-type": text},
            requires=(text,),
            required_with=(text,),
            required_unless=(((text,), (text,)),),
        )
        after = ParameterRow(STRING | {"description": f"{text} {text}", "enum": ["b", "c"]})
        changes = [
            Change("default", "breaking", text, text, text, old=text, new=[text], before=row, after=after),
            Change("description", "prose", text, text, f"{text}/{text}", old=text, new=text),
            Change("page-title", "prose", text, old=text, new=text),
            Change("model-removed", "breaking", text, text, before=ModelRow(text or "a", text, (text,))),
        ]
        found.append(Release(f"0.{9999 - number}.0", text, tuple(changes)))
    return found


def test_a_hostile_text_in_the_history_is_text_on_the_site() -> None:
    texts = [text for text in SPEC_TEXTS if len(text) < 1000]
    plain, files = (site(hostile_releases(ones)) for ones in (["plain"] * len(texts), texts))
    assert files.keys() == plain.keys()
    usual = {shape for name, text in plain.items() if name.endswith(".html") for shape in Shape(text).shapes}
    for name, text in files.items():
        assert not {*UNSAFE.findall(text)} - {"\n", "\ufffd"}, name
        if name.endswith(".html"):
            assert Shape(text).shapes <= usual | {("code",)}, name
    check_feed(files["feed.xml"])
    tags = [{one.tag for one in ET.fromstring(each["feed.xml"]).iter()} for each in (plain, files)]  # noqa: S314 - of our own
    assert tags[0] == tags[1]
    for number, text in enumerate(texts):
        shown = Shape(files[f"changes/0.{9999 - number}.0.html"]).text
        assert UNSAFE.sub("\ufffd", text).strip() in shown, text


def test_each_kind_of_change_is_told() -> None:
    changes = [Change(kind, severity, "p", "m", old="a", new="b") for kind, (severity, _) in KINDS.items()]
    text = " ".join(Shape(site([Release("0.2.0", "", tuple(changes))])["changes/0.2.0.html"]).text.split())
    for one in changes[:3]:
        assert one.sentence in text
