"""What an import costs, and a first request: each in an interpreter of its own, in the environment of the peers."""

import json
import statistics
from pathlib import Path

from benchmarks import environments
from benchmarks.generation import Roots, generate
from benchmarks.processes import run, take_turns
from benchmarks.validators import OURS, Figures

BARE, PYDANTIC, SDK = "bare interpreter", "import pydantic", "import scenario_sdk"


def measure(folder: Path, size: int, rounds: int) -> Figures:
    """Give the seconds of an interpreter that does nothing else."""
    roots = Roots(folder, size)
    root = roots.copy(roots.scraped)
    run(*generate(root, "python", "vectors"))
    path = min((root / "generated/vectors").glob("*.json"))
    first = json.loads(path.read_text(encoding="utf-8"))
    request = f"from scenario_models import model; model({first['model']!r})(**{first['vectors'][0]['payload']}).body()"
    programs = {
        BARE: "pass",
        PYDANTIC: PYDANTIC,
        SDK: SDK,
        OURS: "import scenario_models",
        "a first request": request,
    }
    package = root / "generated/python"

    def commands() -> dict[str, float]:
        runs = take_turns(
            {
                name: lambda program=program: run(environments.PYTHON, "-c", program, path=package)  # type: ignore[misc]
                for name, program in programs.items()
            },
            rounds + 1,  # the first compiles modules
        )
        return {name: statistics.median(each[1:]) for name, each in runs.items()}

    seconds = commands()
    peers = {name: seconds[name] for name in (BARE, PYDANTIC, SDK)}
    return {"import": {OURS: seconds[OURS]} | peers, "request": {OURS: seconds["a first request"]} | peers}
