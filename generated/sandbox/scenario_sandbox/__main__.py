"""The command `scenario-sandbox`; Ctrl-C and SIGTERM end it quietly, also while it loads."""

import signal
import sys
from typing import NoReturn


def run() -> None:
    """Run the command and exit."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    from .command import main

    sys.exit(main())


def _stop(*_: object) -> NoReturn:
    """Exit without KeyboardInterrupt: one inside `exec`, which makes dataclasses, ends Python even if it is caught."""
    sys.exit(0)


if __name__ == "__main__":
    run()
