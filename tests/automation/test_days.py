"""Whole days of the daily workflow: from the site, by `make drift`, to a pull request and an issue."""

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from support.drift import (
    BRANCH,
    DRIFT,
    GENERATED,
    PAGE,
    SPECS,
    WORDING_BRANCH,
    World,
    publish,
    run_day,
)
from support.github_server import serve
from support.repositories import git
from support.roots import PROJECT, Root
from support.sites import FILMS, PHOTOS, SONGS, Site, page
from support.sites import serve as serve_site
from support.small_root import TARGET, put


@pytest.fixture
def days(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Site]]:
    """Give a repository that follows a site, with `make drift`."""
    path = tmp_path_factory.mktemp("days")
    with serve_site() as site, serve(path / "bare.git") as github:
        site.pages |= {
            FILMS: page("film", "clip", "reel"),
            SONGS: page("song", "tune"),
            PHOTOS: page("photo"),
        }
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
    assert pull["title"] == "docs drift: compatible"
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


def test_wording_and_what_needs_eyes_are_split_by_pages_and_each_is_whole_alone(
    days: tuple[World, Site],
) -> None:
    world, site = days
    # A date alone is no pull request.
    for name in (FILMS, SONGS, PHOTOS):
        site.pages[name] = site.pages[name].replace(b"2026-04-09", b"2026-04-16")
    assert run_day(world).startswith("pull request: none is open, and nothing has changed\n")
    assert not world.github.head(WORDING_BRANCH)

    # It comes along with the next change.
    site.pages[SONGS] = site.pages[SONGS].replace(b"How strong", b"How very strong")
    site.pages[FILMS] = site.pages[FILMS].replace(b"| 0 | 9 |", b"| 0 | 5 |", 1)
    assert run_day(world) == (
        "branch: new; pull request: opened\n"
        "wording: branch: new; pull request: opened\nissue: no problems; 0 closed\n"
    )
    assert pages_of(world, BRANCH) == {FILMS}
    assert pages_of(world, WORDING_BRANCH) == {SONGS, PHOTOS}
    review, wording = (pull["body"] for pull in world.github.pulls[-2:])
    assert "1 breaking, 0 behaviour, 0 compatible, 0 prose: 1 different change" in review
    assert f"| `{FILMS}` [docs]({site.url(FILMS)}) | 1 |" in review
    assert (
        "0 breaking, 0 behaviour, 0 compatible, 2 prose: 1 different change in 2 models of 1 page" in wording
    )
    for branch in (BRANCH, WORDING_BRANCH):
        assert_whole(world, branch)

    # What is merged is not proposed again; the other is made anew. A page with a new error needs eyes, though only its wording has changed.
    merge(world, WORDING_BRANCH)
    site.pages[SONGS] = (
        site.pages[SONGS].replace(b"How very strong", b"How strong").replace(b"`1`", b"`much`", 1)
    )
    assert run_day(world).startswith("branch: updated; pull request: updated\n")
    assert pages_of(world, BRANCH) == {FILMS, SONGS}
    body = world.github.pulls[0]["body"]
    assert "### Held back" in body
    assert "What cannot be read, and why: #3." in body


def merge(world: World, branch: str) -> None:
    """Merge a pull request as people do, and remove its branch."""
    git(world.bare, "update-ref", "refs/heads/main", branch)
    git(world.bare, "branch", "--quiet", "-D", branch)
    for pull in world.github.pulls:
        if pull["head"] == branch:
            pull["state"] = "closed"


def pages_of(world: World, branch: str) -> set[str]:
    """Give the folders of pages that a branch changes."""
    changed = git(world.bare, "diff", "--name-only", f"main...{branch}", "--", "specs").split("\n")
    return {path.split("/")[1] for path in changed if path.count("/") > 1}


def assert_whole(world: World, branch: str) -> None:
    """Expect that on a branch pages, specs and generated files agree."""
    clone = world.clone()
    git(clone, "switch", "--quiet", "--detach", f"origin/{branch}")
    for verb in ("scrape", "generate"):
        command = [sys.executable, "-m", "paramsync", verb, "--check"]
        done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


PROSE, BREAKING = {"severity": "prose", "kind": "description"}, {"severity": "breaking", "kind": "type"}
SORTED: dict[str, tuple[list[dict[str, str]], set[str], set[str], set[str]]] = {
    "nothing": ([], set(), set(), set()),
    "prose": ([{**PROSE, "page": "a"}], set(), set(), {"a"}),
    "prose beside what breaks": ([{**PROSE, "page": "a"}, {**BREAKING, "page": "a"}], set(), {"a"}, set()),
    "two pages": ([{**PROSE, "page": "a"}, {**BREAKING, "page": "b"}], set(), {"b"}, {"a"}),
    "a doubtful page": ([{**PROSE, "page": "a"}], {"a", "b"}, {"a", "b"}, set()),
    "a model that moves": (
        [
            {"severity": "prose", "kind": "model-moved", "page": "b", "old": "a", "new": "b"},
            {**PROSE, "page": "a"},
        ],
        set(),
        {"a", "b"},
        set(),
    ),
    "a page that moves": (
        [{"severity": "prose", "kind": "page-moved", "page": "b", "old": "a", "new": "b"}],
        set(),
        {"a", "b"},
        set(),
    ),
    "a page that goes": ([{"severity": "prose", "kind": "page-removed", "page": "a"}], set(), {"a"}, set()),
}


@pytest.mark.parametrize("case", SORTED)
def test_a_page_is_of_one_kind_as_a_whole(monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    monkeypatch.syspath_prepend(str(DRIFT))
    changes, doubtful, review, wording = SORTED[case]
    assert importlib.import_module("split").sort_pages(changes, doubtful) == (review, wording)


def forget_proposals(world: World) -> None:
    """Remove the branch, its pull request and all issues."""
    git(world.bare, "branch", "--quiet", "-D", BRANCH)
    world.github.pulls.clear()
    world.github.issues.clear()
