"""Who is compared does the same work: each contestant of `make bench` gives the same payload the same verdict. Nothing is timed here."""

import json
from pathlib import Path

import pytest

from benchmarks import environments, generation, imports, models, validators
from benchmarks.__main__ import read_results, render_page
from benchmarks.corpus import read_sections
from benchmarks.results import Results, read_table, render
from support.roots import PROJECT

BENCHMARKS = PROJECT / "benchmarks"
FOUR = 4  # models, of the first pages


@pytest.fixture(scope="module", autouse=True)
def peers() -> None:
    """Have the peers installed, in an environment of their own."""
    environments.prepare(environments.PEERS)


@pytest.mark.foreign("benchmarks/*")
def test_all_validators_give_the_same_verdict(tmp_path: Path) -> None:
    task = validators.make_task(tmp_path, seconds=0)
    assert [*validators.find_differences(task)] == []


@pytest.mark.foreign("benchmarks/*")
def test_a_validator_that_overlooks_something_is_told(tmp_path: Path) -> None:
    task = validators.make_task(tmp_path, seconds=0)
    told = json.loads(task.path.read_text())
    told["payloads"] = {"6, 3 problems": models.VALID, "6, valid": {"prompt": "a"}}
    task.path.write_text(json.dumps(told))
    differences = [*validators.find_differences(task)]
    assert len(differences) == 2 * len(validators.PYTHON + validators.JAVASCRIPT)


@pytest.mark.foreign("benchmarks/*")
def test_each_generator_and_each_row_works_at_its_smallest_size(tmp_path: Path) -> None:
    assert [*generation.find_differences(tmp_path, FOUR)] == []
    figures = generation.measure(tmp_path, FOUR, 2 * FOUR, 1) | imports.measure(tmp_path, FOUR, 1)
    known = read_results().figures
    assert {name: {*by} for name, by in figures.items()} == {name: {*known[name]} for name in figures}


def test_the_page_follows_from_the_results_and_from_what_is_written_by_hand() -> None:
    assert (BENCHMARKS / "RESULTS.md").read_text() == render_page(read_results()), (
        "python -m benchmarks render"
    )
