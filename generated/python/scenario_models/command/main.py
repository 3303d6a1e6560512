"""Run the command line: its errors, and its exit codes."""

from collections.abc import Sequence

from ..client.errors import ClientError, InvalidRequest, JobTimeout, NoKey, NotSubmitted, SubmissionUnknown
from ..lookup import UnknownModel
from .arguments import parse
from .screen import show_error

DONE, FAILED = 0, 1
CODES: dict[tuple[type[BaseException], ...], int] = {
    (UnknownModel, ValueError, NoKey, RecursionError): 2,
    (JobTimeout, NotSubmitted): 3,
    (SubmissionUnknown,): 4,
    (KeyboardInterrupt,): 130,
}


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = parse(arguments)
    try:
        code: int | None = options.do(options)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if (message := _describe(error)) is None:
            raise
        show_error("\n".join([message, *getattr(error, "__notes__", [])]))
        return next((code for kinds, code in CODES.items() if isinstance(error, kinds)), FAILED)
    return code or DONE


def _describe(error: BaseException) -> str | None:
    """Describe an error of the user, the service or the machine; None for a bug of this package."""
    from scenario_sdk import APIConnectionError, APIStatusError

    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, RecursionError):
        return "the input is nested too deeply"
    if isinstance(error, JobTimeout):
        return f"timed out; the job is still running and may be billed: scenario-models job {error.job_id} --wait"
    if isinstance(error, InvalidRequest):
        return error.describe("--any-kind")
    if isinstance(error, APIStatusError):
        body = error.body if isinstance(error.body, dict) else {}
        reason = next((body[name] for name in ("reason", "message", "error") if body.get(name)), "")
        return f"the service responded with status {error.status_code}{': ' if reason else ''}{reason}"
    return (
        str(error)
        if isinstance(error, APIConnectionError | ClientError | LookupError | OSError | ValueError)
        else None
    )
