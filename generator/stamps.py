"""Remember what a verb found, so that it does nothing, quickly, while nothing changes.

A stamp holds a digest of all that went in and came out, and of the compiler itself. It is a cache: delete it at will.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from generator.errors import Outcome

FOLDER = ".paramsync_cache"
READ = {"scrape": ("specs", "templates"), "generate": ("specs", "templates", "generated")}
LIBRARIES = ("beautifulsoup4", "jinja2", "jsonschema", "pydantic", "ruff")


def recall(root: Path, verb: str) -> Outcome | None:
    """Give the outcome of the last run if nothing has changed since, else None."""
    try:
        stamp = json.loads((root / FOLDER / f"{verb}.json").read_text(encoding="utf-8"))
        if stamp["digest"] != _digest(root, verb):
            return None
        return Outcome(tuple(stamp["details"]), stamp["subject"], 0, stamp["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(root: Path, verb: str, outcome: Outcome) -> None:
    """Keep an outcome that was in order; the next run says it again, with its files as unchanged."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    stamp = {
        "digest": _digest(root, verb),
        "details": outcome.details,
        "subject": outcome.subject,
        "files": outcome.changed + outcome.unchanged,
    }
    (folder / f"{verb}.json").write_text(json.dumps(stamp), encoding="utf-8")


def _digest(root: Path, verb: str) -> str:
    digest = hashlib.sha256(repr([sys.version, *map(version, LIBRARIES)]).encode())
    for folder in (*(root / name for name in READ[verb]), Path(__file__).parent):
        for path in _files(folder):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(
                f"{path.relative_to(folder.parent)!s}\0{content}\n".encode("utf-8", "surrogateescape")
            )
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(above, name) for name in sorted(names))
