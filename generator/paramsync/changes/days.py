"""The day that a date of a page means. Pure."""

import datetime as dt
import re
from collections.abc import Iterable

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PART = re.compile(r"[A-Za-z]+|[0-9]+")
YEAR_LENGTH = 4  # digits


def newest_date(dates: Iterable[str]) -> str:
    """Return the newest of some dates as pages have them; what says no day is older than any that does."""
    return max(dates, key=lambda date: (read_day(date), date), default="")


def read_day(date: str) -> str:
    """Read a date as a day such as 2026-04-09; empty where it does not say one for certain, as 04/09/2026 does not."""
    parts = [part for part in PART.findall(date) if part.lower() not in ("st", "nd", "rd", "th")]
    words = [MONTHS.index(one) + 1 for part in parts if (one := part[:3].lower()) in MONTHS]
    numbers = [part for part in parts if part.isdigit()]
    if len(words) + len(numbers) != len(parts) or len(parts) != len(("year", "month", "day")):
        return ""
    years = [part for part in numbers if len(part) == YEAR_LENGTH]
    if len(years) != 1 or len(words) > 1:
        return ""
    others = [int(part) for part in numbers if len(part) < YEAR_LENGTH]
    if words:
        month, (day,) = words[0], others
    elif parts[0] == years[0]:
        month, day = others
    elif "." in date and parts[-1] == years[0]:
        day, month = others
    else:
        return ""
    try:
        return str(dt.date(int(years[0]), month, day))
    except ValueError:
        return ""
