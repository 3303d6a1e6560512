"""Orders: a request as it is sent, and when it was sent."""

import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ..vendor import RUN
from .clock import Deadline, Moment
from .errors import SubmissionUnknown
from .facts import JobFacts


@dataclass(frozen=True)
class Order:
    """A request as it is sent: JSON, with the ids of its uploaded files. `cost`: in creative units, where that was asked before.

    `project_id`: the project that owns its job, empty if the service chooses.
    """

    model_id: str
    content: bytes
    cost: float | None = field(default=None, compare=False)
    project_id: str = ""

    @property
    def path(self) -> str:
        """The path of the API that runs it."""
        return RUN.format(id=self.model_id)

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON, parsed."""
        body: dict[str, Any] = json.loads(self.content)
        return body

    @cached_property
    def shown(self) -> tuple[Any, dict[str, Any]]:
        """The model and the input that its job will show. The service shows both in one object, where a `modelId` of the body wins."""
        body = dict(self.body)
        return body.pop("modelId", self.model_id), body

    def is_of(self, job: JobFacts) -> bool:
        """Tell whether a job has exactly this model and input."""
        return (job.model_id, job.input) == self.shown

    def may_be_of(self, job: JobFacts) -> bool:
        """Tell whether a job may belong to this: the service may have added defaults, or may not show the input."""
        model, body = self.shown
        if job.model_id not in ("", model):
            return False
        sent = job.input
        return sent is None or all(sent.get(name) == value for name, value in body.items())


@dataclass(frozen=True)
class SendRecord:
    """When an order was first sent, the last moment at which it may have been sent, and how often it was sent without becoming a job."""

    first: Moment = field(default_factory=Moment)
    last: Moment = field(default_factory=Moment)
    losses: int = 0

    def until_now(self) -> "SendRecord":
        """Return the record of an order that may have been sent up to now."""
        return replace(self, last=Moment())


OnJob = Callable[[JobFacts], None]
OnSend = Callable[[SendRecord], Awaitable[None]]


async def ignore(_: SendRecord) -> None:
    """Do nothing: without a journal, there is nothing to note."""


@dataclass
class Submission:
    """An order being submitted. `on_send` is called before each attempt to send it, `on_job` as soon as its job is known."""

    order: Order
    deadline: Deadline
    on_job: OnJob
    on_send: OnSend = ignore
    sent: SendRecord = field(default_factory=SendRecord)

    async def note_sending(self) -> None:
        """Note that it is sent now."""
        self.sent = self.sent.until_now()
        await self.on_send(self.sent)

    def make_unknown(self, why: str, date: str = "", candidates: Collection[str] = ()) -> SubmissionUnknown:
        """Make the error that says that it is unknown whether there is a job; `date` as its `since`."""
        return SubmissionUnknown(self.order.model_id, self.order.body, date, tuple(candidates), why)
