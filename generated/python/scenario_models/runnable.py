"""What a client runs: a request to a model, whether this package has the model or not. Standard library only."""

from typing import TYPE_CHECKING, Any


class Runnable:
    """What a client runs: a `Request`, or an `AnyModel`, which is not checked."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def model_id(self) -> str:
            """The id of the model in the API."""

    def body(self) -> dict[str, Any]:
        """Return the JSON to send."""
        raise NotImplementedError

    def to_json(self) -> str:
        """Write it as JSON; `from_json` reads it back."""
        raise NotImplementedError
