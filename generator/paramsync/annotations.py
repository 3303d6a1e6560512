"""Annotations: what GitHub's runner takes for a message about a line of a file. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from paramsync.findings import Place
from paramsync.text import pluralize

AnnotationLevel = Literal["error", "warning", "notice"]
MAX_ANNOTATIONS = 10  # that GitHub shows of a level, for one step


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message about a line of a file; the file is relative to the top of the repository."""

    level: AnnotationLevel
    place: Place
    message: str
    title: str = ""


def write_annotations(verb: str, noun: str, annotations: Sequence[Annotation]) -> str:
    """Write commands for the runner, a line each: as many of a level as GitHub shows, and how many more nouns there are."""
    seen: Counter[AnnotationLevel] = Counter()
    lines = []
    for one in annotations:
        seen[one.level] += 1
        if seen[one.level] < MAX_ANNOTATIONS:  # the last one may have to say how many more there are
            lines.append(_write(one.level, one.place, one.message, one.title))
    if hidden := len(annotations) - len(lines):
        more = f"{pluralize(hidden, f'more {noun}')}: paramsync {verb} shows all"
        lines.append(f"::notice title=paramsync {verb}::{more}")
    return "\n".join(lines)


def _write(level: AnnotationLevel, place: Place, message: str, title: str) -> str:
    facts = {"file": place.file, "line": place.line, "col": place.column, "title": title}
    written = ",".join(f"{key}={_escape(str(fact), ':,')}" for key, fact in facts.items() if fact)
    return f"::{level} {written}::{_escape(message)}"


def _escape(text: str, also: str = "") -> str:
    """Escape a text as the runner decodes it: `%`, line ends and, in a property, what ends it."""
    return re.sub(rf"[%\r\n{also}]", lambda match: f"%{ord(match[0]):02X}", text)
