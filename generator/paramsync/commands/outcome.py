"""What a verb has to say when it is done. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb has to say: findings and differences, what it worked on, how many files, and the exit code.

    0 in order, 1 drift, 2 wrong usage, 3 the input has errors. `changed` files were written or, by a check, differ.
    """

    details: tuple[str, ...]
    subject: str = ""
    changed: int = 0
    unchanged: int = 0
    exit_code: int = 0
