"""The pytest plugin: the fixture `scenario_sandbox`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .server import Sandbox

SPEED = 100.0  # a job takes a tenth of a second


@pytest.fixture
def scenario_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator["Sandbox"]:
    """Yield a running sandbox, which the official SDK uses during the test."""
    from .facts import OTHER_VARIABLES
    from .server import Sandbox

    with Sandbox(speed=SPEED) as sandbox:
        for name in OTHER_VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "127.0.0.1", prepend=",")
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        yield sandbox
