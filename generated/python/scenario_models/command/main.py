"""Run the command line: its errors, and its exit codes."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, NoReturn

from ..client.error_records import write_error
from ..lookup import UnknownModel
from ..vendor import PACKAGE
from . import failures
from .arguments import VERBS, WrongUsage, parse
from .screen import flush_output, show_error, show_json, show_note

DONE, FAILED = 0, 1
MODULE = __name__.partition(".")[0]


class Terminated(KeyboardInterrupt):
    """The command was asked to end, by SIGTERM."""


CODES: dict[tuple[type[BaseException], ...], int] = {
    (UnknownModel, ValueError, RecursionError): 2,
    (Terminated,): 143,  # 128 and the number of the signal
    (KeyboardInterrupt,): 130,
    **failures.CODES,
}


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = argparse.Namespace()
    try:
        import rich  # noqa: F401 - whether it is there

        with _handling(signal.SIGTERM, _terminate):
            options = parse(arguments)
            module, name = VERBS[options.verb]
            code: int | None = getattr(import_module(f".{module}", __package__), name)(options)
            flush_output()
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if sys.flags.dev_mode:
            raise
        with _handling(signal.SIGINT, signal.SIG_IGN):  # who presses Ctrl-C again sees nothing of it
            return _report(error, options, is_json="--json" in arguments)
    return code or DONE


def _report(error: BaseException, options: argparse.Namespace, *, is_json: bool) -> int:
    """Say what went wrong, for people and, if that was asked for, for programs; return the exit code."""
    code = next((code for kinds, code in CODES.items() if isinstance(error, kinds)), FAILED)
    message, notes = _describe(error, options), list(getattr(error, "__notes__", []))
    notes = [failures.describe_note(one, options) for one in notes]
    if isinstance(error, WrongUsage):
        show_note(error.usage.strip())
    show_error("\n".join([message, *notes]))
    if is_json:
        facts = _list_facts(error) | {"message": message, "notes": notes, "exit_code": code}
        facts |= failures.list_facts(error, options)
        with suppress(OSError):  # which was told, or does not change what went wrong
            show_json({"error": facts})
            flush_output()
    return code


def _describe(error: BaseException, options: argparse.Namespace) -> str:
    """Describe an error of the user, the service or the machine; what else there may be is a bug of this package."""
    if isinstance(error, KeyboardInterrupt):
        return "terminated" if isinstance(error, Terminated) else "interrupted"
    if isinstance(error, RecursionError):
        return "the input is nested too deeply"
    if isinstance(error, UnknownModel) and hasattr(options, "unlisted"):
        return f"{error}; to send it all the same: --unlisted"
    if isinstance(error, ModuleNotFoundError):
        return f"the command line needs {error.name}: pip install '{PACKAGE}[cli]'"
    if (failure := failures.describe_failure(error, options)) is not None:
        return failure
    return str(error) if isinstance(error, LookupError | OSError | ValueError) else _describe_bug(error)


def _describe_bug(error: BaseException) -> str:
    return f"a bug of {PACKAGE}: {type(error).__name__}: {error}; to see where, run it by python -X dev -m {MODULE}"


def _list_facts(error: BaseException) -> dict[str, Any]:
    """List what programs may want to know of an error, as this package writes errors elsewhere."""
    facts: dict[str, Any] = write_error(error)
    if isinstance(error, UnknownModel):
        facts["model_id"] = error.args[0]
    if problems := getattr(error, "problems", ()):
        facts["problems"] = [one._asdict() for one in problems]
    return facts


def _terminate(*_: object) -> NoReturn:
    raise Terminated


@contextmanager
def _handling(number: int, action: Callable[..., object] | signal.Handlers) -> Iterator[None]:
    """Handle a signal for a while; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, action)
    try:
        yield
    finally:
        signal.signal(number, before or signal.SIG_DFL)
