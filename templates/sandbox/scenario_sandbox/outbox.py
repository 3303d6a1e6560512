"""The events of jobs: each is sent to the webhook endpoints that want it, when it is due by the sandbox's clock."""

import asyncio
import heapq
import json
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from sqlite3 import DatabaseError
from typing import Any
from urllib.parse import urlsplit

from .clock import Clock, now_in_milliseconds
from .facts import CREATED_EVENT, DELIVERED, RETRYING, UNDELIVERED, EventStatus, EventType
from .faults import FaultKind, Faults
from .ids import new_id
from .jobs import Job, show_job
from .lifecycle import DIGITS, Step
from .posting import NO_RESPONSE, post
from .store import Store
from .webhooks import EVENTS_BY_ENDING, WebhookEndpoint, WebhookEvent

log = logging.getLogger("scenario_sandbox")

RETRIES = (1.0, 5.0, 25.0)  # seconds by the sandbox's clock until an event is sent again; invented
AT_ONCE = 100  # events on their way
GOOD = range(200, 300)


@dataclass(frozen=True, order=True)
class Due:
    """An event or the end of a job, by its id, and the age of the sandbox at which it is due; `number` keeps what is due at once in order."""

    age: float
    number: int
    id: str = field(compare=False)
    struck: dict[FaultKind, float] = field(compare=False, default_factory=dict)


