"""Whole days of the daily workflow: from the site, by `make drift`, to a pull request and an issue."""

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from support.archives import body, sealed
from support.drift import (
    BRANCH,
    DRIFT,
    GENERATED,
    PAGE,
    SPECS,
    WORDING_BRANCH,
    World,
    fetch_records,
    publish,
    run_day,
)
from support.github_server import serve
from support.repositories import git
from support.roots import PROJECT, Root
from support.sites import FILMS, KEYS, PHOTOS, SONGS, Site, page, record
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
    world.commit({"specs/profile.toml": profile_with_records(world, site)})
    # A date alone is no pull request.
    for name in (FILMS, SONGS, PHOTOS):
        site.pages[name] = site.pages[name].replace(b"2026-04-09", b"2026-04-16")
    assert run_day(world).startswith("pull request: none is open, and nothing has changed\n")
    assert not world.github.head(WORDING_BRANCH)

    # It comes along with the next change.
    site.pages[SONGS] = site.pages[SONGS].replace(b"How strong", b"How very strong")
    site.pages[FILMS] = site.pages[FILMS].replace(b"| 0 | 9 |", b"| 0 | 5 |", 1)
    site.files["/v1/models/model_tune"] = record("tune", label="$(id) ::error::x"), "application/json"
    fetch_records(world, **KEYS)
    assert run_day(world, has_records=True) == (
        "branch: new; pull request: opened\n"
        "wording: branch: new; pull request: opened\nissue: no problems; 0 closed\n"
    )
    assert pages_of(world, BRANCH) == {FILMS}
    assert pages_of(world, WORDING_BRANCH) == {SONGS, PHOTOS}
    review, wording = (pull["body"] for pull in world.github.pulls[-2:])
    assert "1 breaking, 0 behaviour, 0 compatible, 0 prose: 1 different change" in review
    assert f"| `{FILMS}` [docs]({site.url(FILMS)}) | 1 |" in review
    assert (
        "0 breaking, 0 behaviour, 0 compatible, 4 prose: 3 different changes in 2 models of 1 page" in wording
    )
    (_, sources), (_, specs), _ = world.commits(WORDING_BRANCH)
    assert f"A specs/{SONGS}/tune.record.json" in sources
    assert f"M specs/{SONGS}/tune.json" in specs
    for branch in (BRANCH, WORDING_BRANCH):
        assert_whole(world, branch)

    # What is merged is not proposed again; the other is made anew. A page with a new error needs eyes, though only its wording has changed.
    merge(world, WORDING_BRANCH)
    site.pages[SONGS] = (
        site.pages[SONGS].replace(b"How very strong", b"How strong").replace(b"`1`", b"`much`", 1)
    )
    site.fail("v1", "401")
    fetch_records(world, **KEYS)
    assert run_day(world, has_records=True).startswith("branch: updated; pull request: updated\n")
    assert pages_of(world, BRANCH) == {FILMS, SONGS}
    body = world.github.pulls[0]["body"]
    assert "### Held back" in body
    assert "What cannot be read, and why: #3." in body
    told = world.github.issues[0]["body"]  # what was said of records, too
    assert "the keys in SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET are not accepted" in told


