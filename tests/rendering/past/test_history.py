"""What templates see of the past: changes by model, parameter, provider and release, with the rows before and after side by side.

Modules: changes, comparison, releases, timeline.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paramsync.changes.history import Release, append_release, read_history
from paramsync.changes.kinds import KINDS, Change, make_change
from paramsync.changes.rows import ParameterRow
from paramsync.pages.vendor import Vendor
from paramsync.rendering.pages import all_models, load_pages
from paramsync.rendering.past.changes import PastChange
from paramsync.rendering.past.comparison import ComparedChoice, Piece, compare_rows
from paramsync.rendering.past.history import Dates, Extent, History, Moment
from paramsync.rendering.past.timeline import Timeline
from support.made_specs import WHOLE, models
from support.services import SERVICE, compare
from support.spec_pages import page, spec

Json = dict[str, Any]

STRING: Json = {"type": "string", "x-type": "string"}
NUMBER: Json = {"type": "number", "x-type": "number"}
ROW = ParameterRow


def words(*choices: str, **rules: Any) -> Json:
    return STRING | {"enum": [*choices]} | rules


def same(text: str) -> tuple[Piece, ...]:
    return (Piece(text, is_changed=False),)


def told_of(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    return (Piece(old, is_changed=True),), (Piece(new, is_changed=True),)


# Rows before and after -> the lines that differ, by what follows the name of the parameter and the header.
COMPARED: dict[str, tuple[ParameterRow | None, ParameterRow | None, dict[str, tuple[Any, Any]]]] = {
    "nothing": (ROW(STRING, is_required=False), ROW(STRING, is_required=False), {}),
    "a type": (ROW(STRING), ROW(NUMBER), {" Type": ("string", "number")}),
    "a demand": (ROW(STRING, is_required=False), ROW(STRING, is_required=True), {" Required": ("No", "Yes")}),
    "a limit": (
        ROW(NUMBER | {"minimum": 0, "x-max": 4}),
        ROW(NUMBER | {"minimum": 1, "x-max": 4}),
        {" Min": (0, 1)},
    ),
    "a default that is false": (
        ROW({"type": "boolean", "default": False}),
        ROW({"type": "boolean"}),
        {" Default": (False, None)},
    ),
    "a default that is another type": (
        ROW({"default": 1}),
        ROW({"default": True}),
        {" Default": (1, True)},
    ),
    "a default that is the same number": (ROW(NUMBER | {"default": 1}), ROW(NUMBER | {"default": 1.0}), {}),
    "choices": (
        ROW(words("a", "b")),
        ROW(words("b", "c")),
        {
            " Allowed Values": (
                (ComparedChoice("a", "", "removed"), ComparedChoice("b", "", "kept")),
                (ComparedChoice("b", "", "kept"), ComparedChoice("c", "", "added")),
            )
        },
    ),
    "choices that come": (
        ROW(STRING),
        ROW(words("a")),
        {" Allowed Values": (None, (ComparedChoice("a", "", "kept"),))},
    ),
    "a label of a choice": (
        ROW(words("a")),
        ROW(words("a", **{"x-labels": {"a": "Alpha"}})),
        {
            " Allowed Values": (
                (ComparedChoice("a", "", "kept"),),
                (ComparedChoice("a", "Alpha", "kept"),),
            )
        },
    ),
    "what is said beside the rules": (
        ROW(STRING | {"x-step": 1, "x-label": "Old"}),
        ROW(STRING | {"x-step": 2, "x-cost": True, "x-kind": "video", "description": "New."}),
        {
            " Step": told_of("1", "2"),
            " Label": ("Old", None),
            " Changes the Price": (None, "Yes"),
            " Kind of File": (None, "video"),
            " Description": (None, same("New.")),
        },
    ),
    "an annotation that is called as a column": (
        ROW(STRING | {"default": "a", "x-default": "b"}),
        ROW(STRING | {"default": "a", "x-default": "c"}),
        {" Default (x-)": told_of("“b”", "“c”")},
    ),
    "conditions": (
        ROW(STRING, None, ("q", "r"), ("s", "t"), ((("u", "v"), ("w",)),)),
        ROW(STRING),
        {
            " Requires": (same("`q` and `r`"), None),
            " Required With": (same("`s` or `t`"), None),
            " Required Without": (same("`u` and `v`, or `w`"), None),
        },
    ),
    "what is inside": (
        ROW({"type": "object", "properties": {"w": NUMBER, "h": NUMBER}}, is_required=False),
        ROW({"type": "object", "properties": {"w": NUMBER | {"maximum": 2}, "h": NUMBER}}, is_required=False),
        {".w Max": (None, 2)},
    ),
    "an alternative": (
        ROW({"anyOf": [STRING, NUMBER]}),
        ROW({"anyOf": [words("a"), NUMBER]}),
        {" (string) Allowed Values": (None, (ComparedChoice("a", "", "kept"),))},
    ),
    "all of it": (
        None,
        ROW(NUMBER, is_required=True),
        {" Type": (None, "number"), " Required": (None, "Yes")},
    ),
}


@pytest.mark.parametrize("case", COMPARED)
def test_rows_are_compared_line_by_line(case: str) -> None:
    before, after, expected = COMPARED[case]
    rows = compare_rows("p", before, after)
    found = {
        f"{row.name} {line.label}": (line.before, line.after)
        for row in rows
        for line in row.lines
        if line.is_different
    }
    assert found == expected
    assert rows[0].name == ""
    assert (rows[0].has_before, rows[0].has_after) == (before is not None, after is not None)
    labels = [line.label for line in rows[0].lines]
    assert "Description" not in labels[:-1]
    turned = compare_rows("p", after, before)
    assert {row.name: {one.label: one.is_different for one in row.lines} for row in turned} == {
        row.name: {one.label: one.is_different for one in row.lines} for row in rows
    }


TEXTS = st.lists(st.sampled_from(["a", "b.", "`c d`", "(`e`),", "f`", "\u00a0g"]), max_size=6).map(" ".join)


@given(old=TEXTS, new=TEXTS)
def test_texts_are_compared_word_by_word(old: str, new: str) -> None:
    (row,) = compare_rows(
        "p", *(ROW(STRING | ({"description": text} if text else {})) for text in (old, new))
    )
    lines = [line for line in row.lines if line.label == "Description"]
    assert bool(lines) is bool(old or new)
    for line in lines:
        for pieces, text in ((line.before, old), (line.after, new)):
            assert " ".join(piece.text for piece in pieces or ()).split() == text.split()
        kept = [[one.text for one in side or () if not one.is_changed] for side in (line.before, line.after)]
        assert kept[0] == kept[1] or None in (line.before, line.after)


@given(old=models(WHOLE), new=models(WHOLE))
@settings(deadline=None, max_examples=40)
def test_whatever_the_specs_say_what_has_changed_is_seen(old: Json, new: Json) -> None:
    changes = compare(page(old), page(new))
    releases = [Release("0.1.0", "", changes)]
    for one in Timeline(releases, (), SERVICE.vendor).all:
        assert "".join(part.text for part in one.parts) in (
            one.change.sentence,
            KINDS[one.kind][1].split(" from")[0],
        )
        if one.parameter:
            assert one.comparison
            assert (
                any(line.is_different for row in one.comparison for line in row.lines) or one.kind in UNSEEN
            )


# What no row of a table shows: names, order, notation, and that a parameter requires itself.
UNSEEN = {
    "dependent-optional",
    "dependent-required",
    "name-in-code",
    "names-closed",
    "names-opened",
    "notation",
    "parameter-renamed",
    "parameters-order",
}


# A year: each set of specs is a version.

A = spec("model_a", p=NUMBER, q=STRING) | {"title": "A"}
B = spec("model_b", syncMode=words("cut", "loop")) | {"title": "B"}
B_NARROWED = spec("model_b", syncMode=words("cut")) | {"title": "B"}
C = B_NARROWED | {"x-model": "model_c", "$id": "urn:scenario:model_c", "title": "C"}
C_SPELLED = spec("model_c", sync_mode=words("cut")) | {"title": "C"}
ACME = {"model_a": "Acme", "model_b": "Bolt"}
YEAR = [
    ("0.1.0", page(A, B, providers=ACME)),
    ("0.2.0", page(A, B_NARROWED, providers=ACME, updated="2026-02-01")),
    ("0.3.0", page(A, C, providers=ACME | {"model_c": "Bolt"}, updated="2026-03-01")),
    ("0.4.0", page(A, C_SPELLED, providers=ACME | {"model_c": "Bolt"}, updated="2026-04-01")),
    ("0.5.0", page(C_SPELLED, title="Q", providers={"model_c": "Bolt"}, updated="2026-05-01")),
]


@pytest.fixture(scope="module")
def year() -> Timeline:
    text, before = "", {}
    for version, tree in YEAR:
        date = f"2026-{version[2]:0>2}-01"
        text = append_release(text, Release(version, date, compare(before, tree)))
        before = tree
    pages = load_pages(YEAR[-1][1], SERVICE)
    return Timeline(read_history(text, "specs/history.jsonl"), all_models(pages), SERVICE.vendor)


def told(history: History) -> list[str]:
    return [f"{one.version} {one.change.model or one.page} {one.kind}" for one in history]


def test_a_model_has_the_changes_of_its_old_name(year: Timeline) -> None:
    assert told(year.of_model("model_c")) == [
        "0.4.0 model_c parameter-renamed",
        "0.3.0 model_c model-renamed",
        "0.3.0 model_c model-title",
        "0.2.0 model_b choice-removed",
        "0.1.0 model_b model-added",
    ]
    assert told(year.of_model("model_b"))[:2] == [
        "0.3.0 model_c model-renamed",
        "0.2.0 model_b choice-removed",
    ]
    assert told(year.of_model("model_d")) == []


def test_names_that_follow_each_other_in_a_circle_are_followed_once() -> None:
    def renamed(old: str, new: str) -> Change:
        return replace(make_change("model-renamed", "p", new, old=old, new=new))

    pairs = [("a", "b"), ("b", "a"), ("a", "b"), ("b", "a")]
    releases = [Release(f"0.{9 - at}.0", "", (renamed(*one),)) for at, one in enumerate(pairs)]
    history = Timeline(releases, (), SERVICE.vendor)
    assert [one.version for one in history.of_model("b")] == ["0.9.0", "0.8.0", "0.7.0", "0.6.0"]


def test_a_name_of_parameters_has_the_changes_of_all_its_spellings_and_of_models_that_take_it(
    year: Timeline,
) -> None:
    assert told(year.of_parameter("syncmode")) == [
        "0.4.0 model_c parameter-renamed",
        "0.2.0 model_b choice-removed",
        "0.1.0 model_b model-added",
    ]
    assert told(year.of_parameter("p")) == ["0.5.0 model_a model-removed", "0.1.0 model_a model-added"]
    dates = year.of_parameter("p").dates
    assert dates.added
    assert dates.added.version == "0.1.0"


def test_a_provider_has_the_changes_of_models_that_are_gone(year: Timeline) -> None:
    assert told(year.of_provider("acme")) == ["0.5.0 model_a model-removed", "0.1.0 model_a model-added"]
    gone = next(iter(year.of_provider("acme"))).model
    assert gone
    assert (gone.id, gone.title, gone.provider, gone.now) == ("model_a", "A", "Acme", None)
    assert gone.urn == "urn:scenario:model_a"
    renamed = next(iter(year.of_model("model_b"))).model
    assert renamed
    assert renamed.now
    assert renamed.now.id == "model_c"


def test_a_page_has_its_own_changes_and_those_of_its_models(year: Timeline) -> None:
    assert {*told(year.of_page("page", ["model_c"]))} == {*told(year.all)}
    assert told(year.of_page("other", ["model_a"])) == [
        "0.5.0 model_a model-removed",
        "0.1.0 model_a model-added",
    ]


def test_dates_tell_when_something_came_changed_and_broke(year: Timeline) -> None:
    assert year.dates_of(["model_c", "model_d"]) == {
        "model_c": Dates(
            Moment("0.1.0", "2026-01-01", "2026-01-01"),
            Moment("0.4.0", "2026-04-01", "2026-04-01"),
            Moment("0.4.0", "2026-04-01", "2026-04-01"),
        ),
        "model_d": Dates(),
    }


def test_the_entries_of_a_release_stand_by_model_and_parameter_the_worst_first(year: Timeline) -> None:
    releases = {one.name: one for one in year.releases}
    assert [*releases] == ["0.5.0", "0.4.0", "0.3.0", "0.2.0", "0.1.0"]
    first, third, last = (releases[name] for name in ("0.1.0", "0.3.0", "0.5.0"))
    assert (first.is_first, first.sections, first.left) == (True, [], 0)
    assert [one.title for one in first.known] == ["A", "B"]
    assert [one.id for one in third.models] == ["model_c"]
    assert third.counts == [("breaking", 1), ("prose", 1)]
    assert [(one.page, one.model and one.model.id, one.severity) for one in last.sections] == [
        ("page", "model_a", "breaking"),
        ("page", None, "prose"),
    ]
    (entry,) = releases["0.2.0"].sections[0].entries
    assert (entry.parameter, entry.is_full, entry.severity) == ("syncMode", True, "breaking")
    assert entry.now is None  # it is called sync_mode now
    (renamed,) = releases["0.4.0"].sections[0].entries
    assert renamed.now
    assert renamed.now.name == "sync_mode"


EXTENTS = [Extent(rows, lines) for rows in range(4) for lines in range(4)]


@pytest.mark.parametrize("extent", EXTENTS)
def test_what_a_page_leaves_out_is_counted(year: Timeline, extent: Extent) -> None:
    rows, lines = extent.rows, extent.lines
    for release in replace(year.all, extent=extent).releases:
        entries = [entry for section in release.sections for entry in section.entries]
        shown = sum(len(entry.changes) for entry in entries)
        assert release.is_first or shown + release.left == len(release.changes)
        for entry in entries:
            assert entry.is_full == (rows > 0)
            rows, lines = (rows - 1, lines) if rows > 0 else (rows, lines - 1)
    assert min(rows, lines) >= 0


def test_a_sentence_has_no_long_values_where_rows_show_them() -> None:
    row = ParameterRow(STRING)
    short = Change("description", "prose", "p", "m", "q", "Old.", "New.", before=row, after=row)
    cases = {
        "the description changed from “Old.” to “New.”": short,
        "the description changed": replace(short, new="N" * 100),
        f"the description changed from “Old.” to “{'N' * 78}…": replace(
            short, new="N" * 100, before=None, after=None
        ),
    }
    for expected, one in cases.items():
        past = PastChange(Release("0.1.0", "", ()), 0, one, None)
        found = "".join(
            f"“{part.text.strip(chr(34))}”" if part.is_value else part.text for part in past.parts
        )
        assert found.removesuffix("”") == expected.removesuffix("”")


def test_without_a_history_there_is_nothing() -> None:
    timeline = Timeline((), (), Vendor(name="Acme"))
    assert [*timeline.releases] == [*timeline.all] == [*timeline.of_parameter("p")] == []
    assert timeline.all.dates == Dates()


@given(data=st.data())
@settings(max_examples=30)
def test_each_change_stands_once_in_the_file_of_its_release(data: st.DataObject) -> None:
    ids = st.sampled_from(["", "a", "b"])
    change = st.builds(
        lambda kind, model, parameter: replace(
            make_change(kind, "p", model), parameter=parameter if model else ""
        ),
        st.sampled_from(sorted(KINDS)),
        ids,
        st.sampled_from(["", "q", "q/r"]),
    )
    releases = [
        Release(version, "", tuple(data.draw(st.lists(change, max_size=6))), is_first=version == "0.1.0")
        for version in ("0.3.0", "0.2.0", "0.1.0")
    ]
    timeline = Timeline(releases, (), SERVICE.vendor)
    for past, release in zip(timeline.releases, releases, strict=True):
        shown = [one for section in past.sections for entry in section.entries for one in entry.changes]
        assert sorted(map(id, shown)) == sorted(map(id, past.changes if not release.is_first else []))
        assert [one.change for one in past.changes] == [*release.changes]
