"""The sandboxes of these tests: one of every model for all, and one whose clock stands still for each."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scenario_sandbox import Sandbox

from support.sandboxes import Running, running


@pytest.fixture(scope="module")
def every_model(generated: Path) -> Iterator[Running]:
    """Give a sandbox with all real models and the hard ones."""
    with running("--speed", "0", package=generated / "sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def every_package(generated: Path, import_from: Callable[[Path], Any]) -> Any:
    """Give the Python package of the same models."""
    return import_from(generated / "python")


@pytest.fixture
def sandbox(scenario_sandbox: Sandbox) -> Sandbox:
    """Give a sandbox whose clock stands still."""
    scenario_sandbox.speed = 0
    return scenario_sandbox
