"""How `diff` writes changes: text, JSON, Markdown, GitHub annotations; and the changelog. Findings: `commands/formats`. Pure."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from paramsync.annotations import Annotation, AnnotationLevel, write_annotations
from paramsync.changes.history import Release
from paramsync.changes.kinds import VERSION_STEPS, Change, Severity, suggest_step
from paramsync.changes.notes import NoteKind
from paramsync.findings import MAX_NAME_LENGTH
from paramsync.text import collapse_whitespace, json_line, json_text, pluralize, shorten

Report = Callable[[Sequence[Change], str], str]

MAX_CHARACTERS = 65_536  # GitHub's limit for the body of a pull request
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
HEADINGS: dict[Severity, str] = {
    "breaking": "Breaking: a request that was valid is now refused, or a name of the packages no longer exists",
    "behaviour": "Behaviour: requests stay valid, but results may differ",
    "compatible": "Compatible: all valid requests stay valid",
    "prose": "Prose: only the wording changed",
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


def sort_changes(changes: Sequence[Change]) -> list[Change]:
    """Sort changes by severity, breaking ones first, and then by place."""
    severities = list(VERSION_STEPS)
    return sorted(
        changes,
        key=lambda one: (severities.index(one.severity), one.page, one.place, one.model, one.parameter),
    )


def summarize(changes: Sequence[Change]) -> str:
    """Count the changes of each severity, and suggest which version number to increment."""
    if not changes:
        return "no changes"
    return f"{count_severities(changes)}; suggests {suggest_step(changes)}"


def count_severities(changes: Sequence[Change]) -> str:
    """Count the changes of each severity."""
    counts = Counter(change.severity for change in changes)
    return ", ".join(f"{counts[severity]} {severity}" for severity in VERSION_STEPS)


def as_text(changes: Sequence[Change], _: str = "") -> str:
    """Write one line per change, in the form of compiler messages."""
    return "\n".join(map(_text_line, sort_changes(changes)))


def as_json(changes: Sequence[Change], _: str = "") -> str:
    """Write a JSON object with the suggested `step` and the `changes`, without fields that are empty."""
    return json_text({"step": suggest_step(changes), "changes": [*map(_change_json, sort_changes(changes))]})


def as_markdown(changes: Sequence[Change], _: str = "") -> str:
    """Write the body of a pull request, cut off at GitHub's limit; all text of the pages is in code spans."""
    head = f"## What changed in the docs\n\n{summarize(changes).capitalize()}.\n"
    parts = [*_markdown_lines(sort_changes(changes))]
    shown: list[str] = []
    room = MAX_CHARACTERS - len(head) - 100  # for the last line
    for part, _is_change in parts:
        room -= len(part) + 1
        if room < 0:
            break
        shown.append(part)
    hidden = sum(is_change for _, is_change in parts[len(shown) :])
    more = f"\n… and {pluralize(hidden, 'more change')}: `paramsync diff` shows all.\n" if hidden else ""
    return head + "\n".join(shown) + more


def as_annotations(changes: Sequence[Change], root_path: str = "") -> str:
    """Write workflow commands for GitHub's runner; `root_path` is the path from the repository to the root."""
    annotations = [_annotation(change, root_path) for change in sort_changes(changes)]
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
        yield from (f"- {_subject(change)}: {change.describe(_code_span)}" for change in listed[:MAX_LINES])
        yield f"- … and {len(listed) - MAX_LINES} more\n" if len(listed) > MAX_LINES else ""


def _release_json(release: Release) -> dict[str, Any]:
    models: dict[str, list[str]] = {}
    for change in () if release.is_first else sort_changes(release.changes):
        if change.model and change.severity != "prose":
            facts = {"severity": change.severity, "parameter": change.parameter, "sentence": change.sentence}
            models.setdefault(json_line(facts), []).append(change.model)
    notes = [{"kind": note.kind, "text": collapse_whitespace(note.text)} for note in release.notes]
    changes = [json.loads(facts) | {"models": ids} for facts, ids in models.items()]
    return {"version": release.version, "notes": notes, "changes": changes}


def _subject(change: Change) -> str:
    return ", ".join(_code_span(name) for name in (change.model or change.page, change.parameter) if name)


def _text_line(change: Change) -> str:
    names = "".join(f"{_short_name(name)}: " for name in (change.model, change.parameter) if name)
    return f"{change.place}: {change.severity}: {names}{change.sentence} [{change.kind} {change.fingerprint}]"


def _short_name(name: str) -> str:
    return shorten(name, MAX_NAME_LENGTH)


def _change_json(change: Change) -> dict[str, Any]:
    place = {"file": change.place.file, "line": change.place.line, "column": change.place.column}
    known = {key: fact for key, fact in place.items() if fact}
    return change.json | {"sentence": change.sentence} | known


def _markdown_lines(changes: Sequence[Change]) -> Iterator[tuple[str, bool]]:
    """Write the lines of the report, each with whether it describes a change."""
    for severity, ones in groupby(changes, key=lambda one: one.severity):
        yield f"\n### {HEADINGS[severity]}\n", False
        for subject, group in groupby(ones, key=lambda one: (one.page, one.model)):
            listed = list(group)
            yield f"- {_code_span(subject[1] or subject[0])}, {_code_span(str(listed[0].place))}", False
            for change in listed:
                name = f"{_code_span(change.parameter)}: " if change.parameter else ""
                yield f"  - {name}{change.describe(_code_span)} <!-- {change.fingerprint} -->", True


def _code_span(text: str) -> str:
    """Write text as a code span, with a fence longer than any inside."""
    shown = shorten(text, 200)
    fence = "`" * max([1, *(len(run) + 1 for run in re.findall("`+", shown))])
    pad = " " if fence != "`" or shown != shown.strip() or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _annotation(change: Change, root_path: str) -> Annotation:
    title = ": ".join(_short_name(name) for name in (change.model or change.page, change.parameter) if name)
    place = replace(change.place, file=root_path + change.place.file)
    message = f"{change.sentence} [{change.kind} {change.fingerprint}]"
    return Annotation(LEVELS[change.severity], place, message, f"{change.severity}: {title}")
