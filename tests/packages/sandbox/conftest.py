"""What these tests share: a sandbox of every model for all, one whose clock stands still for each, and both clients of the official SDK."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scenario_sandbox import Sandbox
from scenario_sdk import AsyncScenario, Scenario

from support.sandboxes import Running, running


@pytest.fixture(scope="module")
def every_model(generated: Path) -> Iterator[Running]:
    """Give a sandbox with all real models and the hard ones."""
    with running("--speed", "0", package=generated / "sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(scenario_sandbox: Sandbox) -> Sandbox:
    """Give a sandbox whose clock stands still."""
    scenario_sandbox.speed = 0
    return scenario_sandbox


class Blocking:
    """The asynchronous SDK, called as one calls the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop, target: Any) -> None:
        self.loop = loop
        self.target = target

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.target, name)
        return self._call(found) if callable(found) else Blocking(self.loop, found)

    def _call(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            result = function(*arguments, **options)
            if inspect.isawaitable(result):
                return self.loop.run_until_complete(_awaited(result))
            return result

        return call


async def _awaited(result: Any) -> Any:
    return await result


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, scenario_sandbox: Sandbox) -> Iterator[Any]:
    """Give the official SDK, made without an argument but for its own check of every answer."""
    if request.param == "sync":
        with Scenario(_strict_response_validation=True, max_retries=0) as sdk:
            yield sdk
        return
    loop = asyncio.new_event_loop()
    sdk = AsyncScenario(_strict_response_validation=True, max_retries=0)
    yield Blocking(loop, sdk)
    loop.run_until_complete(sdk.close())
    loop.close()
