"""What a verb found and did, and the exit codes. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from paramsync.changes.kinds import Change
from paramsync.findings import Finding, InputError
from paramsync.workspace.difference import Difference

IN_ORDER, DRIFT, WRONG_USAGE, INPUT_ERROR = 0, 1, 2, 3  # exit codes

Result = Finding | Difference | InputError


@dataclass(frozen=True, slots=True)
class PageResult:
    """What is to be known of a page when only others are read again; the findings are those before acceptances."""

    models: tuple[str, ...]
    parameters: int
    files: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb found and did, and the exit code.

    `results` are findings and, by a check, differences; `lines` are what a verb shows beyond them, which a terminal shows as the
    `changes` that they are about, if there are some. `subject` is what it worked on,
    in one line. `changed` files were written or, by a check, differ, `tidied` ones among them, which people write; `counts` say by
    page, and then by label, what that changes.
    While nothing changes, one that is lasting is shown again. `pages` are there if each can be read without the others.
    """

    results: tuple[Result, ...] = ()
    lines: tuple[str, ...] = ()
    subject: str = ""
    changed: int = 0
    unchanged: int = 0
    removed: int = 0  # of those that changed
    tidied: tuple[str, ...] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    exit_code: int = IN_ORDER
    is_lasting: bool = True
    pages: Mapping[str, PageResult] = field(default_factory=dict)
