"""A year of weekly changes, against a server: each week the right report, version, changelog and exit code, and nothing is lost."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from support.acme import Docs, docs, model, page_text, row
from support.repositories import git
from support.roots import Ran, Root
from support.sites import Site, serve

FIRST = date(2026, 1, 5)
FILMS, SONGS, SOUNDS = "video-generation-acme", "audio-generation-acme", "sound-generation-acme"


@dataclass
class Year:
    """The vendor's docs, the site that serves them, and the root that follows them."""

    site: Site
    root: Root
    docs: Docs = field(default_factory=docs)
    hidden: set[str] = field(default_factory=set)  # models that the docs have forgotten
    seen: set[str] = field(default_factory=set)  # models that were ever listed, and not let go
    version: str = ""

    def cell(self, name: str, parameter: str, **cells: str) -> None:
        self.rows(name)[parameter] |= cells

    def rows(self, name: str) -> dict[str, dict[str, str]]:
        return next(models[name] for models in self.docs.values() if name in models).rows

    def rename_page(self, old: str, new: str) -> None:
        rename(self.docs, old, new)
        self.site.moved(old, new)

    def move_site(self, prefix: str) -> None:
        self.site.prefix = prefix

    def go(self, *arguments: str) -> Ran:
        options = ["--allow-loopback"] if arguments[0] == "fetch" else []
        return self.root.run(*arguments, *options)

    def history(self) -> str:
        path = self.root.path / "specs" / "history.jsonl"
        return path.read_text() if path.exists() else ""


def rename(those: dict[str, Any], old: str, new: str) -> None:
    """Rename a key, and keep the order."""
    renamed = {new if key == old else key: value for key, value in those.items()}
    those.clear()
    those.update(renamed)


@dataclass(frozen=True)
class Week:
    """What the vendor does in a week, and what must come of it."""

    title: str
    edit: Callable[[Year], object] = id
    kinds: str = ""  # of the changes
    version: str = ""  # of the packages, if it is a new one
    fetch: int = 0  # exit codes
    scrape: int = 0
    options: str = ""  # of scrape
    says: str = ""  # among what fetch and scrape say


def quiet(title: str, edit: Callable[[Year], object] = id, **more: Any) -> Week:
    """Give a week in which nothing is to be reported."""
    return Week(title, edit, **more)


def film(letter: str) -> str:
    return f"model_film-{letter}"


