"""References: values that are the objects of another model."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from .lookup import find
from .problems import Branch, Problem

MAX_DEPTH = 100  # parts of the pointer to an object: models may refer to each other without end


def check_reference(problems: list[Problem], model_id: str, value: Mapping[Any, Any], pointer: str) -> None:
    """Add the problems of an object of another model."""
    if pointer.count("/") > MAX_DEPTH:
        problems.append(Problem(pointer, "type", "it is nested too deeply"))
    elif not isinstance(problems, Branch):
        _load(model_id)(problems, value, pointer)
    else:
        key = (model_id, pointer)
        if key not in problems.judged:
            problems.judged[key] = Branch(problems.judged)
            _load(model_id)(problems.judged[key], value, pointer)
        problems.extend(problems.judged[key])


@cache
def _load(model_id: str) -> Callable[[list[Problem], Mapping[Any, Any], str], None]:
    """Import the function that checks the objects of a model, once."""
    check: Callable[..., None] = import_module(f"{__package__}.validators.{find(model_id).module}").check_at
    return check
