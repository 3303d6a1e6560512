"""At twice the size of the real site: a thousand models go from the site to a pull request and into both packages.

What it says of seconds is a figure; what it demands must hold at any size.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product
from pathlib import Path

from support.acme import model, page_text
from support.drift import BRANCH, DRIFT, GENERATED, PAGE, SPECS, World, publish, run_day
from support.environments import install, make_environment
from support.github_server import serve as serve_github
from support.node import pack, run, unpack
from support.repositories import git
from support.roots import PROJECT, make_root
from support.sites import serve

LETTERS = "bcdfghklmnprstvwxzaeiouyjq"
PAGES, EACH = LETTERS[:20], ["".join(pair) for pair in product(LETTERS, "aeiou")][:50]
LIMIT = 65_536  # characters of a body that GitHub takes
COUNT = len(PAGES) * (len(EACH) + 1)  # with a new one on each page
USE = f"""
import scenario_models as s
from scenario_models.validators import validate
assert len(s.models()) == {COUNT}
for info in s.models():
    assert s.model(info.id)(prompt="a").body() == {{"prompt": "a"}}
    assert [problem.code for problem in validate(info.id, {{}})] == ["required"]
"""
USE_NPM = f"""
import {{ strict as assert }} from "node:assert";
import * as s from "scenario-models";
assert.equal(s.models.length, {COUNT});
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


class Seconds(list[str]):
    """What took how long, in sentences."""

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.append(f"A thousand models: {what}: {time.perf_counter() - begin:.1f} s.")


def measure() -> list[str]:
    """Give all of it, in sentences."""
    with (
        tempfile.TemporaryDirectory() as name,
        serve() as site,
        serve_github(Path(name, "bare.git")) as github,
    ):
        seconds, path = Seconds(), Path(name)
        root = make_root(path / "root")
        site.pages |= pages(day=date(2026, 1, 5))
        site.connect(root)
        shutil.copytree(PROJECT / "templates", root.path / "templates", dirs_exist_ok=True)
        for verb in (["fetch", "--allow-loopback"], ["scrape"], ["generate"], ["scrape"], ["generate"]):
            with seconds.of(f"`{verb[0]}`"):
                ran = root.run_process(*verb)
            _demand(ran.code == 0, ran.out + ran.err)
        shutil.copy(PROJECT / "Makefile", root.path)
        shutil.copytree(DRIFT, root.path / ".github/drift", ignore=shutil.ignore_patterns("__pycache__"))
        publish(root.path, path / "bare.git")
        world = World(path, github)
        site.pages |= pages(day=date(2026, 1, 12), choices="`fast`, `best`", more=("new",))
        with seconds.of("a day that changes all of them, to the pull request"):
            said = run_day(world)
        _demand(said.startswith("branch: new; pull request: opened\n"), said)
        _demand([subject for subject, _ in world.commits()] == [PAGE, SPECS, GENERATED], "other commits")
        [pull] = github.pulls
        _demand(len(pull["body"]) <= LIMIT and pull["title"] == "docs drift: breaking", pull["title"])
        seconds.append(
            f"The body of the pull request has {len(pull['body']):,} characters, of {LIMIT:,} that may be."
        )
        clone = world.clone()
        git(clone, "switch", "--quiet", BRANCH)
        use(clone / "generated", path, seconds)
        return seconds


def use(generated: Path, folder: Path, seconds: Seconds) -> None:
    """Install both packages, and use all models."""
    python = make_environment(folder / "environment")
    with seconds.of("`pip install`"):
        install(python, generated / "python")
    with seconds.of("each validates in Python"):
        subprocess.run([python, "-c", USE], check=True)
    (folder / "archive").mkdir()
    with seconds.of("`npm pack`"):
        archive = pack(generated / "typescript", folder / "archive")
    (folder / "project").mkdir()
    project = unpack(archive, folder / "project")
    (project / "use.mjs").write_text(USE_NPM)
    with seconds.of("imported in Node"):
        used = run("node", "use.mjs", cwd=project)
    _demand(used.returncode == 0, used.stderr)


def _demand(is_so: object, said: str) -> None:
    if not is_so:
        sys.exit(said)
