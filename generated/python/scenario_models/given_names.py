"""The names under which parameters are given, in Python or in the API, and what errors call them. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, PydanticKnownError

from .display import show
from .vocabulary import fold, nearest

IN_PYTHON = "parameters are arguments in Python"  # what validators are told as the context
IN_API = "parameters have the names of the API"
MAX_CLASSES = 1024  # whose names are kept


@lru_cache(MAX_CLASSES)
def wire_names(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the names in the API of the parameters of a model, by those in Python: made once, and in the order of its documentation."""
    return {name: facts.serialization_alias or name for name, facts in model.model_fields.items()}


@lru_cache(MAX_CLASSES)
def python_names(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the names in Python of the parameters of a model, by those in the API: made once."""
    return {wire: name for name, wire in wire_names(model).items()}


@lru_cache(MAX_CLASSES)
def _folded_names(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the names in Python of the parameters of a model, by all names without capitals and underscores: made once."""
    return {fold(one): name for name, wire in wire_names(model).items() for one in (name, wire)}


def find_meant(model: type[BaseModel], given: Mapping[Any, Any], context: object) -> Mapping[Any, str]:
    """Find which parameter each given name means, by its name in Python.

    Where a name is one parameter in Python and another in the API, it is the former, unless the names are seen to be those of the API.

    Raises:
        PydanticCustomError: a name is unknown, or two mean the same parameter.

    """
    own, wire = wire_names(model), python_names(model)
    if (
        context is not IN_PYTHON
        and given.keys() <= wire.keys()
        and (context is IN_API or not given.keys() <= own.keys())
    ):
        return wire
    known = {
        **({} if context is IN_PYTHON else wire),
        **({} if context is IN_API else {name: name for name in own}),
    }
    found: dict[Any, str] = {}
    taken: dict[str, str] = {}
    for name in given:
        if name not in known:
            said = {
                "model": model.__name__,
                "name": show(name),
                "hint": nearest(name, own if context is IN_PYTHON else wire),
            }
            raise PydanticCustomError("unknown", "{model} has no parameter {name}{hint}", said)
        meant = known[name]
        if taken.setdefault(meant, name) != name:
            both = {"first": show(taken[meant]), "second": show(name)}
            raise PydanticCustomError(
                "twice", "{first} and {second} are names of the same parameter: give one of them", both
            )
        found[name] = meant
    return found


def call_as_given(
    model: type[BaseModel], given: Mapping[Any, Any], meant: Mapping[Any, str], context: object
) -> dict[str, str]:
    """Say what errors call each parameter: as it was given, and one that was not, as the names around it are."""
    is_python = context is IN_PYTHON or not given.keys() <= python_names(model).keys()
    return {**({} if is_python else wire_names(model)), **{meant[name]: name for name in given}}


def under_python_names(model: type[BaseModel], parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return parameters under their names in Python; as they are, if two names are of the same one."""
    own, wire = wire_names(model), python_names(model)
    named = {name if name in own else wire.get(name, name): value for name, value in parameters.items()}
    return named if len(named) == len(parameters) else parameters


def under_wire_names(model: type[BaseModel], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters that may be new under the names of the API.

    Raises:
        TypeError: a name differs from a parameter only in capitals or underscores, or is given twice.

    """
    own, wire = wire_names(model), python_names(model)
    found: dict[str, Any] = {}
    for given, value in parameters.items():
        name = given if given in wire else own.get(given, given)
        if name in found:
            raise TypeError(f"unlisted: {show(name)} is given twice, under two names")
        if name not in wire and (meant := _folded_names(model).get(fold(name))):
            raise TypeError(
                f"unlisted: {model.__name__} has no parameter {show(given)}; did you mean {show(meant)}?"
            )
        found[name] = value
    return found


def rename(
    title: str,
    error: ValidationError,
    called: Mapping[Any, str],
    inputs: tuple[Any, Any],
    *,
    inside: str = "",
) -> ValidationError:
    """Make an error over again, with other names of parameters; `inputs` are all as they were validated, and as they were given."""
    validated, given = inputs
    before = (inside,) if inside else ()
    details: list[InitErrorDetails] = []
    for one in error.errors(include_url=False):
        kind, place = one["type"], one["loc"]
        named = (*before, called.get(place[0], place[0]), *place[1:]) if place else before
        again: Any = {"loc": named, "input": given if one["input"] is validated else one["input"]}
        if _is_of_pydantic(one):
            again |= {key: one[key] for key in ("type", "ctx") if key in one}
        else:
            again["type"] = PydanticCustomError(cast("Any", kind), cast("Any", one["msg"]))
        details.append(again)
    return ValidationError.from_exception_data(title, details, hide_input=True)


def _is_of_pydantic(one: ErrorDetails) -> bool:
    """Tell whether an error is one of pydantic's own: ours may have the same type."""
    try:
        return PydanticKnownError(cast("Any", one["type"]), one.get("ctx")).message() == one["msg"]
    except (TypeError, KeyError):
        return False
