"""What differs between the files there should be and the files there are. Pure."""

from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from paramsync.text import Tree, count

LONGEST_DIFF = 20  # lines shown of one file
WIDEST_DIFF = 200  # characters shown of one line


@dataclass(frozen=True, slots=True)
class Difference:
    """A file's text as it is and as it should be; None where there is, or should be, no file."""

    path: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> Literal["missing", "stale", "changed"]:
        """Whether the file is not there, should not be there, or is another."""
        return "missing" if self.before is None else "stale" if self.after is None else "changed"

    def __str__(self) -> str:
        return f"{self.path}: {self.kind}\n{_diff(self.path, self.before or '', self.after or '')}"


def compare(expected: Tree, actual: Tree) -> tuple[Difference, ...]:
    """Compare the files there should be with those there are, over the union of their paths."""
    paths = sorted(expected.keys() | actual.keys())
    pairs = [Difference(path, actual.get(path), expected.get(path)) for path in paths]
    return tuple(pair for pair in pairs if pair.before != pair.after)


def _diff(path: str, old: str, new: str) -> str:
    """Show how a file would change, not too long."""
    rows = list(
        unified_diff(_rows(old), _rows(new), f"{path} (there)", f"{path} (expected)", n=1, lineterm="")
    )
    rows = [row if len(row) <= WIDEST_DIFF else row[:WIDEST_DIFF] + "…" for row in rows]
    shown = rows[:LONGEST_DIFF] + (
        [f"… {count(len(rows) - LONGEST_DIFF, 'more line')}"] if len(rows) > LONGEST_DIFF else []
    )
    return "\n".join(shown)


def _rows(text: str) -> list[str]:
    """Split into lines; a last line without an end says so."""
    rows = text.split("\n")
    return rows[:-1] if rows[-1] == "" else [*rows[:-1], rows[-1] + " (no line end)"]
