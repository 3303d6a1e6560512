"""Short traces: an error of this package reaches the caller from the method that was called, and not from deep inside."""

import sys
from collections.abc import AsyncGenerator, Awaitable, Generator
from typing import TypeVar

from .errors import ClientError

T = TypeVar("T")
E = TypeVar("E", bound=Exception)


def run_sync(awaitable: Awaitable[T]) -> T:
    """Run an awaitable that never suspends, because its port blocks; return its result."""
    context = sys.exc_info()[1]
    steps = awaitable.__await__()
    try:
        next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
    except ClientError as error:
        raise shorten(error, context)  # noqa: B904 - it keeps its own cause
    raise RuntimeError("this must be awaited in an event loop: use AsyncClient")


def iterate_sync(items: AsyncGenerator[T, None]) -> Generator[T, None, None]:
    """Iterate over what never suspends, because its port blocks; close it when the loop is left."""
    try:
        while True:
            try:
                item = run_sync(anext(items))
            except StopAsyncIteration:
                return
            yield item
    finally:
        run_sync(items.aclose())


async def run_async(awaitable: Awaitable[T]) -> T:
    """Await what is awaited for a caller; return its result."""
    context = sys.exc_info()[1]
    try:
        return await awaitable
    except ClientError as error:
        raise shorten(error, context)  # noqa: B904 - it keeps its own cause


def shorten(error: E, context: BaseException | None = None) -> E:
    """Cut the trace of an error of this package, as its message says what happened. Any other error is left as it is.

    Of its cause, what was raised stays. `context`: what the caller was handling.
    """
    if isinstance(error, ClientError):
        error.__traceback__, error.__context__ = None, context
        if cause := error.__cause__:
            cause.__traceback__ = cause.__context__ = cause.__cause__ = None
    return error
