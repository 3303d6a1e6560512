"""Make requests by model id: from parameters, or from JSON. Loads a model, and pydantic, when it is asked for one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .lookup import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .catalogue import ModelInfo
    from .requests import AnyModel, Request


def model(model_id: str) -> type[Request]:
    """Return the class of the requests to a model.

    Raises:
        UnknownModel: this version of the package has no such model.

    """
    return load(find(model_id))


def load(info: ModelInfo) -> type[Request]:
    """Import the class of a model."""
    loaded: type[Request] = getattr(import_module(f"{__package__}.typed.{info.module}"), info.class_name)
    return loaded


def make_request(model_id: str, parameters: Mapping[str, Any]) -> Request:
    """Make a request of parameters under the names of the API.

    Raises:
        UnknownModel: this version of the package has no such model.
        ValueError: the parameters break the rules of the model.

    """
    made = model(model_id)
    names = {field.serialization_alias or name: name for name, field in made.model_fields.items()}
    return made(**{names.get(name, name): value for name, value in parameters.items()})


def from_json(text: str | bytes) -> Request | AnyModel:
    """Read a request that `to_json` wrote, and check it.

    The JSON may name any file of this machine for upload: accept it only from people whom you trust that far.

    Raises:
        UnknownModel: this version of the package has no such model.
        ValueError: the text is not a request, or breaks the rules of its model.

    """
    from .requests import AnyModel
    from .serialization import read

    given = read(text)
    if given.parameters is None:
        return AnyModel(given.model, given.unlisted)
    request = make_request(given.model, given.parameters)
    return request.unlisted(**given.unlisted) if given.unlisted else request
