"""The values of parameters as they are given: checked by pydantic, and kept."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler

from .file_types import check_file
from .json_tree import PLAIN, as_array, to_builtin, unwrap
from .kinds import AnyKind

PIECE = 20  # elements of an array that are checked at once


def check_value(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Check a value; return it, and not what pydantic makes of it: 42 stays 42, and does not become 42.0.

    What another library has for a number, an array, a path or bytes becomes Python's own.
    """
    if type(value) in PLAIN:
        check(value)
        return value
    if isinstance(value, AnyKind) and isinstance(value.file, list | tuple):
        check_file(value)  # which tells what to write instead
    is_array = isinstance(value := as_array(value), list | tuple)
    value = [to_builtin(element) for element in value] if is_array else to_builtin(value)
    _check_array(value, check) if is_array else check(value)
    return tuple(map(unwrap, value)) if is_array else unwrap(value)


def _check_array(values: Sequence[Any], check: ValidatorFunctionWrapHandler) -> None:
    """Check an array piece by piece, up to the first wrong piece: nobody reads a million errors."""
    for begin in range(0, max(len(values), 1), PIECE):
        try:
            check(values[begin : begin + PIECE])
        except ValidationError:
            check(values[: begin + PIECE])  # again, for the right indexes
            raise
