"""The names under which parameters are given, in Python or in the API, and what errors call them. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, PydanticKnownError

from .display import show
from .vocabulary import nearest

IN_PYTHON = "parameters are arguments in Python"  # what validators are told as the context
IN_API = "parameters have the names of the API"
Fields = Mapping[str, FieldInfo]


def wire_name(name: str, facts: FieldInfo) -> str:
    """Return the name of a parameter in the API."""
    return facts.serialization_alias or name


def find_meant(title: str, fields: Fields, given: Iterable[Any], context: object) -> dict[Any, str]:
    """Find which parameter each given name means, by its name in Python.

    Where a name is one parameter in Python and another in the API, it is the former, unless the names are seen to be those of the API.

    Raises:
        PydanticCustomError: a name is unknown, or two mean the same parameter.

    """
    given = tuple(given)
    wire = {wire_name(name, facts): name for name, facts in fields.items()}
    is_of_api = all(name in wire for name in given) and not all(name in fields for name in given)
    own = {name: name for name in fields}
    known = own if context is IN_PYTHON else wire if context is IN_API or is_of_api else wire | own
    found: dict[Any, str] = {}
    taken: dict[str, str] = {}
    for name in given:
        if name not in known:
            said = {"model": title, "name": show(name), "hint": nearest(name, fields if context is IN_PYTHON else wire)}
            raise PydanticCustomError("unknown", "{model} has no parameter {name}{hint}", said)
        meant = known[name]
        if taken.setdefault(meant, name) != name:
            names = {"first": show(taken[meant]), "second": show(name)}
            raise PydanticCustomError("twice", "{first} and {second} are names of the same parameter: give one of them", names)
        found[name] = meant
    return found


def call_as_given(fields: Fields, meant: Mapping[str, str], context: object) -> dict[str, str]:
    """Say what errors call each parameter: as it was given, and one that was not, as the names around it are."""
    wire = {name: wire_name(name, facts) for name, facts in fields.items()}
    is_python = context is IN_PYTHON or any(name not in wire.values() for name in meant)
    return ({} if is_python else wire) | {name: given for given, name in meant.items()}


def rename(title: str, error: ValidationError, called: Mapping[Any, str], inputs: tuple[Any, Any], *, inside: str = "") -> ValidationError:
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
