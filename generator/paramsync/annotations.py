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


def write_annotations(verb: str, noun: str, annotations: Sequence[Annotation], options: str = "") -> str:
    """Write commands for the runner, a line each: as many of a level as GitHub shows, and how many more nouns the verb shows."""
    shown = _choose(annotations, MAX_ANNOTATIONS)
    if len(shown) == len(annotations):
        return "\n".join(map(_write, shown))
    shown = _choose(annotations, MAX_ANNOTATIONS - 1)  # the last notice says how many more there are
    more = f"{pluralize(len(annotations) - len(shown), f'more {noun}')}: paramsync {verb}{options} shows all"
    return "\n".join([*map(_write, shown), f"::notice title=paramsync {verb}::{more}"])


def _choose(annotations: Sequence[Annotation], max_notices: int) -> list[Annotation]:
    seen: Counter[AnnotationLevel] = Counter()
    shown = []
    for one in annotations:
        seen[one.level] += 1
        if seen[one.level] <= (max_notices if one.level == "notice" else MAX_ANNOTATIONS):
            shown.append(one)
    return shown


def _write(one: Annotation) -> str:
    facts = {"file": one.place.file, "line": one.place.line, "col": one.place.column, "title": one.title}
    written = ",".join(f"{key}={_escape(str(fact), ':,')}" for key, fact in facts.items() if fact)
    return f"::{one.level} {written}::{_escape(one.message)}"


def _escape(text: str, also: str = "") -> str:
    """Escape a text as the runner decodes it: `%`, line ends and, in a property, what ends it."""
    return re.sub(rf"[%\r\n{also}]", lambda match: f"%{ord(match[0]):02X}", text)
