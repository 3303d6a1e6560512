"""What the tests of the client share: one body for both clients, requests, and what a sandbox says of them."""

import asyncio
import inspect
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import redirect_stdout
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from hypothesis import strategies as st

from support.losses import SETTLE as LONG_SETTLE
from support.losses import step_pauses

both = pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
SETTLE = 0.6  # seconds: the sandbox is quick
SAMPLES = {"video": "asset_sample_video", "audio": "asset_sample_audio"}
SUBMISSION = "POST /v1/generate/*"
LOST = ["drop-before", "drop-after", "error-before", "error-after", "truncate"]  # faults of a response
BIG = 20 * 2**20  # bytes: three parts
Work = tuple[str, int, Path, float]  # a request as JSON, how often, its journal, and a deadline


async def got(value: Any) -> Any:
    """Wait for what an asynchronous client gives; what the other gives is there."""
    return await value if inspect.isawaitable(value) else value


async def every(outcomes: Any) -> list[Any]:
    """Give the outcomes of `run_many`, of either client."""
    if hasattr(outcomes, "__aiter__"):
        return [outcome async for outcome in outcomes]
    return list(outcomes)


def use(models: Any, kind: str, function: Callable[[Any], Awaitable[Any]], **options: Any) -> Any:
    """Make a client of a kind, and call a function with it that awaits whatever the client gives by `got`.

    Other clients that it was given stay open, and are closed at last.
    """
    given = [one for one in (options.get("sdk"), options.get("http_client")) if one]

    async def close_given() -> None:
        for one in given:
            assert not is_closed(one)
            await got((one.aclose if hasattr(one, "aclose") else one.close)())

    return use_up(models, kind, function, close_given, **options)


async def do_nothing() -> None:
    """Do nothing."""


def use_up(
    models: Any,
    kind: str,
    function: Callable[[Any], Awaitable[Any]],
    end: Callable[[], Awaitable[None]] = do_nothing,
    **options: Any,
) -> Any:
    """Make a client of a kind, call a function with it as `use` does, and end."""
    make = partial(getattr(models, kind), **{"settle": SETTLE} | options)
    if kind == "AsyncClient":

        async def main() -> Any:
            async with make() as client:
                result = await function(client)
            await end()
            return result

        return asyncio.run(main())
    with make() as client:
        result = run_at_once(function(client))
    run_at_once(end())
    return result


def run_at_once(steps: Awaitable[Any]) -> Any:
    """Run what awaits nothing."""
    try:
        next(steps.__await__())
    except StopIteration as end:
        return end.value
    raise AssertionError("a blocking client has suspended")


def is_closed(client: Any) -> bool:
    """Tell whether an HTTP client or an SDK client is closed."""
    return bool(client.is_closed() if callable(client.is_closed) else client.is_closed)


def paid(sandbox: Any) -> Counter[str]:
    """Count the jobs that were paid for, by id."""
    return Counter(entry.job_id for entry in sandbox.ledger)


def write_big(path: Path) -> Path:
    """Write a file of several parts, no two of which are equal."""
    path.write_bytes(b"".join(number.to_bytes(4, "big") * 2**18 for number in range(BIG // 2**20)))
    return path


def run_program(code: str, folder: Path, arguments: list[str], environment: Mapping[str, str]) -> None:
    """Run a program in a child process, in a folder; what it prints is added to the file `said` there."""
    os.chdir(folder)
    os.environ.update(environment)
    sys.argv = ["-c", *arguments]
    with Path("said").open("a") as said, redirect_stdout(said):
        exec(code, {})  # noqa: S102


def run_child(
    kind: str, work: Work, world: tuple[Connection, Any, tuple[float, float], dict[str, str]]
) -> None:
    """Run a request with a journal; say how it ends."""
    (request, count, journal, timeout), (pipe, shared, skew, environment) = work, world
    os.environ.update(environment)
    import scenario_models as models

    wall, monotonic = time.time, time.monotonic
    time.time = lambda: wall() + shared.value + skew[0]
    time.monotonic = lambda: monotonic() + shared.value + skew[1]

    turn = Lock()

    def say(something: object) -> None:
        with turn:
            pipe.send(something)
            pipe.recv()

    step_pauses(say, setattr)

    async def run(client: Any) -> None:
        requests = [models.from_json(request)] * count
        for outcome in await every(client.run_many(requests, timeout=timeout, journal=journal)):
            say(type(outcome.error).__name__ if outcome.error else outcome.result.job.id)

    use(models, kind, run, settle=LONG_SETTLE)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
