"""A request to any model as one type: how pydantic reads it and writes it where a field, or a body in FastAPI, is a `Request`."""

from importlib import import_module
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from .given_names import IN_API, rename
from .lookup import BY_ID, UnknownModel, find

HOW = 'a request, or {"model_id": "…", "parameters": {…}}'
KEYS = {"model_id", "parameters"}


def read_request(base: type, given: Any) -> Any:
    """Return what is a request already, or make a request of the id of its model, and of its parameters under the names of the API.

    Raises:
        PydanticCustomError, ValidationError: it is something else, or breaks the rules of the model.

    """
    if isinstance(given, base):
        return given
    if not isinstance(given, dict) or given.keys() != KEYS or not isinstance(given["parameters"], dict):
        raise PydanticCustomError("request", "Input should be {how}", {"how": HOW})
    model_id, parameters = given["model_id"], given["parameters"]
    try:
        made: Any = getattr(import_module(__package__), find(model_id).class_name)
    except UnknownModel as error:
        said = PydanticCustomError("unknown_model", "{message}", {"message": str(error)})
        raise ValidationError.from_exception_data("Request", [InitErrorDetails(type=said, loc=("model_id",), input=model_id)]) from None
    try:
        return made.model_validate(parameters, context=IN_API)
    except ValidationError as error:
        raise rename("Request", error, {}, (parameters, parameters), inside="parameters") from None


def write_request(request: Any) -> dict[str, Any]:
    """Write a request with the id of its model, as it is read; with what is unlisted, which is not read again."""
    listed, unlisted = request._listed(), request._unlisted  # noqa: SLF001
    return {"model_id": request.model_id, "parameters": listed, **({"unlisted": unlisted} if unlisted else {})}


def describe_any() -> dict[str, Any]:
    """Make the JSON Schema of a request to any model."""
    return {
        "title": "Request",
        "description": "A request to a model: its id, and its parameters under the names of the API.",
        "type": "object",
        "properties": {"model_id": {"type": "string", "enum": [*BY_ID]}, "parameters": {"type": "object"}},
        "required": ["model_id", "parameters"],
        "additionalProperties": False,
    }