class Outbox:
    """The events that are still to be sent, and the jobs whose ends are still to be told."""

    def __init__(self, store: Store, clock: Clock, faults: Faults) -> None:
        self.store = store
        self.clock = clock
        self.faults = faults
        self.numbers = count()
        self.waiting: list[Due] = []  # a heap of events
        self.ends: list[Due] = []  # a heap of jobs
        self.unfinished: set[str] = set()  # jobs
        self.held: dict[str, list[Due]] = {}  # by job: until its end is told
        self.last: dict[
            tuple[str, str], asyncio.Task[None]
        ] = {}  # by endpoint and job: they are sent in order
        self.room = asyncio.Semaphore(AT_ONCE)
        self.is_changed = asyncio.Event()
        clock.on_change = self._tell_ends
        for job in store.newest(Job):  # of an earlier run; what was due in between is not sent
            if not job.has_ended(clock.now()):
                self._watch(job)

    def ages(self, now: float) -> list[float]:
        """Return the ages after `now` at which an event is sent."""
        return [due.age for due in self.waiting if due.age > now]

    def announce(self, job: Job) -> None:
        """Tell that a job was created."""
        self._tell(CREATED_EVENT, job, job.lifecycle.steps[0])
        self._watch(job)

    def announce_end(self, job: Job) -> None:
        """Tell that a job has ended, unless this was told."""
        if not job.end or job.id not in self.unfinished:
            return
        self.unfinished.remove(job.id)
        age = self._tell(EVENTS_BY_ENDING[job.end.status], job, job.end)
        for held in self.held.pop(job.id, []):
            self._push(replace(held, age=max(age, held.age), number=next(self.numbers)))

    async def run(self) -> None:
        """Send what is due, until it is canceled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._tell_ends()
                self.is_changed.clear()
                for due in self._pop(self.waiting):
                    if event := self.store.get(WebhookEvent, due.id):
                        self._send(event, due, group)
                await self._wait()

    def _watch(self, job: Job) -> None:
        self.unfinished.add(job.id)
        if job.end:
            heapq.heappush(self.ends, Due(job.end.age, next(self.numbers), job.id))
            self.is_changed.set()

    def _tell_ends(self) -> None:
        """Tell of each job that has ended by now: as soon as the clock is set, so that the next step knows what is due."""
        for due in self._pop(self.ends):
            with _logged_errors():
                if job := self.store.get(Job, due.id):
                    self.announce_end(job)
        self.is_changed.set()

    def _pop(self, heap: list[Due]) -> Iterator[Due]:
        """Take what is due by now."""
        now = self.clock.now()
        while heap and heap[0].age <= now:
            yield heapq.heappop(heap)

    def _push(self, due: Due) -> None:
        heapq.heappush(self.waiting, due)
        self.is_changed.set()

    def _tell(self, kind: EventType, job: Job, step: Step) -> float:
        """Make an event for each endpoint that wants it; return the age at which the last one is due."""
        endpoints = [one for one in self.store.newest(WebhookEndpoint) if one.wants(job.project, kind)]
        shown = show_job(job, self.clock.now(), self.clock.time_of_step) if endpoints else {}
        return max([self._make(kind, job, step, shown, one) for one in endpoints[::-1]], default=0.0)

    def _make(
        self, kind: EventType, job: Job, step: Step, shown: dict[str, Any], endpoint: WebhookEndpoint
    ) -> float:
        event = WebhookEvent(
            id=new_id("event_"),
            created=self.clock.time_of_step(step),
            endpoint=endpoint.id,
            type=kind,
            job=job.id,
            payload={"job": shown},  # inferred: no documentation shows a payload
        )
        self.store.put(event)
        struck = self.faults.strike_event(kind)
        age = round(step.age + struck.get("event-late", 0.0), DIGITS)
        due = Due(age, next(self.numbers), event.id, struck)
        if "event-lost" in struck:
            _log(event, endpoint, struck, NO_RESPONSE)
        elif "event-out-of-order" in struck:
            self.held.setdefault(job.id, []).append(due)
        else:
            self._push(due)
        return due.age

    def _send(self, event: WebhookEvent, due: Due, group: asyncio.TaskGroup) -> None:
        """Begin to send an event: after those of its job that are on their way to the same endpoint."""
        lane = (event.endpoint, event.job)
        task = group.create_task(self._deliver(due, self.last.get(lane)))
        self.last[lane] = task
        task.add_done_callback(lambda _: self.last.pop(lane) if self.last.get(lane) is task else None)

    async def _wait(self) -> None:
        """Wait until something is due, or the clock or what waits has changed."""
        speed, seconds = self.clock.speed, None
        ages = [heap[0].age for heap in (self.waiting, self.ends) if heap]
        if ages and speed:
            seconds = max(0.0, min(ages) - self.clock.now()) / speed
        with suppress(TimeoutError):
            await asyncio.wait_for(self.is_changed.wait(), seconds)

    async def _deliver(self, due: Due, before: asyncio.Task[None] | None) -> None:
        """Send an event once those before it were sent; send it again later if its receiver does not accept it."""
        if before:
            await asyncio.wait((before,))
        with _logged_errors():
            for _ in range(2 if "event-twice" in due.struck else 1):
                event = await self._attempt(due)
            if event and event.status == RETRYING:
                age = round(self.clock.now() + RETRIES[len(event.attempts) - 1], DIGITS)
                self._push(Due(age, next(self.numbers), event.id))

    async def _attempt(self, due: Due) -> WebhookEvent | None:
        """Send an event, and note the status of the response; None if its endpoint is gone or disabled."""
        event = self.store.get(WebhookEvent, due.id)
        endpoint = event and self.store.get(WebhookEndpoint, event.endpoint)
        if not event or not endpoint or not endpoint.is_enabled:
            return None
        async with self.room:
            sent = now_in_milliseconds()
            status = await post(endpoint.url, json.dumps(event.body).encode())
        _log(event, endpoint, due.struck, status)
        return self._note(event, sent, status)

    def _note(self, event: WebhookEvent, sent: float, status: int) -> WebhookEvent:
        """Save an attempt with the event, and count it with its endpoint."""
        is_good = status in GOOD
        attempts = [*event.attempts, (sent, status)]
        outcome: EventStatus = RETRYING if len(attempts) <= len(RETRIES) else UNDELIVERED
        event = replace(
            event, attempts=attempts, status=DELIVERED if is_good or event.status == DELIVERED else outcome
        )
        with self.store.transaction():
            self.store.put(event)
            if endpoint := self.store.get(WebhookEndpoint, event.endpoint):  # as it is by now
                failed = endpoint.failed_calls + (not is_good)
                self.store.put(replace(endpoint, calls=endpoint.calls + 1, failed_calls=failed))
        return event


def _log(event: WebhookEvent, endpoint: WebhookEndpoint, struck: Collection[str], status: int) -> None:
    """Log an event as requests are logged, without the path of the URL: it may hold a secret."""
    parts = urlsplit(endpoint.url)
    shown = "".join(f" [{kind}]" for kind in struck)
    log.info("EVENT %s %s://%s %s%s", event.type, parts.scheme, parts.netloc, status or "-", shown)


@contextmanager
def _logged_errors() -> Iterator[None]:
    """Log that the state cannot be saved, for example because the disk is full: nobody waits for a response."""
    try:
        yield
    except DatabaseError as error:
        log.error("The sandbox cannot save its state: %s", error)  # noqa: TRY400 - the trace says no more
