"""Pack the results of `detect.py`, and the files of `specs/` and `generated/` that differ from the commit, into one archive.

It is read by `propose.py`, in a second job with write rights, which trusts nothing in it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from archive import quote, write_archive

FOLDER = Path(".paramsync_cache/drift")
OUTPUT = ("fetch.txt", "scrape.txt", "generate.txt", "report.txt", "report.md")


def main(archive: str) -> None:
    """Write the archive, or exit with the reason why not."""
    try:
        differing = _differing()
        changed = [path for path in differing if os.path.lexists(path)]
        removed = [path for path in differing if not os.path.lexists(path)]
        outcome = json.loads((FOLDER / "outcome.json").read_text(encoding="utf-8"))
        base = _git("rev-parse", "HEAD").strip()
        facts = {**outcome, "base": base, "removed": removed, "step": _suggested_step()}
        write_archive(Path(archive), _entries(json.dumps(facts).encode(), changed))
    except subprocess.CalledProcessError as error:  # git has said why
        sys.exit(f"nothing is packed: git {error.cmd[1]} ended with {error.returncode}")
    except (OSError, ValueError) as error:
        sys.exit(f"nothing is packed: {error}")
    print(f"packed: {len(changed)} changed files, {len(removed)} removed")


def _entries(facts: bytes, changed: list[str]) -> Iterator[tuple[str, bytes]]:
    yield "outcome.json", facts
    for name in OUTPUT:
        yield name, (FOLDER / name).read_bytes()
    for path in changed:
        if Path(path).is_symlink():
            raise ValueError(f"{quote(path)} is a symbolic link")
        yield f"files/{path}", Path(path).read_bytes()


def _suggested_step() -> str:
    """Return the step of the version that the report suggests; empty where there is none, or no report."""
    try:
        return str(json.loads((FOLDER / "report.json").read_text(encoding="utf-8"))["step"] or "")
    except (ValueError, KeyError, TypeError):
        return ""


def _differing() -> list[str]:
    """List the files that differ from the commit, new and removed ones included."""
    options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", "specs", "generated")
    return [entry[3:] for entry in _git("status", *options).split("\0") if entry]


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, encoding="utf-8", errors="surrogateescape", check=True
    )
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1])
