"""A change: its kind, its severity, and the sentence that describes it. Pure."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

from paramsync.changes.rows import Row
from paramsync.findings import Place
from paramsync.text import MAX_LENGTH, json_line, shorten

Severity = Literal["breaking", "behaviour", "compatible", "prose"]
Step = Literal["major", "minor", "patch"]

# Severity -> the version number that it increments, of packages with hundreds of models: a model that breaks is no new major version
# for those who use the others. Notes about the packages themselves have steps of their own.
# breaking: a request that was valid is refused, or a name of the model no longer exists; behaviour: still valid, but the result may differ.
VERSION_STEPS: dict[Severity, Step] = {
    "breaking": "minor",
    "behaviour": "minor",
    "compatible": "minor",
    "prose": "patch",
}
# All kinds of changes: kind -> its usual severity, and its sentence. To add a kind, add a row, and make it in `facts`, `schemas`, `names`, `models` or `specs`.
KINDS: dict[str, tuple[Severity, str]] = {
    "page-added": ("compatible", "the page was added"),
    "page-removed": ("prose", "the page was removed"),
    "page-moved": ("prose", "the page moved from {old} to {new}"),
    "page-title": ("prose", "the title of the page changed from {old} to {new}"),
    "page-kind": ("prose", "the kind of the page changed from {old} to {new}"),
    "models-order": ("prose", "the order of the models changed"),
    "model-added": ("compatible", "the model was added"),
    "model-removed": ("breaking", "the model was removed"),
    "model-deprecated": ("behaviour", "its page no longer lists the model; it may stop working"),
    "model-returned": ("compatible", "its page lists the model again"),
    "model-renamed": ("breaking", "the model was renamed; its old name is {old}"),
    "model-moved": ("prose", "the model moved from the page {old} to {new}"),
    "model-title": ("prose", "the title changed from {old} to {new}"),
    "model-description": ("prose", "the description of the model changed from {old} to {new}"),
    "model-markdown": ("prose", "the URL of its Markdown changed from {old} to {new}"),
    "provider": ("prose", "the provider changed from {old} to {new}"),
    "capability-added": ("compatible", "the capability {new} was added"),
    "capability-removed": ("behaviour", "the capability {old} was removed"),
    "capabilities-order": ("prose", "the order of the capabilities changed"),
    "parameter-added": ("compatible", "the parameter was added"),
    "parameter-removed": ("breaking", "the parameter was removed"),
    "parameter-renamed": ("breaking", "the parameter was renamed; its old name is {old}"),
    "parameter-required": ("breaking", "the parameter is now required"),
    "parameter-optional": ("compatible", "the parameter is no longer required"),
    "dependent-required": ("breaking", "whoever gives it must now give these, too: {new}"),
    "dependent-optional": ("compatible", "whoever gives it need no longer give these: {old}"),
    "alternatives-required": ("breaking", "one of these must now be given: {new}"),
    "alternatives-optional": ("compatible", "it is no longer required that one of these is given: {old}"),
    "names-closed": ("breaking", "no other names are allowed in it any more"),
    "names-opened": ("compatible", "other names are allowed in it now, too"),
    "parameters-order": ("prose", "the order of the parameters changed"),
    "name-in-code": ("breaking", "the name in code changed from {old} to {new}"),
    "type": ("behaviour", "the type changed from {old} to {new}"),
    "reference-narrowed": ("breaking", "it takes what the model {new} takes, which is less than before"),
    "bounds-narrowed": ("breaking", "a limit was narrowed from {old} to {new}"),
    "bounds-widened": ("compatible", "a limit was widened from {old} to {new}"),
    "bounds-unenforced": ("prose", "a limit that is not enforced changed from {old} to {new}"),
    "annotation": ("prose", "an annotation changed from {old} to {new}"),
    "choice-added": ("compatible", "the choice {new} was added"),
    "choice-removed": ("breaking", "the choice {old} was removed"),
    "choices-introduced": ("breaking", "only these values are allowed now: {new}"),
    "choices-lifted": (
        "breaking",
        "any value is allowed now, not only {old}; the packages no longer have a type for these choices",
    ),
    "choices-order": ("prose", "the order of the choices changed"),
    "default": ("behaviour", "the default changed from {old} to {new}"),
    "description": ("prose", "the description changed from {old} to {new}"),
    "notation": ("prose", "only the notation changed"),
}

# Kinds whose values are a keyword with what it says: `{"x-step": 1}`.
KEYWORD_KINDS = frozenset({"bounds-narrowed", "bounds-widened", "bounds-unenforced", "annotation"})
# Kinds whose values are names, before and now.
RENAMED_KINDS = frozenset({"model-renamed", "parameter-renamed"})
# Kinds whose values are lists of names, each one of which is an alternative.
ALTERNATIVE_KINDS = frozenset({"alternatives-required", "alternatives-optional"})


@dataclass(frozen=True)
class Change:
    """One thing that changed.

    `model` is empty if the change is about a page, `parameter` if it is about a page or a model; both are the new names. `before` and
    `after` are what the parameter was as a whole, or a model that comes, goes or is renamed; they are no part of what has changed.
    """

    kind: str
    severity: Severity
    page: str
    model: str = ""
    parameter: str = ""
    old: Any = field(default=None, hash=False)
    new: Any = field(default=None, hash=False)
    place: Place = field(default=Place(""), compare=False)
    before: Row | None = field(default=None, compare=False, repr=False)
    after: Row | None = field(default=None, compare=False, repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hex digits that identify the change; they do not depend on its place."""
        facts = [self.kind, self.model or self.page, self.parameter, self.old, self.new]
        return hashlib.sha256(json_line(facts).encode()).hexdigest()[:12]

    @cached_property
    def sentence(self) -> str:
        """The change in one line of plain text, which may contain text of the page."""
        return self.describe(str)

    @property
    def rows(self) -> dict[str, Any]:
        """What was before and after as a JSON object, without what is not there."""
        rows = {"before": self.before, "after": self.after}
        return {key: row.json for key, row in rows.items() if row}

    @property
    def without_rows(self) -> "Change":
        return replace(self, before=None, after=None) if self.before or self.after else self

    @property
    def json(self) -> dict[str, Any]:
        """The change as a JSON object, without fields that are empty, and without rows."""
        texts = {"kind": self.kind, "severity": self.severity, "page": self.page, "model": self.model}
        texts |= {"parameter": self.parameter}
        values = {"old": self.old, "new": self.new}
        return (
            {key: text for key, text in texts.items() if text}
            | {key: value for key, value in values.items() if value is not None}
            | {"fingerprint": self.fingerprint}
        )

    def describe(self, quote: Callable[[str], str]) -> str:
        """Describe the change in one line; `quote` writes the values, which may be text of the page."""
        return KINDS[self.kind][1].format(
            old=quote(shorten_value(self.kind, self.old)), new=quote(shorten_value(self.kind, self.new))
        )


