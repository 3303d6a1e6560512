"""Time that is stepped, for the clients of the Python package."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.losses import SteppedClock, in_stepped_time, step_pauses


@pytest.fixture
def stepped_time(models: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let this process live by a clock that can be stepped; pauses of the package's clients step it, and take no time."""
    clock = SteppedClock()
    with in_stepped_time(clock, ("monotonic", "time", "clock_gettime")):
        step_pauses(clock.step, monkeypatch.setattr)
        yield clock
