"""Findings and errors: what is wrong with the input, where, and what to do about it. Pure."""

from dataclasses import dataclass
from typing import Literal, Self

from paramsync.paths import PROFILE

Level = Literal["error", "warning"]

MAX_NAME_LENGTH = 100  # characters of a model's or a parameter's name in a message
MAX_LINE_LENGTH = 600  # characters of a problem in a message

OVERLAY_SETTLES = "an overlay (specs/README.md) gives the value"
OR_OVERLAY = "or correct it in an overlay (specs/README.md)"

# All codes of findings: code -> level, and what to do about it.
# With an error, the model (or the page) is not written; a warning can be accepted in `profile.toml`.
CODES: dict[str, tuple[Level, str]] = {
    "unknown-column": ("error", "declare what the column means in profile.toml"),
    "duplicate-column": ("error", "keep one of the two columns"),
    "missing-column": (
        "error",
        "if the page renamed the column, change its name under [columns] in profile.toml",
    ),
    "unknown-type": ("error", f"declare the type under [types] in profile.toml, {OR_OVERLAY}"),
    "unknown-word": ("error", f"declare the word for yes or no under [words] in profile.toml, {OR_OVERLAY}"),
    "cell-count": ("error", "look for an extra or missing |"),
    "duplicate-parameter": (
        "error",
        "keep one of the rows, or list the heading of one of the tables under ignored in [tables] of profile.toml",
    ),
    "duplicate-model": ("error", "remove one of the two sections: a model is documented only once"),
    "duplicate-page": ("error", "if the page has moved, remove its old folder"),
    "duplicate-label": (
        "error",
        "two models may have been read as one: check the headings and the table of contents",
    ),
    "no-model-id": (
        "error",
        "put the id above the table; or, if it stands elsewhere or is labelled in other words, say so under [tables] or [labels] in profile.toml; or list the heading under ignored",
    ),
    "bad-model-id": ("error", "write one id in one code span after the label"),
    "table-count": (
        "error",
        "keep exactly one; or say in [tables] of profile.toml that they are joined, or which headings are ignored",
    ),
    "struck-out": (
        "error",
        "if it still exists, confirm it in an overlay (specs/README.md)",
    ),
    "text-beside-name": (
        "error",
        "if the rest means nothing, confirm the name in an overlay (specs/README.md)",
    ),
    "hidden-content": (
        "warning",
        "look on the site whether readers see it; if it documents no model, accept this in profile.toml",
    ),
    "unread-table": (
        "error",
        "save the page in another form, in which its tables can be read; its previous specs are kept",
    ),
    "invisible-character": ("error", f"{OVERLAY_SETTLES} without them, or confirms what the page has"),
    "doubtful-value": ("error", f"{OVERLAY_SETTLES}, or confirms what the page has"),
    "no-heading": ("error", "give its title in an overlay (specs/README.md)"),
    "bad-field": (
        "error",
        "if the field has another meaning now, change that in [sources.record] of profile.toml",
    ),
    "unreadable-source": ("error", "fetch it again, or remove it: a model needs no more than its page"),
    "undeclared-source": (
        "warning",
        "declare how it is read, as specs/README.md shows, or remove the file",
    ),
    "duplicate-source": ("error", "keep the newer one"),
    "source-unmatched": ("warning", "move it beside the page that lists the model, or remove it"),
    "record-unreduced": (
        "warning",
        "paramsync scrape --tidy saves it as fetch does, without the rest",
    ),
    "sources-differ": (
        "warning",
        "find out which is right, and correct or confirm it in an overlay (specs/README.md), or accept this in profile.toml",
    ),
    "sentences-differ": (
        "warning",
        "find out which is right, and set it in an overlay (specs/README.md), or accept this in profile.toml",
    ),
    "unread-sentence": (
        "warning",
        "say what it states in an overlay (specs/README.md), or change its [[prose]] in profile.toml",
    ),
    "unknown-reference": (
        "warning",
        "save the page that documents it, too; accept this in profile.toml if there is none",
    ),
    "nested-mismatch": (
        "error",
        "correct the type of the one, or the name of the other, in an overlay (specs/README.md)",
    ),
    "parameter-in-doubt": (
        "warning",
        "find out whether it still exists; accept this in profile.toml if it does",
    ),
    "condition-unmatched": ("warning", "the condition is left out; tell the vendor"),
    "bad-number": ("error", f"write it in plain digits, {OR_OVERLAY}"),
    "bad-default": (
        "error",
        f"write it as a code span of the parameter's type, or several for an array, {OR_OVERLAY}",
    ),
    "bad-choices": (
        "error",
        f"write them as code spans of the parameter's type, separated by commas, {OR_OVERLAY}",
    ),
    "default-outside": ("error", "it must be one of the choices and keep to all rules"),
    "choice-outside": ("error", "correct the choice, or the rule that does not allow it"),
    "bounds-crossed": ("error", "correct one of the limits"),
    "unsafe-name": (
        "error",
        "begin with a letter or digit, and continue with letters, digits, . _ or -; the name of a file is neither `page` nor one that Windows reserves",
    ),
    "target-lacks-line": (
        "error",
        "add the line, as templates/README.md shows; until then nothing of the target is generated",
    ),
    "names-alike": ("error", "give it another name in code, in its overlay"),
    "left-out": (
        "warning",
        "give it another name in code, in its overlay; until then generate leaves the model out of that target, and fails unless this is accepted in profile.toml",
    ),
    "vectors-disagree": (
        "error",
        "mend what it says, in the templates; generated/vectors/README.md tells what validators must find",
    ),
    "composed-alike": (
        "error",
        "write something else around one of them, or give it another scope, as templates/README.md shows",
    ),
    "invalid-spec": ("error", "see specs/spec.schema.json for what a spec may contain"),
    "missing-section": ("error", "the page may be cut off: save it again; its previous specs are kept"),
    "stray-row": ("error", "a blank line or a missing | may have split the table"),
    "bad-capabilities": ("error", f"write them as code spans separated by commas, {OR_OVERLAY}"),
    "unclear-heading": (
        "error",
        "text without line breaks needs a table of contents that lists each heading once; or save the page as Markdown",
    ),
    "stale-acceptance": (
        "error",
        "remove it from profile.toml; paramsync scrape --tidy does so where it is a table [[accept]]",
    ),
    "acceptance-unmatched": (
        "error",
        'name it in this [[accept]], or write "*" for any; or, if it is not what was meant, remove this [[accept]]',
    ),
    "lost-models": ("error", "check the saved page; its previous specs are kept"),
    "overlay-obsolete": (
        "warning",
        "remove it; paramsync scrape --tidy does so where it is a table [[correct]]",
    ),
    "overlay-conflict": (
        "error",
        "find out which is right, and change or remove this [[correct]]; the model's previous spec is kept",
    ),
    "overlay-unmatched": ("error", "correct the name, or remove the correction"),
    "overlay-invalid": ("error", "a correction has expect, set and reason; see specs/README.md"),
    "many-models-gone": (
        "error",
        "save it again if it is cut off, or accept this by the command below; until then its specs stay unchanged",
    ),
    "many-parameters-gone": (
        "error",
        "if this is intended, accept it by the command below; until then the model keeps its last spec",
    ),
    "nothing-to-accept": ("warning", "leave it out of --accept-removals"),
    "unnoted-change": (
        "warning",
        "say in a note what users notice, so that the packages get a new version",
    ),
    "damaged-spec": (
        "warning",
        "paramsync scrape writes it anew; restore it from git if it is of a model that no page lists",
    ),
    "unreadable-page": ("error", "its previous specs are kept"),
    "over-limit": (
        "error",
        "check that the site shows the same, and save the page again; its previous specs are kept",
    ),
    "bad-url": ("warning", "correct the URL on the page; the spec does not contain it"),
    "unread-prose": ("warning", "move the text above the model id if it describes the model"),
    "unknown-sentence": ("warning", "if the page's wording changed, update [page] in profile.toml"),
    "no-models": ("warning", "check that the page documents models and is complete"),
    "required-with-default": (
        "warning",
        "clients will always send the default; accept this in profile.toml if it is intended",
    ),
    "single-choice": (
        "warning",
        "a parameter with one choice is a constant; accept this in profile.toml if it is intended",
    ),
    "bounds-without-meaning": ("warning", "they are kept as annotations, and not enforced"),
    "duplicate-choice": ("warning", "generated code lists it once"),
    "empty-description": ("warning", "generated code will have no description of it; tell the vendor"),
}
# Because of them no row of a table was read, or some were not.
UNREAD_TABLE = frozenset({"unknown-column", "duplicate-column", "missing-column"})
UNREAD_ROWS = UNREAD_TABLE | {"unknown-type", "cell-count", "table-count", "stray-row"}
# Warnings about what people have done and files have gone through, which are gone once that is mended.
NOT_ACCEPTABLE = {"nothing-to-accept", "damaged-spec", "undeclared-source", "unnoted-change"}


