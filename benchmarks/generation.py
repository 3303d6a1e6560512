"""What it takes to make specs and targets: from nothing, after a change, without one, and of ten times as many models."""

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks import environments
from benchmarks.corpus import write_root
from benchmarks.processes import ENVIRONMENT, Command, measure_memory, run, take_turns
from benchmarks.validators import OURS, Figures

ALONE, PEER, FLOOR, HASHING, COLD = (
    "paramsync on one processor",
    "datamodel-code-generator",
    "Jinja + ruff",
    "hashing the same files",
    "a cold run",
)
# In bare Python, each file that the verbs read or compare.
HASH = """
import hashlib, os, sys
for root in sys.argv[1:]:
    for folder, _, names in os.walk(root):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                hashlib.sha256(file.read()).digest()
"""
# The interpreter itself becomes the command that follows.
ON_ONE_PROCESSOR = "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); os.execv(sys.argv[1], sys.argv[1:])"
DESCRIPTION = re.compile(r"(Sets the [^|]+?)(?= *\|$)", re.MULTILINE)
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Roots:
    """Folders for roots of so many models, which each run finds as if it were the first.

    None is removed before the end: where many files have just been removed, a file system may take longer for new ones.
    """

    folder: Path
    count: int

    @property
    def pages(self) -> Path:
        """A root with pages only, which nobody changes."""
        if not (path := self.folder / f"pages-{self.count}").exists():
            write_root(self.count, path)
        return path

    @property
    def scraped(self) -> Path:
        """The same with specs."""
        if not (path := self.folder / f"scraped-{self.count}").exists():
            root = self.copy(self.pages)
            run(*scrape(root))
            self.keep_scraped(root)
        return path

    def keep_scraped(self, root: Path) -> None:
        """Take what has just been scraped, without the cache."""
        ignore = shutil.ignore_patterns(".paramsync_cache")
        shutil.copytree(root, self.folder / f"scraped-{self.count}", ignore=ignore)

    @property
    def schemas(self) -> Path:
        """The specs alone, as a peer takes them."""
        if not (path := self.folder / f"schemas-{self.count}").exists():
            ignore = shutil.ignore_patterns("page.*", "profile.toml", "spec.schema.json")
            shutil.copytree(self.scraped / "specs", path, ignore=ignore)
        return path

    def copy(self, source: Path) -> Path:
        return shutil.copytree(source, self.make_path())

    def make_path(self) -> Path:
        """Make the path of a folder that is not there yet."""
        return Path(tempfile.mkdtemp(dir=self.folder)) / "root"


def scrape(root: Path) -> Command:
    return (sys.executable, "-m", "paramsync", "scrape", "--quiet", "--root", root)


def generate(root: Path, *targets: str) -> Command:
    options = [word for target in targets for word in ("--target", target)]
    return (sys.executable, "-m", "paramsync", "generate", "--quiet", "--root", root, *options)


def generate_as_peer(schemas: Path, output: Path) -> Command:
    """Make pydantic models of each spec by the peer's fastest options: no formatters of others, no class for a choice."""
    options = "--input-file-type jsonschema --output-model-type pydantic_v2.BaseModel"
    fastest = "--formatters builtin --enum-field-as-literal all --disable-warnings"
    program = environments.FOLDER / "bin/datamodel-codegen"
    return (program, "--input", schemas, "--output", output, *options.split(), *fastest.split())


def generate_at_least(kind: str, source: Path, output: Path) -> Command:
    """Do the least that Jinja and ruff must do, for models from specs or for targets from pages."""
    return (sys.executable, "-m", "benchmarks.floor", kind, source, output)


def on_one_processor(command: Command) -> Command:
    return (sys.executable, "-c", ON_ONE_PROCESSOR, *command)


