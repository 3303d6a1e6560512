"""What can go wrong while a model is run. What the API itself refuses comes as an error of `scenario_sdk`."""

from collections.abc import Sequence
from typing import Any

from ..problems import Problem, show_name
from .facts import JobFacts

MOST_TOLD = 20  # problems in the message of an error


class ClientError(Exception):
    """Something went wrong while a model was run."""


class Unreadable(ClientError):
    """An answer of the service is not what the API should give."""


class TransientError(ClientError):
    """Something that may go better the next time, as `why` says. What comes of it in the end is another error."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NoKey(ClientError):
    """There is no API key, or one that cannot be sent."""


class ClientClosed(ClientError):
    """The client is closed; nothing more was sent."""

    def __str__(self) -> str:
        return "the client is closed"


class InvalidRequest(ClientError, ValueError):
    """A request breaks the rules of its model; nothing was sent."""

    def __init__(self, model_id: str, problems: Sequence[Problem]) -> None:
        super().__init__(model_id, problems)
        self.model_id = model_id
        self.problems = tuple(problems)

    def __str__(self) -> str:
        told = self.problems[:MOST_TOLD]
        found = [f"{show_name(problem.pointer) or '/'}: {problem.message}" for problem in told]
        more = len(self.problems) - len(found)
        return f"{show_name(self.model_id)}: {'; '.join(found)}{f'; and {more} more' if more else ''}"


class FileRefused(ClientError, ValueError):
    """A file cannot be sent: it is missing, empty or unreadable, or has changed while it was read. Nothing was submitted."""


class UploadFailed(ClientError):
    """A file could not be uploaded; nothing was submitted, and nothing paid."""


class NotSubmitted(ClientError, TimeoutError):
    """The time was over before anything was submitted; nothing was paid."""


class SubmissionUnknown(ClientError):
    """The answer to a paid request was lost, and it cannot be known whether its job exists.

    Submitting it again may pay twice. `since` is the server's time, ISO 8601, after which the job would have been made (empty
    if even that is unknown); `candidates` are jobs that may be it.
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
        made = f" made after {self.since}" if self.since else " made just now"
        named = f" (perhaps {' or '.join(self.candidates)})" if self.candidates else ""
        return (
            f"it is not known whether {self.model_id} was submitted: {self.why}. Before you submit it again, look for its job: "
            f"list client.jobs() or run scenario-models jobs, and look, a few minutes long, for one of this model{made}{named}. "
            "If it is there, client.job(ID).wait() takes it up"
        )


class JobError(ClientError):
    """A job has no result. `job` is the job as it was last seen."""

    def __init__(self, job: JobFacts) -> None:
        super().__init__(job)
        self.job = job

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self.job.id


class JobFailed(JobError):
    """A job has failed; `reason` and `hint` are the service's words, and empty where it gives none."""

    @property
    def reason(self) -> str:
        """Why it failed."""
        return self.job.reason

    @property
    def hint(self) -> str:
        """What to do."""
        return self.job.hint

    def __str__(self) -> str:
        said = ". ".join(text.rstrip(".") for text in (self.reason, self.hint) if text)
        return f"job {self.job_id} has failed: {said or 'the service does not say why'}"


class JobCanceled(JobError):
    """A job was canceled."""

    def __str__(self) -> str:
        return f"job {self.job_id} was canceled"


class JobTimeout(JobError, TimeoutError):
    """The time was over before a job was. It goes on, and is paid for: take it up later by its id."""

    def __str__(self) -> str:
        return f"the time was over before job {self.job_id} was, which goes on: client.job({self.job_id!r}).wait() takes it up"


class DownloadFailed(ClientError):
    """The file of an asset could not be fetched; it is still there, and nothing was written."""


class JournalError(ClientError):
    """A journal cannot be used."""
