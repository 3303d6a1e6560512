"""How much may disappear from the docs at once: `removals` in the profile. Pure."""

from typing import Annotated, Any

from pydantic import Field, StrictInt, model_validator

from paramsync.config import ConfigTable

REMOVALS = (
    "what is held back is the loss of more than this share, and of at least so many, models or parameters"
)


class Removals(ConfigTable):
    """How many of a page's models, or of a model's parameters, are too many to disappear at once."""

    share: Annotated[float, Field(ge=0, le=1)] = 0.2  # more than this share of them
    floor: Annotated[StrictInt, Field(ge=0)] = 3  # and at least so many

    @model_validator(mode="before")
    @classmethod
    def _check_table(cls, data: Any) -> Any:
        share = data if type(data) in (int, float) and 0 <= data <= 1 else 0.2
        if problem := "" if isinstance(data, dict) else f"write removals = {{ share = {share}, floor = 3 }}":
            raise ValueError(f"{problem}: {REMOVALS}")
        return data

    def are_too_many(self, number: int, total: int) -> bool:
        return number >= self.floor and number > self.share * total
