"""Check payloads without making a request: for gateways, queues and tests. Standard library only."""

# A module per model stands beside this one, and becomes an attribute of this package: other names begin with an underscore.
from collections.abc import Callable as _Callable
from importlib import import_module as _import_module

from ..lookup import find as _find
from ..problems import Problem
from ..rules import Code

__all__ = ["Code", "Problem", "validate"]


def validate(model_id: str, payload: object) -> list[Problem]:
    """Find every problem of a payload: JSON as Python reads it, under the parameter names of the API.

    Problems come in the order of the model's parameters, those of unknown names last. An empty list means that the payload
    is valid against the JSON Schema of the model.

    Raises:
        UnknownModel: this version of the package has no such model.

    """
    try:
        check = _CHECKS[model_id]
    except (KeyError, TypeError):
        check = _load(model_id)
    return check(payload)


_Check = _Callable[[object], list[Problem]]
_CHECKS: dict[str, _Check] = {}


def _load(model_id: str) -> _Check:
    """Import the function that checks payloads for a model, once."""
    check: _Check = _import_module(f"{__name__}.{_find(model_id).module}").validate
    _CHECKS[model_id] = check
    return check
