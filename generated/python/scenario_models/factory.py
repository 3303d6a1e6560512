"""Make requests by model id: from parameters, or from JSON. Loads a model, and pydantic, when it is asked for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from .lookup import BY_ID, find

if TYPE_CHECKING:
    from .any_model import AnyModel
    from .catalogue import ModelInfo
    from .requests import Request


def model(model_id: str) -> type[Request]:
    """Return the class of the requests to a model.

    Raises:
        UnknownModel: this version of the package has no such model.

    """
    return load(find(model_id))


@cache
def load(info: ModelInfo) -> type[Request]:
    """Import the class of a model."""
    loaded: type[Request] = getattr(import_module(f"{__package__}.typed.{info.module}"), info.class_name)
    return loaded


def from_body(model_id: str, body: Mapping[str, Any]) -> Request:
    """Make a request of parameters under the names of the API, as in `request.body()`, and check it.

    A text in it is never taken for a local path, and what errors say has the names of the API.

    Raises:
        UnknownModel: this version of the package has no such model.
        ValueError: the parameters break the rules of the model; it is pydantic's ValidationError.

    """
    made = model(model_id)
    from .given_names import IN_API  # pydantic is loaded by now

    return made.model_validate(dict(body), context=IN_API)


class _ById(Mapping[str, "type[Request]"]):
    """The classes of requests by the ids of their models, each loaded when it is asked for."""

    def __getitem__(self, model_id: str) -> type[Request]:
        return model(model_id)

    def __contains__(self, model_id: object) -> bool:
        return isinstance(model_id, str) and model_id in BY_ID

    def __iter__(self) -> Iterator[str]:
        return iter(BY_ID)

    def __len__(self) -> int:
        return len(BY_ID)

    def __repr__(self) -> str:
        return f"<the classes of {len(self)} models, by their ids>"


by_id: Final = _ById()
"""The class of the requests to each model, by its id; type checkers know each. Of an id that is only known when the
program runs, they do not know what `by_id.get` gives: that is for `model`."""


def from_json(text: str | bytes) -> Request | AnyModel:
    """Read a request that `to_json` wrote, and check it.

    The JSON may name any file of this machine for upload: accept it only from people whom you trust that far.

    Raises:
        UnknownModel: this version of the package has no such model.
        ValueError: the text is not a request, or breaks the rules of its model.

    """
    from .serialization import read

    given = read(text)
    if given.parameters is None:
        from .any_model import AnyModel

        return AnyModel(given.model_id, given.unlisted)
    request = from_body(given.model_id, given.parameters)
    try:
        return request.unlisted(**given.unlisted) if given.unlisted else request
    except TypeError as error:  # two names of the same parameter, say
        raise ValueError(str(error)) from None
