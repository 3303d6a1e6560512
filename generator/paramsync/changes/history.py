"""`specs/history.jsonl`: the versions that were released, with their changes and notes. Pure.

A line is a change or a note, with the version that brought it and the date of its pages. Lines are only added, by a release. The `rows`
before and after stand in the first of the lines that a version has about a parameter, and hold for those behind it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any, get_args

from paramsync.changes.days import newest_date
from paramsync.changes.kinds import KINDS, RENAMED_KINDS, Change, Severity, Step
from paramsync.changes.notes import NOTE_STEPS, Note
from paramsync.changes.rows import RESTORE, read_model_rows, read_parameter_rows
from paramsync.findings import InputError, Place
from paramsync.paths import HISTORY, RELEASED
from paramsync.text import find_conflict, is_version, json_line, quote, read_json, shorten

FIRST_VERSION = "0.1.0"
# How to repair a history into which git has merged two.
KEEP_ONE_SIDE = (
    f"take both files from the branch whose versions are published: git checkout BRANCH -- {HISTORY} {RELEASED}; what the other "
    "branch has changed is still in its specs and templates, and counts for the next version"
)


@dataclass(frozen=True, slots=True)
class Release:
    """A version of the packages, the newest date of the changed pages, its changes and notes. The first one has only additions."""

    version: str
    date: str
    changes: tuple[Change, ...]
    notes: tuple[Note, ...] = ()
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    version: str
    after: str
    date: str
    content: Change | Note
    place: Place


def read_history(text: str, file: str) -> tuple[Release, ...]:
    """Read the releases of a history, the newest first.

    Raises:
        InputError: a line is not JSON, not a change and not a note, is there twice, or has a version that does not rise.

    """
    check_conflict(text, file)
    lines = enumerate(text.split("\n"), 1)
    rows = [_read_line(line, Place(file, number)) for number, line in lines if line.strip()]
    for before, row in pairwise(rows):
        if _numbers(row.version) < _numbers(before.version):
            problem = f"{row.version} follows {before.version}, and versions rise"
            raise InputError(row.place, f"{problem}; {KEEP_ONE_SIDE}")
        if row.version != before.version and row.after not in ("", before.version):
            problem = f"{row.version} was released after {row.after}, and follows {before.version}"
            raise InputError(row.place, f"{problem}; {KEEP_ONE_SIDE}")
    seen: set[tuple[str, str]] = set()
    for row in rows:
        key = (row.version, _identify(row.content))
        if key in seen:
            raise InputError(row.place, f"{row.version} has this line twice; {KEEP_ONE_SIDE}")
        seen.add(key)
    groups = [[*group] for _, group in groupby(rows, lambda row: row.version)]
    releases = [_make_release(group, is_first=not index) for index, group in enumerate(groups)]
    return tuple(reversed(releases))


def append_release(text: str, release: Release) -> str:
    """Add a release to the text of a history."""
    after = next((one.version for one in read_history(text, HISTORY)), "")
    facts = {"version": release.version, "after": after, "date": release.date}
    head = {key: fact for key, fact in facts.items() if fact}
    contents = [*_write_changes(release.changes), *({"note": one.json} for one in release.notes)]
    lines = [json_line(head | one) + "\n" for one in contents]
    return "".join([text.rstrip("\n"), "\n" * bool(text), *lines])


def current_version(releases: Iterable[Release]) -> str:
    """Return the version of the packages now."""
    return next((release.version for release in releases), FIRST_VERSION)


def next_version(version: str, step: Step) -> str:
    """Return the version after a step."""
    major, minor, patch = _numbers(version)
    following = {
        "major": (major + 1, 0, 0),
        "minor": (major, minor + 1, 0),
        "patch": (major, minor, patch + 1),
    }
    return ".".join(map(str, following[step]))


def check_conflict(text: str, file: str) -> None:
    """Raise an error where git has left a conflict in the history, or in what was released.

    Raises:
        InputError: there is one.

    """
    if line := find_conflict(text):
        raise InputError(Place(file, line), f"git has left a conflict here; {KEEP_ONE_SIDE}")


def _numbers(version: str) -> tuple[int, int, int]:
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def _write_changes(changes: Iterable[Change]) -> Iterator[dict[str, Any]]:
    """Write changes as JSON objects; rows that a parameter has already are left out."""
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for one in changes:
        key, rows = (one.model, one.parameter), one.rows
        is_known = one.parameter and known.get(key) == rows
        yield one.json | ({"rows": rows} if rows and not is_known else {})
        known[key] = rows


def _give_rows(changes: Iterable[Change]) -> Iterator[Change]:
    """Give changes that were read the rows that stand in a line before."""
    known: dict[tuple[str, str], Change] = {}
    for one in changes:
        key = (one.model, one.parameter)
        if one.before or one.after or not one.parameter:
            known[key] = one
        before = known.get(key, one)
        yield one if before is one else replace(one, before=before.before, after=before.after)


def _make_release(rows: list[_Row], *, is_first: bool) -> Release:
    changes = tuple(_give_rows(row.content for row in rows if isinstance(row.content, Change)))
    notes = tuple(row.content for row in rows if isinstance(row.content, Note))
    return Release(rows[0].version, newest_date(row.date for row in rows), changes, notes, is_first)


def _identify(content: Change | Note) -> str:
    return content.fingerprint if isinstance(content, Change) else f"note {content.name}"


def _read_line(line: str, place: Place) -> _Row:
    value = read_json(line, place)
    texts = ("version", "after", "date", "kind", "severity", "page", "model", "parameter")
    if not isinstance(value, dict) or not all(isinstance(value.get(key, ""), str) for key in texts):
        raise InputError(place, f"is not a change; {RESTORE}")
    version = value.get("version", "")
    if not is_version(version):
        raise InputError(place, f"has no version such as 1.0.0; {RESTORE}")
    content = _read_note(value["note"], place) if "note" in value else _read_change(value, place)
    return _Row(version, value.get("after", ""), value.get("date", ""), content, place)


def _read_change(value: dict[str, Any], place: Place) -> Change:
    if value.get("kind", "") not in KINDS:
        raise InputError(place, f"unknown change kind {quote(value.get('kind', ''))}; {RESTORE}")
    if value.get("severity") not in get_args(Severity):
        raise InputError(
            place,
            f"unknown severity {shorten(repr(value.get('severity')))}; use one of {', '.join(get_args(Severity))}",
        )
    if value["kind"] in RENAMED_KINDS and not all(isinstance(value.get(key), str) for key in ("old", "new")):
        raise InputError(place, f"a change of a name has no text as `old` or `new`; {RESTORE}")
    facts = {key: value.get(key, "") for key in ("kind", "severity", "page", "model", "parameter")}
    read_rows = read_parameter_rows if facts["parameter"] else read_model_rows
    before, after = read_rows(value.get("rows", {}), place)
    return Change(**facts, old=value.get("old"), new=value.get("new"), before=before, after=after)


def _read_note(value: Any, place: Place) -> Note:
    facts = value if isinstance(value, dict) else {}
    targets = facts.get("targets", [])
    texts = [facts.get(key) for key in ("name", "text")] + (targets if isinstance(targets, list) else [None])
    if not all(isinstance(text, str) for text in texts) or facts.get("kind") not in [*NOTE_STEPS]:
        raise InputError(place, f"is not a note; {RESTORE}")
    return Note(facts["name"], facts["kind"], facts["text"], tuple(targets))
