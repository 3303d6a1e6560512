"""Pack the records that a run of `fetch` has changed, and what it said, for the job that reads pages."""

import os
import subprocess
import sys
from pathlib import Path

from records import RECORDS, SAID, Records, write_records


def main(folder: str) -> None:
    """Write the archive, or exit with the reason why not."""
    try:
        *said, code = SAID.read_text(encoding="utf-8", errors="replace").rstrip("\n").split("\n")
        base = _git("rev-parse", "HEAD").strip()
        options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", "specs")
        paths = [entry[3:] for entry in _git("status", *options).split("\0") if RECORDS.fullmatch(entry[3:])]
        files = {path: Path(path).read_bytes() for path in paths if os.path.lexists(path)}
        removed = tuple(path for path in paths if path not in files)
        write_records(Path(folder), Records(base, files, removed, int(code), "\n".join(said)))
    except subprocess.CalledProcessError as error:  # git has said why
        sys.exit(f"nothing is packed: git {error.cmd[1]} ended with {error.returncode}")
    except (OSError, ValueError) as error:
        sys.exit(f"nothing is packed: {error}")
    print(f"packed: {len(files)} changed records, {len(removed)} removed")


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, encoding="utf-8", errors="surrogateescape", check=True
    )
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1])
