"""The types of values in requests that pydantic has not: whole numbers as JSON has them, and choices of any type."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from .display import show
from .json_types import is_choice


def _as_integer(value: object) -> object:
    """Take a whole number however it is written: in JSON, 1.0 is 1."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integer = Annotated[int, BeforeValidator(_as_integer)]
"""A whole number."""


def one_of(*choices: object) -> AfterValidator:
    """Allow only these values; a `Literal` cannot, since it allows no floats."""
    allowed = " or ".join(map(show, choices))

    def check(value: object) -> object:
        if not is_choice(value, choices):
            raise PydanticCustomError("one_of", "Input should be {allowed}", {"allowed": allowed})
        return value

    return AfterValidator(check)
