"""A job, its statuses, and how the API shows it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from .clock import show_date
from .facts import AUTHOR, CANCELED, FAILURE, OVER, RUNNING, SUCCESS, WAITING, JobStatus
from .lifecycle import Lifecycle, Step, make_steps
from .store import Record

Ending = Literal["succeeds", "fails", "hangs"]

STATUSES: tuple[JobStatus, ...] = get_args(JobStatus)

# The statuses, and how many seconds after the submission each begins; the first one is over before the response.
_, QUEUED, WARMING_UP = WAITING
IN_PROGRESS, FINALIZING = RUNNING
STATUSES_BY_AGE: tuple[tuple[JobStatus, float], ...] = (
    (QUEUED, 0.0),
    (WARMING_UP, 1.0),
    (IN_PROGRESS, 2.0),
    (FINALIZING, 9.0),
    (SUCCESS, 10.0),
)
STRANGE = ("polishing", 5.0)  # a status that no documentation has
FAILS_AT = 6.0
BEGINS, ENDS = dict(STATUSES_BY_AGE)[IN_PROGRESS], dict(STATUSES_BY_AGE)[SUCCESS]  # the work
HUNG_PROGRESS = 0.5
UNFINISHED_PROGRESS = 0.99
REASON = {"error": "The sandbox was asked to let this job fail", "hint": "Turn off the fault job-fails"}


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
    ending: Ending = "succeeds"
    is_strange: bool = False
    canceled: float | None = None
    canceled_at: float = 0.0

    @cached_property
    def lifecycle(self) -> Lifecycle:
        """The statuses over time."""
        statuses: list[tuple[str, float]] = [*STATUSES_BY_AGE]
        statuses += [STRANGE] if self.is_strange else []
        if self.ending == "fails":
            statuses = [one for one in statuses if one[1] < FAILS_AT] + [(FAILURE, FAILS_AT)]
        if self.ending == "hangs":
            statuses = [one for one in statuses if one[0] not in (FINALIZING, SUCCESS)]
        steps = make_steps(tuple(sorted(statuses, key=lambda one: one[1])), self.submitted, self.created)
        if self.canceled is not None:
            steps = [step for step in steps if step.age <= self.canceled]
            steps.append(Step(CANCELED, self.canceled, self.canceled_at))
        return Lifecycle(tuple(steps))

    @property
    def end(self) -> Step | None:
        """The step in which it ends; None if it hangs."""
        last = self.lifecycle.steps[-1]
        return last if last.status in OVER else None

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
        return round(max(0.0, min(done, HUNG_PROGRESS if self.ending == "hangs" else UNFINISHED_PROGRESS)), 3)


def show_job(job: Job, age: float, time_of: Callable[[Step], float]) -> dict[str, Any]:
    """Show a job at an age; `time_of` tells when a step began."""
    history = [
        {"date": show_date(time_of(step)), "status": step.status} for step in job.lifecycle.history(age)
    ]
    status = history[-1]["status"]
    metadata: dict[str, Any] = {"input": {"modelId": job.model, **job.body}}
    if status == SUCCESS:
        metadata |= {"assetIds": [job.asset]} if job.asset else {"assetIds": [], "output": job.output}
    if status == FAILURE:
        metadata |= REASON
    return {
        "jobId": job.id,
        "jobType": "custom",
        "status": status,
        "progress": job.progress(age),
        "statusHistory": history,
        "metadata": metadata,
        "billing": {"cuCost": job.cost, "cuDiscount": 0},
        "authorId": AUTHOR,
        "ownerId": job.project,
        "createdAt": show_date(job.created),
        "updatedAt": history[-1]["date"],
    }
