"""Lives: what something is at an age, worked out from how it began. Nothing runs, and so nothing is left behind. Pure."""

from dataclasses import dataclass

DIGITS = 6  # ages are kept to a microsecond, so that ten steps of 0.1 are one second


@dataclass(frozen=True)
class Step:
    """A status, the age of the sandbox (seconds) at which it begins, and the Unix time before which it did not."""

    status: str
    age: float
    not_before: float


@dataclass(frozen=True)
class Life:
    """The steps of something, in their order."""

    steps: tuple[Step, ...]

    def history(self, age: float) -> list[Step]:
        """Give each step until an age; the first in any case."""
        return [self.steps[0], *(step for step in self.steps[1:] if step.age <= age)]

    def step(self, age: float) -> Step:
        """Give the step at an age."""
        return self.history(age)[-1]

    def next_change(self, age: float) -> float | None:
        """Tell when the status changes after an age, if it does."""
        return next((step.age for step in self.steps[1:] if step.age > age), None)


def make_steps(statuses: tuple[tuple[str, float], ...], begin: float, not_before: float) -> list[Step]:
    """Make the steps of statuses that begin some seconds after an age."""
    return [Step(status, round(begin + seconds, DIGITS), not_before) for status, seconds in statuses]
