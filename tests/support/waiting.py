"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable

TOO_LONG = 60  # seconds


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until something is so; fail where it takes far too long."""
    end = time.monotonic() + TOO_LONG
    while not condition():
        assert time.monotonic() < end, f"not so after {TOO_LONG} seconds"
        time.sleep(0.01)
