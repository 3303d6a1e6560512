"""What git says is shown where it cannot read a repository, in one line and in its own words.

Modules: revisions.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.repositories import OLD, commit, git
from support.roots import PROJECT, Root

STRANGER = 12_345  # a user id
# Those of the workflows that ask git -> their arguments.
SCRIPTS = {
    "drift/pack.py": ("archive",),
    "release/check_tag.py": ("v1.2.3", "notes.md"),
    "release/check_contents.py": ("specs",),
}


def belong_to_another(root: Root) -> str:
    for path in (root.path, *root.path.rglob("*")):
        os.chown(path, STRANGER, STRANGER, follow_symlinks=False)
    return "detected dubious ownership in repository at"


def damage_config(root: Root) -> str:
    (root.path / ".git/config").write_text("[core\n")
    return "fatal: bad config line 1 in file .git/config"


def come_from_the_future(root: Root) -> str:
    git(root.path, "config", "core.repositoryFormatVersion", "99")
    return "fatal: Expected git repo version <= 1, found 99"


def lose_head(root: Root) -> str:
    (root.path / ".git/HEAD").unlink()
    return "fatal: not a git repository"


def lose_a_spec(root: Root) -> str:
    blob = git(root.path, "rev-parse", "HEAD:specs/videos/alpha.json")
    (root.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    return f"{blob} missing"


def damage_a_folder(root: Root) -> str:
    tree = git(root.path, "rev-parse", "HEAD:specs")
    path = root.path / ".git/objects" / tree[:2] / tree[2:]
    path.chmod(0o600)
    path.write_bytes(b"garbage")
    return f"loose object {tree}"


def be_bare(root: Root) -> str:
    """Make the root a folder in a bare repository, which git must not trust where it is set up so."""
    shutil.rmtree(root.path / ".git")
    git(root.path, "init", "--quiet", "--bare")
    return "cannot use bare repository"


DAMAGES: list[Callable[[Root], str]] = [
    belong_to_another,
    damage_config,
    come_from_the_future,
    lose_head,
    lose_a_spec,
    damage_a_folder,
    be_bare,
]


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git read no settings of the machine, which may trust each folder."""
    settings = tmp_path_factory.mktemp("settings") / "config"
    settings.write_text("[safe]\nbareRepository = explicit\n")
    for name, value in {
        "GIT_CONFIG_GLOBAL": str(settings),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_git_says_is_shown_in_one_line(repository: Root, damage: Callable[[Root], str]) -> None:
    if damage is belong_to_another and os.getuid():
        pytest.skip("only root can give a repository to another user")
    expected = damage(repository)
    ran = repository.run("diff")
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err
    assert ran.err.startswith("paramsync: 'HEAD' is neither a root folder, with specs/ in it, nor a revision")
    assert ran.err.count("\n") == 1
    assert "\t" not in ran.err
    assert "in no git repository" not in ran.err


def test_a_failure_of_git_is_reported_beside_annotations(repository: Root) -> None:
    damage_config(repository)
    ran = repository.run("scrape", "--format", "github")
    assert ran.code == 0
    assert ran.err.startswith(
        "paramsync: the paths below start at the root folder, because git cannot tell where it is in its repository: "
        "git says: fatal: bad config line 1"
    )
    assert ran.err.count("\n") == 1
    (repository.path / ".git/config").unlink()
    shutil.rmtree(repository.path / ".git")
    assert repository.run("scrape", "--format", "github").err == ""


def test_in_a_shallow_clone_it_is_said_how_to_get_more_of_it(
    repository: Root, tmp_path_factory: pytest.TempPathFactory
) -> None:
    git(repository.path, "stash", "--quiet")
    commit(repository, OLD.replace("How strong", "How very strong"))
    above = tmp_path_factory.mktemp("shallow")
    git(above, "clone", "--quiet", "--depth=1", repository.path.as_uri(), "clone")
    clone = Root(above / "clone", repository.capture)
    (clone.path / "templates").mkdir(exist_ok=True)
    assert clone.run("diff", "HEAD").code == 0
    ran = clone.run("diff", "HEAD~1")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert (
        "this clone is shallow: git fetch --deepen=N gets older commits, git fetch --unshallow all" in ran.err
    )
    assert "clone is shallow" not in repository.run("diff", "HEAD~9").err
    git(clone.path, "fetch", "--quiet", "--unshallow")
    assert clone.run("diff", "HEAD~1").code == 0


def test_a_git_that_is_killed_or_cannot_be_started_is_told(
    repository: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", str(program.parent))
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    assert "git says nothing, and ended with -9" in repository.run("diff").err
    program.chmod(0o644)
    assert repository.run("diff").err.startswith("paramsync: git cannot be run (Permission denied)")


def test_the_workflow_shows_what_git_says_and_no_traceback(repository: Root) -> None:
    damage_config(repository)
    for script, arguments in SCRIPTS.items():
        done = subprocess.run(
            [sys.executable, str(PROJECT / ".github" / script), *arguments],
            cwd=repository.path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, (script, done)
        assert "fatal: bad config line 1" in done.stderr, (script, done)
        assert "Traceback" not in done.stderr, (script, done)
