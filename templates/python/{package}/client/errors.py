"""The errors of a client. What the API itself refuses is raised as an error of `scenario_sdk`."""

from collections.abc import Sequence
from typing import Any

from ..display import show_name
from ..problems import Problem
from .facts import JobFacts

MAX_SHOWN = 20  # problems in the message of an error


class ClientError(Exception):
    """Something went wrong while a model was run."""


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


class InvalidUrl(ClientError, ValueError):
    """`base_url`, or the variable in its place, is not the URL of an API. Nothing was sent."""


class ClientClosed(ClientError):
    """The client is closed. Nothing was sent."""

    def __str__(self) -> str:
        return "the client is closed"


class InvalidRequest(ClientError, ValueError):
    """A request breaks the rules of its model, as `problems` say. Nothing was sent."""

    def __init__(self, model_id: str, problems: Sequence[Problem]) -> None:
        super().__init__(model_id, problems)
        self.model_id = model_id
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return self.describe("AnyKind(file)")

    def describe(self, any_kind: str) -> str:
        """Describe the problems; `any_kind` is how to send a file of another kind all the same."""
        shown = self.problems[:MAX_SHOWN]
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


class SubmissionUnknown(ClientError):
    """The response to a paid request was lost, and it is unknown whether its job exists. To submit it again may pay twice.

    `since`: the service's time (ISO 8601) after which the job would have been created; empty if that is unknown, too.
    `candidates`: ids of jobs that may be the one. `body`: the JSON that was sent. `why`: what happened.
    """

    def __init__(
        self, model_id: str, body: dict[str, Any], since: str, candidates: Sequence[str], why: str
    ) -> None:
        super().__init__(model_id, body, since, candidates, why)
        self.model_id = model_id
        self.body = body
        self.since = since
        self.candidates = tuple(candidates)
        self.why = why

    def __repr__(self) -> str:
        return f"SubmissionUnknown({self.model_id!r})"

    def __str__(self) -> str:
        created = f"created after {self.since}" if self.since else "created just now"
        named = f" (perhaps {' or '.join(self.candidates)})" if self.candidates else ""
        return (
            f"it is unknown whether {self.model_id} was submitted: {self.why}. Before you submit it again, look for its job "
            f"for a few minutes, with client.jobs() or scenario-models jobs: a job of this model, {created}{named}. "
            "If you find it, client.job(ID).wait() gives its result"
        )


class JobError(ClientError):
    """A job has no result. `job` is the job as the client last saw it."""

    def __init__(self, job: JobFacts) -> None:
        super().__init__(job)
        self.job = job

    @property
    def job_id(self) -> str:
        """The id of the job."""
        return self.job.id


class JobFailed(JobError):
    """A job failed. `reason` and `hint` are the service's words, and empty where it gives none."""

    @property
    def reason(self) -> str:
        """Why it failed."""
        return self.job.reason

    @property
    def hint(self) -> str:
        """What to do about it."""
        return self.job.hint

    def __str__(self) -> str:
        said = ". ".join(text.rstrip(".") for text in (self.reason, self.hint) if text)
        return f"job {self.job_id} failed: {said or 'the service does not say why'}"


class JobCanceled(JobError):
    """A job was canceled."""

    def __str__(self) -> str:
        return f"job {self.job_id} was canceled"


class JobTimeout(JobError, TimeoutError):
    """The timeout ended before the job did. The job is still running and may be billed: wait for it later by its id."""

    def __str__(self) -> str:
        return f"timed out; job {self.job_id} is still running and may be billed: client.job({self.job_id!r}).wait() gives its result"


class DownloadFailed(ClientError):
    """The file of an asset could not be downloaded. The asset still exists; no file was written."""


class JournalError(ClientError):
    """A journal cannot be used: it is damaged, in use, of another version, or cannot be written."""