def one_line(text: str) -> str:
    """Write line breaks as they are escaped: a path with one must not begin a line of its own."""
    return text.replace("\n", r"\n").replace("\r", r"\r")


def shorten_lines(text: str) -> str:
    """Leave out the middle of a long line: at its end stands what to do."""
    half = MAX_LINE_LENGTH // 2
    lines = text.split("\n")
    return "\n".join(f"{one[:half]} … {one[-half:]}" if len(one) > MAX_LINE_LENGTH else one for one in lines)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position: a file relative to the root, and a line and column counted from 1 (0: unknown)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return one_line(":".join(str(part) for part in (self.file, self.line, self.column) if part))


class InputError(Exception):
    """The input cannot be used at all; `problem` says why, and what to do.

    A `remedy` that is given apart does not help everywhere: `mere_problem` is without it.
    """

    def __init__(self, place: Place, problem: str, remedy: str = "") -> None:
        self.place = place
        self.mere_problem = problem
        self.remedy = remedy
        self.problem = f"{problem}; {remedy}" if remedy else problem
        super().__init__(f"{place}: error: {shorten_lines(self.problem)}")

    def __reduce__(self) -> tuple[type[Self], tuple[Place, str, str]]:
        """Say of what it is made: it may come from another process."""
        return type(self), (self.place, self.mere_problem, self.remedy)


