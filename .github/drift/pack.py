"""Pack what `look.py` has left, and all files of `specs/` and `generated/` that differ from the commit, into one archive.

It holds files and facts for `propose.py`, which trusts none of them: a second job with write rights runs that one.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

FOLDER = Path(".paramsync_cache/drift")
SAID = ("fetch.txt", "scrape.txt", "generate.txt", "report.txt", "report.md", "report.json")


def main(archive: str) -> None:
    """Write the archive."""
    differing = _differing()
    changed = [path for path in differing if os.path.lexists(path)]
    removed = [path for path in differing if not os.path.lexists(path)]
    outcome = json.loads((FOLDER / "outcome.json").read_text(encoding="utf-8"))
    facts = {**outcome, "base": _git("rev-parse", "HEAD").strip(), "removed": removed}
    with tarfile.open(archive, "w") as packed:
        _add(packed, "outcome.json", json.dumps(facts).encode())
        for name in SAID:
            _add(packed, name, (FOLDER / name).read_bytes())
        for path in changed:
            if Path(path).is_symlink():
                sys.exit(f"{path!a} is a link")
            _add(packed, f"files/{path}", Path(path).read_bytes())
    print(f"packed: {len(changed)} changed files, {len(removed)} removed")


def _differing() -> list[str]:
    """List the files that differ from the commit, new and removed ones too."""
    options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", "specs", "generated")
    return [entry[3:] for entry in _git("status", *options).split("\0") if entry]


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, encoding="utf-8", errors="surrogateescape", check=True
    )
    return done.stdout


def _add(packed: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    packed.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    main(sys.argv[1])
