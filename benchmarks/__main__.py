"""`make bench`: check that all contestants say the same, measure, and write the results.
`python -m benchmarks --help` says what else it does."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import (
    audits,
    bundles,
    corpus,
    environments,
    generation,
    imports,
    machine,
    packages,
    pull_request,
    site,
    validators,
)
from benchmarks.results import Results, read_table, render

HERE = Path(__file__).parent
RESULTS, PAGE = "results.json", "RESULTS.md"
QUICK_FOLDER = environments.FOLDER / "quick"


@dataclass(frozen=True)
class Size:
    """How much is measured, and where the results go."""

    folder: Path
    models: int
    larger: int
    rounds: int  # of what takes seconds
    turns: int  # of what takes less
    seconds: float  # for a payload in a turn
    has_others: bool


FULL = Size(HERE, models=1000, larger=10_000, rounds=3, turns=5, seconds=0.02, has_others=True)
QUICK = Size(QUICK_FOLDER, models=50, larger=500, rounds=2, turns=1, seconds=0.005, has_others=False)


def measure(size: Size) -> Results:
    """Measure all, after all contestants have said the same."""
    described = machine.describe()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _say("verdicts")
        task = validators.make_task(folder, seconds=size.seconds)
        _stop_at([*validators.find_differences(task), *generation.find_differences(folder, 50)])
        _say("validators")
        figures = validators.measure(task, size.turns)
        _say("imports")
        figures |= imports.measure(folder, size.models, size.turns * 3)
        _say("specs and targets")
        figures |= generation.measure(folder, size.models, size.larger, size.rounds)
        _say("bundles")
        figures |= bundles.measure(folder, size.models, size.rounds)
        _say("the site")
        figures |= site.measure(folder, size.models, size.rounds) | audits.measure(folder, size.models)
    _say("the rest")
    return Results(
        **described,
        models=size.models,
        parameters=corpus.count_parameters(size.models),
        larger=size.larger,
        rounds=size.rounds,
        figures=figures,
        others=[*packages.measure(), *pull_request.measure()] if size.has_others else [],
    )


def write(results: Results, folder: Path) -> None:
    """Write the results, the page and the charts."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / RESULTS
    path.write_text(results.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (folder / PAGE).write_text(render_page(results), encoding="utf-8")
    subprocess.run([environments.PYTHON, HERE / "charts.py", path, folder], check=True)


def render_page(results: Results) -> str:
    """Give the page, of which a part is written by hand."""
    table = read_table((HERE / "rows.toml").read_text(encoding="utf-8"))
    return render(results, table, (HERE / f"{PAGE}.jinja").read_text(encoding="utf-8"))


def read_results(folder: Path = HERE) -> Results:
    return Results.model_validate_json((folder / RESULTS).read_bytes())


def _stop_at(differences: Iterable[str]) -> None:
    if text := "\n".join(differences):
        sys.exit(f"not all contestants say the same:\n{text}")


def _say(what: str) -> None:
    print(f"{what} ...", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure paramsync beside its peers."
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=("all", "quick", "render"),
        default="all",
        help="all: what is committed; quick: less of it, into .venv/benchmarks/quick; render: the page and charts again, from results.json",
    )
    what = parser.parse_args(arguments).what
    try:
        environments.prepare(environments.CHARTS, *([] if what == "render" else [environments.PEERS]))
    except environments.InstallError as error:
        sys.exit(str(error))
    if what == "render":
        write(read_results(), HERE)
        return
    size = QUICK if what == "quick" else FULL
    write(measure(size), size.folder)
    print(size.folder / PAGE)


if __name__ == "__main__":
    main(sys.argv[1:])