class LimitError(InputError):
    """A page is far larger or more deeply nested than any real page, and is not read."""


class UsageError(Exception):
    """The arguments of the command are wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with the input; `code` is a key of CODES."""

    code: str
    place: Place
    problem: str
    model: str = ""
    parameter: str = ""
    # The lines to write, the first of which names the file, or the command to run; where it can be said which.
    lines: str = ""
    cause: str = (
        ""  # what findings of this code have in common if one act mends them all (default: the problem)
    )
    accepted_on: str = ""  # the pages that an acceptance is about; `*` stands for any text
    common_lines: str = ""  # what to write where several findings have the cause (default: as for the first)

    @property
    def page(self) -> str:
        """The name of the page that it is about: of a file in its folder, or of the folder; empty if it is about another file."""
        room, _, path = self.place.file.partition("/")
        return path.partition("/")[0] if room == "specs" and self.place.file != PROFILE else ""

    @property
    def is_error(self) -> bool:
        """True if the model (or the page) is not written because of the finding."""
        return self.level == "error"

    @property
    def level(self) -> Level:
        return CODES[self.code][0]

    @property
    def remedy(self) -> str:
        return CODES[self.code][1]

    @property
    def subject(self) -> str:
        """The model and the parameter, as far as the finding is about one."""
        names = (
            name if len(name) <= MAX_NAME_LENGTH else name[:MAX_NAME_LENGTH] + "…"
            for name in (self.model, self.parameter)
        )
        return ": ".join(filter(None, names))

    @property
    def message(self) -> str:
        """The problem, behind what it is about."""
        return ": ".join(filter(None, [self.subject, shorten_lines(self.problem)]))

    def __str__(self) -> str:
        message = f"{self.place}: {self.level}: {self.message}; {self.remedy} [{self.code}]"
        return "\n    ".join([message, *self.lines.splitlines()])
