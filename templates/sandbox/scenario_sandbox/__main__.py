"""Starts the command `scenario-sandbox`; Ctrl-C and SIGTERM end it quietly, also while it loads."""

import signal
import sys
from typing import NoReturn


def run() -> None:
    """Run the command and exit."""
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, _stop)
    from .command import main

    sys.exit(main())


def _stop(*_: object) -> NoReturn:
    """Exit without KeyboardInterrupt: Python dies of one that comes inside of `exec`, where dataclasses are made, though it is caught."""
    sys.exit(0)


if __name__ == "__main__":
    run()
