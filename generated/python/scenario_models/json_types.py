"""What values are in JSON: the tests of their types, choices and steps. Fast. Standard library only."""

import sys
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, TypeGuard

MAX_FLOAT = sys.float_info.max


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a number in JSON that a 64-bit float can be near to: no boolean, NaN or infinity."""
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and -MAX_FLOAT <= value <= MAX_FLOAT
    )


def is_object(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Tell whether a value is an object in JSON: a dict, or another mapping."""
    return isinstance(value, dict) or isinstance(value, Mapping)  # noqa: SIM101 - the first is much faster


def is_integer(value: object) -> TypeGuard[float]:
    """Tell whether a value is a whole number in JSON, however it is written: 1.0 is one."""
    return is_number(value) and value == int(value)


def is_array(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Tell whether a value is an array in JSON: a list, or a tuple."""
    return isinstance(value, list | tuple)


def is_choice(value: object, choices: Collection[object]) -> bool:
    """Tell whether a value of any type is one of the choices: 1.0 is 1, but true is not."""
    return any(value == one and isinstance(value, bool) is isinstance(one, bool) for one in choices)


def is_multiple(value: float, step: float) -> bool:
    """Tell whether a number is a multiple of another, in decimals as JSON writes them: 0.15 is one of 0.05."""
    if type(value) is int and type(step) is int:
        return value % step == 0
    above, below = _exact(value)
    step_above, step_below = _exact(step)
    return above * step_below % (below * step_above) == 0


@lru_cache(256)
def _exact(number: float) -> tuple[int, int]:
    """Return the value of a number as JSON writes it: the numerator and the denominator of a fraction."""
    from fractions import Fraction

    return Fraction(float.__repr__(number) if isinstance(number, float) else number).as_integer_ratio()
