"""What changed is written down once, as it was, by the date of the page; and the versions follow from it."""

import json
import shutil
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paramsync.changes.history import (
    Release,
    current_version,
    extend_history,
    next_version,
    read_history,
)
from paramsync.changes.kinds import KINDS, VERSION_STEPS, Change
from paramsync.changes.reports import as_changelog
from support.roots import Root
from support.small_root import TARGET, TOP, everything, forget, put, section

HISTORY = "specs/history.jsonl"
LETTERS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")


def page(*names: str, date: str = "2026-04-09", **changed: str) -> str:
    return TOP.replace("2026-04-09", date) + "".join(
        section(name, changed.get(name, "`1`")) for name in names
    )


@pytest.fixture
def six(root: Root) -> Root:
    root.add_page("videos", page(*LETTERS))
    put(root, {f"templates/list/{path}": text for path, text in TARGET.items()})
    put(root, {"templates/list/version.txt.jinja": "{{ version | prose }}\n{{ releases | changelog }}\n"})
    assert root.run("scrape").code == root.run("generate").code == 0
    return root


def lines(root: Root) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root.path / HISTORY).read_text().splitlines()]


def version(root: Root) -> str:
    """Give the version that a target sees."""
    assert root.run("generate").code == 0
    return (root.path / "generated/list/version.txt").read_text().split("\n")[0]


# What is written


def test_the_first_scrape_writes_what_there_is(six: Root) -> None:
    found = lines(six)
    assert [line["kind"] for line in found] == ["page-added"] + ["model-added"] * 6
    assert {(line["version"], line["date"], line["page"]) for line in found} == {
        ("0.1.0", "2026-04-09", "videos")
    }
    assert list(found[1]) == ["version", "date", "kind", "severity", "page", "model", "fingerprint"]


def test_a_change_is_a_line_with_the_date_of_its_page(six: Root) -> None:
    before = (six.path / HISTORY).read_text()
    six.add_page("videos", page(*LETTERS, date="2026-05-01", beta="`2`"))
    assert six.run("scrape").code == 0
    text = (six.path / HISTORY).read_text()
    assert text.startswith(before)
    (line,) = lines(six)[7:]
    fingerprint = line.pop("fingerprint")
    assert line == {
        "version": "0.2.0",
        "date": "2026-05-01",
        "kind": "default",
        "severity": "behaviour",
        "page": "videos",
        "model": "model_beta",
        "parameter": "strength",
        "old": 1,
        "new": 2,
    }
    assert len(fingerprint) == 12


def test_where_only_the_date_moves_nothing_is_written(six: Root) -> None:
    before = (six.path / HISTORY).read_text()
    six.add_page("videos", page(*LETTERS, date="2026-05-01"))
    assert six.run("scrape").code == 0
    assert (six.path / HISTORY).read_text() == before
    assert version(six) == "0.1.0"


def test_a_page_without_a_date_has_changes_without_one(root: Root) -> None:
    root.add_page("videos", page(*LETTERS).replace("> Last updated: 2026-04-09.\n\n", ""))
    assert root.run("scrape").code == 0
    assert {"date" in line for line in lines(root)} == {False}


@pytest.mark.parametrize("number", range(6))
def test_a_run_that_died_before_its_specs_were_written_tells_nothing_twice(six: Root, number: int) -> None:
    changes = [
        page(*LETTERS, beta="`2`"),
        page(*LETTERS).replace("## Beta", "## Bee"),
        page(*LETTERS, "eta"),
        page(*LETTERS[:5]),
        page(*LETTERS[:5], "theta"),  # a model with another id
        page(*LETTERS).replace("| 0 | 9 |", "| 0 | 8 |"),
    ]
    for options in ((), ("--prune",)):
        before = {path: text for path, text in everything(six).items() if path.endswith(".json")}
        six.add_page("videos", changes[number])
        assert six.run("scrape", *options).code == 0
        after = everything(six)
        put(six, before)  # as if it had died just now
        forget(six)
        assert six.run("scrape", *options).code == 0
        assert everything(six) == after


def test_what_happens_again_is_told_again(six: Root) -> None:
    for text in (page(*LETTERS, beta="`2`"), page(*LETTERS), page(*LETTERS, beta="`2`")):
        six.add_page("videos", text)
        assert six.run("scrape").code == 0
    assert [(line["old"], line["new"]) for line in lines(six)[7:]] == [(1, 2), (2, 1), (1, 2)]
    for text in (page(*LETTERS[:5], "theta"), page(*LETTERS)) * 2:
        six.add_page("videos", text)
        assert six.run("scrape", "--prune").code == 0
    told = [
        (line["kind"], line["model"]) for line in lines(six)[10:] if line["kind"].startswith("model-renamed")
    ]
    assert told == [("model-renamed", "model_theta"), ("model-renamed", "model_zeta")] * 2


