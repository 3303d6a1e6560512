"""What was released is written once, in lines that are read back as they were; damage and merged histories are told.

Modules: history, notes, released, rows.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paramsync.changes.history import Release, append_release, current_version, next_version, read_history
from paramsync.changes.kinds import KINDS, RENAMED_KINDS, VERSION_STEPS, Change
from paramsync.changes.notes import NOTE_STEPS, Note
from paramsync.changes.released import Released, read_released, write_released
from paramsync.changes.reports import as_changelog
from paramsync.changes.rows import ModelRow, ParameterRow
from paramsync.findings import InputError
from support.made_specs import WHOLE, models, value_schemas
from support.roots import Root
from support.services import compare
from support.small_root import PAGE, everything, put
from support.spec_pages import page
from support.vectors import made_spec

HISTORY = "specs/history.jsonl"
RELEASED = "specs/released.jsonl"


@pytest.fixture
def released(root: Root) -> Root:
    """Give a root of two models that has released its first version."""
    root.add_page("videos", PAGE)
    assert [root.run(verb).code for verb in ("scrape", "generate", "release")] == [0, 0, 0]
    return root


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        ("0.1.0", "major", "1.0.0"),
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.9.9", "patch", "1.9.10"),
    ],
)
def test_a_step_increments_its_number_and_sets_those_behind_it_to_zero(
    before: str, step: Any, after: str
) -> None:
    assert next_version(before, step) == after


WORDS = st.lists(st.text(), max_size=2).map(tuple)
PARAMETER_ROWS = st.builds(
    ParameterRow,
    schema=value_schemas(WHOLE),
    is_required=st.none() | st.booleans(),
    requires=WORDS,
    required_with=WORDS,
    required_unless=st.lists(st.lists(WORDS, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple),
)
MODEL_ROWS = st.builds(ModelRow, title=st.text(min_size=1), provider=st.text(), parameters=WORDS)


@st.composite
def with_rows(draw: st.DrawFn, change: Change) -> Change:
    """Give a change the names and the rows that such a one has; of a parameter, it has one row at least."""
    if change.kind in RENAMED_KINDS:
        change = replace(change, old=draw(st.text()), new=draw(st.text()))
    before = draw(PARAMETER_ROWS if change.parameter else st.none() | MODEL_ROWS)
    after = draw(st.none() | (PARAMETER_ROWS if change.parameter else MODEL_ROWS))
    return replace(
        change, **dict(zip(("before", "after"), draw(st.permutations([before, after])), strict=True))
    )


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
).flatmap(with_rows)


NOTES = st.builds(
    Note,
    name=st.text(min_size=1),
    kind=st.sampled_from(sorted(NOTE_STEPS)),
    text=st.text(min_size=1),
    targets=st.lists(st.text(min_size=1), max_size=2).map(tuple),
)
RELEASES = st.builds(
    Release,
    version=st.just(""),
    date=st.sampled_from(["", "2026-04-09"]),
    changes=st.lists(CHANGES, max_size=3, unique_by=lambda one: one.fingerprint).map(tuple),
    notes=st.lists(NOTES, max_size=2, unique_by=lambda one: one.name).map(tuple),
).filter(lambda one: one.changes or one.notes)


@given(releases=st.lists(RELEASES, max_size=4))
@settings(deadline=None)
def test_what_was_written_is_read_back_as_it_was(releases: list[Release]) -> None:
    text, version, written = "", "0.1.0", []
    for one in releases:
        written.append(replace(one, version=version, is_first=not written))
        longer = append_release(text, written[-1])
        assert longer.startswith(text)
        text, version = longer, next_version(version, "minor")
    read = read_history(text, HISTORY)
    assert read == tuple(reversed(written))
    assert rows_of(read) == rows_of(reversed(written))
    assert current_version(read_history(text.rstrip("\n"), HISTORY)) == (
        written[-1].version if written else "0.1.0"
    )


def rows_of(releases: Iterable[Release]) -> list[Any]:
    """Give the rows of all changes, which are no part of what they are compared by."""
    return [(one.before, one.after) for release in releases for one in release.changes]


def find_schemas(schema: dict[str, Any], path: list[str]) -> Iterator[Any]:
    """Find what may have a path in a spec: of alternatives, and of elements that share a name with their array, several."""
    for inner in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])):
        yield from find_schemas(inner, path)
    if not path:
        yield schema
    elif path[0] == "*" and "items" in schema:
        yield from find_schemas(schema["items"], path[1:])
    elif path[0] in schema.get("properties", {}):
        yield from find_schemas(schema["properties"][path[0]], path[1:])


@given(old=models(WHOLE), new=models(WHOLE))
@settings(deadline=None, max_examples=50)
def test_the_rows_of_a_change_are_what_both_specs_say(old: dict[str, Any], new: dict[str, Any]) -> None:
    changes = compare(page(old), page(new))
    for one in changes:
        path = one.parameter.split("/") if one.parameter else []
        was = [*path[:-1], one.old] if one.kind == "parameter-renamed" else path
        for row, spec, where in ((one.before, old, was), (one.after, new, path)):
            found = [*find_schemas(spec, where)] if where else []
            if not isinstance(row, ParameterRow):
                assert row is None
                # What was in an object may now be found in the elements of an array: then it has come or gone.
                has_moved = one.kind in ("parameter-added", "parameter-removed") and (one.before or one.after)
                assert not path or not found or has_moved
                continue
            assert row.schema in found
            if len(where) == 1:
                name = where[0]
                dependent = spec.get("dependentRequired", {})
                assert row.is_required is (name in spec["required"])
                assert {*row.requires} == {*dependent.get(name, ())} - {name}
                assert {*row.required_with} == {it for it in dependent if name in dependent[it]} - {name}
    text = append_release("", Release("0.1.0", "", changes))
    assert rows_of(read_history(text, HISTORY)) == rows_of([Release("0.1.0", "", changes)]) if text else True


def test_a_row_is_written_once_for_all_changes_of_a_parameter() -> None:
    before, after = ({"type": "string", "enum": [*letters]} for letters in ("abcdef", "uvwxyz"))
    changes = compare(page(made_spec({"p": before, "q": before})), page(made_spec({"p": after, "q": after})))
    lines = append_release("", Release("0.1.0", "", changes)).splitlines()
    assert (len(lines), sum('"rows"' in line for line in lines)) == (24, 2)


def test_a_model_that_comes_goes_or_is_renamed_keeps_what_people_know_it_by() -> None:
    text = made_spec({"p": {"type": "string"}}) | {"title": "Text"}
    image = made_spec({"q": {"type": "number"}})
    image |= {"title": "Image", "$id": "urn:scenario:m2", "x-model": "m2"}
    renamed = text | {"$id": "urn:scenario:m3", "x-model": "m3"}
    changes = compare(page(text, providers={text["x-model"]: "Acme"}), page(renamed, image))
    rows = {one.kind: (one.before, one.after) for one in changes if not one.parameter}
    assert rows["model-renamed"] == (ModelRow("Text", "Acme", ("p",)), ModelRow("Text", "P", ("p",)))
    assert rows["model-added"] == (None, ModelRow("Image", "P", ("q",)))
    gone = compare(page(text, image), page(image))
    assert [one.before for one in gone] == [ModelRow("Text", "P", ("p",))]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    specs=st.dictionaries(st.text(min_size=1), JSON.map(json.dumps), max_size=4),
    templates=st.dictionaries(st.text(), st.text(), max_size=3),
    notes=st.frozensets(st.text(), max_size=3),
)
@settings(deadline=None)
def test_what_was_released_is_read_back_as_it_was(
    specs: dict[str, str], templates: dict[str, str], notes: frozenset[str]
) -> None:
    text = write_released(Released("1.2.3", specs, templates, notes))
    found = read_released(text, RELEASED)
    assert {path: json.loads(one) for path, one in found.specs.items()} == {
        path: json.loads(one) for path, one in specs.items()
    }
    assert (found.version, found.templates, found.notes) == ("1.2.3", templates, notes)
    assert write_released(found) == text


LINE = '{"version": "1.0.0", "kind": "page-added", "severity": "compatible", "page": "p"}\n'
NEXT = LINE.replace("1.0.0", "1.1.0")
CONFLICT = f"<<<<<<< HEAD\n{NEXT}=======\n{LINE}>>>>>>> week\n"
TAKE = (
    "take both files from the branch whose versions are published: git checkout BRANCH -- specs/history.jsonl "
    "specs/released.jsonl; what the other branch has changed is still in its specs and templates, and counts for the next version"
)
BAD_HISTORIES = {
    "no JSON": ("{\n", f"{HISTORY}:1:2: error: not JSON: "),
    "no JSON further down": (LINE + "\n{\n", f"{HISTORY}:3:2: error: not JSON: "),
    "a conflict": (LINE + CONFLICT, f"{HISTORY}:2: error: git has left a conflict here; {TAKE}"),
    "both sides of a conflict": (
        NEXT + LINE,
        f"{HISTORY}:2: error: 1.0.0 follows 1.1.0, and versions rise; {TAKE}",
    ),
    "a change twice": (LINE + LINE, f"{HISTORY}:2: error: 1.0.0 has this line twice; {TAKE}"),
    "a note that is none": (
        '{"version": "1.0.0", "note": {"name": "n"}}\n',
        f"{HISTORY}:1: error: is not a note; restore",
    ),
    "an odd note": (
        '{"version": "1.0.0", "note": {"name": "n", "kind": "odd", "text": "t"}}\n',
        f"{HISTORY}:1: error: is not a note; restore",
    ),
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
    "an old name that is none": (
        '{"version": "1.0.0", "severity": "breaking", "kind": "model-renamed", "model": "model_a", "old": ["b"], "new": "model_a"}\n',
        f"{HISTORY}:1: error: a change of a name has no text as `old` or `new`; restore",
    ),
    "not UTF-8": (b"\xff", f"{HISTORY}:1:1: error: is not UTF-8 here"),
}


@pytest.mark.parametrize("case", BAD_HISTORIES)
@pytest.mark.parametrize("verb", ["generate", "release"])
def test_a_history_that_cannot_be_read_stops_the_run_and_loses_nothing(
    released: Root, case: str, verb: str
) -> None:
    text, said = BAD_HISTORIES[case]
    put(released, {HISTORY: text})
    before = everything(released)
    ran = released.run(verb)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(said)
    assert everything(released) == before


NO_SIDES = "not an object with objects `before` and `after`; restore the line from git"
BAD_ROWS: dict[str, tuple[Any, str]] = {
    "no sides": ([], NO_SIDES),
    "another side": ({"middle": {}}, NO_SIDES),
    "a side that is none": ({"after": 1}, NO_SIDES),
    "no schema": ({"after": {}}, "after: not a parameter with a schema; restore the line from git"),
    "another key": ({"after": {"schema": {}, "odd": 1}}, "after: not a parameter with a schema; "),
    "an odd type": (
        {"before": {"schema": {"type": "odd"}}},
        'before: $.properties.value.type: "odd" is not a type',
    ),
    "an odd word": ({"after": {"schema": {}, "required": 1}}, "after: `required` must be true or false"),
    "odd names": ({"after": {"schema": {}, "requires": "a"}}, "after: its conditions must be lists"),
    "odd groups": ({"after": {"schema": {}, "requiredUnless": 1}}, "after: `required` must be true or false"),
    "an odd group": ({"after": {"schema": {}, "requiredUnless": [[1]]}}, "after: its conditions must be"),
    "a parameter as a model": ({"before": {"schema": {}}}, "before: not a model with a title; restore"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_rows_that_cannot_be_read_are_named(case: str) -> None:
    rows, said = BAD_ROWS[case]
    facts = {"version": "1.0.0", "kind": "default", "severity": "prose", "page": "p", "model": "m"}
    parameter = {} if "model" in case else {"parameter": "p"}
    with pytest.raises(InputError) as raised:
        read_history(json.dumps(facts | parameter | {"rows": rows}), HISTORY)
    assert str(raised.value).startswith(f"{HISTORY}:1: error: rows: {said}")


NO_PAGE = '{"path": "v/page.json", "content": 1}'


def head(version: str, *lines: str) -> str:
    """Write the first line of a file whose others are as they were written."""
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return json.dumps({"version": version, "digest": digest, "notes": [], "templates": {}}) + "\n"


BAD_RELEASED = {
    "edited": (
        head("0.1.0", NO_PAGE),
        f"{RELEASED}:1: error: is not as paramsync release has written it; restore it",
    ),
    "a conflict": (CONFLICT, f"{RELEASED}:1: error: git has left a conflict here; {TAKE}"),
    "another version": (
        head("0.2.0"),
        f"{RELEASED}:1: error: is of 0.2.0, but {HISTORY} ends with 0.1.0; {TAKE}",
    ),
    "no version": ("{}\n", f"{RELEASED}:1: error: has no version such as 1.0.0; {TAKE}"),
    "no object": ("[]\n", f"{RELEASED}:1: error: is not a JSON object; {TAKE}"),
    "no templates": ('{"version": "0.1.0"}\n', f"{RELEASED}:1: error: has no templates or no notes; {TAKE}"),
    "no file": (
        head("0.1.0", '{"path": 1}') + '{"path": 1}\n',
        f"{RELEASED}:2: error: is not a file of a release",
    ),
    "no page": (
        head("0.1.0", NO_PAGE) + NO_PAGE + "\n",
        "specs/v/page.json: error: not a JSON object",
    ),
    "not there": (
        None,
        f"{RELEASED}: error: is not there, and {HISTORY} ends with 0.1.0; restore it from git",
    ),
}


@pytest.mark.parametrize("case", BAD_RELEASED)
def test_what_was_released_and_cannot_be_read_stops_a_run(released: Root, case: str) -> None:
    text, said = BAD_RELEASED[case]
    put(released, {RELEASED: text})
    ran = released.run("generate")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(said)


BAD_NOTES = {
    "not TOML": ("kind\n", ":1:5: error: not TOML: "),
    "no text": ('kind = "fixed"\n', ": error: text: "),
    "an odd kind": ('kind = "odd"\ntext = "t"\n', ":1:1: error: kind: must be "),
    "an odd key": ('kind = "fixed"\ntext = "t"\nodd = 1\n', ":3:1: error: odd: "),
}


@pytest.mark.parametrize("case", BAD_NOTES)
def test_a_note_that_cannot_be_read_is_named(released: Root, case: str) -> None:
    text, said = BAD_NOTES[case]
    put(released, {"templates/notes/n.toml": text})
    for verb in ("generate", "release"):
        ran = released.run(verb)
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.startswith(f"templates/notes/n.toml{said}"), ran.err


def test_a_page_without_a_date_has_changes_without_one(root: Root) -> None:
    text = PAGE.replace("> Last updated: 2026-04-09.\n\n", "")
    for saved in (text, text.replace("How strong", "How much")):
        root.add_page("videos", saved)
        assert [root.run(verb).code for verb in ("scrape", "release")] == [0, 0]
    lines = [json.loads(line) for line in (root.path / HISTORY).read_text().splitlines()]
    assert {line["version"] for line in lines} == {"0.1.0", "0.1.1"}
    assert not any("date" in line for line in lines)


def test_a_history_is_no_link(released: Root) -> None:
    (released.path / HISTORY).rename(released.path / "elsewhere")
    (released.path / HISTORY).symlink_to(released.path / "elsewhere")
    for verb in ("generate", "release"):
        assert f"{HISTORY}: error: is a symbolic link" in released.run(verb).err


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


NOTED = Release(
    "1.0.0",
    "",
    (replace(Change("choice-removed", "breaking", "p", "m", "size"), old="a"),),
    (Note("a", "fixed", "Closes\n  files."), Note("b", "breaking", "`run` is gone.")),
)


def test_the_changelog_tells_apart_what_is_about_the_package_and_what_about_models() -> None:
    parts = as_changelog([NOTED]).split("\n\n")
    assert [part.strip() for part in parts] == [
        "## 1.0.0",
        "Breaking in the package itself:",
        "- `run` is gone.",
        "Fixed in the package itself:",
        "- Closes files.",
        "Breaking for users of these models:",
        '- `m`, `size`: the choice `"a"` was removed',
    ]
    assert as_changelog([Release("1.0.0", "", ())]) == "## 1.0.0\n\nNothing changed in this package.\n"
