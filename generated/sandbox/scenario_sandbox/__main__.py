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
    """Exit, but not by KeyboardInterrupt: Python dies of one that came while it ran the text of a dataclass, though it was caught."""
    sys.exit(0)


if __name__ == "__main__":
    run()
