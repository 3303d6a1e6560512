"""The workflows and the action as data, and a runner for their steps: what it runs, and what it obeys."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from support.roots import PROJECT, Ran

GITHUB = PROJECT / ".github"
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in (GITHUB / "workflows").iterdir()}
ACTION = yaml.safe_load((GITHUB / "actions/check/action.yml").read_text())
JOBS = {
    f"{name}: {job}": content
    for name, workflow in WORKFLOWS.items()
    for job, content in workflow["jobs"].items()
}
STEPS = [step for job in JOBS.values() for step in job["steps"]] + ACTION["runs"]["steps"]


def obeyed(said: str) -> list[str]:
    """Give the commands that a runner obeys in what a step prints."""
    found, stop = [], ""
    for line in said.splitlines():
        command = line.lstrip()
        if stop:
            stop = "" if command == f"::{stop}::" else stop
        elif match := re.fullmatch(r"::stop-commands::(.{32,})", command):
            stop = match[1]
        elif command.startswith("::") or "##[" in command:
            found.append(command)
    assert not stop
    return found


def run_step(step: Mapping[str, Any], cwd: Path, **environment: str) -> Ran:
    """Run the script of a step as the runner does."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    variables = {**os.environ, **environment}
    done = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)
