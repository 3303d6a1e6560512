"""What went wrong in the client or the service, for people, and the exit codes for it."""

from ..client.errors import ClientError, InvalidRequest, NoKey, NotSubmitted, SubmissionUnknown
from ..client.job_errors import JobTimeout
from ..vendor import PACKAGE

CODES: dict[tuple[type[BaseException], ...], int] = {
    (NoKey,): 2,
    (JobTimeout, NotSubmitted): 3,
    (SubmissionUnknown,): 4,
}


def describe_failure(error: BaseException) -> str | None:
    """Describe an error of the client or the service; None for any other."""
    from scenario_sdk import APIConnectionError, APIStatusError

    if isinstance(error, JobTimeout):
        return f"timed out; the job is still running and may be billed: {PACKAGE} job {error.job_id} --wait"
    if isinstance(error, InvalidRequest):
        return error.describe("--any-kind")
    if isinstance(error, APIStatusError):
        body = error.body if isinstance(error.body, dict) else {}
        reason = next((body[name] for name in ("reason", "message", "error") if body.get(name)), "")
        return f"the service responded with status {error.status_code}{': ' if reason else ''}{reason}"
    return str(error) if isinstance(error, APIConnectionError | ClientError) else None
