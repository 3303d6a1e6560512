"""Values: facts that turn to JSON and back, and which may have a client to act through. Pure."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from .errors import NoClient

if TYPE_CHECKING:
    from pydantic import TypeAdapter

C = TypeVar("C")


class Value:
    """A frozen dataclass of facts: it can be pickled, copied and compared, and turned to JSON and back."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON: texts, numbers, lists and dicts."""
        written: dict[str, Any] = self._adapter().dump_python(self, mode="json")
        return written

    def to_json(self) -> str:
        """Write it as JSON."""
        return self._adapter().dump_json(self).decode()

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Self:
        """Read what `to_dict` gave. It has no client; what a newer version of this package has written beside is left out.

        Raises:
            ValueError: a fact is missing, or of a wrong type.

        """
        read: Self = cls._adapter().validate_python(facts)
        return read

    @classmethod
    @cache
    def _adapter(cls) -> "TypeAdapter[Any]":
        from pydantic import TypeAdapter

        return TypeAdapter(cls)


class Attached(Generic[C]):
    """A value that can act through the client that gave it, in its process alone: what was unpickled or made of a dict has none."""

    id: str
    _client: C | None = None
    _client_class: ClassVar[type[Any]]
    _how_to_get: ClassVar[str]
    """The call that gives one that has a client, without its id."""

    @property
    def client(self) -> C:
        """The client that gave it.

        Raises:
            NoClient: it has none here, because it was unpickled or made of facts, as by `from_dict` or `dataclasses.replace`.

        """
        if self._client is None:
            raise NoClient(
                f"{self.id} has no client here: it was unpickled, or made of facts, as by from_dict or replace; {self._how_to_get}({self.id!r}), or its attach(client), gives one that can act"
            )
        return self._client

    def attach(self, client: C) -> Self:
        """Return a copy that acts through a client."""
        if not isinstance(client, self._client_class):
            raise TypeError(
                f"attach takes the client: an instance of {self._client_class.__name__}, not of {type(client).__name__}"
            )
        return self._make(self.__getstate__(), client)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_client"}

    def __copy__(self) -> Self:
        return self._make(self.__getstate__(), self._client)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._make(deepcopy(self.__getstate__(), memo), self._client)

    @classmethod
    def _make(cls, facts: dict[str, Any], client: C | None) -> Self:
        made = object.__new__(cls)  # all facts are there, and were read: a list has many jobs
        vars(made).update(facts, _client=client)
        return made
