"""`Request`, with what its own module cannot know: how pydantic reads a request to any model where a field, or a body in FastAPI, is one."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from .factory import from_body
from .given_names import rename
from .lookup import UnknownModel
from .requests import Request

__all__ = ["Request"]

HOW = 'a request, or {"model_id": "…", "parameters": {…}}'
KEYS = {"model_id", "parameters"}


def read_request(given: Any) -> Request:
    """Make a request of the id of its model, and of its parameters under the names of the API, as `to_json` writes it without local files.

    Raises:
        PydanticCustomError, ValidationError: it is something else, or breaks the rules of the model.

    """
    if not isinstance(given, dict) or not KEYS <= given.keys() <= {*KEYS, "unlisted"}:
        raise PydanticCustomError("request", "Input should be {how}", {"how": HOW})
    parameters, unlisted = given["parameters"], given.get("unlisted", {})
    if not isinstance(parameters, dict) or not isinstance(unlisted, dict):
        raise PydanticCustomError("request", "Input should be {how}", {"how": HOW})
    try:
        made = from_body(given["model_id"], parameters)
    except UnknownModel as error:
        raise _refuse("unknown_model", "model_id", given["model_id"], error) from None
    except ValidationError as error:
        raise rename("Request", error, {}, (parameters, parameters), inside="parameters") from None
    try:
        return made.unlisted(**unlisted) if unlisted else made
    except TypeError as error:
        raise _refuse("unlisted", "unlisted", unlisted, error) from None


def _refuse(code: str, name: str, value: Any, error: Exception) -> ValidationError:
    """Make an error of pydantic's out of one of another kind."""
    said = PydanticCustomError(code, "{message}", {"message": str(error)})
    return ValidationError.from_exception_data(
        "Request", [InitErrorDetails(type=said, loc=(name,), input=value)], hide_input=True
    )


Request.__read_any__ = staticmethod(read_request)
