"""The day that a date of a page means, and the newest of some dates."""

import pytest

from paramsync.changes.days import newest_date, read_day

DAYS = {
    "2026-04-09": "2026-04-09",
    "2026/4/9": "2026-04-09",
    "09.04.2026": "2026-04-09",
    "9. April 2026": "2026-04-09",
    "April 9, 2026": "2026-04-09",
    "9th Apr 2026": "2026-04-09",
    "Apr-09-2026": "2026-04-09",
    "2024-02-29": "2024-02-29",
    "2026-02-29": "",
    "2026-13-01": "",
    "2026-00-10": "",
    "0000-01-01": "",
    "04/09/2026": "",  # of April, or of September
    "2026": "",
    "April 2026": "",
    "2026-04-09T10": "",
    "Jan Feb 2026": "",
    "9 May 10": "",
    "today": "",
    "": "",
}


@pytest.mark.parametrize("text", DAYS)
def test_a_date_is_a_day_where_it_says_one_for_certain(text: str) -> None:
    assert read_day(text) == DAYS[text]


@pytest.mark.parametrize(
    ("dates", "newest"),
    [
        ([], ""),
        ([""], ""),
        (["2026-04-09", "2026-07-01"], "2026-07-01"),
        (["July 1, 2026", "2026-04-09"], "July 1, 2026"),
        (["9 April 2026", "2026-07-01"], "2026-07-01"),
        (["not a date", "2026-04-09"], "2026-04-09"),
        (["not a date", ""], "not a date"),
    ],
)
def test_the_newest_of_some_dates_is_the_latest_day(dates: list[str], newest: str) -> None:
    assert newest_date(dates) == newest
