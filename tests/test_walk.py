"""The README's walk to another vendor's packages, word for word, by the wheel that pip builds of this repository."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.environments import make_environment
from support.node import NPM, WHEEL
from support.readme import README, WALK
from support.roots import PROJECT

BLOCK = re.compile(r"^```(console|python|ts)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"(?:#|//) ([\w.]+)")
BROUGHT = (
    "generator",
    "templates",
    "pyproject.toml",
    "LICENSE",
    "README.md",
    "specs/README.md",
    "tests/vendors/kling",
)
MARK = "--- next command ---"


@pytest.mark.foreign("README.md", "tests/vendors/kling/*")
@pytest.mark.usefixtures("wheels")
def test_a_newcomer_comes_from_a_page_to_packages(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    for name in BROUGHT:
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        (tmp_path / "paramsync" / name).parent.mkdir(parents=True, exist_ok=True)
        copy(PROJECT / name, tmp_path / "paramsync" / name)
    text = README.read_text(encoding="utf-8")
    [walk] = WALK.findall(text)
    blocks = BLOCK.findall(walk)
    commands = [
        part.split("\n", 1)
        for kind, code in blocks
        if kind == "console"
        for part in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]
    ]
    files = {NAME.match(code)[1]: code for kind, code in blocks if kind != "console"}  # type: ignore[index]
    said = take(tmp_path, [command for command, _ in commands], files)
    if pytestconfig.getoption("--accept"):
        told = walk
        for (command, shown), now in zip(commands, said, strict=True):
            told = told.replace(f"$ {command}\n{shown}", f"$ {command}\n{now}", 1)
        README.write_text(text.replace(walk, told), encoding="utf-8")
    else:
        assert said == [shown for _, shown in commands]
    assert (tmp_path / "env/lib").is_dir()
    assert not (tmp_path / "kling/templates").exists()


def take(folder: Path, commands: list[str], files: dict[str, str]) -> list[str]:
    """Run commands one after another in one shell, with the files where the first of them is used; give what each says."""
    python = make_environment(folder / "env")
    tools = folder / "tools"
    tools.mkdir()
    for name, command in {
        "python": [python],
        "pip": [sys.executable, "-m", "pip", "--python", python],
        "node": [WHEEL / "bin/node"],
        "npm": [WHEEL / "bin/node", NPM],
    }.items():
        (tools / name).write_text(f'#!/bin/sh\nexec {shlex.join(map(str, command))} "$@"\n')
        (tools / name).chmod(0o755)
    lines = []
    for command in commands:
        lines += [
            f"cat > {name} <<'END OF FILE'\n{code}END OF FILE"
            for name, code in files.items()
            if command.endswith(f" {name}")
        ]
        lines += [command, f"echo; echo '{MARK}'"]
    path = os.pathsep.join([str(tools), str(python.parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "--norc", "-euo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.split(f"\n{MARK}\n")[:-1]
