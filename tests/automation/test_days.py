"""Whole days of the daily workflow: from the site, by `make drift`, to a pull request and an issue."""

import shutil
from collections.abc import Iterator

import pytest

from support.drift import BRANCH, DRIFT, GENERATED, PAGE, SPECS, World, publish, run_day
from support.github_server import serve
from support.repositories import git
from support.roots import PROJECT, Root
from support.sites import FILMS, Site, page
from support.sites import serve as serve_site
from support.small_root import TARGET, put


@pytest.fixture
def days(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Site]]:
    """Give a repository that follows a site, with `make drift`."""
    path = tmp_path_factory.mktemp("days")
    with serve_site() as site, serve(path / "bare.git") as github:
        site.pages[FILMS] = page("film", "clip", "reel")
        site.connect(root)
        put(root, {f"templates/list/{name}": text for name, text in TARGET.items()})
        for verb in (["fetch", "--allow-loopback"], ["scrape"], ["generate"]):
            assert root.run(*verb).code == 0
        shutil.copy(PROJECT / "Makefile", root.path)
        shutil.copytree(DRIFT, root.path / ".github/drift", ignore=shutil.ignore_patterns("__pycache__"))
        publish(root.path, path / "bare.git")
        yield World(path, github), site


def test_each_day_what_is_right_is_a_pull_request_and_what_is_not_an_issue_and_nothing_is_done_twice(
    days: tuple[World, Site],
) -> None:
    world, site = days
    assert run_day(world).startswith("pull request: none is open, and nothing has changed\n")

    # A bad table keeps no other model from the pull request.
    site.pages[FILMS] = page("film", "clip", "reel", "tape").replace(b"`1`", b"`much`", 1)
    assert run_day(world) == "branch: new; pull request: opened\nissue: opened\n"
    assert "model_film: strength" in world.github.issues[0]["body"]
    assert "A specs/video-generation-acme/tape.json" in str(world.commits())

    forget_proposals(world)
    site.pages[FILMS] = page("film", "clip", "reel", "tape")
    assert run_day(world) == "branch: new; pull request: opened\nissue: no problems; 0 closed\n"
    assert [subject for subject, _ in world.commits()] == [PAGE, SPECS, GENERATED]
    [pull] = world.github.pulls
    assert pull["title"] == "docs drift: minor"
    assert "tape" in pull["body"]

    # A site that does not answer closes nothing.
    site.fail(FILMS, "404")
    assert run_day(world).endswith("no change in the rest\nissue: opened\n")
    assert "`paramsync fetch` ended with 3" in world.github.issues[0]["body"]
    site.mend()
    assert run_day(world) == "branch: same; pull request: unchanged\nissue: no problems; 1 closed\n"


def test_what_a_page_has_lost_is_proposed_once_its_name_is_given_and_no_name_becomes_an_option(
    days: tuple[World, Site],
) -> None:
    world, site = days
    site.pages[FILMS] = page("tape", "show")
    assert run_day(world).endswith("issue: opened\n")
    assert f"paramsync scrape --accept-removals {FILMS}\n" in world.github.issues[0]["body"]
    for names, problem in (
        ("$(touch /tmp/x);`id`", "there is no page and no model '$(touch'"),
        (f"{FILMS} --prune", "'--prune'"),
    ):
        run_day(world, ACCEPT_REMOVALS=names)
        assert problem in world.github.issues[0]["body"], names
    told = run_day(world, ACCEPT_REMOVALS=f"{FILMS},\n model_tape")
    assert told.endswith("issue: no problems; 1 closed\n")
    assert "M specs/video-generation-acme/film.json" in str(world.commits())


def forget_proposals(world: World) -> None:
    """Remove the branch, its pull request and all issues."""
    git(world.bare, "branch", "--quiet", "-D", BRANCH)
    world.github.pulls.clear()
    world.github.issues.clear()