def make_change(kind: str, page: str = "", model: str = "", *, old: Any = None, new: Any = None) -> Change:
    """Make a change with the usual severity of its kind."""
    return Change(kind, KINDS[kind][0], page, model, old=old, new=new)


def suggest_step(changes: Iterable[Change]) -> Step | None:
    """Suggest which version number to increment: the greatest step that any change needs, or None without changes."""
    return greatest_step(VERSION_STEPS[one.severity] for one in changes)


def greatest_step(steps: Iterable[Step | None]) -> Step | None:
    """Return the greatest of some steps; None where there is none."""
    asked = {*steps}
    return next((step for step in get_args(Step) if step in asked), None)


def write_value(kind: str, value: Any) -> str:
    """Write a value of a kind of change for people, whole: a keyword with its value, a list without brackets, text in quotes."""
    if value is None:
        return "nothing"
    if kind in KEYWORD_KINDS and isinstance(value, dict):
        return ", ".join(f"{name} {json_line(fact)}" for name, fact in value.items())
    if kind in ALTERNATIVE_KINDS and isinstance(value, list):
        return ", ".join(" and ".join(map(json_line, names)) for names in value)
    if isinstance(value, list):
        return ", ".join(map(json_line, value)) or "[]"
    return json_line(value)


def shorten_value(kind: str, value: Any) -> str:
    """Write a value of a kind of change for people, in one line that is not too long."""
    return shorten(write_value(kind, value), 160 if isinstance(value, list) else MAX_LENGTH)
