"""Find a model of the catalogue by its id, without loading its class. Standard library only."""

from .catalogue import MODELS, ModelInfo
from .display import show, without_signatures
from .vendor import PREFIX
from .vocabulary import nearest

BY_ID = {info.id: info for info in MODELS}
MAX_SHOWN = 100


class UnknownModel(KeyError):
    """This version of the package has no such model; `AnyModel` sends a request to it all the same."""

    def __str__(self) -> str:
        given = self.args[0]
        shown = repr(without_signatures(given[:MAX_SHOWN])) if isinstance(given, str) else show(given)
        return f"there is no model {shown} in this version{nearest(given, BY_ID)}"


def models() -> tuple[ModelInfo, ...]:
    """List all models, sorted by id, without loading any."""
    return MODELS


def with_prefix(model_id: str) -> str:
    """Return the id of a model, which may be written without what all ids begin with."""
    return PREFIX + model_id if model_id not in BY_ID and PREFIX + model_id in BY_ID else model_id


def find(model_id: str) -> ModelInfo:
    """Return the catalogue's entry of a model.

    Raises:
        UnknownModel: there is no model with this id.

    """
    try:
        return BY_ID[model_id]
    except (KeyError, TypeError):
        raise UnknownModel(model_id) from None
