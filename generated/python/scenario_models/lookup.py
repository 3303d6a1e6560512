"""Which models there are, and how to get one by its id."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .catalogue import MODELS, ModelInfo
from .problems import nearest

if TYPE_CHECKING:
    from .requests import Request

BY_ID = {info.id: info for info in MODELS}


class UnknownModel(LookupError):
    """A model that this version of the package does not know; `AnyModel` takes its parameters all the same."""

    def __str__(self) -> str:
        model_id = str(self.args[0])
        return f"there is no model {model_id[:100]!r} in this version{nearest(model_id, list(BY_ID))}"


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
