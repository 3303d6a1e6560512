"""The status of a job or an upload at an age, computed from its start: nothing runs in the background. Pure."""

from dataclasses import dataclass

DIGITS = 6  # ages are kept to a microsecond, so that ten steps of 0.1 are one second


@dataclass(frozen=True)
class Step:
    """A status, the age of the sandbox (seconds) at which it begins, and its earliest Unix time."""

    status: str
    age: float
    not_before: float


@dataclass(frozen=True)
class Lifecycle:
    """The steps of a job or an upload, the first one first."""

    steps: tuple[Step, ...]

    def history(self, age: float) -> list[Step]:
        """Return each step until an age; always the first."""
        return [self.steps[0], *(step for step in self.steps[1:] if step.age <= age)]

    def step(self, age: float) -> Step:
        """Return the current step at an age."""
        return self.history(age)[-1]

    def next_change(self, age: float) -> float | None:
        """Return the age of the next change after an age; None if there is none."""
        return next((step.age for step in self.steps[1:] if step.age > age), None)


def make_steps(statuses: tuple[tuple[str, float], ...], begin: float, not_before: float) -> list[Step]:
    """Make steps of statuses, given with their seconds after the age `begin`."""
    return [Step(status, round(begin + seconds, DIGITS), not_before) for status, seconds in statuses]
