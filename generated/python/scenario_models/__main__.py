"""The command, as its own program and as `python -m`."""

import os
import sys
from io import TextIOWrapper

# What takes long to load, `run` loads: there, Ctrl-C is no traceback.


def run() -> None:
    """Run the command, and exit with its code."""
    try:
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader stopped, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141  # 128 + SIGPIPE
    except KeyboardInterrupt:  # before anything has begun, or after it has ended
        code = 130  # 128 + SIGINT
    sys.exit(code)


def _run() -> int:
    if "_ARGCOMPLETE" in os.environ:
        from .command.arguments import make_parser
        from .command.completion import offer

        offer(make_parser())
    from .command.main import main

    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115, PTH123 - if the caller closed it
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for a character that the terminal does not have
    return main(sys.argv[1:])


if __name__ == "__main__":
    run()
