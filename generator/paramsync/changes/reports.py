"""Say what changed: as lines, as Markdown, as annotations of GitHub, as JSON. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from paramsync.changes.history import Release
from paramsync.changes.kinds import STEPS, Change, Severity, suggest
from paramsync.findings import LONGEST_NAME
from paramsync.github import MAX_ANNOTATIONS, Level, annotation
from paramsync.text import count, json_text, shorten

Report = Callable[[Sequence[Change], str], str]

MOST_CHARACTERS = 65_536  # that GitHub takes for the body of a pull request
MOST_LINES = 200  # of one severity, in the changelog of a version
# Numbers and words such as April, with what stands between them in a date; no address, and nothing that GitHub makes a link.
DATE_PART = r"(?:\d{1,4}(?:st|nd|rd|th)?|[A-Z][a-z]{2,8})"
DATE = re.compile(
    rf"(?!.*(?:\.\d+){{3}}){DATE_PART}(?:(?:,? |[/-]|\. |(?<=\d)\.(?=\d)){DATE_PART}){{0,5}}", re.ASCII
)
LEVELS: dict[Severity, Level] = {
    "breaking": "error",
    "behaviour": "warning",
    "compatible": "notice",
    "prose": "notice",
}
HEADINGS: dict[Severity, str] = {
    "breaking": "Breaking: a request that was right is now wrong",
    "behaviour": "Behaviour: still right, may act differently",
    "compatible": "Compatible: all that was right still is",
    "prose": "Prose: only the words have changed",
}

TITLES: dict[Severity, str] = {
    "breaking": "Breaking",
    "behaviour": "Still right, but may act differently",
    "compatible": "New, or wider than before",
    "prose": "Words",
}


def in_order(changes: Sequence[Change]) -> list[Change]:
    """Order changes: the worst first, then by their places."""
    severities = list(STEPS)
    return sorted(
        changes,
        key=lambda one: (severities.index(one.severity), one.page, one.place, one.model, one.parameter),
    )


def summary(changes: Sequence[Change]) -> str:
    """Count the changes of each severity, and suggest a step of the version."""
    if not changes:
        return "no changes"
    counts = Counter(change.severity for change in changes)
    told = ", ".join(f"{counts[severity]} {severity}" for severity in STEPS)
    return f"{told}; suggests {suggest(changes)}"


def as_text(changes: Sequence[Change], _: str = "") -> str:
    """Give a line for each change, as compilers do."""
    return "\n".join(map(_line, in_order(changes)))


def as_json(changes: Sequence[Change], _: str = "") -> str:
    """Give the suggested step, and the facts of each change; those that are empty are left out."""
    return json_text({"step": suggest(changes), "changes": [*map(_facts, in_order(changes))]})


def as_markdown(changes: Sequence[Change], _: str = "") -> str:
    """Give a report for people, in which no text of a page acts: all of it is in code spans; not longer than GitHub takes."""
    head = f"## What changed in the docs\n\n{summary(changes).capitalize()}.\n"
    parts = [*_markdown(in_order(changes))]
    shown: list[str] = []
    room = MOST_CHARACTERS - len(head) - 100  # for the last line
    for part, _tells in parts:
        room -= len(part) + 1
        if room < 0:
            break
        shown.append(part)
    hidden = sum(tells for _, tells in parts[len(shown) :])
    more = f"\n… and {count(hidden, 'more change')}: `paramsync diff` shows all.\n" if hidden else ""
    return head + "\n".join(shown) + more


def as_annotations(changes: Sequence[Change], above: str = "") -> str:
    """Give commands to GitHub's runner, the worst first; `above` is the path of the root below the repository."""
    ordered = in_order(changes)
    seen: Counter[str] = Counter()
    lines = []
    for change in ordered:
        level = LEVELS[change.severity]
        seen[level] += 1
        if seen[level] < MAX_ANNOTATIONS:
            lines.append(_annotation(level, change, above))
    if hidden := len(ordered) - len(lines):
        lines.append(
            f"::notice title=paramsync diff::{count(hidden, 'more change')}: paramsync diff shows all"
        )
    return "\n".join(lines)


def as_changelog(releases: Sequence[Release]) -> str:
    """Give the changes of each version as Markdown, the newest first; of the first one, how many models there were."""
    return "\n".join(line for release in releases for line in _release(release))


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
        yield f"The first version: {count(models, 'model')}.\n"
        return
    for severity, ones in groupby(in_order(release.changes), key=lambda one: one.severity):
        told = list(ones)
        yield f"{TITLES[severity]}:\n"
        yield from (f"- {_subject(change)}: {change.describe(_code)}" for change in told[:MOST_LINES])
        yield f"- … and {len(told) - MOST_LINES} more\n" if len(told) > MOST_LINES else ""


def _subject(change: Change) -> str:
    return ", ".join(_code(name) for name in (change.model or change.page, change.parameter) if name)


def _line(change: Change) -> str:
    names = "".join(f"{_name(name)}: " for name in (change.model, change.parameter) if name)
    return f"{change.place}: {change.severity}: {names}{change.sentence} [{change.kind} {change.fingerprint}]"


def _name(name: str) -> str:
    return shorten(name, LONGEST_NAME)


def _facts(change: Change) -> dict[str, Any]:
    place = {"file": change.place.file, "line": change.place.line, "column": change.place.column}
    known = {key: fact for key, fact in place.items() if fact}
    return change.facts | {"sentence": change.sentence} | known


def _markdown(changes: Sequence[Change]) -> Iterator[tuple[str, bool]]:
    """Give the lines of the report, and whether each tells a change."""
    for severity, ones in groupby(changes, key=lambda one: one.severity):
        yield f"\n### {HEADINGS[severity]}\n", False
        for subject, group in groupby(ones, key=lambda one: (one.page, one.model)):
            told = list(group)
            yield f"- {_code(subject[1] or subject[0])}, {_code(str(told[0].place))}", False
            for change in told:
                name = f"{_code(change.parameter)}: " if change.parameter else ""
                yield f"  - {name}{change.describe(_code)} <!-- {change.fingerprint} -->", True


def _code(text: str) -> str:
    """Put a text into a code span, which nothing in it can end."""
    shown = shorten(text, 200)
    fence = "`" * max([1, *(len(run) + 1 for run in re.findall("`+", shown))])
    pad = " " if fence != "`" or shown != shown.strip() or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _annotation(level: Level, change: Change, above: str) -> str:
    title = ": ".join(_name(name) for name in (change.model or change.page, change.parameter) if name)
    place = replace(change.place, file=above + change.place.file)
    message = f"{change.sentence} [{change.kind} {change.fingerprint}]"
    return annotation(level, place, message, f"{change.severity}: {title}")
