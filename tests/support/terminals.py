"""A terminal of 120 columns, for what paints on one."""

import os
import pty
import select
import signal
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path


def on_terminal(
    folder: Path, environment: Mapping[str, str], *arguments: str, stop_at: str = ""
) -> tuple[int, str]:
    """Run Python on a terminal; press Ctrl-C when it has painted a text. Give its exit code, and all that it has painted."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.environ.update({**environment, "COLUMNS": "120", "TERM": "xterm-256color"})
        os.execv(sys.executable, [sys.executable, *arguments])
    painted, stopping, deadline = b"", stop_at.encode(), time.monotonic() + 60
    while select.select([terminal], [], [], 30)[0] and time.monotonic() < deadline:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        painted += data
        if stopping and stopping in painted:
            stopping = b""
            os.write(terminal, termios.tcgetattr(terminal)[6][termios.VINTR])
    else:
        os.kill(process, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(terminal)
    return code, painted.decode()