WEEKS = [
    Week("everything is new", kinds="model-added*12 page-added*2", version="0.1.0"),
    quiet("only the dates move"),
    Week(
        "a choice is new",
        lambda y: y.cell(film("a"), "mode", choices="`fast`, `slow`, `best`, `turbo`"),
        "choice-added",
        "0.2.0",
    ),
    Week("a default moves", lambda y: y.cell(film("a"), "duration", default="`6`"), "default", "0.3.0"),
    Week(
        "a text is written anew",
        lambda y: y.cell("model_song-a", "seed", description="Any number"),
        "description",
        "0.3.1",
    ),
    Week("a bound narrows", lambda y: y.cell(film("b"), "duration", maximum="8"), "bounds-narrowed", "0.4.0"),
    Week("a bound widens", lambda y: y.cell(film("b"), "duration", maximum="12"), "bounds-widened", "0.5.0"),
    Week(
        "the films cannot be had, and a song changes",
        lambda y: (y.site.fail(FILMS, "500"), y.cell("model_song-a", "seed", description="Some number")),
        "description",
        "0.5.1",
        fetch=3,
        says="500",
    ),
    quiet("they can again"),
    quiet("a login page is in the way", lambda y: y.site.fail(FILMS, "login"), fetch=3, says="stays"),
    quiet("a page breaks off", lambda y: y.site.fail(FILMS, "truncated"), fetch=3, says="stays"),
    quiet("all is well"),
    quiet(
        "four films are forgotten, for a day",
        lambda y: y.hidden.update(map(film, "abcd")),
        scrape=3,
        says="many-models-gone",
    ),
    quiet("they are back", lambda y: y.hidden.clear()),
    Week("one film is gone", lambda y: y.hidden.add(film("c")), "model-deprecated", "0.6.0"),
    quiet("it stays away"),
    Week("it returns", lambda y: y.hidden.clear(), "model-returned", "0.7.0"),
    Week(
        "a song has another id",
        lambda y: rename(y.docs[SONGS], "model_song-f", "model_song-f-2"),
        "model-renamed",
        "0.8.0",
    ),
    Week(
        "the old id is let go",
        lambda y: y.seen.remove("model_song-f"),
        "model-removed",
        "0.9.0",
        options="--prune",
    ),
    Week(
        "a parameter has another name",
        lambda y: rename(y.rows(film("a")), "image", "firstFrame"),
        "parameter-renamed",
        "0.10.0",
    ),
    Week(
        "a parameter is new",
        lambda y: y.rows(film("a")).update(hdr=row("boolean", "More light")),
        "parameter-added",
        "0.11.0",
    ),
    Week("a parameter is gone", lambda y: y.rows(film("a")).pop("hdr"), "parameter-removed", "0.12.0"),
    quiet(
        "half of a model's parameters are gone",
        lambda y: [y.rows(film("d")).pop(name) for name in ("mode", "seed", "loop")],
        scrape=3,
        says="many-parameters-gone",
    ),
    Week(
        "that is meant",
        kinds="parameter-removed*3",
        version="0.13.0",
        options=f"--accept-removals {film('d')}",
    ),
    Week(
        "a film is listed as a song",
        lambda y: y.docs[SONGS].update({film("e"): y.docs[FILMS].pop(film("e"))}),
        "model-moved",
        "0.13.1",
    ),
    Week(
        "a page has another name",
        lambda y: y.rename_page(SONGS, SOUNDS),
        "page-kind page-moved",
        "0.13.2",
        says="moved",
    ),
    quiet("the site has moved, and the profile does not know", lambda y: y.move_site("/models"), fetch=3),
    quiet("the profile knows", lambda y: y.site.connect(y.root)),
    Week(
        "a page is new",
        lambda y: y.docs.update({"image-generation-acme": {"model_photo-a": model("Photo A")}}),
        "model-added page-added",
        "0.14.0",
    ),
    Week(
        "a cell is wrong, another is right",
        lambda y: (y.cell(film("a"), "duration", minimum="O"), y.cell(film("b"), "duration", default="`7`")),
        "default",
        "0.15.0",
        scrape=3,
        says="bad-number",
    ),
    Week(
        "the wrong one is mended",
        lambda y: y.cell(film("a"), "duration", minimum="2"),
        "bounds-narrowed",
        "0.16.0",
    ),
    Week(
        "a capability comes",
        lambda y: y.docs[FILMS][film("a")].capabilities.append("img2video"),
        "capability-added",
        "0.17.0",
    ),
    Week(
        "a capability goes",
        lambda y: y.docs[FILMS][film("a")].capabilities.remove("txt2video"),
        "capability-removed",
        "0.18.0",
    ),
    Week(
        "an image is required",
        lambda y: y.cell(film("b"), "image", required="Yes"),
        "parameter-required",
        "0.19.0",
    ),
    Week("and is not", lambda y: y.cell(film("b"), "image", required="No"), "parameter-optional", "0.20.0"),
    Week(
        "a number is a word",
        lambda y: y.cell(film("b"), "seed", type="string", minimum="-", maximum="-"),
        "type",
        "0.21.0",
    ),
    Week(
        "a title changes",
        lambda y: setattr(y.docs[FILMS][film("b")], "title", "Film Bee"),
        "model-title",
        "0.21.1",
    ),
    Week(
        "parameters change places",
        lambda y: y.rows(film("b")).update(prompt=y.rows(film("b")).pop("prompt")),
        "parameters-order",
        "0.21.2",
    ),
    Week(
        "someone corrects the docs",
        lambda y: correct(y, "7", "9"),
        "default",
        "0.22.0",
    ),
    quiet("the docs agree", lambda y: y.cell(film("b"), "duration", default="`9`"), says="overlay-obsolete"),
    Week(
        "the docs say a third thing",
        lambda y: y.cell(film("b"), "duration", default="`8`"),
        scrape=3,
        says="overlay-conflict",
    ),
    Week("the correction goes", lambda y: overlay(y).unlink(), "default", "0.23.0"),
    quiet(
        "the list of pages cannot be had", lambda y: y.site.fail("llms.txt", "500"), fetch=3, says="llms.txt"
    ),
    quiet("too many requests, at first", lambda y: y.site.fail(FILMS, "429")),
    quiet("the site is HTML alone", lambda y: y.site.only_html()),
    Week("HTML changes, too", lambda y: y.cell(film("f"), "duration", default="`3`"), "default", "0.24.0"),
]


