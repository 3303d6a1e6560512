"""What both clients share: they load what they need at the first call."""

import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .arguments import read_seconds
from .errors import ClientClosed
from .outcomes import Batch, Outcome
from .ports import Port
from .settings import Settings

if TYPE_CHECKING:
    from .work import FinishedJob, Work

CONCURRENCY = 8

R = TypeVar("R")


class LazyClient(ABC):
    """A client that loads the SDK, and everything that needs it, at its first call."""

    def __init__(self, sdk: Any, settings: Settings, settle: float) -> None:
        self._settle = read_seconds("settle", settle)
        self._sdk = sdk
        self._settings = settings
        if sdk is not None or settings.http_client is not None:
            self._check_given()
        if sdk is not None and (own := [name for name in settings.given if name != "project_id"]):
            raise TypeError(f"give {' and '.join(own)} to the SDK client, or to this client without an SDK client")
        self._lock = threading.Lock()
        self._is_closed = False
        self._loaded: Work | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: make one in the process that uses it")

    @abstractmethod
    def _check_given(self) -> None: ...

    @abstractmethod
    def _make_port(self) -> Port: ...

    @property
    def _work(self) -> "Work":
        with self._lock:
            if self._is_closed:
                raise ClientClosed
            if self._loaded is None:
                from .work import Work

                self._loaded = Work(self._make_port(), self._settle)
            return self._loaded

    def _run_many(self, batch: Batch, make_result: "Callable[[FinishedJob], R]") -> AsyncGenerator[Outcome[R], None]:
        from .batch import run_many

        return run_many(self._work, batch, make_result)

    async def _close(self) -> None:
        self._is_closed = True
        if self._loaded:
            await self._loaded.port.close()
