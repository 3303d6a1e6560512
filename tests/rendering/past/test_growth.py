"""The number of models is followed from version to version, and their days, however they are written."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from paramsync.changes.history import Release
from paramsync.changes.kinds import make_change
from paramsync.rendering.past.growth import follow_growth
from paramsync.rendering.statistics import Statistics


def test_the_number_of_models_is_followed_back_from_what_there_is_now() -> None:
    added, removed = (make_change(f"model-{what}", "page", "model_x") for what in ("added", "removed"))
    default = make_change("default", "page", "model_x", old=1, new=2)
    releases = (
        Release("0.3.0", "2026-03-01", (removed, default)),
        Release("0.2.0", "2026-02-01", (added, added)),
        Release("0.1.0", "2026-01-01", (added,), is_first=True),
    )
    growth = follow_growth(releases, 2)
    assert [(one.version, one.models, one.added, one.removed) for one in growth] == [
        ("0.1.0", 1, 1, 0),
        ("0.2.0", 3, 2, 0),
        ("0.3.0", 2, 0, 1),
    ]
    assert [one.day - growth[0].day for one in growth if one.day and growth[0].day] == [0, 31, 59]
    assert [(one.breaking, one.behaviour, one.compatible) for one in growth] == [
        (0, 0, 1),
        (0, 0, 2),
        (1, 1, 0),
    ]


@given(st.dates(), st.dates())
def test_days_are_numbered_one_after_the_other_and_never_go_back(one: date, other: date) -> None:
    dates = (f"{other:%B} {other.day}, {other.year:04}", one)
    releases = tuple(Release(f"0.{2 - index}.0", str(day), ()) for index, day in enumerate(dates))
    found = Statistics((), (), (*releases, Release("0.0.1", "once", ()))).dated
    days = [each.day or 0 for each in found]
    assert days[1] - days[0] == max((other - one).days, 0)
