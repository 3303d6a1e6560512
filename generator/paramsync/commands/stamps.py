"""Remember what a verb found, so that it does nothing, quickly, while nothing changes.

A stamp holds a digest of all that went in and came out, and of the compiler itself. It is a cache.
"""

import hashlib
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from paramsync.commands.outcome import Outcome
from paramsync.findings import Finding, Place
from paramsync.workspace.cache import read_cache, write_cache
from paramsync.workspace.files import has_leftovers

INPUTS = {
    "scrape": (
        "specs/*.toml",
        "specs/*.json",
        "specs/[!.]*/",
        "specs/[!.]*/page.[hmt]*",
        "specs/[!.]*/*.overlay.toml",
        "templates/*",
        "templates/*/target.toml",
    ),
    "generate": ("specs/[!.]*", "specs/[!.]*/*.json", "templates/**/*"),
}
OUTPUTS = {
    "scrape": ("specs/history.jsonl", "specs/[!.]*/*"),
    "generate": ("generated/[!.]*", "generated/[!.]*/**/*"),
}
LIBRARIES = ("jinja2", "jsonschema", "pydantic", "ruff")


def recall(root: Path, verb: str) -> Outcome | None:
    """Give the outcome of the last run if nothing has changed since, else None."""
    if any(map(has_leftovers, (root / "specs", root / "generated"))):
        return None
    with suppress(OSError, KeyError, TypeError):
        stamp = read_cache(root, verb)
        if stamp["digest"] == _digest(root, INPUTS[verb] + OUTPUTS[verb]):
            results = tuple(_finding(**facts) for facts in stamp["findings"])
            return Outcome(results, subject=stamp["subject"], unchanged=stamp["files"])
    return None


def digest_inputs(root: Path, verb: str) -> str:
    """Digest a run's inputs, to tell afterwards whether they changed meanwhile; empty where they change right now."""
    with suppress(OSError):
        return _digest(root, INPUTS[verb])
    return ""


def remember(root: Path, verb: str, outcome: Outcome, inputs: str) -> None:
    """Keep an outcome that was in order; the next run says it again, with its files as unchanged.

    `inputs` is what `digest_inputs` gave before the run. A stamp that cannot be kept is none.
    """
    if not inputs or inputs != digest_inputs(root, verb):
        return
    with suppress(OSError):
        stamp = {
            "digest": _digest(root, INPUTS[verb] + OUTPUTS[verb]),
            "findings": [asdict(one) for one in outcome.results if isinstance(one, Finding)],
            "subject": outcome.subject,
            "files": outcome.changed + outcome.unchanged,
        }
        write_cache(root, verb, stamp)


def _finding(*, place: dict[str, Any], **facts: str) -> Finding:
    return Finding(place=Place(**place), **facts)


def _digest(root: Path, patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256(repr([sys.version, *map(version, LIBRARIES)]).encode())
    compiler = Path(__file__).parents[1]
    found = [path for pattern in patterns for path in sorted(root.glob(pattern))]
    for path in (*sorted(compiler.glob("**/*.py")), *found):
        is_link, is_file = path.is_symlink(), path.is_file()
        content = os.fsencode(path.readlink()) if is_link else path.read_bytes() if is_file else b""
        name = path.relative_to(compiler if compiler in path.parents else root)
        digest.update(os.fsencode(name) + b"\0%d%d" % (is_link, is_file) + hashlib.sha256(content).digest())
    return digest.hexdigest()
