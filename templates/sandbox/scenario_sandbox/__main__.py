"""Starts the command `scenario-sandbox`; Ctrl-C and SIGTERM end it quietly, also while it loads."""

import contextlib
import signal
import sys


def run() -> None:
    """Run the command and exit."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        from .command import main

        sys.exit(main())


if __name__ == "__main__":
    run()
