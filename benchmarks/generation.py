"""What it takes to make specs and targets: from nothing, after a change, without one, and of ten times as many models."""

import json
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks import environments
from benchmarks.corpus import write_root
from benchmarks.processes import ENVIRONMENT, Command, measure_memory, run, take_turns
from benchmarks.validators import OURS, Figures

PEER, FLOOR, HASHING, COLD = (
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
DESCRIPTION = re.compile(r"(Sets the [^|]+?)(?= *\|$)", re.MULTILINE)
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Roots:
    """Folders for roots of so many models, which each run finds as if it were the first."""

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
            scrape(root)
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
        """Give a copy, in place of the last one."""
        shutil.rmtree(self.work, ignore_errors=True)
        return shutil.copytree(source, self.work)

    @property
    def work(self) -> Path:
        return self.folder / f"work-{self.count}"

    @property
    def output(self) -> Path:
        """Where others write, and nothing is."""
        shutil.rmtree(path := self.folder / f"output-{self.count}", ignore_errors=True)
        return path


def scrape(root: Path) -> float:
    return run(*make_scrape(root))


def make_scrape(root: Path) -> Command:
    return (sys.executable, "-m", "paramsync", "scrape", "--quiet", "--root", root)


def generate(root: Path, *targets: str) -> float:
    return run(*make_generate(root, *targets))


def make_generate(root: Path, *targets: str) -> Command:
    options = [word for target in targets for word in ("--target", target)]
    return (sys.executable, "-m", "paramsync", "generate", "--quiet", "--root", root, *options)


def generate_by_peer(roots: Roots) -> float:
    return run(*make_peer(roots))


def make_peer(roots: Roots) -> Command:
    """Make the command for pydantic models of each spec by the peer's fastest options: no formatters of others, no class for a choice."""
    schemas, output = roots.schemas, roots.output
    options = "--input-file-type jsonschema --output-model-type pydantic_v2.BaseModel"
    fastest = "--formatters builtin --enum-field-as-literal all --disable-warnings"
    command = (
        f"{environments.FOLDER}/bin/datamodel-codegen --input {schemas} --output {output} {options} {fastest}"
    )
    return tuple(command.split())


def generate_at_least(kind: str, roots: Roots) -> float:
    """Do the least that Jinja and ruff must do, for models from specs or for targets from pages."""
    source, output = roots.scraped, roots.output
    return run(sys.executable, "-m", "benchmarks.floor", kind, source, output, cwd=environments.PROJECT)


def measure(folder: Path, size: int, larger: int, rounds: int) -> Figures:
    """Give the seconds of each row, and the megabytes of the larger ones."""
    roots = Roots(folder, size)
    cold: dict[str, list[float]] = {"scrape": [], "generate": []}

    def all_cold() -> float:
        root = roots.copy(roots.pages)
        cold["scrape"].append(scrape(root))
        cold["generate"].append(generate(root))
        return cold["scrape"][-1] + cold["generate"][-1]

    def peer() -> float:
        return generate_by_peer(roots)

    python = take_turns(
        {
            OURS: lambda: generate(roots.copy(roots.scraped), "python"),
            PEER: peer,
            FLOOR: lambda: generate_at_least("models", roots),
        },
        rounds,
    )
    everything = take_turns(
        {OURS: all_cold, PEER: peer, FLOOR: lambda: generate_at_least("targets", roots)}, rounds
    )
    figures = {"python": _medians(python), "all": _medians(everything), **measure_again(roots, rounds)}
    figures["changed"][COLD] = figures["all"][OURS]
    shutil.rmtree(roots.work)
    return figures | measure_growth(Roots(folder, larger), cold | {PEER: python[PEER] + everything[PEER]})


def measure_again(roots: Roots, rounds: int) -> Figures:
    """Run the verbs once more on what is complete: with nothing changed, and with one description changed."""
    root, changes = roots.work, count()

    def verbs() -> float:
        return scrape(root) + generate(root)

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
    seconds = {"scrape": scrape(root)}
    roots.keep_scraped(root)
    seconds |= {"generate": generate(root), PEER: generate_by_peer(roots)}
    commands = {
        "scrape": make_scrape(roots.copy(roots.pages)),
        "generate": make_generate(root),
        PEER: make_peer(roots),
    }
    memory = {name: measure_memory(*command) / MEGABYTE for name, command in commands.items()}
    shutil.rmtree(root)
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
    generate(root, "python", "vectors")
    outputs: dict[str, Callable[[], float]] = {
        PEER: lambda: generate_by_peer(roots),
        FLOOR: lambda: generate_at_least("models", roots),
    }
    for name, make in outputs.items():
        make()
        yield from (f"{name}: {one}" for one in _judge(folder / f"output-{size}", root))
    yield from (f"{OURS}: {one}" for one in _judge(root / "generated/python", root))


def _judge(output: Path, root: Path) -> list[str]:
    script = Path(__file__).parent / "contestants/judge.py"
    command = [str(environments.PYTHON), str(script), str(output), str(root / "generated/vectors")]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: list[str] = json.loads(done.stdout)
    return found
