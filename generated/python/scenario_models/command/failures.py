"""What went wrong in the client or the service, for people and for programs, and the exit codes for it."""

import argparse
import shlex
from typing import Any

from ..client.errors import ClientError, InvalidRequest, JobNote, NoKey, NotSubmitted, SubmissionUnknown
from ..client.job_errors import JobCanceled, JobFailed, JobTimeout
from ..vendor import PACKAGE

CODES: dict[tuple[type[BaseException], ...], int] = {
    (NoKey,): 2,
    (JobTimeout, NotSubmitted): 3,
    (SubmissionUnknown,): 4,
}


def write_command(job_id: str, options: argparse.Namespace) -> str:
    """Write the command that takes a job up, and does with it what was asked for."""
    folder = getattr(options, "download", None)
    asked = [f"--{name}" for name in ("json", "quiet") if getattr(options, name, False)]
    return shlex.join(
        [PACKAGE, "job", job_id, "--wait", *(["--download", str(folder)] if folder else []), *asked]
    )


def describe_failure(error: BaseException, options: argparse.Namespace) -> str | None:
    """Describe an error of the client or the service; None for any other."""
    if isinstance(error, JobTimeout):
        return (
            f"timed out; the job is still running and may be billed: {write_command(error.job_id, options)}"
        )
    if isinstance(error, InvalidRequest):
        return error.describe("--any-kind")
    if isinstance(error, SubmissionUnknown):
        return error.describe(f"{PACKAGE} jobs", write_command("ID", options))
    return str(error) if isinstance(error, ClientError) else None


def describe_note(note: str, options: argparse.Namespace) -> str:
    """Describe what is known beside an error: of a job, how to take it up."""
    return (
        f"{note.known}; to get its result: {write_command(note.job_id, options)}"
        if isinstance(note, JobNote)
        else note
    )


def list_facts(error: BaseException, options: argparse.Namespace) -> dict[str, Any]:
    """List the job of an error, also of one with a note on it, and the command that takes it up if it may not have ended."""
    noted = [note.job_id for note in getattr(error, "__notes__", ()) if isinstance(note, JobNote)]
    job_id = getattr(error, "job_id", "") or (noted[-1] if noted else "")
    if not job_id:
        return {}
    has_ended = isinstance(error, JobFailed | JobCanceled)
    return {"job_id": job_id, **({} if has_ended else {"command": write_command(job_id, options)})}