def test_records_are_fetched_by_who_has_the_keys_and_taken_by_who_reads_pages(
    days: tuple[World, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, site = days
    world.commit({"specs/profile.toml": profile_with_records(world, site)})
    site.serve_models("film", "clip", "song", "tune", "photo")

    # Without keys there are no records, and no problem.
    said = fetch_records(world)
    assert ([ran.code for ran in said], said[1].out) == ([0, 0], "packed: 0 changed records, 0 removed\n")

    # With them, no key is in what one job leaves for another.
    said = fetch_records(world, **KEYS)
    assert "packed: 5 changed records, 0 removed" in said[1].out
    packed = (world.path / "records/records.pack").read_bytes()
    assert not [key for key in KEYS.values() if key in str(said) or key.encode() in packed]
    # The job that reads pages takes them.
    clone, received = world.clone(), str(world.path / "records")
    monkeypatch.syspath_prepend(str(DRIFT))
    monkeypatch.chdir(clone)
    take = importlib.import_module("take_records").main  # a process for each would take longer than all else
    take(received)
    before = {path.name: path.read_bytes() for path in clone.glob("specs/*/*.record.json")}
    assert len(before) == 5
    git(clone, "add", "specs")
    git(clone, "commit", "--quiet", "--message", "records")
    base = git(clone, "rev-parse", "HEAD").strip()

    # Nothing is taken of what that job cannot have left; the pages are read all the same.
    film, song = f"specs/{FILMS}/film.record.json", f"specs/{SONGS}/song.record.json"
    good = before["film.record.json"]
    for name, (files, facts, problem) in bad_records(film, song, good).items():
        write_pack(world, files, {"base": base, "removed": [], "code": 0, **facts})
        take(received)
        told = (clone / ".paramsync_cache/records.txt").read_text()
        assert problem in told, name
        assert told.endswith("\n3\n"), name
        assert {path.name: path.read_bytes() for path in clone.glob("specs/*/*.record.json")} == before, name
    write_pack(world, {film: good.replace(b"0.5", b"0.25")}, {"base": base, "removed": [song], "code": 0})
    take(received)
    assert (clone / ".paramsync_cache/records.txt").read_text() == "all fine\n\n0\n"
    assert ((clone / film).read_bytes().count(b"0.25"), (clone / song).exists()) == (1, False)


def profile_with_records(world: World, site: Site) -> str:
    profile = git(world.bare, "show", "main:specs/profile.toml").encode().decode("latin-1")  # as bytes
    return profile.replace(
        "[sources.record]", f'[sources.record]\nurl = "{site.origin}/v1/models/{{id}}"\nrate = 1000'
    )


def bad_records(
    film: str, song: str, good: bytes
) -> dict[str, tuple[dict[str, bytes], dict[str, object], str]]:
    """Give what an archive of records may not have: files, facts, and a part of what is said of it."""
    folder = film.rpartition("/")[0]
    return {
        "another field": (
            {film: good.replace(b'"max": 9', b'"max": 9, "owner": 1')},
            {},
            "is not as fetch saves it",
        ),
        "another form": ({film: good.replace(b"  ", b" ")}, {}, "is not as fetch saves it"),
        "no JSON": ({film: b"{"}, {}, "not JSON"),
        "no UTF-8": ({film: b"\xff"}, {}, "utf-8"),
        "another model": ({song: good}, {}, "is not the record of a model that its page lists"),
        "a model of no page": ({f"{folder}/reel2.record.json": good}, {}, "is not the record of a model"),
        "no folder": ({"specs/x/film.record.json": good}, {}, "is not the record of a model"),
        "too large": ({film: b" " * 2_000_001}, {}, "limit exceeded"),
        "a good one beside a bad one": ({film: good, song: b"{}"}, {}, "none is taken"),
        **{
            path: ({path: good}, {}, "is not the path of a record")
            for path in ("specs/profile.toml", f"{folder}/film.json", f"{folder}/page.md", ".git/config")
        },
        "a path upwards": ({"specs/../x.record.json": good}, {}, "is not the path of a record"),
        "another commit": ({}, {"base": "0" * 40}, "but HEAD is"),
        "no commit": ({}, {"base": "main"}, "base is not a commit id"),
        "a removed page": ({}, {"removed": [f"{folder}/page.md"]}, "is not the path of a record"),
        "removed twice": ({}, {"removed": [film, film]}, "a path twice"),
        "removed and there": ({film: good}, {"removed": [film]}, "a path twice"),
        "removed, but not there": ({}, {"removed": [f"{folder}/x.record.json"]}, "is not there"),
        "many removed": (
            {},
            {"removed": [film, song, film.replace("film", "clip")]},
            "3 of 5 records are removed at once",
        ),
        "no code": ({}, {"code": "0"}, "has not a base, removed paths and an exit code"),
        "another fact": ({}, {"more": 1}, "has not a base, removed paths and an exit code"),
    }


def write_pack(world: World, files: dict[str, bytes], facts: dict[str, object]) -> None:
    entries = {"outcome.json": json.dumps(facts).encode(), "fetch.txt": b"all fine\n"}
    packed = sealed(body({**entries, **{f"files/{path}": content for path, content in files.items()}}))
    (world.path / "records/records.pack").write_bytes(packed)


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
