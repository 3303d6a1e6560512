"""What `make bench` runs at twice the size of the real site: a thousand models go from the site to a pull request and into both packages.

What it says of seconds is a figure; what it asserts must hold at any size.
"""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import TypeVar

import pytest

from support.acme import model, page_text
from support.drift import BRANCH, DRIFT, GENERATED, PAGE, SPECS, World, publish, run_day
from support.environments import install, make_environment
from support.github_server import serve as serve_github
from support.node import pack, run, unpack
from support.repositories import git
from support.roots import PROJECT, Root
from support.sites import Site, serve

T = TypeVar("T")
LETTERS = "bcdfghklmnprstvwxzaeiouyjq"
PAGES, EACH = LETTERS[:20], ["".join(pair) for pair in product(LETTERS, "aeiou")][:50]
LIMIT = 65_536  # characters of a body that GitHub takes
USE = """
import scenario_models as s
from scenario_models.validators import validate
assert len(s.models()) == 1020
for info in s.models():
    assert s.model(info.id)(prompt="a").body() == {"prompt": "a"}
    assert [problem.code for problem in validate(info.id, {})] == ["required"]
"""
USE_NPM = """
import { strict as assert } from "node:assert";
import * as s from "scenario-models";
assert.equal(s.models.length, 1020);
"""


def pages(
    *, day: date, choices: str = "`fast`, `slow`, `best`", more: tuple[str, ...] = ()
) -> dict[str, bytes]:
    """Write twenty pages of fifty models, which have these choices, and of some more."""
    texts = {}
    for one in PAGES:
        models = {f"model_{one}-film-{name}": model(f"Film {one} {name}") for name in (*EACH, *more)}
        for each in models.values():
            each.rows["mode"]["choices"] = choices
        texts[f"{one}-generation-acme"] = page_text(f"{one}-generation-acme", models, day)
    return texts


def timed(what: str, do: Callable[[], T]) -> T:
    begin = time.perf_counter()
    done = do()
    print(f"{what}: {time.perf_counter() - begin:.1f} s")
    return done


@pytest.fixture
def world(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Site]]:
    """Give a repository of a thousand models that follows a site."""
    path = tmp_path_factory.mktemp("world")
    with serve() as site, serve_github(path / "bare.git") as github:
        site.pages |= pages(day=date(2026, 1, 5))
        site.connect(root)
        shutil.copytree(PROJECT / "templates", root.path / "templates", dirs_exist_ok=True)
        for verb in (["fetch", "--allow-loopback"], ["scrape"], ["generate"], ["scrape"], ["generate"]):
            ran = timed(" ".join(verb), lambda verb=verb: root.run_process(*verb))
            assert ran.code == 0, ran.out + ran.err
        shutil.copy(PROJECT / "Makefile", root.path)
        shutil.copytree(DRIFT, root.path / ".github/drift", ignore=shutil.ignore_patterns("__pycache__"))
        publish(root.path, path / "bare.git")
        yield World(path, github), site


def test_a_thousand_models_go_from_the_site_to_a_pull_request_and_into_both_packages(
    world: tuple[World, Site], tmp_path: Path
) -> None:
    there, site = world
    site.pages |= pages(day=date(2026, 1, 12), choices="`fast`, `best`", more=("new",))
    assert timed("a day", lambda: run_day(there)).startswith("branch: new; pull request: opened\n")
    assert [subject for subject, _ in there.commits()] == [PAGE, SPECS, GENERATED]
    [pull] = there.github.pulls
    print(f"the body of the pull request: {len(pull['body']):,} characters")
    assert len(pull["body"]) <= LIMIT
    assert pull["title"] == "docs drift: breaking"
    clone = there.clone()
    git(clone, "switch", "--quiet", BRANCH)
    generated = clone / "generated"
    python = make_environment(tmp_path / "environment")
    timed("pip install", lambda: install(python, generated / "python"))
    timed("all models in Python", lambda: subprocess.run([python, "-c", USE], check=True))
    archive = timed("npm pack", lambda: pack(generated / "typescript", tmp_path))
    (tmp_path / "project").mkdir()
    project = unpack(archive, tmp_path / "project")
    (project / "use.mjs").write_text(USE_NPM)
    used = timed("all models in Node", lambda: run("node", "use.mjs", cwd=project))
    assert used.returncode == 0, used.stderr