def measure(folder: Path, size: int, larger: int, rounds: int) -> Figures:
    """Give the seconds of each row, and the megabytes of the larger ones."""
    roots = Roots(folder, size)
    complete: list[Path] = []
    cold: dict[str, list[float]] = {"scrape": [], "generate": []}

    def all_cold() -> float:
        root = roots.copy(roots.pages)
        cold["scrape"].append(run(*scrape(root)))
        cold["generate"].append(run(*generate(root)))
        complete.append(root)
        return cold["scrape"][-1] + cold["generate"][-1]

    def all_cold_alone() -> float:
        root = roots.copy(roots.pages)
        return sum(run(*on_one_processor(command)) for command in (scrape(root), generate(root)))

    def peer() -> float:
        return run(*generate_as_peer(roots.schemas, roots.make_path()))

    def floor(kind: str) -> float:
        return run(*generate_at_least(kind, roots.scraped, roots.make_path()), cwd=environments.PROJECT)

    def python(set_up: Callable[[Command], Command] = tuple) -> float:
        return run(*set_up(generate(roots.copy(roots.scraped), "python")))

    of_python = take_turns(
        {OURS: python, ALONE: lambda: python(on_one_processor), PEER: peer, FLOOR: lambda: floor("models")},
        rounds,
    )
    everything = take_turns(
        {OURS: all_cold, ALONE: all_cold_alone, PEER: peer, FLOOR: lambda: floor("targets")}, rounds
    )
    figures = {"python": _medians(of_python), "all": _medians(everything)}
    figures |= measure_again(complete[0], rounds)
    figures["changed"][COLD] = figures["all"][OURS]
    return figures | measure_growth(Roots(folder, larger), cold | {PEER: of_python[PEER] + everything[PEER]})


def measure_again(root: Path, rounds: int) -> Figures:
    """Run the verbs once more on what is complete: with nothing changed, and with one description changed."""
    changes = count()

    def verbs() -> float:
        return run(*scrape(root)) + run(*generate(root))

    def change() -> float:
        page = min(root.glob("specs/*/page.md"))
        text = page.read_text(encoding="utf-8")
        changed = DESCRIPTION.sub(rf"\1 Change {next(changes)}.", text, count=1)
        if changed == text:
            raise RuntimeError(f"{page} has no description to change")
        page.write_text(changed, encoding="utf-8")
        return verbs()

    def hashing() -> float:
        folders = (root / "specs", root / "generated", environments.PROJECT / "templates")
        return run(sys.executable, "-I", "-c", HASH, *folders)

    verbs()
    unchanged = take_turns({OURS: verbs, HASHING: hashing}, rounds)
    changed = take_turns({OURS: change}, rounds)
    return {"changed": _medians(changed), "unchanged": _medians(unchanged)}


def measure_growth(roots: Roots, small: dict[str, list[float]]) -> Figures:
    """Run each once with more models, and once more for the megabytes: give these, the seconds, and how many times as long that takes."""
    root = roots.copy(roots.pages)
    seconds = {"scrape": run(*scrape(root))}
    roots.keep_scraped(root)
    seconds["generate"] = run(*generate(root))
    seconds[PEER] = run(*generate_as_peer(roots.schemas, roots.make_path()))
    again = roots.copy(roots.pages)
    memory = {"scrape": measure_memory(*scrape(again)) / MEGABYTE}
    memory["generate"] = measure_memory(*generate(again)) / MEGABYTE
    memory[PEER] = measure_memory(*generate_as_peer(roots.schemas, roots.make_path())) / MEGABYTE
    times = {name: seconds[name] / statistics.median(small[name]) for name in seconds}
    return {
        f"{verb}, {what}": {OURS: values[verb], PEER: values[PEER]}
        for verb in ("scrape", "generate")
        for what, values in {"growth": times, "seconds": seconds, "memory": memory}.items()
    }


def _medians(seconds: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(each) for name, each in seconds.items()}


def find_differences(folder: Path, size: int) -> Iterator[str]:
    """Find a payload that what one of them has generated judges otherwise than the vectors say."""
    roots = Roots(folder, size)
    root = roots.copy(roots.scraped)
    run(*generate(root, "python", "vectors"))
    by_peer, at_least = roots.make_path(), roots.make_path()
    run(*generate_as_peer(roots.schemas, by_peer))
    run(*generate_at_least("models", roots.scraped, at_least), cwd=environments.PROJECT)
    for name, output in {PEER: by_peer, FLOOR: at_least, OURS: root / "generated/python"}.items():
        yield from (f"{name}: {one}" for one in _judge(output, root))


def _judge(output: Path, root: Path) -> list[str]:
    script = Path(__file__).parent / "contestants/judge.py"
    command = [str(environments.PYTHON), str(script), str(output), str(root / "generated/vectors")]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: list[str] = json.loads(done.stdout)
    return found
