"""Run the command line: its errors, and its exit codes."""

from collections.abc import Sequence

from ..lookup import UnknownModel
from . import failures
from .arguments import parse
from .screen import show_error

DONE, FAILED = 0, 1
CODES: dict[tuple[type[BaseException], ...], int] = {
    (UnknownModel, ValueError, RecursionError): 2,
    (KeyboardInterrupt,): 130,
    **failures.CODES,
}


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = parse(arguments)
    try:
        code: int | None = options.do(options)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if (message := _describe(error)) is None:
            raise
        show_error("\n".join([message, *getattr(error, "__notes__", [])]))
        return next((code for kinds, code in CODES.items() if isinstance(error, kinds)), FAILED)
    return code or DONE


def _describe(error: BaseException) -> str | None:
    """Describe an error of the user, the service or the machine; None for a bug of this package."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, RecursionError):
        return "the input is nested too deeply"
    if (failure := failures.describe_failure(error)) is not None:
        return failure
    return str(error) if isinstance(error, LookupError | OSError | ValueError) else None
