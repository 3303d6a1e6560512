"""Pack the results of `detect.py`, and what each proposal of `split.py` changes in `specs/` and `generated/`: an archive each.

They are read by `propose.py`, in a second job with write rights, which trusts nothing in them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from archive import quote, write_archive
from proposal import KINDS
from working_tree import find_commit, list_changed

FOLDER = Path(".paramsync_cache/drift")
# Whose files are proposed; the schema for specs changes with paramsync alone, and with its upgrade.
OURS = ("specs", "generated", ":(exclude)specs/spec.schema.json")
OUTPUT = ("fetch.txt", "scrape.txt", "generate.txt", "report.txt")


def main(folder: str) -> None:
    """Write the archives, or exit with the reason why not."""
    try:
        base = find_commit()
        trees = json.loads((FOLDER / "proposals.json").read_text(encoding="utf-8"))
        Path(folder).mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            _pack(Path(folder) / f"{kind}.pack", kind, trees.get(kind), base)
    except subprocess.CalledProcessError as error:  # git has said why
        sys.exit(f"nothing is packed: git {error.cmd[1]} ended with {error.returncode}")
    except (OSError, ValueError) as error:
        sys.exit(f"nothing is packed: {error}")


def _pack(archive: Path, kind: str, name: str | None, base: str) -> None:
    """Pack a proposal; `name` is its working tree, or nothing where nothing is proposed."""
    tree = Path(name or ".")
    results = FOLDER if tree == Path() else tree / FOLDER
    differing = list_changed(*OURS, tree=tree) if name else []
    changed = [path for path in differing if os.path.lexists(tree / path)]
    removed = [path for path in differing if not os.path.lexists(tree / path)]
    codes = json.loads((FOLDER / "outcome.json").read_text(encoding="utf-8"))["codes"]
    facts = {"codes": codes, "base": base, "removed": removed}
    worst = {"severity": _find_worst(results) if name else ""}
    report = (results / "report.md").read_bytes() if name else b""
    write_archive(archive, _entries(json.dumps(facts | worst).encode(), report, tree, changed))
    print(f"packed for {kind}: {len(changed)} changed files, {len(removed)} removed")


def _entries(facts: bytes, report: bytes, tree: Path, changed: list[str]) -> Iterator[tuple[str, bytes]]:
    yield "outcome.json", facts
    yield "report.md", report
    for name in OUTPUT:
        yield name, (FOLDER / name).read_bytes()
    for path in changed:
        if (tree / path).is_symlink():
            raise ValueError(f"{quote(path)} is a symbolic link")
        yield f"files/{path}", (tree / path).read_bytes()


def _find_worst(results: Path) -> str:
    """Return the severity of the worst change that is reported, which is the first; empty where there is none, or no report."""
    try:
        return str(
            json.loads((results / "report.json").read_text(encoding="utf-8"))["changes"][0]["severity"]
        )
    except (ValueError, KeyError, TypeError, IndexError):
        return ""


if __name__ == "__main__":
    main(sys.argv[1])
