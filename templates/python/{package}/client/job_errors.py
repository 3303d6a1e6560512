"""Why a job has no result."""

from typing import ClassVar

from .errors import ClientError
from .facts import JobFacts


class JobError(ClientError):
    """A job has no result. `job` is the job as the client last saw it."""

    knows: ClassVar[tuple[str, ...]] = ("job",)

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
