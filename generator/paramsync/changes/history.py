"""`specs/history.jsonl`: all changes so far, and the versions that follow from them, without a clock. Pure.

A line is a change, with the date of its page and the version of the packages since then. Lines are only added, never changed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import get_args

from paramsync.changes.kinds import KINDS, Change, Severity, make_change, suggest_step
from paramsync.changes.specs import compare_specs, read_spec_set
from paramsync.findings import InputError, Place
from paramsync.text import Tree, json_line, quote, read_json, shorten

FIRST_VERSION = "0.1.0"
# Kinds of change by which models come, go and move: the history alone says where each stands.
MODEL_KINDS = {"model-added", "model-removed", "model-renamed", "model-moved", "page-moved"}
VERSION = re.compile(r"\d{1,9}\.\d{1,9}\.\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Release:
    """A version of the packages, the newest date of the changed pages, and the changes. The first version has only additions."""

    version: str
    date: str
    changes: tuple[Change, ...]
    is_first: bool = False


def read_history(text: str, file: str) -> tuple[Release, ...]:
    """Read the releases of a history, the newest first.

    Raises:
        InputError: a line is not JSON, or not a change.

    """
    rows = [
        _read_line(line, Place(file, number))
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    ]
    groups = [[*group] for _, group in groupby(rows, lambda row: row[0])]
    releases = [
        Release(group[0][0], max(row[1] for row in group), tuple(row[2] for row in group), is_first=not index)
        for index, group in enumerate(groups)
    ]
    return tuple(reversed(releases))


def current_version(releases: Iterable[Release]) -> str:
    """Return the version of the packages now."""
    return next((release.version for release in releases), FIRST_VERSION)


def describe_changes(
    releases: tuple[Release, ...], before: Mapping[str, Tree], after: Mapping[str, Tree]
) -> tuple[list[Change], list[InputError]]:
    """Return the changes that the history should record, and the errors of folders whose changes cannot be compared.

    `before` and `after` give the JSON files of each page's folder. Which models there were is taken from the history itself, not
    from the folders, so that it stays true where somebody removes or renames a folder or its files.
    """
    known = known_models(releases)
    damaged_before = {name: error for name, tree in before.items() if (error := _find_damage(name, tree))}
    damaged_after = {name for name, tree in after.items() if _find_damage(name, tree)}
    damaged = damaged_before.keys() | damaged_after
    was = {_former_name(name, known, before): tree for name, tree in before.items() if name not in damaged}
    now = {name: tree for name, tree in after.items() if name not in damaged}
    found = compare_specs(_flatten(was if releases else {}), _flatten(now))
    readable = _flatten({name: tree for name, tree in after.items() if name not in damaged_after})
    present = {model: entry.page for model, entry in read_spec_set(readable).models.items()}
    last = _last_recorded(releases)
    changes = [
        one
        for one in found
        if not _is_recorded(one, known, last) and not (one.kind == "model-removed" and one.model in present)
    ]
    recorded = {model: page for model, page in _replay(known, changes).items() if page not in damaged_after}
    return [*changes, *_find_unrecorded(recorded, present)], [
        error
        for name, error in damaged_before.items()
        if before[name] != after.get(name) or name in damaged_after
    ]


def extend_history(text: str, file: str, changes: Iterable[Change], dates: Mapping[str, str]) -> str:
    """Add changes to the text of a history, as one version; `dates` gives the date of each page, if it has one.

    Raises:
        InputError: the history so far cannot be read.

    """
    releases = read_history(text, file)
    new = [*changes]
    if not new:
        return text
    version = next_version(releases, new)
    heads = [{"version": version} | _date(dates.get(one.page, "")) for one in new]
    lines = [json_line(head | one.json) + "\n" for head, one in zip(heads, new, strict=True)]
    return "".join([text.rstrip("\n"), "\n" * bool(text), *lines])


def known_models(releases: Iterable[Release]) -> dict[str, str]:
    """Return the models that were added and not removed since, with the page of each."""
    known: dict[str, str] = {}
    for release in reversed([*releases]):
        known = _replay(known, release.changes)
    return known


def next_version(releases: tuple[Release, ...], changes: Iterable[Change]) -> str:
    """Return the version after some changes: the greatest step that one of them asks for; the first is 0.1.0."""
    if not releases:
        return FIRST_VERSION
    major, minor, patch = map(int, releases[0].version.split("."))
    following = {
        "major": (major + 1, 0, 0),
        "minor": (major, minor + 1, 0),
        "patch": (major, minor, patch + 1),
        None: (major, minor, patch),
    }
    return ".".join(map(str, following[suggest_step(changes)]))


def _replay(known: Mapping[str, str], changes: Iterable[Change]) -> dict[str, str]:
    """Apply changes to the models that are known, with the page of each."""
    after = {**known}
    for one in changes:
        match one.kind:
            case "model-added" | "model-moved":
                after[one.model] = one.page
            case "model-removed":
                after.pop(one.model, None)
            case "model-renamed":
                after[one.model] = one.page
                if one.severity == "breaking":
                    after.pop(str(one.old), None)
            case "page-moved":
                after |= {model: one.page for model, page in after.items() if page == one.old}
    return after


def _find_unrecorded(recorded: Mapping[str, str], present: Mapping[str, str]) -> Iterator[Change]:
    """Find the models that were added, removed or moved where folders could not be compared."""
    for model, page in {**recorded, **present}.items():
        if model not in present:
            yield make_change("model-removed", page, model)
        elif model not in recorded:
            yield make_change("model-added", page, model)
        elif recorded[model] != page:
            yield make_change("model-moved", page, model, old=recorded[model], new=page)


def _find_damage(name: str, tree: Tree) -> InputError | None:
    """Return the error of a folder that cannot be read."""
    try:
        read_spec_set(_flatten({name: tree}))
    except InputError as error:
        return error
    return None


def _flatten(trees: Mapping[str, Tree]) -> Tree:
    return {f"{name}/{path}": text for name, tree in trees.items() for path, text in tree.items()}


def _former_name(name: str, known: Mapping[str, str], before: Mapping[str, Tree]) -> str:
    """Return the name that a page has in the history; its folder may have been renamed since."""
    models = read_spec_set(_flatten({name: before[name]})).models
    pages = {known[model] for model in models if model in known}
    former = pages.pop() if len(pages) == 1 else name
    return name if former in before else former


def _is_recorded(one: Change, known: Mapping[str, str], last: Mapping[tuple[str, ...], set[str]]) -> bool:
    """Tell whether the history has a change already, as when somebody has restored the specs but not the history."""
    if one.kind == "page-added":
        return one.page in known.values()
    if one.kind in MODEL_KINDS:
        return _replay(known, [one]) == known
    return one.fingerprint in last.get(_subject(one), ())


def _last_recorded(releases: Iterable[Release]) -> dict[tuple[str, ...], set[str]]:
    """Return the fingerprints of the newest recorded changes of each page, model and parameter."""
    last: dict[tuple[str, ...], set[str]] = {}
    for release in releases:
        for subject, ones in groupby(sorted(release.changes, key=_subject), key=_subject):
            last.setdefault(subject, {one.fingerprint for one in ones})
    return last


def _subject(one: Change) -> tuple[str, ...]:
    return (one.model or one.page, one.parameter)


def _date(date: str) -> dict[str, str]:
    return {"date": date} if date else {}


def _read_line(line: str, place: Place) -> tuple[str, str, Change]:
    value = read_json(line, place)
    texts = ("version", "date", "kind", "severity", "page", "model", "parameter")
    if not isinstance(value, dict) or not all(isinstance(value.get(key, ""), str) for key in texts):
        raise InputError(place, "is not a change; restore the line from git: a history is only ever added to")
    version = value.get("version", "")
    if not VERSION.fullmatch(version):
        raise InputError(place, "has no version such as 1.0.0; restore the line from git")
    if value.get("kind", "") not in KINDS:
        raise InputError(
            place, f"unknown change kind {quote(value.get('kind', ''))}; restore the line from git"
        )
    if value.get("severity") not in get_args(Severity):
        raise InputError(
            place,
            f"unknown severity {shorten(repr(value.get('severity')))}; use one of {', '.join(get_args(Severity))}",
        )
    facts = {key: value.get(key, "") for key in ("kind", "severity", "page", "model", "parameter")}
    return version, value.get("date", ""), Change(**facts, old=value.get("old"), new=value.get("new"))
