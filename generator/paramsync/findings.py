"""What can be wrong with the input, and where. Pure."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

MAX_NAME_LENGTH = 100  # of a model or a parameter, in a message

# Every finding there is: its code, its severity, and what to do about it.
# An error keeps the model (or the page) from being written; a warning can be accepted in `profile.toml`.
CODES: dict[str, tuple[Severity, str]] = {
    "unknown-column": ("error", "declare the column under [columns] in profile.toml, or as ignored"),
    "duplicate-column": ("error", "keep one; it is not clear which to read"),
    "missing-column": ("error", "the page has lost a column, or profile.toml knows it by another name"),
    "unknown-type": ("error", "declare the type under [types] in profile.toml"),
    "unknown-word": ("error", "declare the word for yes or no under [words] in profile.toml"),
    "cell-count": ("error", "look for a stray or missing |"),
    "duplicate-parameter": ("error", "keep one row"),
    "duplicate-model": ("error", "a model may stand on one page once; remove the other section"),
    "duplicate-label": (
        "error",
        "two models may have run together: check the headings and the list of contents",
    ),
    "no-model-id": ("error", "put it above the table"),
    "bad-model-id": ("error", "put one id in one code span behind the label"),
    "table-count": ("error", "keep exactly one"),
    "bad-number": ("error", "write it as 1, -1 or 0.5"),
    "bad-default": ("error", "write it as a code span of the parameter's type, or several for an array"),
    "bad-choices": ("error", "write them as code spans of the parameter's type, with commas between"),
    "default-outside": ("error", "the default must be one of the choices and within the bounds"),
    "bounds-crossed": ("error", "correct one of them"),
    "unsafe-name": (
        "error",
        "begin with a letter or digit, go on with letters, digits, . _ or -, and avoid names that Windows reserves",
    ),
    "names-alike": ("error", "rename one of them: generated code would spell both the same"),
    "invalid-spec": ("error", "see specs/spec.schema.json for what a spec may say"),
    "missing-section": ("error", "the page may be cut off: save it again; the specs it had are kept"),
    "stray-row": ("error", "a blank line, or a lost bar, may have broken the table"),
    "bad-capabilities": ("error", "write them as code spans with commas between"),
    "unclear-heading": (
        "error",
        "folded text needs a list of contents that names each once; save the page as Markdown instead",
    ),
    "stale-acceptance": (
        "error",
        "remove this [[accept]] from profile.toml: there is nothing left to accept",
    ),
    "lost-models": ("error", "check the saved page; the specs it had are kept"),
    "overlay-obsolete": ("warning", "remove this [[correct]], or the file if it is the last one"),
    "overlay-conflict": (
        "error",
        "find out which is right, and change or remove this [[correct]]; the spec it had is kept",
    ),
    "overlay-unmatched": ("error", "correct the name, or remove it"),
    "overlay-invalid": ("error", "a correction has expect, set and reason; see specs/README.md"),
    "many-models-gone": (
        "error",
        "if that is meant, accept it by paramsync scrape --accept-removals; the page's specs stay as they were",
    ),
    "many-parameters-gone": (
        "error",
        "if that is meant, accept it by paramsync scrape --accept-removals; the page's specs stay as they were",
    ),
    "damaged-spec": (
        "warning",
        "but for models that came or went, what changed on this page is not told in the history; restore the file from git and scrape again",
    ),
    "unreadable-page": ("error", "the specs it had are kept"),
    "over-limit": (
        "error",
        "check that this is what the site shows, and save the page again; the specs it had are kept",
    ),
    "bad-url": ("warning", "correct it on the page; the spec leaves it out"),
    "unread-prose": ("warning", "put it above the model id if it describes the model"),
    "unknown-sentence": ("warning", "if the page says it in other words now, change [page] in profile.toml"),
    "no-models": ("warning", "check that this is a page of models, and complete"),
    "required-with-default": (
        "warning",
        "clients will always send the default; accept it in profile.toml if that is meant",
    ),
    "single-choice": (
        "warning",
        "a parameter with one choice is a constant; accept it in profile.toml if that is meant",
    ),
    "bounds-without-meaning": ("warning", "kept as x-min and x-max, and not enforced"),
    "duplicate-choice": ("warning", "generated code lists it once"),
    "empty-description": ("warning", "generated code will not say what it is; tell the vendor"),
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file relative to the root, and a line and column counted from 1 (0: not known)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


class InputError(Exception):
    """The input cannot be used at all. Says where and why, and what to do."""

    def __init__(self, place: Place, problem: str) -> None:
        super().__init__(f"{place}: error: {problem}")
        self.place = place
        self.problem = problem


class LimitError(InputError):
    """A page holds more of something than any page that a vendor would write, and is not read."""


class UsageError(Exception):
    """The command was called in a way that cannot work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a page, and where."""

    code: str
    place: Place
    problem: str
    model: str = ""
    parameter: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the finding stops the model."""
        return self.severity == "error"

    @property
    def severity(self) -> Severity:
        """Whether the finding stops the model (`error`) or not (`warning`)."""
        return CODES[self.code][0]

    def __str__(self) -> str:
        names = (
            name if len(name) <= MAX_NAME_LENGTH else name[:MAX_NAME_LENGTH] + "…"
            for name in (self.model, self.parameter)
        )
        subject = "".join(f"{name}: " for name in names if name)
        return f"{self.place}: {self.severity}: {subject}{self.problem}; {CODES[self.code][1]} [{self.code}]"
