"""What reports share: the order of changes, their number, and text of a page as a code span. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from paramsync.changes.kinds import VERSION_STEPS, Change, Severity, suggest_step
from paramsync.text import shorten

SEVERITIES: tuple[Severity, ...] = tuple(VERSION_STEPS)  # the worst first


def sort_changes(changes: Iterable[Change]) -> list[Change]:
    """Sort changes by severity, breaking ones first, and then by place."""
    return sorted(
        changes,
        key=lambda one: (SEVERITIES.index(one.severity), one.page, one.place, one.model, one.parameter),
    )


def summarize(changes: Sequence[Change]) -> str:
    """Count the changes of each severity, and suggest which version number to increment."""
    if not changes:
        return "no changes"
    return f"{count_severities(changes)}; suggests {suggest_step(changes)}"


def count_severities(changes: Iterable[Change]) -> str:
    """Write how many changes there are of each severity."""
    counts = Counter(change.severity for change in changes)
    return ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES)


def as_code(text: str, max_length: int = 200) -> str:
    """Write text as a code span, with a fence longer than any inside."""
    shown = shorten(text, max_length)
    fence = "`" * max([1, *(len(run) + 1 for run in re.findall("`+", shown))])
    pad = " " if fence != "`" or shown != shown.strip() or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
