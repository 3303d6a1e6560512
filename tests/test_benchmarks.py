"""Who is compared does the same work: each contestant of `make bench` gives the same payload the same verdict. Nothing is timed here."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import environments, generation, imports, site, validators
from benchmarks.__main__ import read_results, render_page
from benchmarks.processes import measure_memory
from benchmarks.results import read_table, render
from benchmarks.validators import Task
from support.roots import PROJECT

FOUR = 4  # models, of the first pages


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """Give what the validators are told, with the peers in an environment of their own."""
    environments.prepare(environments.PEERS)
    return validators.make_task(tmp_path_factory.mktemp("task"), seconds=0)


@pytest.mark.foreign("benchmarks/*")
def test_all_validators_give_the_same_verdict(task: Task, tmp_path: Path) -> None:
    assert [*validators.find_differences(task)] == []
    told = json.loads(task.path.read_text())
    told["payloads"] = {"6, 3 problems": told["payloads"]["6, valid"], "6, valid": {"prompt": "a"}}
    other = replace(task, path=tmp_path / "task.json")
    other.path.write_text(json.dumps(told))
    differences = [*validators.find_differences(other)]  # none of which is overlooked
    assert len(differences) == 2 * len(validators.PYTHON + validators.JAVASCRIPT)


@pytest.mark.foreign("benchmarks/*")
def test_all_generators_give_the_same_verdict_and_each_row_has_its_contestants(
    task: Task, tmp_path: Path
) -> None:
    assert [*generation.find_differences(tmp_path, FOUR)] == []
    figures = generation.measure(tmp_path, FOUR, 2 * FOUR, 1) | imports.measure(tmp_path, FOUR, 1)
    figures |= site.measure(tmp_path, FOUR, 1)
    known = read_results().figures
    assert {name: {*by} for name, by in figures.items()} == {name: {*known[name]} for name in figures}


# Two processes of 100 MB each, of which they share 100 more.
TWO = """
import os, time
shared = b"a" * 100_000_000
is_first = os.fork()
own = b"b" * 100_000_000
time.sleep(0.5)
if is_first:
    os.wait()
"""


def test_the_memory_of_a_command_is_that_of_its_processes_and_of_no_other() -> None:
    here = b"c" * 300_000_000
    assert 300e6 < measure_memory(sys.executable, "-c", TWO) < 300e6 + 50e6
    assert len(here) == 300e6


def test_what_is_measured_and_what_is_shown_have_the_same_names() -> None:
    results, table = (
        read_results(),
        read_table((PROJECT / "benchmarks/rows.toml").read_text(encoding="utf-8")),
    )
    kept = {name: by for name, by in results.figures.items() if name != "import"}
    with pytest.raises(ValueError, match="not measured: import$"):
        render(results.model_copy(update={"figures": kept}), table, "")
    with pytest.raises(ValueError, match="no row of rows.toml shows it: .*unchanged"):
        render(results, table.model_copy(update={"rows": table.rows[:3]}), "")


def test_a_run_that_reaches_no_package_index_says_what_it_cannot_install(tmp_path: Path) -> None:
    folder = shutil.copytree(PROJECT / "benchmarks", tmp_path / "benchmarks")
    environment = os.environ | {
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PYTHONPATH": str(PROJECT / "tests"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks"],
        cwd=folder.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("cannot install what benchmarks/charts.txt asks for")


def test_the_page_follows_from_the_results_and_from_what_is_written_by_hand() -> None:
    page = (PROJECT / "benchmarks/RESULTS.md").read_text(encoding="utf-8")
    assert page == render_page(read_results()), "python -m benchmarks render"
