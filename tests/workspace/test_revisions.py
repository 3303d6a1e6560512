"""The specs of a revision are read by git, and nothing of the repository is run or written."""

import shutil
from pathlib import Path

import pytest

from paramsync.cli import main
from support.repositories import NEW, OLD, change, commit, git, told
from support.roots import Root


def test_a_side_is_a_folder_or_a_revision_in_any_mix(
    repository: Root, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, NEW)
    other = tmp_path_factory.mktemp("other") / "root"
    git(repository.path, "worktree", "add", "--quiet", "--detach", str(other), "HEAD~1")
    expected = told(repository, "HEAD~1")
    assert len(expected) == 7
    for arguments in (
        ("HEAD~1", "HEAD"),
        (str(other),),
        (str(other), "HEAD"),
        ("main~1", str(repository.path)),
        (str(other), "."),
    ):
        monkeypatch.chdir(repository.path)
        assert told(repository, *arguments) == expected, arguments
    assert told(Root(other, repository.capture), "main~1") == []  # from a work tree beside
    assert len(told(repository, "HEAD", str(other))) == 7


def test_a_root_may_lie_below_the_top_of_its_repository(
    root: Root, tmp_path_factory: pytest.TempPathFactory
) -> None:
    top = tmp_path_factory.mktemp("top")
    below = Root(top / "docs" / "models", root.capture)
    shutil.copytree(root.path, below.path)
    git(top, "init", "--quiet")
    commit(below, OLD)
    change(below, NEW)
    assert len(told(below)) == 7
    assert " file=docs/models/specs/videos/page.md,line=9," in below.run("diff", "--format", "github").out
    assert below.run("diff").out.startswith("specs/videos/page.md:9:")


def test_a_hook_does_not_lead_it_to_another_repository(
    repository: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", "hook")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "hook" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "hook" / ".git" / "index"))
    assert len(told(repository)) == 7


def test_nothing_of_the_repository_is_run_or_written(repository: Root, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    (repository.path / ".gitattributes").write_text("* diff=trap filter=trap\n")
    for key in (
        "diff.trap.textconv",
        "filter.trap.smudge",
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "alias.rev-parse",
    ):
        git(repository.path, "config", key, f"!touch {trap}" if key.startswith("alias") else f"touch {trap}")
    before = sorted(repository.path.rglob("*"))
    assert len(told(repository)) == 7
    assert not trap.exists()
    assert sorted(repository.path.rglob("*")) == before


def test_links_in_a_revision_are_no_specs(repository: Root) -> None:
    (repository.path / "specs" / "videos" / "gamma.json").symlink_to("alpha.json")
    git(repository.path, "add", "--all")
    git(repository.path, "commit", "--quiet", "--message", "A link")
    assert len(told(repository, "HEAD", "HEAD~1")) == 7


def test_no_revision_is_an_option_of_git(repository: Root) -> None:
    assert main(["diff", "--root", str(repository.path), "--", "--output=x"]) == 2
    assert not (repository.path / "x").exists()


def test_without_a_repository_or_git_there_are_folders(
    done: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = done.run("diff")
    assert ran.code == 2
    assert "git says: fatal: not a git repository (or any of the parent directories): .git" in ran.err
    shutil.copytree(done.path, tmp_path / "copy" / "root")
    assert done.run("diff", str(tmp_path / "copy" / "root")).out == "diff: no changes\n"
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = done.run("diff")
    assert (ran.code, ran.err) == (
        2,
        "paramsync: git cannot be run (No such file or directory); install it, or give two root folders\n",
    )


def test_a_revision_before_there_were_specs_makes_all_of_it_new(root: Root) -> None:
    git(root.path, "init", "--quiet")
    assert "'HEAD' is neither" in root.run("diff").err  # there is no commit
    git(root.path, "commit", "--quiet", "--allow-empty", "--message", "Nothing")
    change(root, OLD)
    assert told(root) == ["page-added", "model-added", "model-added"]


# A repository that is damaged


@pytest.mark.parametrize("what", ["HEAD:specs/videos/alpha.json", "HEAD:specs/videos", "HEAD:specs", "HEAD"])
@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_what_git_cannot_read_is_told_and_nothing_is_compared(
    repository: Root, what: str, damage: bytes | None
) -> None:
    name = git(repository.path, "rev-parse", what)
    file = repository.path / ".git/objects" / name[:2] / name[2:]
    file.unlink()
    if damage is not None:
        file.write_bytes(damage)
    ran = repository.run("diff")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("paramsync: ")
    assert ran.err.count("\n") == 1
