"""Dates as the API writes them: ISO 8601, in UTC, with milliseconds. Pure."""

from datetime import UTC, datetime


def write_date(date: datetime) -> str:
    """Write a date; one without a time zone is taken as local time."""
    return date.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_after(date: str, other: str) -> bool | None:
    """Tell whether an ISO 8601 date is after another; None if one cannot be read."""
    try:
        return datetime.fromisoformat(date) > datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return None