def test_a_check_compares_the_history_too_and_writes_nothing(six: Root) -> None:
    six.add_page("videos", page(*LETTERS, beta="`2`"))
    before = everything(six)
    ran = six.run("scrape", "--check")
    assert ran.code == 1
    assert f"{HISTORY}: changed\n" in ran.out
    assert '+{"version": "0.2.0"' in ran.out
    assert everything(six) == before


# Versions

VERSIONS = {
    "breaking": [("0.1.0", "1.0.0"), ("1.2.3", "2.0.0")],
    "behaviour": [("0.1.0", "0.2.0"), ("1.2.3", "1.3.0")],
    "compatible": [("0.1.0", "0.2.0"), ("1.2.3", "1.3.0")],
    "prose": [("0.1.0", "0.1.1"), ("1.2.3", "1.2.4"), ("1.9.9", "1.9.10")],
}


@pytest.mark.parametrize("severity", VERSION_STEPS)
def test_a_version_follows_from_the_worst_change(severity: Any) -> None:
    for before, after in VERSIONS[severity]:
        text = (
            json.dumps({"version": before, "kind": "page-added", "severity": "compatible", "page": "p"})
            + "\n"
        )
        releases = read_history(text, HISTORY)
        worst = Change("default", severity, "p", "m")
        assert next_version(releases, [Change("description", "prose", "p"), worst]) == after
        assert current_version(read_history(extend_history(text, HISTORY, [worst], {}), HISTORY)) == after
    assert next_version((), [Change("default", severity, "p")]) == "0.1.0"


CHANGES = st.builds(
    Change,
    kind=st.sampled_from(sorted(KINDS)),
    severity=st.sampled_from(sorted(VERSION_STEPS)),
    page=st.text(min_size=1),
    model=st.text(),
    parameter=st.text(),
    old=st.none() | st.text() | st.booleans() | st.integers() | st.lists(st.text()),
    new=st.none()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dictionaries(st.text(), st.integers()),
)


@given(
    runs=st.lists(
        st.lists(CHANGES, min_size=1, max_size=4, unique_by=lambda one: one.fingerprint), max_size=4
    )
)
@settings(deadline=None)
def test_what_was_written_is_read_back_as_it_was(runs: list[list[Change]]) -> None:
    text = ""
    for run in runs:
        longer = extend_history(text, HISTORY, run, {})
        assert longer.startswith(text)
        text = longer
    releases = read_history(text, HISTORY)
    found = [change for release in reversed(releases) for change in release.changes]
    assert found == [change for run in runs for change in run]
    assert len(found) == len(text.splitlines())
    for change, line in zip(found, text.splitlines(), strict=True):
        assert json.loads(line) == {"version": json.loads(line)["version"], **change.json}


# What people do to their files


def test_after_specs_are_removed_by_hand_they_come_back_without_a_word(six: Root) -> None:
    six.add_page(
        "videos", page(*LETTERS).replace("## Beta", "## Bee").replace("**Videos** video", "**Videos** film")
    )
    assert six.run("scrape").code == 0
    before = everything(six)
    for path in (six.path / "specs/videos").glob("*.json"):
        path.unlink()
    forget(six)
    assert six.run("scrape").code == 0
    assert everything(six) == before
    (six.path / "specs/videos/beta.json").unlink()
    ran = six.run("scrape")
    assert (ran.code, "beta.json: warning: page.json lists this spec, but it is missing" in ran.out) == (
        0,
        True,
    )
    assert everything(six) == before


def test_a_page_whose_folder_is_removed_is_told_as_gone(six: Root) -> None:
    six.add_page("songs", page("eta"))
    six.run("scrape")
    shutil.rmtree(six.path / "specs/songs")
    assert six.run("scrape").code == 0
    assert [(line["kind"], line.get("model")) for line in lines(six)[-1:]] == [("model-removed", "model_eta")]
    assert version(six) == "1.0.0"
    assert six.run("scrape", "--check").code == 0


