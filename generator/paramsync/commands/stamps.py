"""Stamps: the outcome of a verb's last run, so that a run without changes shows it at once.

A stamp holds digests of the inputs and the outputs, each with paramsync itself. It is kept in the cache.
"""

import hashlib
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from paramsync.commands.outcome import Outcome
from paramsync.findings import Finding, InputError, Place
from paramsync.paths import LLM_MARKDOWN, RECORD
from paramsync.workspace import files
from paramsync.workspace.cache import read_cache, write_cache
from paramsync.workspace.targets import find_supplied, walk_supplied

INPUTS = {
    "scrape": (
        "specs",
        "templates",
        "specs/*.toml",
        "specs/*.json",
        "specs/[!.]*/",
        "specs/[!.]*/page.[hmt]*",
        "specs/[!.]*/*.overlay.toml",
        f"specs/[!.]*/*{RECORD}",
        f"specs/[!.]*/*{LLM_MARKDOWN}",
        "templates/*",
        "templates/*/target.toml",
        "generated/[!.]*/",
    ),
    "generate": ("specs", "templates", "specs/[!.]*", "specs/[!.]*/*.json", "templates/**"),
}
OUTPUTS = {
    "scrape": ("specs/[!.]*/*",),
    "generate": ("generated", "generated/[!.]*", "generated/**"),
}
VERSIONED = (".dist-info", ".egg-info")  # what is installed has such a folder, named by its version


def digest_inputs(root: Path, verb: str) -> str:
    """Digest the inputs before a run; empty where they cannot be read."""
    with suppress(InputError, OSError):
        return _digest(root, INPUTS[verb])
    return ""


def read_stamp(root: Path, verb: str, inputs: str) -> Outcome | None:
    """Return the outcome of the last run if nothing has changed since then, else None."""
    with suppress(InputError, OSError):  # in the cache or the outputs
        stamp = read_cache(root, verb)
        if stamp and stamp.get("inputs") == inputs and stamp["outputs"] == _digest(root, OUTPUTS[verb]):
            results = tuple(_finding(**facts) for facts in stamp["findings"])
            lines = tuple(stamp["lines"])
            return Outcome(results, lines, stamp["subject"], unchanged=stamp["files"])
    return None


def write_stamp(root: Path, verb: str, outcome: Outcome, inputs: str) -> None:
    """Keep the outcome of a run that ended with 0; all its files count as unchanged when it is shown again.

    `inputs` is what `digest_inputs` gave before the run. Nothing is kept if they changed during it, or if the cache cannot be
    written.
    """
    if not inputs or inputs != digest_inputs(root, verb):
        return
    with suppress(InputError, OSError):
        stamp = {
            "inputs": inputs,
            "outputs": _digest(root, OUTPUTS[verb]),
            "findings": [asdict(one) for one in outcome.results if isinstance(one, Finding)],
            "lines": outcome.lines,
            "subject": outcome.subject,
            "files": outcome.changed + outcome.unchanged,
        }
        write_cache(root, verb, stamp)


def _finding(*, place: dict[str, Any], **facts: str) -> Finding:
    return Finding(place=Place(**place), **facts)


def _digest(root: Path, patterns: tuple[str, ...]) -> str:
    found = [path for pattern in patterns for path in sorted(_find(root, pattern))]
    return _digest_files(digest_paramsync(), root, found)


@cache
def digest_paramsync() -> str:
    """Digest paramsync with its targets, and what it runs on, once: they do not change while they run."""
    compiler = Path(__file__).parents[1]
    folders = [folder for folder in map(Path, sys.path) if folder.is_dir()]
    paths = [path for folder in folders for path in sorted(folder.iterdir())]
    versions = [sys.version, *(path.name for path in paths if path.suffix in VERSIONED)]
    seed = _digest_files(repr(versions), find_supplied(), walk_supplied())
    return _digest_files(seed, compiler, sorted(compiler.glob("**/*.py")))


def _digest_files(seed: str, above: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(seed.encode())
    for path in paths:
        kind = files.kind_of(path)
        content = path.read_bytes() if kind == files.FILE else b""
        name = os.fsencode(path.relative_to(above))
        digest.update(name + b"\0" + kind.encode() + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _find(root: Path, pattern: str) -> Iterable[Path]:
    """Find what a pattern means; `/**` at its end is all below, but for what tools have left there."""
    folder = pattern.removesuffix("/**")
    return root.glob(pattern) if folder == pattern else files.walk(root / folder)
