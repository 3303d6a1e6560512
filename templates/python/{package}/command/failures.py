"""What went wrong in the client or the service, for people and for programs, and the exit codes for it."""

import argparse
import shlex
import sys
from typing import Any

from ..client.errors import (
    ClientError,
    InvalidRequest,
    JobCanceled,
    JobError,
    JobFailed,
    JobNote,
    JobTimeout,
    NoKey,
    NotSubmitted,
    SubmissionUnknown,
)
from ..client.facts import JobFacts
from ..vendor import PACKAGE

CODES: dict[tuple[type[BaseException], ...], int] = {
    (NoKey,): 2,
    (JobTimeout, NotSubmitted): 3,
    (SubmissionUnknown,): 4,
}
FACTS = ("model_id", "job_id", "reason", "hint", "since", "candidates")  # attributes of errors


def write_command(job_id: str, options: argparse.Namespace) -> str:
    """Write the command that takes a job up, and does with it what was asked for."""
    folder = getattr(options, "download", None)
    asked = [f"--{name}" for name in ("json", "quiet") if getattr(options, name, False)]
    return shlex.join([PACKAGE, "job", job_id, "--wait", *(["--download", str(folder)] if folder else []), *asked])


def describe_failure(error: BaseException, options: argparse.Namespace) -> str | None:
    """Describe an error of the client or the service; None for any other."""
    if isinstance(error, JobTimeout):
        return f"timed out; the job is still running and may be billed: {write_command(error.job_id, options)}"
    if isinstance(error, InvalidRequest):
        return error.describe("--any-kind")
    if isinstance(error, SubmissionUnknown):
        return error.describe(f"{PACKAGE} jobs", write_command("ID", options))
    if (status := _status_of(error)) is not None:
        body = _body_of(error)
        reason = next((body[name] for name in ("reason", "message", "error") if body.get(name)), "")
        return f"the service responded with status {status}{': ' if reason else ''}{reason}"
    return str(error) if isinstance(error, ClientError) or _is_of_sdk(error) else None


def describe_note(note: str, options: argparse.Namespace) -> str:
    """Describe what is known beside an error: of a job, how to take it up."""
    return f"{note.known}; to get its result: {write_command(note.job_id, options)}" if isinstance(note, JobNote) else note


def list_facts(error: BaseException, options: argparse.Namespace) -> dict[str, Any]:
    """List what programs may want to know of an error, and the command that takes its job up if it has not ended."""
    facts = {name: value for name in FACTS if (value := getattr(error, name, None))}
    if isinstance(error, JobError):
        facts["job"] = {name: getattr(error.job, name) for name in JobFacts.__dataclass_fields__}
    if (status := _status_of(error)) is not None:
        facts |= {"status": status, "body": _body_of(error)}
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, JobNote):
            facts["job_id"] = note.job_id
    if facts.get("job_id") and not isinstance(error, JobFailed | JobCanceled):
        facts["command"] = write_command(facts["job_id"], options)
    return facts


def _status_of(error: BaseException) -> int | None:
    if "scenario_sdk" not in sys.modules:
        return None
    from scenario_sdk import APIStatusError

    return error.status_code if isinstance(error, APIStatusError) else None


def _body_of(error: BaseException) -> dict[str, Any]:
    body = getattr(error, "body", None)
    return body if isinstance(body, dict) else {}


def _is_of_sdk(error: BaseException) -> bool:
    if "scenario_sdk" not in sys.modules:  # it takes some time to load
        return False
    from scenario_sdk import APIError

    return isinstance(error, APIError)
