"""Which models there are, and how to get the class of one, and its checks, by its id."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .catalogue import MODELS, ModelInfo
from .problems import nearest, show, without_signatures

if TYPE_CHECKING:
    from collections.abc import Callable

    from .problems import Problem
    from .requests import Request

BY_ID = {info.id: info for info in MODELS}
LONGEST_SHOWN = 100


class UnknownModel(LookupError):
    """A model that this version of the package does not know; `AnyModel` takes its parameters all the same."""

    def __str__(self) -> str:
        given = self.args[0]
        told = repr(without_signatures(given[:LONGEST_SHOWN])) if isinstance(given, str) else show(given)
        return f"there is no model {told} in this version{nearest(given, BY_ID)}"


def models() -> tuple[ModelInfo, ...]:
    """List what there is, sorted by id, without loading any of it."""
    return MODELS


def model(model_id: str) -> type[Request]:
    """Give the class of a model: `model("model_sync-lipsync-v2")` is `SyncLipsyncV2`.

    Raises:
        UnknownModel: there is none of that id.

    """
    return load(find(model_id))


def find(model_id: str) -> ModelInfo:
    """Give what is known of a model.

    Raises:
        UnknownModel: there is none of that id.

    """
    try:
        return BY_ID[model_id]
    except (KeyError, TypeError):
        raise UnknownModel(model_id) from None


def load(info: ModelInfo) -> type[Request]:
    """Import the class of a model."""
    loaded: type[Request] = getattr(import_module(f"{__package__}.typed.{info.module}"), info.class_name)
    return loaded


def validate(model_id: str, payload: object) -> list[Problem]:
    """Find every problem of a payload: JSON as Python reads it, with the wire's names.

    The problems stand in the order of the model's parameters, then those of unknown names; none means
    that the payload is valid, as JSON Schema has it, against the model's spec.

    Raises:
        UnknownModel: there is no such model in this version of the package.

    """
    module = import_module(f"{__package__}.validators.{find(model_id).module}")
    check: Callable[[object], list[Problem]] = module.validate
    return check(payload)
