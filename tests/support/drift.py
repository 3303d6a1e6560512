"""A repository at GitHub, and the two jobs of the daily workflow as second processes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.github_server import REPOSITORY, TOKEN, GitHub
from support.repositories import git
from support.roots import PROJECT, Ran
from support.workflows import JOBS, run_step

DRIFT = PROJECT / ".github" / "drift"
BRANCH, WORDING_BRANCH = "paramsync/drift", "paramsync/drift-wording"
QUIET = "wording: pull request: none is open, and nothing has changed\n"
PAGE, SPECS, GENERATED = (
    "Save the pages, and what describes their models, as the vendor has them",
    "Read the specs from the saved pages",
    "Generate what the specs say",
)
BEFORE = {
    "README.md": "Docs\n",
    "generated/list/models/alpha.txt": "alpha 1\n",
    "generated/list/notes.txt": "By hand\n",
    "specs/profile.toml": "[page]\n",
    "specs/videos/alpha.json": "{}\n",
    "specs/videos/alpha.overlay.toml": "# ours\n",
    "specs/videos/page.json": "{}\n",
    "specs/videos/page.md": "# Videos\n",
    "templates/list/notes.txt": "By hand\n",
}
AFTER: dict[str, str | None] = {
    "specs/videos/page.md": "# Videos\r\n\0\xff 2\n",
    "specs/videos/alpha.json": '{"title": 2}\n',
    "generated/list/models/alpha.txt": "alpha 2\n",
}
WELL = {"fetch": 0, "scrape": 0, "generate": 0, "diff": 0}
REPORT = "# What changed\n\n`alpha`: now 2\n"
WORDING_REPORT = "# What changed\n\n`alpha`: in other words\n"
SAID = dict.fromkeys(("fetch.txt", "scrape.txt", "generate.txt", "report.txt"), "all fine\n")


def write(folder: Path, files: Mapping[str, str | None]) -> None:
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("latin-1"))


@dataclass(frozen=True)
class World:
    """A repository at GitHub, and the two jobs."""

    path: Path
    github: GitHub

    @property
    def bare(self) -> Path:
        return self.path / "bare.git"

    def commit(self, files: Mapping[str, str | None], branch: str = "main") -> None:
        """Commit as people do, on a branch of the remote."""
        clone = self.path / "people"
        if not clone.exists():
            git(self.path, "clone", "--quiet", str(self.bare), "people")
        git(clone, "fetch", "--quiet")
        git(clone, "switch", "--quiet", "--detach", f"origin/{branch}")
        write(clone, files)
        git(clone, "add", "--all")
        git(clone, "commit", "--quiet", "--message", "by hand")
        git(clone, "push", "--quiet", "origin", f"HEAD:{branch}")

    def look(  # noqa: PLR0917
        self,
        changes: Mapping[str, str | None],
        codes: Mapping[str, int] = WELL,
        report: str = REPORT,
        said: Mapping[str, str] = SAID,
        severity: str = "compatible",
        wording: Mapping[str, str | None] | None = None,
    ) -> Path:
        """Do the first job's part: leave changed files and reports, those of wording alone in a tree of their own, and pack them."""
        clone = self.clone()
        write(clone, changes)
        folder = clone / ".paramsync_cache/drift"
        folder.mkdir(parents=True)
        trees = {"review": "."} if changes else {}
        if wording is not None:
            trees["wording"] = ".paramsync_cache/drift/wording"
            git(clone, "worktree", "add", "--quiet", "--detach", trees["wording"], "HEAD")
            write(clone / trees["wording"], wording)
            reports = clone / trees["wording"] / ".paramsync_cache/drift"
            reports.mkdir(parents=True)
            (reports / "report.md").write_text(WORDING_REPORT)
            (reports / "report.json").write_text('{"changes": []}')
        (folder / "proposals.json").write_text(json.dumps(trees))
        for name, text in {
            **SAID,
            **said,
            "report.md": report,
            "report.json": json.dumps({"changes": [{"severity": severity}]}),
        }.items():
            (folder / name).write_bytes(text.encode())
        (folder / "outcome.json").write_text(json.dumps({"codes": {**WELL, **codes}}))
        packed = self.run_script(clone, "pack.py")
        assert packed.code == 0, packed.err
        return self.path / "packs"

    def propose(self, **environment: str) -> Ran:
        """Do the second job's part."""
        return self.run_script(self.clone(), "propose.py", **environment)

    def run(self, changes: Mapping[str, str | None], run: int = 1, **facts: Any) -> str:
        """Do both; give what the second one says, and forget what was written at GitHub before."""
        self.github.writes.clear()
        self.look(changes, **facts)
        ran = self.propose(GITHUB_RUN_ID=str(run))
        assert ran.code == 0, ran.out + ran.err
        return ran.out.replace(QUIET, "")

    def commits(self, branch: str = BRANCH) -> list[tuple[str, list[str]]]:
        """Give the commits of a branch above main: subjects, and which files changed how."""
        options = ("--reverse", "--format=%x00%s", "--name-status", "--no-renames", f"main..{branch}")
        found = [entry.split("\n") for entry in git(self.bare, "log", *options).split("\0")[1:]]
        return [(subject, [line.replace("\t", " ") for line in lines if line]) for subject, *lines in found]

    def clone(self) -> Path:
        clone = self.path / "clone"
        subprocess.run(["rm", "-rf", clone], check=True)
        git(self.path, "clone", "--quiet", str(self.bare), "clone")
        return clone

    def run_script(self, clone: Path, script: str, **environment: str) -> Ran:
        facts = {
            "GITHUB_API_URL": self.github.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REF_NAME": "main",
            "GITHUB_TOKEN": TOKEN,
            **environment,
        }
        done = subprocess.run(
            [sys.executable, "-W", "error", DRIFT / script, self.path / "packs"],
            cwd=clone,
            env={**os.environ, **facts},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def publish(folder: Path, bare: Path) -> None:
    """Make a folder the first commit of a repository."""
    (folder / ".gitignore").write_text(".paramsync_cache/\n__pycache__/\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first")
    git(folder, "clone", "--quiet", "--bare", str(folder), str(bare))


def fetch_records(world: World, **keys: str) -> list[Ran]:
    """Do the part of the job that has the keys: the scripts of its steps, but for what installs; give what each said."""
    clone = world.clone()
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").symlink_to(sys.executable)
    command = clone / ".venv/bin/paramsync"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m paramsync "$@" --allow-loopback\n')
    command.chmod(0o755)
    fetch, pack = JOBS["drift.yml: records"]["steps"][2:4]
    shutil.rmtree(world.path / "records", ignore_errors=True)
    return [run_step(fetch, clone, **keys), run_step(pack, clone, RUNNER_TEMP=str(world.path))]


def take_records(world: World, clone: Path) -> Ran:
    """Take, in the job that reads pages, what that job has left, if it has left anything."""
    command = [sys.executable, "-W", "error", DRIFT / "take_records.py", world.path / "records"]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


def run_day(world: World, *, has_records: bool = False, **environment: str) -> str:
    clone = world.clone()
    if has_records:
        assert take_records(world, clone).code == 0
    binaries = Path(sys.executable).parent
    command = ["make", "-o", ".venv/installed", f"BIN={binaries}", "drift", "FETCH=--allow-loopback"]
    variables = {**os.environ, **environment}
    looked = subprocess.run(command, cwd=clone, env=variables, capture_output=True, text=True, check=False)
    split = world.run_script(clone, "split.py")
    assert split.out.startswith(("proposals: ", "not split")), split.out + split.err
    assert world.run_script(clone, "pack.py").code == 0, looked.stdout + looked.stderr
    ran = world.propose()
    assert ran.code == 0, looked.stdout + ran.out + ran.err
    return ran.out.replace(QUIET, "")
