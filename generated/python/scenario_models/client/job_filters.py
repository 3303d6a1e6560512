"""Which jobs are listed: what the service is asked for, and what is looked for here. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..display import show
from ..lookup import with_prefix
from ..vendor import OVER, RUNNING, WAITING
from ..vocabulary import nearest
from .arguments import check_text, describe
from .dates import is_after, write_date
from .facts import JobFacts
from .responses import is_safe

STATUSES = (*WAITING, *RUNNING, *OVER)
EXAMPLE = "datetime.now(UTC) - timedelta(days=1), or a text such as '2026-01-31T12:00:00Z'"

Date = datetime | str
"""A moment: a datetime with a time zone, or one in ISO 8601."""


@dataclass(frozen=True)
class JobFilter:
    """The query for a page of jobs, and what each must have besides: a model, and a date of creation after this one."""

    query: dict[str, str] = field(default_factory=dict)
    model_id: str | None = None
    created_after: str | None = None

    @property
    def looks_here(self) -> bool:
        """True if a page may hold other jobs, too."""
        return self.model_id is not None or self.created_after is not None

    def choose(self, jobs: Sequence[JobFacts]) -> list[JobFacts]:
        """Choose the jobs of a page that are wanted."""
        return [
            job
            for job in jobs
            if self.model_id in (None, job.model_id)
            and (self.created_after is None or is_after(job.created_at, self.created_after))
        ]

    def explain_refusal(self) -> str:
        """Say what may be wrong with a query that the service refused; empty if the status is one that this version knows."""
        status = self.query.get("status")
        if status is None or status in STATUSES:
            return ""
        return f"the service lists no jobs with the status {show(status)}; known are {', '.join(STATUSES)}{nearest(status, STATUSES)}"


def read_job_filter(
    *,
    status: str | None = None,
    created_after: Date | None = None,
    updated_after: Date | None = None,
    model_id: str | None = None,
    type: str | None = None,  # noqa: A002 - the service's word
    workflow_id: str | None = None,
    author_id: str | None = None,
) -> JobFilter:
    """Read the filters of `jobs`.

    Raises:
        TypeError, ValueError: one is of a wrong type, or cannot be sent.

    """
    by_date_of_update = _read_words({"status": status, "type": type, "workflowId": workflow_id})
    query = by_date_of_update | _read_words({"authorId": author_id})
    check_text("model_id", model_id)
    model_id = with_prefix(model_id) if model_id else model_id
    created, updated = _read_date("created_after", created_after), _read_date("updated_after", updated_after)
    if not by_date_of_update:  # then the service sorts by the date of creation, and knows no other
        if updated:
            raise ValueError(
                "updated_after needs a status, type or workflow_id; without one, write created_after"
            )
        return JobFilter(query | ({"createdAfter": created} if created else {}), model_id)
    if latest := max(
        filter(None, (created, updated)), default=""
    ):  # what was created since was updated since
        query["updatedAfter"] = latest
    return JobFilter(query, model_id, created)


def _read_words(given: dict[str, str | None]) -> dict[str, str]:
    """Return the filters of a query that are given, each of them a word or an id."""
    found = {name: word for name, word in given.items() if word is not None}
    for name, word in found.items():
        check_text(name, word)
        if not is_safe(word):
            raise ValueError(f"{show(word)} is not the {name} of a job")
    return found


def _read_date(name: str, given: object) -> str | None:
    """Return a date as the API writes it, by the clock of the service."""
    if given is None:
        return None
    if not isinstance(given, str | datetime):
        raise TypeError(f"{name} must be a datetime or a str, not {describe(given)}; write {EXAMPLE}")
    try:
        date = datetime.fromisoformat(given) if isinstance(given, str) else given
        shown = write_date(date)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is no date in ISO 8601, or beyond all dates; write {EXAMPLE}") from None
    if date.utcoffset() is None:
        raise ValueError(f"{name} has no time zone; write {EXAMPLE}")
    return shown
