"""Check wire payloads without constructing anything: for gateways, queues and tests. Standard library only."""

from collections.abc import Callable
from importlib import import_module

from ..lookup import find
from ..problems import Code, Problem

__all__ = ["Code", "Problem", "validate"]


def validate(model_id: str, payload: object) -> list[Problem]:
    """Find every problem of a payload: JSON as Python reads it, with the wire's names.

    The problems stand in the order of the model's parameters, then those of unknown names; none means
    that the payload is valid, as JSON Schema has it, against the model's spec.

    Raises:
        UnknownModel: there is no such model in this version of the package.

    """
    module = import_module(f"{__name__}.{find(model_id).module}")
    check: Callable[[object], list[Problem]] = module.validate
    return check(payload)
