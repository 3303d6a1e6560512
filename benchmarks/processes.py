"""Commands, one after the other in turns: how long each takes, and how much memory."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

KIBIBYTE = 1024
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Ran:
    """What a command has taken: seconds from start to end, and bytes of the largest of its processes."""

    seconds: float
    peak: int

    def __add__(self, other: "Ran") -> "Ran":
        """Give what two commands, one after the other, have taken."""
        return Ran(self.seconds + other.seconds, max(self.peak, other.peak))


def run(*command: str | Path, cwd: Path | None = None, path: Path | None = None) -> Ran:
    """Run a command, which must succeed; `path` is where its Python finds modules beside its own."""
    environment = ENVIRONMENT | ({"PYTHONPATH": str(path)} if path else {})
    with tempfile.TemporaryFile() as said:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [*map(str, command)], cwd=cwd, env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)  # which also counts the processes that it waited for
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{command}: {process.returncode}\n{said.read().decode(errors='replace')}")
    return Ran(seconds, usage.ru_maxrss * KIBIBYTE)


def take_turns(contestants: Mapping[str, Callable[[], Ran]], rounds: int) -> dict[str, list[Ran]]:
    """Run all contestants once, then all once more, and so on: what slows the machine down slows all of them."""
    runs: dict[str, list[Ran]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            runs[name].append(contestant())
    return runs
