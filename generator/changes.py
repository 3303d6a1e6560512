"""What changed between two sets of specs, for whom, and how bad it is. Pure."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

from generator.errors import Place
from generator.texts import Tree, json_line

Severity = Literal["breaking", "behaviour", "compatible", "prose"]
Step = Literal["major", "minor", "patch"]

# breaking: a request that was right is now wrong; behaviour: still right, may act differently.
STEPS: dict[Severity, Step] = {
    "breaking": "major",
    "behaviour": "minor",
    "compatible": "minor",
    "prose": "patch",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed. `model` is empty for a page's own facts, `parameter` for a model's own."""

    kind: str
    severity: Severity
    page: str
    model: str = ""
    parameter: str = ""
    old: Any = field(default=None, hash=False)
    new: Any = field(default=None, hash=False)
    place: Place = field(default=Place(""), compare=False)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits, the same for the same change, wherever on a page it stands."""
        facts = [self.kind, self.model, self.parameter, self.old, self.new]
        return hashlib.sha256(json_line(facts).encode()).hexdigest()[:12]

    @property
    def sentence(self) -> str:
        """What changed, in one line of plain text, which may hold text of the page."""
        return f"{self.kind} {self.model} {self.parameter}"


def compare_specs(old: Tree, new: Tree) -> tuple[Change, ...]:
    """Compare two sets of specs: the JSON files of two `specs/` folders, by their paths below it."""
    raise NotImplementedError