def test_a_folder_that_gets_another_name_is_a_page_that_moved(six: Root) -> None:
    (six.path / "specs/videos").rename(six.path / "specs/films")
    assert six.run("scrape").code == 0
    assert [(line["kind"], line["old"], line["new"]) for line in lines(six)[7:]] == [
        ("page-moved", "videos", "films")
    ]
    assert version(six) == "0.1.1"
    six.add_page("films", page(*LETTERS, beta="`2`"))
    six.run("scrape")
    assert [line["kind"] for line in lines(six)[8:]] == ["default"]


def test_a_root_that_had_specs_before_it_had_a_history_gets_one(six: Root) -> None:
    written = lines(six)
    (six.path / HISTORY).unlink()
    assert six.run("scrape").code == 0
    assert lines(six) == written


def test_a_damaged_spec_is_written_again_and_its_change_is_said_to_be_missing(six: Root) -> None:
    before = everything(six)
    put(six, {"specs/videos/beta.json": "<<<<<<< HEAD\n"})
    six.add_page("videos", page(*LETTERS, alpha="`2`"))
    ran = six.run("scrape")
    assert ran.code == 0
    assert "specs/videos/beta.json:1:1: warning: not JSON: " in ran.out
    assert "of this page, the history will record only added" in ran.out
    after = everything(six)
    assert after[HISTORY] == before[HISTORY]
    assert after["specs/videos/beta.json"] == before["specs/videos/beta.json"]


BAD_HISTORIES = {
    "no JSON": ("{\n", f"{HISTORY}:1:2: error: not JSON: "),
    "a conflict": ("<<<<<<< HEAD\n", f"{HISTORY}:1:1: error: not JSON: "),
    "no change": ("[]\n", f"{HISTORY}:1: error: is not a change; restore the line from git"),
    "no version": ("{}\n", f"{HISTORY}:1: error: has no version such as 1.0.0"),
    "an odd version": ('{"version": "1.0"}\n', f"{HISTORY}:1: error: has no version such as 1.0.0"),
    "a hostile version": ('{"version": "1.0.0\\n"}\n', f"{HISTORY}:1: error: has no version such as 1.0.0"),
    "an odd severity": (
        '{"version": "1.0.0", "kind": "type", "severity": "bad"}\n',
        f"{HISTORY}:1: error: unknown severity ",
    ),
    "an odd kind": (
        '{"version": "1.0.0", "severity": "prose", "kind": "x"}\n',
        f"{HISTORY}:1: error: unknown change kind 'x'; restore the line from git",
    ),
    "not UTF-8": (b"\xff", f"{HISTORY}:1:1: error: is not UTF-8 here"),
}


@pytest.mark.parametrize("case", BAD_HISTORIES)
@pytest.mark.parametrize("verb", ["scrape", "generate"])
def test_a_history_that_cannot_be_read_stops_the_run_and_loses_nothing(
    six: Root, case: str, verb: str
) -> None:
    text, said = BAD_HISTORIES[case]
    put(six, {HISTORY: text})
    before = everything(six)
    ran = six.run(verb)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(said)
    assert everything(six) == before


def test_a_history_is_no_link(six: Root) -> None:
    (six.path / HISTORY).rename(six.path / "elsewhere")
    (six.path / HISTORY).symlink_to(six.path / "elsewhere")
    for verb in ("scrape", "generate"):
        assert f"{HISTORY}: error: is a symbolic link" in six.run(verb).err


def test_a_history_without_a_last_line_feed_is_gone_on_with(six: Root) -> None:
    path = six.path / HISTORY
    path.write_text(path.read_text().rstrip("\n"))
    six.add_page("videos", page(*LETTERS, beta="`2`"))
    assert six.run("scrape").code == 0
    assert len(lines(six)) == 8


DATES = [
    "2026-04-09",
    "2026/04/09",
    "09.04.2026",
    "9. April 2026",
    "April 9, 2026",
    "9th Apr 2026",
    "Apr-09-2026",
    "2026",
]
NO_DATES = [
    "www.x.com",
    "Www.Evil.Com",
    "x.com",
    "GH-1",
    "127.0.0.1",
    "Jan 127.0.0.1",
    "deadbeef",
    "#1",
    "@ada",
    "2026-04-09 <b>",
    "Jan " * 20,
]


@pytest.mark.parametrize("text", [*DATES, *NO_DATES])
def test_the_changelog_shows_what_is_a_date_and_nothing_else(text: str) -> None:
    heading = as_changelog([Release("1.0.0", text, (), is_first=True)]).split("\n")[0]
    assert heading == ("## 1.0.0, " + text if text in DATES else "## 1.0.0")
