"""What a change is: of what kind, how bad, and how it is said in one line. Pure."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from paramsync.findings import Place
from paramsync.text import json_line, shorten

Severity = Literal["breaking", "behaviour", "compatible", "prose"]
Step = Literal["major", "minor", "patch"]

# breaking: a request that was right is now wrong; behaviour: still right, may act differently.
VERSION_STEPS: dict[Severity, Step] = {
    "breaking": "major",
    "behaviour": "minor",
    "compatible": "minor",
    "prose": "patch",
}
# Every kind of change there is: how bad it is, unless the values that were lost or kept say otherwise, and what is said of it.
KINDS: dict[str, tuple[Severity, str]] = {
    "page-added": ("compatible", "the page is new"),
    "page-removed": ("prose", "the page is gone"),
    "page-moved": ("prose", "the page moved from {old} to {new}"),
    "page-title": ("prose", "the title of the page changed from {old} to {new}"),
    "page-kind": ("prose", "the kind of the page changed from {old} to {new}"),
    "models-order": ("prose", "the order of the models changed"),
    "model-added": ("compatible", "the model is new"),
    "model-removed": ("breaking", "the model is gone"),
    "model-deprecated": ("behaviour", "the model is no longer on its page, and may stop working"),
    "model-returned": ("compatible", "the model is on its page again"),
    "model-renamed": ("breaking", "the model was {old} before"),
    "model-moved": ("prose", "the model moved from the page {old} to {new}"),
    "model-title": ("prose", "the title changed from {old} to {new}"),
    "model-description": ("prose", "the description of the model changed from {old} to {new}"),
    "model-markdown": ("prose", "the address of its Markdown changed from {old} to {new}"),
    "provider": ("prose", "the provider changed from {old} to {new}"),
    "capability-added": ("compatible", "the capability {new} is new"),
    "capability-removed": ("behaviour", "the capability {old} is gone"),
    "capabilities-order": ("prose", "the order of the capabilities changed"),
    "parameter-added": ("compatible", "the parameter is new"),
    "parameter-removed": ("breaking", "the parameter is gone"),
    "parameter-renamed": ("breaking", "the parameter was {old} before"),
    "parameter-required": ("breaking", "the parameter is now required"),
    "parameter-optional": ("compatible", "the parameter is no longer required"),
    "parameters-order": ("prose", "the order of the parameters changed"),
    "type": ("behaviour", "the type changed from {old} to {new}"),
    "bounds-narrowed": ("breaking", "a bound was narrowed from {old} to {new}"),
    "bounds-widened": ("compatible", "a bound was widened from {old} to {new}"),
    "bounds-unenforced": ("prose", "a bound without a known meaning changed from {old} to {new}"),
    "choice-added": ("compatible", "the choice {new} is new"),
    "choice-removed": ("breaking", "the choice {old} is gone"),
    "choices-introduced": ("breaking", "only {new} can be chosen now"),
    "choices-lifted": ("compatible", "any value can be given, not only {old}"),
    "choices-order": ("prose", "the order of the choices changed"),
    "default": ("behaviour", "the default changed from {old} to {new}"),
    "description": ("prose", "the description changed from {old} to {new}"),
    "notation": ("prose", "the same is written in another way"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed. `model` is empty for a page's own facts, `parameter` for a model's own; renamed ones have the new name."""

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
        facts = [self.kind, self.model or self.page, self.parameter, self.old, self.new]
        return hashlib.sha256(json_line(facts).encode()).hexdigest()[:12]

    @property
    def sentence(self) -> str:
        """What changed, in one line of plain text, which may hold text of the page."""
        return self.describe(str)

    @property
    def json(self) -> dict[str, Any]:
        """The facts by their names, as JSON; those that are not there are left out."""
        texts = {"kind": self.kind, "severity": self.severity, "page": self.page, "model": self.model}
        texts |= {"parameter": self.parameter}
        values = {"old": self.old, "new": self.new}
        return (
            {key: text for key, text in texts.items() if text}
            | {key: value for key, value in values.items() if value is not None}
            | {"fingerprint": self.fingerprint}
        )

    def describe(self, quote: Callable[[str], str]) -> str:
        """Say what changed, with the values, which may be text of the page, as `quote` writes them."""
        return KINDS[self.kind][1].format(
            old=quote(_format_value(self.old)), new=quote(_format_value(self.new))
        )


def make_change(kind: str, page: str = "", model: str = "", *, old: Any = None, new: Any = None) -> Change:
    """Make a change that is as bad as its kind."""
    return Change(kind, KINDS[kind][0], page, model, old=old, new=new)


def suggest_step(changes: Iterable[Change]) -> Step | None:
    """Suggest the step of the version: the greatest that one of the changes asks for, or none."""
    steps = {VERSION_STEPS[one.severity] for one in changes}
    return next((step for step in VERSION_STEPS.values() if step in steps), None)


def _format_value(value: Any) -> str:
    """Write a value for people: bounds by their names, lists without brackets, text in quotes."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return shorten(", ".join(f"{name} {json_line(bound)}" for name, bound in value.items()))
    if isinstance(value, list):
        return shorten(", ".join(map(json_line, value)) or "[]", 160)
    return shorten(json_line(value))
