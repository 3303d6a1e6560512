"""A job and its statuses. Pure."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from .facts import CANCELED, FAILURE, OVER, SUCCESS, JobStatus
from .lifecycle import Lifecycle, Step, make_steps
from .store import Record

Ending = Literal["success", "failure", "hang"]

STATUSES: tuple[JobStatus, ...] = get_args(JobStatus)

# The statuses, and how many seconds after the submission each begins.
STATUSES_BY_AGE: tuple[tuple[JobStatus, float], ...] = (
    ("queued", 0.0),
    ("warming-up", 1.0),
    ("in-progress", 2.0),
    ("finalizing", 9.0),
    (SUCCESS, 10.0),
)
STRANGE = ("polishing", 5.0)  # a status that no documentation has
FAILS_AT = 6.0
BEGINS, ENDS = dict(STATUSES_BY_AGE)["in-progress"], dict(STATUSES_BY_AGE)[SUCCESS]  # the work
HUNG_PROGRESS = 0.5
UNFINISHED_PROGRESS = 0.99


@dataclass(frozen=True)
class Job(Record):
    """A submitted request. `submitted` and `canceled` are ages of the sandbox, in seconds; `canceled_at` is a Unix time."""

    model: str
    body: dict[str, Any]
    project: str
    cost: float
    submitted: float
    asset: str = ""
    output: dict[str, Any] = field(default_factory=dict)
    ending: Ending = "success"
    is_strange: bool = False
    canceled: float | None = None
    canceled_at: float = 0.0

    @cached_property
    def lifecycle(self) -> Lifecycle:
        """The statuses over time."""
        statuses: list[tuple[str, float]] = [*STATUSES_BY_AGE]
        statuses += [STRANGE] if self.is_strange else []
        if self.ending == "failure":
            statuses = [one for one in statuses if one[1] < FAILS_AT] + [(FAILURE, FAILS_AT)]
        if self.ending == "hang":
            statuses = [one for one in statuses if one[0] not in ("finalizing", SUCCESS)]
        steps = make_steps(tuple(sorted(statuses, key=lambda one: one[1])), self.submitted, self.created)
        if self.canceled is not None:
            steps = [step for step in steps if step.age <= self.canceled]
            steps.append(Step(CANCELED, self.canceled, self.canceled_at))
        return Lifecycle(tuple(steps))

    def has_ended(self, age: float) -> bool:
        """Tell whether the job has ended at an age."""
        return self.lifecycle.step(age).status in OVER

    def progress(self, age: float) -> float:
        """Return the progress at an age, from 0 to 1."""
        step = self.lifecycle.step(age)
        if step.status == SUCCESS:
            return 1.0
        until = step.age if step.status in OVER else age
        done = (until - self.submitted - BEGINS) / (ENDS - BEGINS)
        return round(max(0.0, min(done, HUNG_PROGRESS if self.ending == "hang" else UNFINISHED_PROGRESS)), 3)
