"""Short traces: an error of this package reaches the caller from the method that was called, and not from deep inside."""

from collections.abc import AsyncGenerator, Awaitable, Generator
from typing import TypeVar

from .errors import ClientError

T = TypeVar("T")
E = TypeVar("E", bound=Exception)


def run_sync(awaitable: Awaitable[T]) -> T:
    """Run an awaitable that never suspends, because its port blocks; return its result."""
    steps = awaitable.__await__()
    try:
        next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
    except ClientError as error:
        raise shorten(error) from error.__cause__
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
    try:
        return await awaitable
    except ClientError as error:
        raise shorten(error) from error.__cause__


def shorten(error: E) -> E:
    """Cut the trace of an error of this package, as its message says what happened; of its cause, what was raised stays. Any other error is left as it is."""
    if isinstance(error, ClientError):
        for one in (error, error.__cause__):
            if one:
                one.__traceback__ = one.__context__ = None
        if error.__cause__:
            error.__cause__.__cause__ = None
    return error
