"""A terminal, for what paints on one, and for shells into which is typed."""

import os
import pty
import re
import select
import signal
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


class Terminal:
    """A program on a terminal. `painted` is all that it has painted."""

    def __init__(self, folder: Path, environment: Mapping[str, str], command: Sequence[str]) -> None:
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, {**os.environ, **environment})
        self.painted = b""
        self.has_ended = False

    def read(self, seconds: float) -> bool:
        """Read what is painted next; tell whether something came."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.terminal, 65536)
        except OSError:  # on Linux, when the program has ended
            data = b""
        self.painted += data
        self.has_ended = not data
        return bool(data)

    def wait_for(self, pattern: str, seconds: float = 20) -> bool:
        """Read until a text was painted that matches a pattern, beside codes; tell whether it came."""
        until = time.monotonic() + seconds
        while not (is_there := re.search(pattern, self.text)) and time.monotonic() < until:
            self.read(0.1)
        return bool(is_there)

    @property
    def text(self) -> str:
        """What was painted, without codes."""
        return CODES.sub("", self.painted.decode(errors="replace"))

    def type(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C, or what stands for it."""
        os.write(self.terminal, termios.tcgetattr(self.terminal)[6][termios.VINTR])

    def end(self) -> int:
        """Close the terminal, which ends a program that reads it; give the exit code."""
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\x1b\(B|[\r\x07\x08]")


def on_terminal(
    folder: Path, environment: Mapping[str, str], *arguments: str, stop_at: str = ""
) -> tuple[int, str]:
    """Run Python on a terminal of 120 columns; press Ctrl-C when it has painted a text. Give its exit code, and all that it has painted."""
    wide = {**environment, "COLUMNS": "120", "TERM": "xterm-256color"}
    terminal = Terminal(folder, wide, [sys.executable, *arguments])
    stopping, deadline = stop_at.encode(), time.monotonic() + 60
    while terminal.read(30) and time.monotonic() < deadline:
        if stopping and stopping in terminal.painted:
            stopping = b""
            terminal.interrupt()
    if not terminal.has_ended:
        os.kill(terminal.process, signal.SIGKILL)
    return terminal.end(), terminal.painted.decode()
