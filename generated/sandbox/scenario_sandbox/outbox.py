"""The events of jobs: made for the webhook endpoints that want them, and delivered when they are due by the sandbox's clock."""

import asyncio
from contextlib import suppress
from typing import Any

from .clock import Clock
from .delivery import Delivery, log_event, logged_errors
from .facts import CREATED_EVENT, EventType
from .faults import Faults
from .ids import new_id
from .jobs import Job, show_job
from .lifecycle import DIGITS, Step
from .posting import NO_RESPONSE
from .schedule import Schedule
from .store import Store
from .webhooks import EVENTS_BY_ENDING, WebhookEndpoint, WebhookEvent


class Outbox:
    """Makes the events of jobs, and delivers each when it is due."""

    def __init__(self, store: Store, clock: Clock, faults: Faults) -> None:
        self.store = store
        self.clock = clock
        self.faults = faults
        self.schedule = Schedule()
        self.delivery = Delivery(store, self._retry)
        self.is_changed = asyncio.Event()
        clock.on_change = self._announce_ends
        for job in store.newest(Job):  # of an earlier run; what was due in between is not sent
            if not job.has_ended(clock.now()):
                self._add_job(job)

    def ages(self, now: float) -> list[float]:
        """Return the ages after `now` at which an event is sent."""
        return self.schedule.event_ages(now)

    def announce(self, job: Job) -> None:
        """Announce that a job was created."""
        self._make_events(CREATED_EVENT, job, job.lifecycle.steps[0])
        self._add_job(job)

    def announce_end(self, job: Job) -> None:
        """Announce that a job has ended, unless this was done."""
        if job.end and self.schedule.end_job(job.id):
            age = self._make_events(EVENTS_BY_ENDING[job.end.status], job, job.end)
            self.schedule.release_events(job.id, age)
            self.is_changed.set()

    async def run(self) -> None:
        """Deliver what is due, until it is canceled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._announce_ends()
                self.is_changed.clear()
                for due in self.schedule.pop_events(self.clock.now()):
                    self.delivery.begin(due, group)
                await self._wait()

    def _add_job(self, job: Job) -> None:
        self.schedule.add_job(job.id, job.end.age if job.end else None)
        self.is_changed.set()

    def _announce_ends(self) -> None:
        """Announce the end of each job that has ended by now: as soon as the clock is set, so that the next step knows what is due."""
        for due in self.schedule.pop_ends(self.clock.now()):
            with logged_errors():
                if job := self.store.get(Job, due.id):
                    self.announce_end(job)
        self.is_changed.set()

    def _make_events(self, kind: EventType, job: Job, step: Step) -> float:
        """Make an event for each endpoint that wants it; return the age at which the last one is due."""
        endpoints = [one for one in self.store.newest(WebhookEndpoint) if one.wants(job.project, kind)]
        shown = show_job(job, self.clock.now(), self.clock.time_of_step) if endpoints else {}
        return max([self._make_event(kind, job, step, shown, one) for one in endpoints[::-1]], default=0.0)

    def _make_event(
        self, kind: EventType, job: Job, step: Step, shown: dict[str, Any], endpoint: WebhookEndpoint
    ) -> float:
        """Make an event, and schedule it as faults have it; return the age at which it is due."""
        event = WebhookEvent(
            id=new_id("event_"),
            created=self.clock.time_of_step(step),
            endpoint=endpoint.id,
            type=kind,
            job=job.id,
            payload={"job": shown},  # inferred: no documentation shows a payload
        )
        self.store.put(event)
        faults = [switch.strike() for switch in self.faults.pick_for_event(kind)]
        struck = {fault.kind: fault.wait for fault in faults}
        age = round(step.age + struck.get("event-late", 0.0), DIGITS)
        if "event-lost" in struck:
            log_event(event, endpoint, struck, NO_RESPONSE)
        elif "event-out-of-order" in struck:
            self.schedule.hold_event(event.id, age, struck, job.id)
        else:
            self.schedule.add_event(event.id, age, struck)
        self.is_changed.set()
        return age

    def _retry(self, event: WebhookEvent, seconds: float) -> None:
        self.schedule.add_event(event.id, round(self.clock.now() + seconds, DIGITS), {})
        self.is_changed.set()

    async def _wait(self) -> None:
        """Wait until something is due, or the clock or the schedule has changed."""
        speed, seconds = self.clock.speed, None
        age = self.schedule.next_age()
        if age is not None and speed:
            seconds = max(0.0, age - self.clock.now()) / speed
        with suppress(TimeoutError):
            await asyncio.wait_for(self.is_changed.wait(), seconds)
