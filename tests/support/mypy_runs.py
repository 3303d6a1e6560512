"""mypy for the tests, which need not find out again what `make lint` has about the packages of others."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from support.roots import PROJECT


def mypy(folder: Path, *arguments: str | Path, cwd: Path, path: Path | None = None) -> str:
    """Run mypy, and give what it says; `path` is where it finds a package that is not installed.

    Its cache, in the folder, begins as that of `make lint`, if there is one: mypy looks by their digests which files it
    knows, wherever they are.
    """
    if (known := PROJECT / ".mypy_cache").exists():
        shutil.copytree(known, folder / "mypy", dirs_exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", f"--cache-dir={folder / 'mypy'}", *arguments],
        cwd=cwd,
        env={**os.environ, "MYPYPATH": str(path or "")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout
