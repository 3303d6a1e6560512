"""The validators of the contestants, each in a process of its own, in turns: first what they find, then how long it takes them."""

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import environments, models
from benchmarks.processes import ENVIRONMENT, run
from support.node import node

SCRIPTS = Path(__file__).parent / "contestants"
OURS, AJV = "paramsync", "ajv"
PYTHON = (
    *(OURS, "jsonschema-rs", "jsonschema-rs iter_errors", "pydantic"),
    *("fastjsonschema (first only)", "by hand"),
)
JAVASCRIPT = (OURS, AJV, "typebox", "zod", "valibot", "arktype", "by hand")
# What tells of one problem only where there are several: of any, and of unknown names.
FIRST_ONLY = {"fastjsonschema (first only)"}
FIRST_UNKNOWN_ONLY = {*FIRST_ONLY, "valibot"}
COUNT_UNITS = {"valibot", "arktype"}  # of UTF-16, where specs, and all others, count characters
PLACES = models.PLACES | {name: places for name, (_, places) in models.VERDICTS.items()}

Figures = dict[str, dict[str, float]]  # by measure, then by contestant


@dataclass(frozen=True)
class Task:
    """What the contestants are told, in a file; and the command for each language."""

    path: Path
    commands: Mapping[str, list[str]]

    def ask(self, language: str, question: str) -> Any:
        command = [*self.commands[language], question, str(self.path)]
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)


def make_task(folder: Path, *, seconds: float) -> Task:
    """Let paramsync make the validators, and write down what the contestants need."""
    root = folder / "measured"
    models.write_root(root)
    paramsync = (sys.executable, "-m", "paramsync")
    run(*paramsync, "scrape", "--root", root, "--quiet")
    run(*paramsync, "generate", "--root", root, "--quiet", "--target", "python", "--target", "typescript")
    sources = root / "generated/typescript/src"
    built = root / "built"
    esbuild = environments.FOLDER / "node_modules/.bin/esbuild"
    run(esbuild, *sources.rglob("*.ts"), f"--outdir={built}", "--format=esm", "--target=es2022")
    (built / "package.json").write_text('{"type": "module"}')
    task = {
        "specs": str(root / "specs/image-generation-measured"),
        "python": str(root / "generated/python"),
        "typescript": str(built),
        "payloads": models.make_payloads(),
        "verdicts": models.make_verdicts(),
        "seconds": seconds,
    }
    path = root / "task.json"
    path.write_text(json.dumps(task))
    for script in SCRIPTS.glob("*.mjs"):  # whose packages are there
        shutil.copy(script, environments.FOLDER)
    commands = {
        "Python": [str(environments.PYTHON), str(SCRIPTS / "validate.py")],
        "JavaScript": [str(node()), str(environments.FOLDER / "validate.mjs")],
    }
    return Task(path, commands)


def find_differences(task: Task) -> Iterator[str]:
    """Find what a contestant says of a payload that is not what it should say."""
    for language in task.commands:
        for contestant, found in task.ask(language, "places").items():
            for payload, places in found.items():
                if not _is_right(contestant, payload, places):
                    yield f"{language}: {contestant}: {payload}: {len(places)} places: {', '.join(sorted(places)[:9])}"


def _is_right(contestant: str, payload: str, places: list[str]) -> bool:
    if payload.endswith("unknown"):
        count = int(payload.split()[1])
        return len(places) == (1 if contestant in FIRST_UNKNOWN_ONLY else count)
    expected = PLACES[payload]
    if payload == models.ASTRAL and contestant in COUNT_UNITS:
        expected = {"/prompt"}
    if contestant in FIRST_ONLY:
        return len(places) == min(len(expected), 1) and expected.issuperset(places)
    return len(places) == len(expected) and expected == {*places}


def measure(task: Task, rounds: int) -> Figures:
    """Give the nanoseconds of each payload, with each contestant: the median of some rounds."""
    times: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for language, contestants in (("Python", PYTHON), ("JavaScript", JAVASCRIPT)):
            for contestant in contestants:
                for payload, nanoseconds in task.ask(language, contestant).items():
                    by = times.setdefault(f"{language}: {payload}", {})
                    by.setdefault(contestant, []).append(nanoseconds)
    figures = {
        payload: {contestant: statistics.median(each) for contestant, each in by.items()}
        for payload, by in times.items()
    }
    for how in ("found", "read"):
        for language in task.commands:
            many, less = (f"{language}: 6, {count} unknown, {how}" for count in (models.MANY, models.LESS))
            before = figures.pop(less)
            growth = {contestant: each / before[contestant] for contestant, each in figures[many].items()}
            figures[f"{language}: growth, {how}"] = growth
            figures[many][AJV] = figures[f"JavaScript: 6, {models.MANY} unknown, {how}"][AJV]
    return figures
