"""What a verb found and did. Pure data."""

from dataclasses import dataclass

from paramsync.findings import Finding, InputError
from paramsync.workspace.difference import Difference

Result = Finding | Difference | InputError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb found and did, and the exit code: 0 in order, 1 drift, 3 the input has errors.

    `results` are findings and, by a check, differences; `lines` are what a verb shows beyond them. `subject` is what it worked on,
    in one line. `changed` files were written or, by a check, differ.
    """

    results: tuple[Result, ...] = ()
    lines: tuple[str, ...] = ()
    subject: str = ""
    changed: int = 0
    unchanged: int = 0
    exit_code: int = 0
