"""Many requests to run, and their outcomes."""

import json
import operator
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic

from ..vendor import UNITS
from .arguments import check_requests, read_amount, read_count, read_error_types, read_path, read_timeout
from .error_records import read_error, write_error
from .facts import Estimate, ResultFacts
from .progress import OnProgress

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from ..any_model import AnyModel
    from ..requests import Request
    from ..runnable import Runnable
    from .values import Value

    R_co = TypeVar("R_co", bound=Value, covariant=True)
    Q_co = TypeVar("Q_co", bound=Runnable, covariant=True, default="Request | AnyModel")
else:
    from typing import TypeVar

    R_co, Q_co = TypeVar("R_co"), TypeVar("Q_co")


@dataclass(frozen=True, eq=False)
class Outcome(Generic[R_co, Q_co]):
    """What became of one of many requests: a result or an error. `Outcome[Result]` is the outcome of any request."""

    index: int
    """The place of the request among the others, from 0."""

    request: Q_co
    """The request."""

    error: Exception | None
    """What went wrong, or None."""

    _result: R_co | None = field(repr=False)

    if not TYPE_CHECKING:

        def __class_getitem__(cls, given: Any) -> Any:  # typing has defaults since Python 3.13
            return super().__class_getitem__((*given, Any)[:2] if isinstance(given, tuple) else (given, Any))

    @property
    def result(self) -> R_co:
        """The result. Raises the error if there is none."""
        if self._result is None:
            raise self.error or RuntimeError("there is neither a result nor an error")
        return self._result

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON. The request is written as by its `to_json`: with all bytes that it holds.

        Raises:
            ValueError: the request holds an open file.

        """
        return {
            "index": self.index,
            "request": json.loads(self.request.to_json()),
            "result": self._result.to_dict() if self._result is not None else None,
            "error": write_error(self.error) if self.error else None,
        }

    def to_json(self) -> str:
        """Write it as JSON; see `to_dict`."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> "Outcome[ResultFacts | Estimate]":
        """Read what `to_dict` gave. The job and the assets of the result are facts: `client.job(id)` and `client.asset(id)` give what can act.

        Raises:
            UnknownModel: this version of the package has no such model.
            ValueError: this is not an outcome that was written by `to_dict`.

        """
        from ..factory import from_json  # loads pydantic

        try:
            index, request, result, error = (facts[name] for name in ("index", "request", "result", "error"))
            kind = Estimate if result and "cost" in result else ResultFacts
            index = operator.index(index)
        except (KeyError, TypeError):
            raise ValueError("this is not an outcome that was written by to_dict") from None
        return Outcome(
            index,
            from_json(json.dumps(request)),
            None if error is None else read_error(error),
            None if result is None else kind.from_dict(result),
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:
        """Let pydantic, and so FastAPI, write an outcome by `to_dict`, and read it by `from_dict`."""
        from pydantic_core import core_schema

        parts = {name: core_schema.any_schema() for name in ("index", "request", "result", "error")}
        written = core_schema.typed_dict_schema(
            {name: core_schema.typed_dict_field(one) for name, one in parts.items()}
        )
        return core_schema.no_info_plain_validator_function(
            lambda given: given if isinstance(given, Outcome) else cls.from_dict(given),
            json_schema_input_schema=written,
            serialization=core_schema.plain_serializer_function_ser_schema(
                cls.to_dict, return_schema=written
            ),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Outcome) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return self.index, self.request, self._result, type(self.error), str(self.error)

    def _repr_html_(self) -> str:
        from .notebook import show_outcome

        return show_outcome(self.index, self.request, self.error, self._result)


@dataclass(frozen=True)
class Batch(Generic[Q_co]):
    """Requests to run, several at once; `timeout` is in seconds for each of them.

    `max_cost` is what all of them may cost, in creative units; after an error of `stop_on`, no more of them are begun.
    """

    requests: Iterable[Q_co] | AsyncIterable[Q_co]
    concurrency: int
    timeout: float
    on_progress: OnProgress | None
    journal: Path | None = None
    max_cost: float | None = None
    stop_on: tuple[type[BaseException], ...] = ()
    held: dict[int, Outcome[Any, Any]] = field(
        default_factory=dict
    )  # in the order of the requests, those that wait


def read_batch(
    requests: Iterable[Q_co] | AsyncIterable[Q_co],
    concurrency: int,
    timeout: float | None,
    on_progress: OnProgress | None,
    *,
    journal: Path | str | None = None,
    max_cost: float | None = None,
    stop_on: "StopOn" = (),
) -> Batch[Q_co]:
    """Read the arguments of a batch; each client itself checks whether it can await what must be awaited."""
    check_requests(requests)
    return Batch(
        requests,
        read_count("concurrency", concurrency, 1),
        read_timeout(timeout),
        on_progress,
        None if journal is None else read_path("journal", journal),
        None if max_cost is None else read_amount("max_cost", max_cost, UNITS),
        read_error_types("stop_on", stop_on),
    )


StopOn = type[BaseException] | tuple[type[BaseException], ...]
"""The class of an error, or several."""


class LazyOutcomes(Generic[R_co, Q_co]):
    """The outcomes of a batch, which runs while somebody iterates over them, and only once."""

    def __init__(
        self,
        run: Callable[[], AsyncGenerator[Outcome[R_co, Q_co], None]],
        held: dict[int, Outcome[R_co, Q_co]],
    ) -> None:
        self._run = run
        self._held = held
        self._has_begun = False

    def _as_they_come(self) -> AsyncGenerator[Outcome[R_co, Q_co], None]:
        if self._has_begun:
            raise RuntimeError(
                "these requests were run already: call run_many again to run, and pay for, them again"
            )
        self._has_begun = True
        return self._run()

    async def _in_order(self) -> AsyncGenerator[Outcome[R_co, Q_co], None]:
        due = 0
        async with aclosing(self._as_they_come()) as outcomes:
            async for outcome in outcomes:
                self._held[outcome.index] = outcome
                while due in self._held:
                    yield self._held.pop(due)
                    due += 1
