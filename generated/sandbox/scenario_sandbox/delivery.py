"""The delivery of events to webhook endpoints: those of one job in order, each again until its endpoint accepts it or enough was tried."""

import asyncio
import json
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from sqlite3 import DatabaseError
from urllib.parse import urlsplit

from .clock import now_in_milliseconds
from .facts import DELIVERED, RETRYING, UNDELIVERED, EventStatus
from .posting import post
from .schedule import Due
from .store import Store
from .webhooks import WebhookEndpoint, WebhookEvent

log = logging.getLogger("scenario_sandbox")

RETRIES = (1.0, 5.0, 25.0)  # seconds by the sandbox's clock until an event is sent again; invented
AT_ONCE = 100  # events on their way
GOOD = range(200, 300)


class Delivery:
    """What is on its way. `retry` is called with an event that was not accepted, and the seconds until it is to be sent again."""

    def __init__(self, store: Store, retry: Callable[[WebhookEvent, float], None]) -> None:
        self.store = store
        self.retry = retry
        self.last: dict[tuple[str, str], asyncio.Task[None]] = {}  # by endpoint and job
        self.room = asyncio.Semaphore(AT_ONCE)

    def begin(self, due: Due, group: asyncio.TaskGroup) -> None:
        """Begin to deliver an event: after those of its job that are on their way to the same endpoint."""
        event = self.store.get(WebhookEvent, due.id)
        if not event:
            return
        lane = (event.endpoint, event.job)
        task = group.create_task(self._deliver(due, self.last.get(lane)))
        self.last[lane] = task
        task.add_done_callback(lambda _: self.last.pop(lane) if self.last.get(lane) is task else None)

    async def _deliver(self, due: Due, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait((before,))
        with logged_errors():
            for _ in range(2 if "event-twice" in due.struck else 1):
                event = await self._post(due)
            if event and event.status == RETRYING:
                self.retry(event, RETRIES[len(event.attempts) - 1])

    async def _post(self, due: Due) -> WebhookEvent | None:
        """Post an event, and save the attempt; return the event, None if its endpoint is gone or disabled."""
        event = self.store.get(WebhookEvent, due.id)
        endpoint = event and self.store.get(WebhookEndpoint, event.endpoint)
        if not event or not endpoint or not endpoint.is_enabled:
            return None
        async with self.room:
            sent = now_in_milliseconds()
            status = await post(endpoint.url, json.dumps(event.body).encode())
        log_event(event, endpoint, due.struck, status)
        return self._save(event, sent, status)

    def _save(self, event: WebhookEvent, sent: float, status: int) -> WebhookEvent:
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


def log_event(event: WebhookEvent, endpoint: WebhookEndpoint, struck: Collection[str], status: int) -> None:
    """Log an event as requests are logged, without the path of the URL: it may hold a secret."""
    parts = urlsplit(endpoint.url)
    shown = "".join(f" [{kind}]" for kind in struck)
    log.info("EVENT %s %s://%s %s%s", event.type, parts.scheme, parts.netloc, status or "-", shown)


@contextmanager
def logged_errors() -> Iterator[None]:
    """Log that the state cannot be saved, for example because the disk is full: nobody waits for a response."""
    try:
        yield
    except DatabaseError as error:
        log.error("The sandbox cannot save its state: %s", error)  # noqa: TRY400 - the trace says no more
