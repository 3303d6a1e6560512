"""The events that are still to be sent, and the jobs whose ends are still to be told, by the age of the sandbox at which each is due. Pure."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from .faults import FaultKind


@dataclass(frozen=True, order=True)
class Due:
    """An event or the end of a job, by its id, and when it is due; `number` keeps what is due at once in order. `struck` are faults of the event."""

    age: float
    number: int
    id: str = field(compare=False)
    struck: Mapping[FaultKind, float] = field(compare=False, default_factory=dict)


class Schedule:
    """What is due when. An event may be held back until its job has ended."""

    def __init__(self) -> None:
        self.numbers = count()
        self.events: list[Due] = []  # a heap
        self.ends: list[Due] = []  # a heap of jobs
        self.held: dict[str, list[Due]] = {}  # events, by job
        self.running: set[str] = set()  # jobs whose end was not told

    def add_job(self, job: str, end: float | None) -> None:
        """Add a job, and when it ends; None if it does not by itself."""
        self.running.add(job)
        if end is not None:
            heapq.heappush(self.ends, Due(end, next(self.numbers), job))

    def end_job(self, job: str) -> bool:
        """Take a job off the schedule; tell whether it was there."""
        is_running = job in self.running
        self.running.discard(job)
        return is_running

    def add_event(self, event: str, age: float, struck: Mapping[FaultKind, float]) -> None:
        heapq.heappush(self.events, Due(age, next(self.numbers), event, struck))

    def hold_event(self, event: str, age: float, struck: Mapping[FaultKind, float], job: str) -> None:
        """Add an event that is due after the last one of its job."""
        self.held.setdefault(job, []).append(Due(age, next(self.numbers), event, struck))

    def release_events(self, job: str, age: float) -> None:
        """Let the events that a job holds back be due after an age."""
        for held in self.held.pop(job, []):
            heapq.heappush(self.events, replace(held, age=max(age, held.age), number=next(self.numbers)))

    def pop_events(self, age: float) -> Iterator[Due]:
        """Take the events that are due by an age."""
        return _pop(self.events, age)

    def pop_ends(self, age: float) -> Iterator[Due]:
        """Take the jobs that have ended by an age."""
        return _pop(self.ends, age)

    def event_ages(self, age: float) -> list[float]:
        """Return the ages after an age at which an event is due."""
        return [due.age for due in self.events if due.age > age]

    def next_age(self) -> float | None:
        """Return the age at which something is due next; None if nothing is."""
        return min((heap[0].age for heap in (self.events, self.ends) if heap), default=None)


def _pop(heap: list[Due], age: float) -> Iterator[Due]:
    while heap and heap[0].age <= age:
        yield heapq.heappop(heap)
