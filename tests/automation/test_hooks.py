"""The hooks of pre-commit, in another repository."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.repositories import git
from support.roots import PROJECT, Ran, Root


@pytest.mark.usefixtures("wheels")
def test_the_hooks_run_in_another_repository(
    nested_root: Root, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ours, home = tmp_path_factory.mktemp("paramsync"), tmp_path_factory.mktemp("home")
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, ours)
    shutil.copytree(PROJECT / "generator", ours / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    for command in ("init -q", "add -A", "commit -qm first"):
        git(ours, *command.split())
    revision = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ours, capture_output=True, text=True, check=True
    )
    hooks = [{"id": f"paramsync-{verb}", "args": ["--root", "docs/a,b"]} for verb in ("scrape", "generate")]
    settings = {"repos": [{"repo": str(ours), "rev": revision.stdout.strip(), "hooks": hooks}]}
    top = nested_root.path.parent.parent
    (top / ".pre-commit-config.yaml").write_text(yaml.safe_dump(settings))
    git(top, "add", "-A")

    def run() -> Ran:
        command = [Path(sys.executable).with_name("pre-commit"), "run", "--color=never"]
        variables = {**os.environ, "PRE_COMMIT_HOME": str(home)}
        done = subprocess.run(command, cwd=top, env=variables, capture_output=True, text=True, check=False)
        return Ran(done.returncode, re.sub(r"\.+", " ", done.stdout), done.stderr)

    ran = run()
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.count("(no files to check)Skipped") == 2
    nested_root.edit("specs/videos/page.md", "How strong", "How very strong")
    git(top, "add", "-A")
    ran = run()
    assert ran.code == 1
    assert "specs say what the saved pages say Failed" in ran.out
    assert "specs/videos/alpha json: changed" in ran.out
    assert "generated files say what the specs say Passed" in ran.out
