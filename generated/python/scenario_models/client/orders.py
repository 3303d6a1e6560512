"""Orders: a request as it is sent, and when that was."""

import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from .clock import Deadline, Moment
from .errors import SubmissionUnknown
from .facts import JobFacts


@dataclass(frozen=True)
class Order:
    """A request as it is sent: JSON, its files in their place."""

    model_id: str
    content: bytes

    @property
    def path(self) -> str:
        """Where to send it."""
        return f"/generate/custom/{self.model_id}"

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON as the service reads it."""
        body: dict[str, Any] = json.loads(self.content)
        return body

    @cached_property
    def told(self) -> tuple[Any, dict[str, Any]]:
        """The model and the input that its job will name: the service puts both into one object, a `modelId` of the body, too."""
        body = dict(self.body)
        return body.pop("modelId", self.model_id), body

    def is_of(self, job: JobFacts) -> bool:
        """Tell whether a job runs just this."""
        return (job.model_id, job.input) == self.told

    def may_be_of(self, job: JobFacts) -> bool:
        """Tell whether a job may run this: the service may have filled in defaults, or not say what it runs."""
        model, body = self.told
        if job.model_id not in ("", model):
            return False
        sent = job.input
        return sent is None or all(sent.get(name) == value for name, value in body.items())


@dataclass(frozen=True)
class Sent:
    """When an order was sent: first, and the last moment at which it may have left; and how often no job came of it."""

    first: Moment = field(default_factory=Moment)
    last: Moment = field(default_factory=Moment)
    losses: int = 0

    def again(self) -> "Sent":
        """Say that it may have left until now."""
        return replace(self, last=Moment())


OnJob = Callable[[JobFacts], None]
OnSent = Callable[[Sent], Awaitable[None]]


async def ignore(_: Sent) -> None:
    """Do nothing."""


@dataclass
class Submission:
    """An order on its way. `on_sent` is called before each sending, and `on_job` as soon as there is a job."""

    order: Order
    deadline: Deadline
    on_job: OnJob
    on_sent: OnSent = ignore
    sent: Sent = field(default_factory=Sent)

    async def leave(self) -> None:
        """Note that it leaves now."""
        self.sent = self.sent.again()
        await self.on_sent(self.sent)

    def unknown(self, why: str, date: str = "", candidates: Collection[str] = ()) -> SubmissionUnknown:
        """Say that it cannot be known whether there is a job."""
        return SubmissionUnknown(self.order.model_id, self.order.body, date, tuple(candidates), why)