def overlay(year: Year) -> Any:
    return year.root.path / "specs" / FILMS / "film-b.overlay.toml"


def correct(year: Year, expected: str, right: str) -> None:
    overlay(year).write_text(
        f'[[correct]]\nparameter = "duration"\nexpect = {{ default = {expected} }}\n'
        f'set = {{ default = {right} }}\nreason = "Asked the service."\n'
    )


@pytest.fixture
def year(root: Root) -> Iterator[Year]:
    with serve() as site:
        root.add_target("docs")
        root.add_target("python")
        site.connect(root)
        year = Year(site, root)
        (root.path / ".gitignore").write_text(".paramsync_cache\n")
        git(year.root.path, "init", "-q")
        yield year


def test_a_year_goes_by(year: Year) -> None:
    assert len(WEEKS) > 40
    for number, week in enumerate(WEEKS):
        day = FIRST + timedelta(weeks=number)
        try:
            live_through(year, week, day)
        except AssertionError as error:
            raise AssertionError(f"{week.title} ({day}): {error}") from error


def live_through(year: Year, week: Week, day: date) -> None:
    year.site.mend()
    week.edit(year)
    for page, models in year.docs.items():
        listed = {name: one for name, one in models.items() if name not in year.hidden}
        year.site.pages[page] = page_text(page, listed, day)
    before = year.history()
    fetched = year.go("fetch")
    scraped = year.go("scrape", *week.options.split())
    assert (fetched.code, scraped.code) == (week.fetch, week.scrape), fetched.out + scraped.out + scraped.err
    assert week.says in fetched.out + scraped.out
    assert year.go("generate").code == 0
    assert year.history() == before
    released = year.go("release")
    assert released.code == 0, released.err
    check_history(year, week, before, day)
    check_that_nothing_is_lost(year)
    check_diff(year, week)
    check_packages(year)
    again = year.go("scrape", "--check"), year.go("generate", "--check")
    assert [ran.code for ran in again] == [week.scrape if not week.options else 0, 0], again[0].out
    git(year.root.path, "add", "-A")
    git(year.root.path, "commit", "--allow-empty", "-qm", week.title)


def check_history(year: Year, week: Week, before: str, day: date) -> None:
    assert year.history().startswith(before)
    lines = [json.loads(line) for line in year.history()[len(before) :].splitlines()]
    assert kinds_of(lines) == expected_kinds(week)
    assert {line["version"] for line in lines} <= {week.version}
    assert all(line["date"] <= str(day) for line in lines)
    year.version = week.version or year.version


def check_that_nothing_is_lost(year: Year) -> None:
    saved = {page.parent.name for page in (year.root.path / "specs").glob("*/page.[hm]*")}
    listed = {name for page, models in year.docs.items() if page in saved for name in models}
    year.seen |= listed - year.hidden
    paths = [path for path in (year.root.path / "specs").glob("*/*.json") if path.name != "page.json"]
    assert {json.loads(path.read_text())["x-model"] for path in paths} >= year.seen


def check_diff(year: Year, week: Week) -> None:
    head = subprocess.run(
        ["git", "rev-parse", "-q", "--verify", "HEAD"], cwd=year.root.path, capture_output=True, check=False
    )
    if head.returncode:
        return
    ran = year.go("diff", "--format", "json")
    assert ran.code == 0, ran.err
    report = json.loads(ran.out)
    assert kinds_of(report["changes"]) == expected_kinds(week)
    for change in report["changes"]:
        assert change["page"] in change.get("file", change["page"])


def check_packages(year: Year) -> None:
    python = year.root.path / "generated" / "python"
    assert f'__version__ = "{year.version}"' in (python / "scenario_models/version.py").read_text()
    newest = next(
        line for line in (python / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")
    )
    assert year.version in newest


def kinds_of(changes: list[dict[str, Any]]) -> Counter[str]:
    return Counter(change["kind"] for change in changes)


def expected_kinds(week: Week) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for word in week.kinds.split():
        kind, _, number = word.partition("*")
        kinds[kind] += int(number or 1)
    return kinds
