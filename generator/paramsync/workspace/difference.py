"""What differs between the files there should be and the files there are. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from paramsync.text import Tree, pluralize

LONGEST_DIFF = 20  # lines shown of one file
WIDEST_DIFF = 200  # characters shown of one line


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is `missing` or `stale` (there, but should not be) or `changed`, with a short diff."""

    folder: str
    path: str
    kind: Literal["missing", "stale", "changed"]
    diff: str

    def __str__(self) -> str:
        return f"{self.folder}/{self.path}: {self.kind}\n{self.diff}"


def compare(expected: Tree, actual: Tree, folder: str) -> tuple[Difference, ...]:
    """Compare the tree a folder should hold with the one it holds, over the union of their paths."""
    return tuple(_differences(expected, actual, folder))


def _differences(expected: Tree, actual: Tree, folder: str) -> Iterator[Difference]:
    for path in sorted(expected.keys() | actual.keys()):
        if path not in actual:
            yield Difference(folder, path, "missing", _diff(path, "", expected[path]))
        elif path not in expected:
            yield Difference(folder, path, "stale", _diff(path, actual[path], ""))
        elif expected[path] != actual[path]:
            yield Difference(folder, path, "changed", _diff(path, actual[path], expected[path]))


def _diff(path: str, old: str, new: str) -> str:
    """Show how a file would change, not too long."""
    rows = list(
        unified_diff(_rows(old), _rows(new), f"{path} (there)", f"{path} (expected)", n=1, lineterm="")
    )
    rows = [row if len(row) <= WIDEST_DIFF else row[:WIDEST_DIFF] + "…" for row in rows]
    shown = rows[:LONGEST_DIFF] + (
        [f"… {pluralize(len(rows) - LONGEST_DIFF, 'more line')}"] if len(rows) > LONGEST_DIFF else []
    )
    return "\n".join(shown)


def _rows(text: str) -> list[str]:
    """Split into lines; a last line without an end says so."""
    rows = text.split("\n")
    return rows[:-1] if rows[-1] == "" else [*rows[:-1], rows[-1] + " (no line end)"]
