"""Commands, one after the other in turns: how long each takes; and how much memory, in a run of its own."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

KIBIBYTE = 1024
INTERVAL = 0.05  # seconds between two looks at the memory
PROCESSES = Path("/proc")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

Command = tuple[str | Path, ...]


def run(*command: str | Path, cwd: Path | None = None, path: Path | None = None) -> float:
    """Run a command, which must succeed, and give its seconds; `path` is where its Python finds modules beside its own."""
    begin = time.perf_counter()
    with _started(command, cwd, path) as process:
        process.wait()
        return time.perf_counter() - begin


def measure_memory(*command: str | Path, cwd: Path | None = None) -> int:
    """Run a command, which must succeed, and give the most bytes that its processes have together at a time.

    What several of them share is counted once (PSS), and what is there at two looks in a row: a process that begins another seems to
    be there twice. To look slows them down, so that nobody measures the time of such a run.
    """
    most = before = 0
    with _started(command, cwd) as process:
        while process.poll() is None:
            now = sum(map(_read_memory, _list_processes(process.pid)))
            most, before = max(most, min(before, now)), now
            time.sleep(INTERVAL)
    if not most:
        raise RuntimeError(f"{command}: too short, or a system that does not tell the memory of processes")
    return most


def take_turns(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Run all contestants once, then all once more, and so on: what slows the machine down slows all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            seconds[name].append(contestant())
    return seconds


@contextmanager
def _started(
    command: Command, cwd: Path | None = None, path: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command; raise what it has said if it fails."""
    environment = ENVIRONMENT | ({"PYTHONPATH": str(path)} if path else {})
    with tempfile.TemporaryFile() as said:
        words, both = [*map(str, command)], subprocess.STDOUT
        with subprocess.Popen(words, cwd=cwd, env=environment, stdout=said, stderr=both) as process:
            yield process
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{command}: {process.returncode}\n{said.read().decode(errors='replace')}")


def _list_processes(first: int) -> list[int]:
    """List a process and all that it has started, and these have, while they run."""
    parents: dict[int, int] = {}
    for status in PROCESSES.glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            _, parent, *_ = status.read_text(errors="replace").rpartition(")")[2].split()
            parents[int(status.parent.name)] = int(parent)
    found = [first]
    for one in found:  # which grows
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _read_memory(process: int) -> int:
    """Read the bytes of a process, with its share of what it shares with others; none where it has ended."""
    with suppress(OSError):
        for line in (PROCESSES / str(process) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * KIBIBYTE
    return 0
