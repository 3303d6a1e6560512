"""Annotations: what GitHub's runner takes for a message about a line of a file. Pure."""

import re
from typing import Literal

from paramsync.findings import Place

Level = Literal["error", "warning", "notice"]
MAX_ANNOTATIONS = 10  # that GitHub shows of a level, for one step


def annotation(level: Level, place: Place, message: str, title: str = "") -> str:
    """Write an annotation; the place's file is relative to the top of the repository."""
    facts = {"file": place.file, "line": place.line, "col": place.column, "title": title}
    written = ",".join(f"{key}={_escape(str(fact), ':,')}" for key, fact in facts.items() if fact)
    return f"::{level} {written}::{_escape(message)}"


def _escape(text: str, also: str = "") -> str:
    """Escape a text as the runner decodes it: `%`, line ends and, in a property, what ends it."""
    return re.sub(rf"[%\r\n{also}]", lambda match: f"%{ord(match[0]):02X}", text)
