"""What a verb found and did, and the exit codes. Pure data."""

from dataclasses import dataclass

from paramsync.findings import Finding, InputError
from paramsync.workspace.difference import Difference

IN_ORDER, DRIFT, WRONG_USAGE, INPUT_ERROR = 0, 1, 2, 3  # exit codes

Result = Finding | Difference | InputError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb found and did, and the exit code.

    `results` are findings and, by a check, differences; `lines` are what a verb shows beyond them. `subject` is what it worked on,
    in one line. `changed` files were written or, by a check, differ. While nothing changes, one that is lasting is shown again.
    """

    results: tuple[Result, ...] = ()
    lines: tuple[str, ...] = ()
    subject: str = ""
    changed: int = 0
    unchanged: int = 0
    exit_code: int = IN_ORDER
    is_lasting: bool = True
