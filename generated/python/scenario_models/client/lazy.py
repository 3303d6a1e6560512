"""What both clients share: they load what they need at the first call."""

import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Any, NoReturn, Self

from .arguments import read_seconds
from .errors import ClientClosed
from .facts import Estimate, ResultFacts
from .outcomes import Batch, Outcome, Q_co, R_co
from .ports import Port
from .settings import Settings

if TYPE_CHECKING:
    from .work import Work

CONCURRENCY = 8


class LazyClient(ABC):
    """A client that loads the SDK, and everything that needs it, at its first call."""

    def __init__(self, sdk: Any, settings: Settings, settle: float) -> None:
        self._settle = read_seconds("settle", settle)
        self._sdk = sdk
        self._settings = settings
        if sdk is not None or settings.http_client is not None:
            self._check_given()
        if sdk is not None and (own := [name for name in settings.given if name != "project_id"]):
            raise TypeError(
                f"give {' and '.join(own)} to the SDK client, or to this client without an SDK client"
            )
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

    def _run_many(
        self, batch: Batch[Q_co], make_result: Callable[[ResultFacts], R_co]
    ) -> AsyncGenerator[Outcome[R_co, Q_co], None]:
        from .batch import run_many

        return run_many(self._work, batch, make_result)

    def _estimate_many(self, batch: Batch[Q_co]) -> AsyncGenerator[Outcome[Estimate, Q_co], None]:
        from .batch import estimate_many

        return estimate_many(self._work, batch)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    async def _close(self) -> None:
        self._is_closed = True
        if self._loaded:
            await self._loaded.port.close()
