"""Errors as JSON, and back: those of this package keep their class and their facts, of all others their name and message. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from ..problems import Problem
from . import api_errors, errors, job_errors
from .api_errors import APIError
from .errors import ClientError
from .facts import JobFacts

CLASSES: dict[str, type[ClientError]] = {
    name: one
    for module in (errors, api_errors, job_errors)
    for name, one in vars(module).items()
    if isinstance(one, type) and issubclass(one, ClientError)
}
READERS: dict[str, Callable[[Any], Any]] = {  # of what an error knows, and is no JSON
    "job": JobFacts.from_dict,
    "problems": lambda problems: [Problem(**one) for one in problems],
}


def write_error(error: BaseException) -> dict[str, Any]:
    """Return an error as JSON: the name of its class, its message, its notes, and what else it knows."""
    if isinstance(error, ClientError):
        return error.to_dict()
    notes = [str(note) for note in getattr(error, "__notes__", ())]
    return {"type": type(error).__name__, "message": str(error), "notes": notes}


def read_error(said: Mapping[str, Any]) -> ClientError:
    """Read what `write_error` gave. An error that is not of this package becomes a `ClientError` that names it.

    Raises:
        ValueError: what its class needs is missing.

    """
    try:
        error = _read(said["type"], said["message"], said)
        for note in said["notes"]:
            error.add_note(note)
    except (LookupError, TypeError, AttributeError) as problem:
        raise ValueError(f"this is not an error that was written as JSON: {problem}") from None
    return error


def _read(name: str, message: str, said: Mapping[str, Any]) -> ClientError:
    known = CLASSES.get(name)
    if known is None:
        return ClientError(f"{name}: {message}")
    if issubclass(known, APIError):
        from .sdk_errors import make_error  # loads the SDK

        return make_error(name, message, said)
    given = [READERS.get(one, _keep)(said[one]) for one in known.knows]
    return known(*given) if given else known(message)


def _keep(value: Any) -> Any:
    return value
