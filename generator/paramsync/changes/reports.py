"""How `diff` writes changes: text, JSON, GitHub annotations, Markdown (by `review`); and the changelog. Findings: `commands/formats`. Pure."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from paramsync.annotations import Annotation, AnnotationLevel, write_annotations
from paramsync.changes.history import Release
from paramsync.changes.kinds import Change, Severity, suggest_step, write_value
from paramsync.changes.notes import NoteKind
from paramsync.changes.review import NO_CONTEXT, Context, as_markdown
from paramsync.changes.summary import as_code, sort_changes
from paramsync.findings import MAX_NAME_LENGTH
from paramsync.text import collapse_whitespace, json_line, json_text, pluralize, shorten

Report = Callable[[Sequence[Change], Context], str]

MAX_LINES = 200  # of one severity, in the changelog of a version
# A date: numbers and words such as April, with separators; not an IP address or anything else that GitHub turns into a link.
DATE_PART = r"(?:\d{1,4}(?:st|nd|rd|th)?|[A-Z][a-z]{2,8})"
DATE = re.compile(
    rf"(?!.*(?:\.\d+){{3}}){DATE_PART}(?:(?:,? |[/-]|\. |(?<=\d)\.(?=\d)){DATE_PART}){{0,5}}", re.ASCII
)
LEVELS: dict[Severity, AnnotationLevel] = {
    "breaking": "error",
    "behaviour": "warning",
    "compatible": "notice",
    "prose": "notice",
}
NOTE_TITLES: dict[NoteKind, str] = {
    "breaking": "Breaking in the package itself",
    "added": "New in the package itself",
    "fixed": "Fixed in the package itself",
}
CHANGELOG_TITLES: dict[Severity, str] = {
    "breaking": "Breaking for users of these models",
    "behaviour": "Still valid, but results may differ",
    "compatible": "Added or widened",
    "prose": "Wording",
}


def as_text(changes: Sequence[Change], _: Context = NO_CONTEXT) -> str:
    """Write one line per change, in the form of compiler messages."""
    return "\n".join(map(_text_line, sort_changes(changes)))


def as_json(changes: Sequence[Change], _: Context = NO_CONTEXT) -> str:
    """Write a JSON object with the suggested `step` and the `changes`, without fields that are empty."""
    return json_text({"step": suggest_step(changes), "changes": [*map(_change_json, sort_changes(changes))]})


def as_annotations(changes: Sequence[Change], context: Context = NO_CONTEXT) -> str:
    """Write workflow commands for GitHub's runner, breaking changes first."""
    annotations = [_annotation(change, context.root_path) for change in sort_changes(changes)]
    return write_annotations("diff", "change", annotations)


def as_changelog(releases: Sequence[Release]) -> str:
    """Write the changes of each version as Markdown, newest first; for the first version, only its number of models."""
    return "\n".join(line for release in releases for line in _release(release))


def as_release_list(releases: Sequence[Release]) -> list[dict[str, Any]]:
    """Return what users of a package need to know of each version, newest first, as JSON: changes that are equal once, without prose.

    Of the first version, and of pages, nothing is listed.
    """
    return [_release_json(release) for release in releases]


REPORTS: dict[str, Report] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
    "github": as_annotations,
}


def _release(release: Release) -> Iterator[str]:
    yield f"## {release.version}{f', {release.date}' if DATE.fullmatch(release.date) else ''}\n"
    if release.is_first:
        models = sum(change.kind == "model-added" for change in release.changes)
        yield f"The first version: {pluralize(models, 'model')}.\n"
        return
    for kind, title in NOTE_TITLES.items():
        texts = [note.text for note in release.notes if note.kind == kind]
        yield from (
            [f"{title}:\n", *(f"- {collapse_whitespace(text)}" for text in texts), ""] if texts else []
        )
    if not release.changes and not release.notes:
        yield "Nothing changed in this package.\n"
    for severity, ones in groupby(sort_changes(release.changes), key=lambda one: one.severity):
        listed = list(ones)
        yield f"{CHANGELOG_TITLES[severity]}:\n"
        yield from (f"- {_subject(change)}: {change.describe(as_code)}" for change in listed[:MAX_LINES])
        yield f"- … and {len(listed) - MAX_LINES} more\n" if len(listed) > MAX_LINES else ""


def _release_json(release: Release) -> dict[str, Any]:
    models: dict[str, list[str]] = {}
    for change in () if release.is_first else sort_changes(release.changes):
        if change.model and change.severity != "prose":
            for model, sentence in _sentences(change):
                facts = {"severity": change.severity, "parameter": change.parameter, "sentence": sentence}
                models.setdefault(json_line(facts), []).append(model)
    notes = [{"kind": note.kind, "text": collapse_whitespace(note.text)} for note in release.notes]
    changes = [json.loads(facts) | {"models": ids} for facts, ids in models.items()]
    return {"version": release.version, "notes": notes, "changes": changes}


def _sentences(change: Change) -> Iterator[tuple[str, str]]:
    """Say a change of each id that somebody may use: a renamed model has two."""
    yield change.model, change.sentence
    if change.kind == "model-renamed":
        yield change.old, f"the model was renamed; its new name is {write_value(change.kind, change.new)}"


def _subject(change: Change) -> str:
    return ", ".join(as_code(name) for name in (change.model or change.page, change.parameter) if name)


def _text_line(change: Change) -> str:
    names = "".join(f"{_short_name(name)}: " for name in (change.model, change.parameter) if name)
    return f"{change.place}: {change.severity}: {names}{change.sentence} [{change.kind} {change.fingerprint}]"


def _short_name(name: str) -> str:
    return shorten(name, MAX_NAME_LENGTH)


def _change_json(change: Change) -> dict[str, Any]:
    place = {"file": change.place.file, "line": change.place.line, "column": change.place.column}
    known = {key: fact for key, fact in place.items() if fact}
    return change.json | {"sentence": change.sentence} | known


def _annotation(change: Change, root_path: str) -> Annotation:
    title = ": ".join(_short_name(name) for name in (change.model or change.page, change.parameter) if name)
    place = replace(change.place, file=root_path + change.place.file)
    message = f"{change.sentence} [{change.kind} {change.fingerprint}]"
    return Annotation(LEVELS[change.severity], place, message, f"{change.severity}: {title}")
