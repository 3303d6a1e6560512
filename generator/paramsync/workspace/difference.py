"""The differences between the expected files and the actual ones. Pure."""

from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from paramsync.findings import one_line
from paramsync.text import Tree, pluralize, unify_line_ends

MAX_DIFF_LINES = 20  # lines shown of one file
MAX_DIFF_WIDTH = 200  # characters shown of one line


@dataclass(frozen=True, slots=True)
class Difference:
    """A file's text as it is and as it should be; None where there is, or should be, no file."""

    path: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> Literal["missing", "stale", "changed"]:
        """`missing` (to be created), `stale` (to be removed), or `changed`."""
        return "missing" if self.before is None else "stale" if self.after is None else "changed"

    @property
    def diff(self) -> str:
        """How the file would change, in lines of a unified diff, not too many."""
        return _diff(one_line(self.path), self.before or "", self.after or "")

    def __str__(self) -> str:
        return f"{one_line(self.path)}: {self.kind}\n{self.diff}"


def compare(expected: Tree, actual: Tree) -> tuple[Difference, ...]:
    """Compare the expected files with the actual ones, over the union of their paths.

    The line ends of a text are no difference: git may have changed them, and would again if they were written anew.
    """
    paths = sorted(expected.keys() | actual.keys())
    pairs = [Difference(path, actual.get(path), expected.get(path)) for path in paths]
    return tuple(pair for pair in pairs if not _are_alike(pair.before, pair.after))


def _are_alike(before: str | None, after: str | None) -> bool:
    if before is None or after is None or before == after:
        return before == after
    return unify_line_ends(before) == unify_line_ends(after)


def _diff(path: str, old: str, new: str) -> str:
    rows = list(
        unified_diff(_rows(old), _rows(new), f"{path} (there)", f"{path} (expected)", n=1, lineterm="")
    )
    rows = [row if len(row) <= MAX_DIFF_WIDTH else row[:MAX_DIFF_WIDTH] + "…" for row in rows]
    shown = rows[:MAX_DIFF_LINES] + (
        [f"… {pluralize(len(rows) - MAX_DIFF_LINES, 'more line')}"] if len(rows) > MAX_DIFF_LINES else []
    )
    return "\n".join(shown)


def _rows(text: str) -> list[str]:
    """Split into lines; a last line without an end says so."""
    rows = unify_line_ends(text).split("\n")
    return rows[:-1] if rows[-1] == "" else [*rows[:-1], rows[-1] + " (no line end)"]
