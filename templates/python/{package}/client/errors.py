"""All that can go wrong when a model is run: the errors of a client, which pickle and turn to JSON. Those of the API stand in `api_errors`."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from ..display import show_name
from ..problems import Problem
from ..vendor import PACKAGE, UNITS

MAX_PROBLEMS = 20  # problems in the message of an error


class ClientError(Exception):
    """Something went wrong while a model was run: the base of all such errors, also of those of the API."""

    knows: ClassVar[tuple[str, ...]] = ()
    """The names of what it knows besides its message: its attributes, which its class takes as arguments."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON: the name of its class, its message, its notes, and what else it knows."""
        known = {name: _as_json(getattr(self, name)) for name in self.knows}
        notes = [str(note) for note in getattr(self, "__notes__", ())]
        return {"type": type(self).__name__, "message": str(self), **known, "notes": notes}


class NoClient(ClientError):
    """A job or an asset has no client here, because it was unpickled or made of facts. The message says how to get one that has."""


class JobNote(str):  # noqa: SLOT000 - it has attributes of its own
    """A note on an error: `job_id` was submitted, and what is `known` of it. As a text, it also says how to get its result in Python."""

    job_id: str
    known: str

    def __new__(cls, job_id: str, known: str) -> Self:
        """Write the text."""
        note = super().__new__(cls, f"{known}; client.job({job_id!r}).wait() gives its result")
        note.job_id, note.known = job_id, known
        return note

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override] # of a str it has one
        return self.job_id, self.known


class Unreadable(ClientError):
    """A response of the service is not what the API documents."""


class InvalidEvent(ClientError, ValueError):
    """What was posted to a webhook is no event."""


class TransientError(ClientError):
    """A failure that a retry may cure, as `why` says. After the last retry another error is raised instead."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NoKey(ClientError):
    """There is no API key, or it cannot be sent. Nothing was sent."""


class InvalidSetting(ClientError, ValueError):
    """An argument of a client, or the variable in its place, has a wrong value. Nothing was sent."""


class InvalidUrl(InvalidSetting):
    """`base_url`, or the variable in its place, is not the URL of an API. Nothing was sent."""


class ClientClosed(ClientError):
    """The client is closed. Nothing was sent."""

    def __str__(self) -> str:
        return "the client is closed"


class InvalidRequest(ClientError, ValueError):
    """A request breaks the rules of its model, as `problems` say. Nothing was sent."""

    knows: ClassVar[tuple[str, ...]] = ("model_id", "problems")

    def __init__(self, model_id: str, problems: Sequence[Problem]) -> None:
        super().__init__(model_id, problems)
        self.model_id = model_id
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        return self.describe("AnyKind(file)")

    def describe(self, any_kind: str) -> str:
        """Describe the problems; `any_kind` is how to send a file of another kind all the same."""
        shown = self.problems[:MAX_PROBLEMS]
        found = [f"{show_name(problem.pointer) or '/'}: {problem.message}" for problem in shown]
        more = len(self.problems) - len(found)
        hint = f"; to send it all the same: {any_kind}" if any(one.code == "kind" for one in self.problems) else ""
        return f"{show_name(self.model_id)}: {'; '.join(found)}{f'; and {more} more' if more else ''}{hint}"


class FileRefused(ClientError, ValueError):
    """A file cannot be sent: it is missing, empty or unreadable, or changed while it was read. Nothing was submitted."""


class UploadFailed(ClientError):
    """A file could not be uploaded. Nothing was submitted or billed."""


class NotSubmitted(ClientError, TimeoutError):
    """The timeout ended before the request was submitted. Nothing was billed."""


class MaxCostExceeded(ClientError):
    """A request was not submitted, since the batch would cost more than `max_cost`. Nothing was billed.

    `cost` is what the request would cost, `promised` what the others cost that were submitted; in creative units.
    """

    knows: ClassVar[tuple[str, ...]] = ("model_id", "cost", "promised", "max_cost")

    def __init__(self, model_id: str, cost: float, promised: float, max_cost: float) -> None:
        super().__init__(model_id, cost, promised, max_cost)
        self.model_id = model_id
        self.cost = cost
        self.promised = promised
        self.max_cost = max_cost

    def __str__(self) -> str:
        return (
            f"{self.model_id} was not submitted: it would cost {self.cost:g} {UNITS}, and {self.promised:g} of at most "
            f"{self.max_cost:g} are spent"
        )


class SubmissionUnknown(ClientError):
    """The response to a paid request was lost, and it is unknown whether its job exists. To submit it again may pay twice.

    `since`: the service's time (ISO 8601) after which the job would have been created; empty if that is unknown, too.
    `candidates`: ids of jobs that may be the one. `body`: the JSON that was sent. `why`: what happened.
    """

    knows: ClassVar[tuple[str, ...]] = ("model_id", "body", "since", "candidates", "why")

    def __init__(
        self, model_id: str, body: dict[str, Any], since: str, candidates: Sequence[str], why: str
    ) -> None:
        super().__init__(model_id, body, since, candidates, why)
        self.model_id = model_id
        self.body = body
        self.since = since
        self.candidates: tuple[str, ...] = tuple(candidates)
        self.why = why

    def __repr__(self) -> str:
        return f"SubmissionUnknown({self.model_id!r})"

    def __str__(self) -> str:
        return self.describe(f"client.jobs() or {PACKAGE} jobs", "client.job(ID).wait()")

    def describe(self, jobs: str, wait: str) -> str:
        """Describe it; `jobs` is how to list jobs, and `wait` how to get the result of one."""
        created = f"created after {self.since}" if self.since else "created just now"
        named = f" (perhaps {' or '.join(self.candidates)})" if self.candidates else ""
        return (
            f"it is unknown whether {self.model_id} was submitted: {self.why}. Before you submit it again, look for its job "
            f"for a few minutes, with {jobs}: a job of this model, {created}{named}. "
            f"If you find it, {wait} gives its result"
        )


class DownloadFailed(ClientError):
    """The file of an asset could not be downloaded. The asset still exists; no file was written."""


class JournalError(ClientError):
    """A journal cannot be used: it is damaged, in use, of another version, or cannot be written."""


def _as_json(value: Any) -> Any:
    if isinstance(value, Problem):
        return value._asdict()
    if isinstance(value, tuple):
        return [_as_json(one) for one in value]
    return value.to_dict() if hasattr(value, "to_dict") else value
